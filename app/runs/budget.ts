import { z } from "zod";
import { type Budget, overBudget } from "../../src/base/budget.ts";
import type { Preflight } from "../../src/studio/contract.ts";
import { preferencesStore, setPreference } from "../stores/preferences.ts";
import { count, money } from "../words/words.ts";

const budgetSchema = z
  .object({
    budgetMicrodollars: z.number().int().min(0).exactOptional(),
    assumedPriceMicrodollars: z.number().int().min(0).exactOptional(),
  })
  .catch({});

/** What a person has set for a graph on this machine; never part of its file. */
export function budgetOf(graphId: string): Budget {
  return budgetSchema.parse(preferencesStore.getState().values[`budget.${graphId}`] ?? {});
}

export function rememberBudget(graphId: string, budget: Budget): void {
  setPreference(`budget.${graphId}`, budget);
}

export type Verdict = { readonly ok: boolean; readonly text: string };

/** What the budget means for this run; undefined while there is none. Pure. */
export function verdictOf(
  preflight: Pick<Preflight, "estimateMicrodollars" | "unpricedSteps">,
  budget: Budget,
): Verdict | undefined {
  if (budget.budgetMicrodollars === undefined) return undefined;
  const over = overBudget(preflight, budget);
  if (over === undefined)
    return {
      ok: false,
      text: `${count(preflight.unpricedSteps, "step")} without a known price will not be made. Give a price to assume for them, or run without a budget.`,
    };
  if (over > 0)
    return {
      ok: false,
      text: `${sentence(money(over))} over the budget. Jobs are made until the next one would go above it; the rest fail without being sent.`,
    };
  return { ok: true, text: `Within the budget, with ${over === 0 ? "nothing" : money(-over)} to spare.` };
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
