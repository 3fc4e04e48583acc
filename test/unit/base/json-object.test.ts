import fc from "fast-check";
import { expect, test } from "vitest";
import { isJsonObject, valueAt, withValueAt } from "../../../src/base/json-object.ts";

test("arrays, null and plain values are no objects", () => {
  expect([{}, { a: 1 }, [], null, undefined, "text", 1].map(isJsonObject)).toEqual([
    ...[true, true],
    ...[false, false, false, false, false],
  ]);
});

test("setting a value changes that path alone, and taking it out brings the default back", () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("."));
  fc.assert(
    fc.property(fc.dictionary(name, fc.integer()), path, fc.integer(), (params, at, value) => {
      const before = JSON.stringify(params);
      const changed = withValueAt(params, at, value);
      expect(valueAt(changed, at)).toBe(value);
      expect(valueAt(withValueAt(changed, at, undefined), at)).toBeUndefined();
      const root = at.split(".")[0];
      for (const [key, kept] of Object.entries(params)) if (key !== root) expect(changed[key]).toBe(kept);
      expect(JSON.stringify(params)).toBe(before);
    }),
  );
});

test("what every object inherits is no value of it", () => {
  expect([valueAt({}, "toString"), valueAt({ a: {} }, "a.constructor")]).toEqual([undefined, undefined]);
  expect(withValueAt({}, "valueOf.name", "mine")).toEqual({ valueOf: { name: "mine" } });
});
