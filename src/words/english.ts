import { en } from "./en/en.ts";
import { isMessage } from "./message.ts";
import { createWords } from "./words.ts";

/** For what programs read and for files: `--json`, run.json, reports. */
export const english = createWords("en", en);

/** A replacer for `JSON.stringify` that writes each message as its English text. */
export function inEnglish(_key: string, value: unknown): unknown {
  return isMessage(value) ? english.say(value) : value;
}
