import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** British spelling everywhere a person reads; American words stand only where an API's own names do. */
const american =
  /\b(colors?|colored|centers?|centered|grays?|behaviors?|favorites?|canceled|canceling|labeled|labeling|traveled|modeled|signaled|fulfills?|catalogs?|judgment|analyz(?:e[ds]?|ing)|\w+iz(?:e[ds]?|ing|ation))\b/i;

/** Words that the pattern finds and that are British, too. */
const both = /^(?:re|over)?siz(?:e[ds]?|ing)$|^prizes?$/i;

function americanIn(text: string): string[] {
  return [...text.matchAll(new RegExp(american, "gi"))]
    .map(([word]) => word)
    .filter((word) => !both.test(word));
}

/** Texts of the source in which a person reads: strings of several words and what stands between tags. */
function proseOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const strings = [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
    ([, plain, template]) => plain ?? template?.replace(/\$\{[^}]*\}/g, "…") ?? "",
  );
  const tags = [...code.matchAll(/>([^<>{}]*[A-Za-z][^<>{}]*)</g)].map(([, text = ""]) => text);
  // A sentence or a label, not a name of something in the program.
  return [...strings, ...tags].filter(
    (text) => /^[A-Z][a-z]|\s/.test(text) && !/[;{}=]|--|=>|\bvar\(/.test(text),
  );
}

test("the window, the command line and their messages are in British English", () => {
  const found = globSync("{app,src,electron}/**/*.{ts,tsx}").flatMap((path) =>
    path.startsWith("src/sandbox/media/")
      ? [] // words that pictures are made of
      : proseOf(readFileSync(path, "utf8")).flatMap((text) =>
          americanIn(text).map((word) => `${path}: ${word} in “${text.trim().slice(0, 80)}”`),
        ),
  );
  expect(found).toEqual([]);
});

test("the documents are in British English; an API's own names stand in code", () => {
  const found = globSync(["*.md", "docs/*.md"]).flatMap((path) => {
    const prose = readFileSync(path, "utf8")
      .replace(/```[\s\S]*?```/g, "")
      .replace(/`[^`\n]*`/g, "");
    return americanIn(prose).map((word) => `${path}: ${word}`);
  });
  expect(found).toEqual([]);
});
