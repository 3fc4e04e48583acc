import { type DoubtDecision, type DoubtSum, isPost, type StepState } from "../../src/engine/record.ts";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import type { Evidence } from "../../src/studio/contract.ts";
import { accountWords } from "./post-words.ts";
import { clockTime, count, list, money } from "./words.ts";

/** What a create of which nobody can say whether it arrived means for a person's money and accounts. Pure. */

/** What may have been spent or posted. */
export function riskWords(step: StepState): string {
  const { estimateMicrodollars: estimate } = step;
  if (isPost(step)) return `It may have gone out to ${targetWords(step)}.`;
  if (estimate === undefined) return "It may have been charged; the server names no price.";
  if (estimate <= 0) return "It is free, so nothing was charged.";
  return `${capital(money(estimate))} may have been charged.`;
}

/** What each choice does, by what its button says. */
export function choiceWords(step: StepState): readonly (readonly [choice: string, does: string])[] {
  if (isPost(step))
    return [
      ["It went out", "counts as posted; it is not sent again."],
      ["It did not go out", "you are asked before it is sent once more."],
    ];
  return [
    ["Make again", `${againWords(step)}. You look at the server first.`],
    ["Leave out", "costs nothing more; what needs its result is left out, too."],
  ];
}

function againWords({ estimateMicrodollars: estimate }: StepState): string {
  if (estimate === undefined) return "may be charged a second time";
  return estimate <= 0 ? "may make it a second time, free" : `costs ${money(estimate)} once more`;
}

/** "@name on Instagram"; of a journal that does not say, "the account". */
export function targetWords({ postTo }: Pick<StepState, "postTo">): string {
  return postTo ? `${accountWords(postTo)} on ${platformTitle(postTo.platform)}` : "the account";
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How many of each kind the server has since the create was sent; that it has none proves nothing. */
export function foundWords({ found, since, cutOff }: Evidence): string {
  if (found.length === 0)
    return `Nothing found on the server since ${clockTime(since)}. That proves nothing.`;
  const kinds = Map.groupBy(found, ({ what }) => what);
  const counts = [...kinds].map(([what, { length }]) =>
    what === "media" ? count(length, "other file") : count(length, what, manyOf[what]),
  );
  return `On the server since ${clockTime(since)}: ${list(counts)}${cutOff ? ", or more" : ""}.`;
}

const manyOf = { post: "posts", image: "images", video: "videos", audio: "sounds" } as const;

/** Before several creates are made again or left out: what that means for money, in words. */
export function manyWords(decision: DoubtDecision, steps: number, { microdollars, unpriced }: DoubtSum) {
  const them = steps === 1 ? "it" : "them";
  const sum = money(microdollars);
  const isFree = microdollars === 0 && unpriced === 0;
  const isUnknown = microdollars === 0 && unpriced > 0;
  if (decision === "skip")
    return [
      isFree
        ? `Made or not, ${steps === 1 ? "it is" : "they are"} free.`
        : isUnknown
          ? `If the server made ${them}, that is charged; it names no price.`
          : `If the server made ${them}, ${sum} is charged${andMore(unpriced)}, and the results stay there.`,
      `What needs ${steps === 1 ? "its result" : "their results"} is left out, too. This cannot be taken back; a new run makes ${them}.`,
    ];
  return [
    isFree
      ? `Making ${them} again is free.`
      : isUnknown
        ? `The server names no price. If it made ${them} already, you pay twice.`
        : `This costs ${sum} once more${andMore(unpriced)}. If the server made ${them} already, you pay twice.`,
    `What needs ${steps === 1 ? "its result" : "their results"} goes on after that. This cannot be taken back.`,
  ];
}

function andMore(unpriced: number): string {
  return unpriced === 0
    ? ""
    : `, and what ${count(unpriced, "step")} without a price cost${unpriced === 1 ? "s" : ""}`;
}
