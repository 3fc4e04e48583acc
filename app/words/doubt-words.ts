import type { StepState } from "../../src/engine/run-state.ts";
import { money } from "./amounts.ts";
import { platformName } from "./platform-name.ts";
import { accountWords } from "./post-words.ts";

/** What a create of which nobody can say whether it arrived means for a person's money and accounts. Pure. */

/** What may have been spent or posted. */
export function riskWords(step: StepState): string {
  const { type, estimateMicrodollars: estimate } = step;
  if (type === "publish") return `It may have gone out to ${targetWords(step)}.`;
  if (estimate === undefined) return "It may have been charged; the server names no price.";
  if (estimate <= 0) return "It is free, so nothing was charged.";
  return `${capital(money(estimate))} may have been charged.`;
}

/** What each choice does, by what its button says. */
export function choiceWords(step: StepState): readonly (readonly [choice: string, does: string])[] {
  if (step.type === "publish")
    return [
      ["It went out", "counts as posted; it is not sent again."],
      ["It did not go out", "you are asked before it is sent once more."],
    ];
  return [
    ["Send again", `${againWords(step)}. You look at the server first.`],
    ["Skip", "costs nothing more; what needs its result is skipped, too."],
  ];
}

function againWords({ estimateMicrodollars: estimate }: StepState): string {
  if (estimate === undefined) return "may be charged a second time";
  return estimate <= 0 ? "may make it a second time, free" : `costs ${money(estimate)} once more`;
}

/** "@name on Instagram"; of a journal that does not say, "the account". */
export function targetWords({ postTo }: Pick<StepState, "postTo">): string {
  return postTo ? `${accountWords(postTo)} on ${platformName(postTo.platform)}` : "the account";
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
