import { expect, test } from "vitest";
import { fieldAt, fieldsOf, problemsAt } from "../../app/forms/form.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { definitionOf, nodeTypes } from "../../src/nodes/definitions.ts";
import { withHints } from "../../src/nodes/fields/form.ts";

const fields = (properties: Record<string, unknown>, required: string[] = []) =>
  fieldsOf({ path: "", schema: { type: "object", properties, required } });
const kindOf = (schema: Record<string, unknown>) => fields({ field: schema })[0]?.kind;

test("plain JSON Schema, without any hint, gives a usable control", () => {
  expect(kindOf({ type: "string" })).toBe("text");
  expect(kindOf({ type: "integer", minimum: 1 })).toBe("number");
  expect(kindOf({ type: "boolean" })).toBe("switch");
  expect(kindOf({ enum: ["a", "b"] })).toBe("select");
  expect(kindOf({ type: "array", items: { type: "string" } })).toBe("words");
  expect(kindOf({ type: "object", properties: { x: { type: "number" } } })).toBe("nested");
  expect(kindOf({ type: "array", items: { type: "object" } })).toBe("json");
});

test("hints choose the control", () => {
  expect(kindOf({ type: "string", "x-control": "textarea" })).toBe("textarea");
  expect(kindOf({ type: "integer", "x-control": "duration-ms" })).toBe("duration");
  expect(kindOf({ type: "number", minimum: 0, maximum: 1, "x-control": "slider" })).toBe("slider");
  expect(kindOf({ enum: ["a"], "x-control": "segmented" })).toBe("segmented");
  expect(kindOf({ type: "string", "x-control": "account", "x-platform": "tiktok" })).toBe("account");
});

test("a hint that does not fit its schema falls back to what the schema says", () => {
  expect(kindOf({ type: "number", "x-control": "slider" })).toBe("number");
  expect(kindOf({ type: "string", "x-control": "segmented" })).toBe("text");
});

test("'or null' and a union of constants are read through", () => {
  expect(kindOf({ anyOf: [{ type: "integer" }, { type: "null" }] })).toBe("number");
  expect(kindOf({ type: ["string", "null"] })).toBe("text");
  expect(fields({ field: { oneOf: [{ const: "a", title: "First" }, { const: 2 }] } })[0]).toMatchObject({
    kind: "select",
    choices: [
      { value: "a", label: "First" },
      { value: 2, label: "2" },
    ],
  });
});

test("a field knows its label, unit, range, default and whether it must be filled in", () => {
  const [field] = fieldsOf({
    path: "modelParams",
    schema: {
      properties: {
        strength: { type: "number", title: "Strength", minimum: 0, maximum: 100, "x-unit": "%" },
      },
      required: ["strength"],
    },
  });
  expect(field).toMatchObject({
    path: "modelParams.strength",
    label: "Strength",
    required: true,
    kind: "number",
    min: 0,
    max: 100,
    unit: "%",
  });
  expect(fields({ size: { type: "number", default: 3 } }, ["size"])[0]).toMatchObject({
    required: false,
    fallback: 3,
  });
});

test("a schema that goes on for ever ends as JSON instead of hanging", () => {
  const schema: Record<string, unknown> = { type: "object", title: "Again" };
  schema["properties"] = { again: schema };
  expect(JSON.stringify(fields({ field: schema }))).toContain('"kind":"json"');
});

test("every node's form, for every model and operation, is made of known controls with paths of its own", () => {
  for (const type of nodeTypes) {
    const definition = definitionOf(type);
    const fresh = definition.params.parse({});
    const variants =
      type === "generate"
        ? builtInCatalogue.models.map(({ family, key }) => ({ ...fresh, family, model: key }))
        : [fresh];
    for (const params of variants) {
      const all = definition.form(params, builtInCatalogue).flatMap(fieldsOf);
      expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
      expect(all.filter(({ label }) => label.trim() === "")).toEqual([]);
    }
  }
});

test("a problem belongs to its field and, for a whole object, to what holds it", () => {
  const problem: Problem = {
    code: "invalid-param",
    severity: "error",
    message: "m",
    remedy: "r",
    nodeId: "a",
    param: "file.kind",
  };
  expect(problemsAt([problem], "a", "file")).toHaveLength(1);
  expect(problemsAt([problem], "a", "fil")).toHaveLength(0);
  expect(problemsAt([problem], "b", "file")).toHaveLength(0);
});

test("a number in a narrow range gets a slider, a seed does not", () => {
  const { properties } = withHints({
    type: "object",
    properties: {
      strength: { type: "integer", minimum: 0, maximum: 100 },
      seed: { type: "integer", minimum: 0, maximum: 4_294_967_295 },
    },
  }) as { properties: Record<string, Record<string, unknown>> };
  expect([properties["strength"], properties["seed"]].map((field) => kindOf(field ?? {}))).toEqual([
    "slider",
    "number",
  ]);
});

test("a field is found by its dotted path, in nested fields too", () => {
  const inner = { type: "object", properties: { size: { type: "integer", title: "Size" } } };
  const fields = fieldsOf({
    path: "params",
    schema: { type: "object", properties: { font: inner, text: { type: "string" } } },
  });
  expect(fieldAt(fields, "params.text")).toMatchObject({ kind: "text" });
  expect(fieldAt(fields, "params.font.size")).toMatchObject({ kind: "number", label: "Size" });
  expect(fieldAt(fields, "params.font.weight")).toBeUndefined();
});
