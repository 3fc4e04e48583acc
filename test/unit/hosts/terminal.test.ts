import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, printableJson } from "../../../src/hosts/terminal/terminal.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const obeyed = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

test.each([
  ["colours", "a \u001b[31mred\u001b[0m word", "a red word"],
  ["a title of the window", "x\u001b]0;pwned\u0007y", "xy"],
  ["a step up and a new line over ours", "x\u001b[1A\u001b[2KEstimated cost: $0", "xEstimated cost: $0"],
  ["an 8-bit escape", "x\u009b31mred", "xred"],
  ["an escape on its own", "x\u001b", "x�"],
  ["new lines", "one\r\nrun 7: done\u2028two", "one run 7: done two"],
  ["the way back to the line's beginning", "cost $9\rcost $0", "cost $9 cost $0"],
  ["a turn of the reading order", "invoice\u202egpj.exe", "invoice�gpj.exe"],
  ["words from right to left, with their marks", "שלום\u200f, a", "שלום\u200f, a"],
  ["emoji that are joined", "👩‍🎨", "👩‍🎨"],
])("%s: only plain characters of one line are printed", (_, text, printed) => {
  expect(printable(text)).toBe(printed);
});

test("whatever text comes, no character of it is one that a terminal obeys", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u001b[", "\u001b]", "\u009d", "\u0007", "\r\n"),
  );
  fc.assert(
    fc.property(fc.array(unit), (parts) => {
      const text = parts.join("");
      expect(printable(text)).not.toMatch(obeyed);
      const json = JSON.stringify({ text });
      expect(printableJson(json)).not.toMatch(obeyed);
      expect(JSON.parse(printableJson(json))).toEqual({ text });
    }),
  );
});

test("every line of the command line goes through this one place", async () => {
  const folder = join(import.meta.dirname, "../../../src/hosts");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const writing: string[] = [];
  for (const name of names)
    if (/std(?:out|err)\.write|console\./.test(await readFile(join(folder, name), "utf8")))
      writing.push(name);
  expect(writing).toEqual(["terminal/terminal.ts"]);
});
