import { english, inEnglish as replacer } from "../../src/words/english.ts";

/** What is said in English, for tests that compare texts. */
export const said = english.say;

/** The same value with each message as its English text. */
export function inEnglish<T>(value: T): T {
  const map = (each: unknown): unknown => {
    const told = replacer("", each);
    if (Array.isArray(told)) return told.map(map);
    if (typeof told !== "object" || told === null || Object.getPrototypeOf(told) !== Object.prototype)
      return told;
    return Object.fromEntries(Object.entries(told).map(([key, inner]) => [key, map(inner)]));
  };
  return map(value) as T;
}
