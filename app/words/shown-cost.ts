import { type Failure, type StepState, spentBy, stepFacts } from "../../src/engine/record.ts";
import { money } from "../words/words.ts";

/** What a step costs as far as it is known; nothing where the server refused it, since then nothing was charged. */
export function shownCost(step: StepState): string | undefined {
  const { costMicrodollars } = stepFacts(step);
  return costMicrodollars === undefined ? undefined : money(costMicrodollars);
}

/** What these steps cost in all: creates that were accepted, or may have been. A create that was refused cost nothing. */
export function shownSum(steps: readonly StepState[]): string | undefined {
  const spent = spentBy(steps);
  return spent > 0 ? money(spent) : undefined;
}

/** What a failure means for the person's money. */
export const chargeWords: { readonly [Cost in Failure["cost"]]: string } = {
  none: "Nothing was charged.",
  charged: "It was charged.",
  unknown: "It may have been charged; your balance tells.",
};
