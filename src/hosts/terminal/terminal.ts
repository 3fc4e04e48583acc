import { stripVTControlCharacters } from "node:util";
import { inEnglish } from "../../words/english.ts";

/**
 * The one place through which the command line prints. A server's message, a file's name, a node's title or a caption
 * may hold anything; what reaches a terminal must not recolour it, rewrite what stands above, hide a part of a line or
 * look like a line of our own, above all not before the question about money.
 */

/** A line on standard output: what the command is for. */
export function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** A line on standard error: what a person should know beside it. */
export function note(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** @param space as `JSON.stringify` has it; without it the value is one line. */
export function printJson(value: unknown, space?: number): void {
  printJsonText(`${JSON.stringify(value, inEnglish, space)}\n`);
}

/** Text that is JSON already, line ends included. */
export function printJsonText(text: string): void {
  process.stdout.write(printableJson(text));
}

const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/**
 * What is left of control characters, and what turns the order of a whole line: embeddings, overrides and isolates. The
 * marks that right-to-left words need turn nothing, and stay.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const obeyed = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text as one line of plain characters. A character that a terminal would obey shows as �. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(breaks, " ").replace(obeyed, "�");
}

/** The same JSON without a character that a terminal obeys. `JSON.stringify` escapes only those below a space. */
export function printableJson(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
