import type { MediaKind } from "../../base/media-kind.ts";
import { platformNames } from "../../nodes/publish/platforms/platforms.ts";
import { createRandom } from "./random.ts";

/** The few words of a prompt that carry it. */
function keywords(prompt: string): string[] {
  const dull = new Set(
    "a an and are as at be by for from in into is it make me my of on or please that the their this to with write your you we our about some short long caption captions post text hook hooks script idea ideas image video picture".split(
      " ",
    ),
  );
  const words = [...prompt.toLowerCase().matchAll(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu)].map(([word]) => word);
  return [...new Set(words)].filter((word) => word.length > 2 && !dull.has(word)).slice(0, 6);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A caption or a short paragraph that uses the prompt's own words. Equal input gives equal text. */
export function writeProse(request: {
  readonly prompt: string;
  readonly seed: string;
  readonly attachments: readonly MediaKind[];
}): string {
  const random = createRandom(`${request.seed}\u0000prose\u0000${request.prompt}`);
  const [first = "quiet", second = "light", third = "colour"] = keywords(request.prompt);
  const opening = random.pick([
    `${capital(first)}, the way you remember it.`,
    `Some days are made of ${first} and ${second}.`,
    `Meet ${first}: less noise, more ${second}.`,
    `It started with ${first}. It ended with ${second}.`,
  ]);
  const middle = random.pick([
    `A little ${third}, a lot of patience, and a frame that holds still long enough to be looked at twice.`,
    `We kept the ${second} and let everything else go, until only the ${third} was left.`,
    `There is a moment between ${first} and ${third} that nobody plans. This is that moment.`,
    `No filter for ${second}; only good light, and the nerve to wait for it.`,
  ]);
  const close = random.pick([
    "Would you stay a while?",
    "Save this for a slow morning.",
    "Which one is yours?",
    "More soon.",
  ]);
  const seen = request.attachments.length;
  const looking =
    seen === 0
      ? ""
      : ` (Written with ${seen === 1 ? `the ${request.attachments[0]}` : `${seen} attachments`} in view.)`;
  const tags = keywords(request.prompt)
    .slice(0, 4)
    .map((word) => `#${word.replaceAll(/[^\p{L}\p{N}]/gu, "")}`);
  const wantsTags = tagWords.test(request.prompt);
  return `${opening} ${middle} ${close}${looking}${wantsTags && tags.length > 0 ? `\n\n${tags.join(" ")}` : ""}`;
}

const tagWords = new RegExp(["caption", "hashtag", "post", ...platformNames].join("|"), "i");
