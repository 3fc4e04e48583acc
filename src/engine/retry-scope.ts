import type { StepId } from "../graph/plan.ts";
import type { RunState, StepStatus } from "./run-state.ts";

/**
 * The steps that "only failed" sets going again: those that failed or were cancelled, and what came to rest after
 * them. Pure, so a window can show them before anybody presses.
 */
export function stepsToRetry(state: RunState): ReadonlySet<StepId> {
  const dependents = new Map<StepId, StepId[]>();
  for (const { stepId, needs } of state.steps.values())
    for (const need of needs) {
      const known = dependents.get(need);
      if (known) known.push(stepId);
      else dependents.set(need, [stepId]);
    }
  const reached = new Set<StepId>();
  for (const { stepId, status } of state.steps.values()) if (isRetryRoot(status)) reached.add(stepId);
  const roots = new Set(reached);
  for (const stepId of reached) for (const next of dependents.get(stepId) ?? []) reached.add(next);
  return new Set(
    [...reached].filter((stepId) => {
      const status = state.steps.get(stepId)?.status;
      return roots.has(stepId) || (status && status.kind !== "waiting" && !keepsOwnVerb(status));
    }),
  );
}

export function isRetryRoot({ kind }: StepStatus): boolean {
  return kind === "failed" || kind === "cancelled";
}

/** Doubts and posts of unknown outcome: no retry touches them. */
export function keepsOwnVerb(status: StepStatus): boolean {
  return (
    status.kind === "in-doubt" ||
    status.kind === "outcome-unknown" ||
    (status.kind === "skipped" && status.reason.kind === "doubt-skipped")
  );
}
