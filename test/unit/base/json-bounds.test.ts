import fc from "fast-check";
import { expect, test } from "vitest";
import { brokenJsonBound } from "../../../src/base/json-bounds.ts";
import { parseGraph } from "../../../src/graph/document/parse.ts";

const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4 }),
  ),
}));

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function countOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, child) => sum + countOf(child), 1);
}

test("depth is what parsing would find, whatever strings hold and however the text is spaced", () => {
  fc.assert(
    fc.property(anyJson, fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? 2 : 0);
      const depth = depthOf(value);
      expect(brokenJsonBound(text, { depth, values: 1e9 })).toBeUndefined();
      if (depth > 0) expect(brokenJsonBound(text, { depth: depth - 1, values: 1e9 })).toBe("depth");
    }),
    { numRuns: 300 },
  );
});

test("no value is left uncounted, and none is counted more than twice", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = JSON.stringify(value);
      const count = countOf(value);
      expect(brokenJsonBound(text, { depth: 1e9, values: count * 2 })).toBeUndefined();
      if (count > 2)
        expect(brokenJsonBound(text, { depth: 1e9, values: Math.ceil(count / 2) - 1 })).toBe("values");
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["30 MB of brackets", "[".repeat(30_000_000), "too-deep"],
  ["30 MB of empty lists", `[${"[],".repeat(10_000_000)}0]`, "too-large"],
  ["30 MB of one unended string", `{"a":"${"\\\\".repeat(15_000_000)}`, "broken-json"],
])("a file of %s is refused by name, before it is parsed", (_what, text, code) => {
  expect(parseGraph(text)).toMatchObject({ ok: false, reason: { code } });
});
