import { expandPlan } from "./expand-plan.ts";
import type { Plan } from "./plan.ts";
import type { PlanOutline } from "./plan-outline.ts";

type StoredPlan =
  | { readonly graphId: string; readonly graphName: string; readonly outline: PlanOutline }
  /** As plans were stored before they had a small form. */
  | Pick<Plan, "graphId" | "graphName" | "steps">;

/** A plan as text: its small form, from which the same steps follow again. */
export function storedPlan({ graphId, graphName, steps, outline }: Plan): string {
  const stored: StoredPlan = { graphId, graphName, ...(outline ? { outline } : { steps }) };
  return JSON.stringify(stored);
}

export function openStoredPlan(json: string): Plan {
  // Written by `storedPlan` alone, now or in an earlier version.
  const stored = JSON.parse(json) as StoredPlan;
  if ("outline" in stored) return expandPlan(stored.graphId, stored.graphName, stored.outline);
  // A damaged library may hold anything here.
  if (!Array.isArray(stored.steps)) throw new SyntaxError("The stored plan has no steps.");
  return stored;
}
