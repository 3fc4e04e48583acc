import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { graphJsonSchema } from "../../../../src/graph/describe/graph-json-schema.ts";
import { nodeSchemas } from "../../../../src/nodes/definitions.ts";
import { graphOf, nodeOf } from "../../../support/graph-builders.ts";

const root = new URL("../../../../", import.meta.url);
// A validator that others use, so that the schema is right for them and not only for us.
const check = new Ajv2020({ strict: false, formats: { uuid: true } }).compile(graphJsonSchema(nodeSchemas()));

const files = [
  ...readdirSync(new URL("examples/", root))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `examples/${name}`),
  "test/fixtures/graphs/version-1.json",
];

test.each(files)("the schema takes %s", (name) => {
  check(JSON.parse(readFileSync(new URL(name, root), "utf8")));
  expect(check.errors).toBeNull();
});

test("the schema knows the params of each type, and lets unknown types be", () => {
  expect(check(graphOf([nodeOf("a", "prompt", { text: 5 })]))).toBe(false);
  expect(check(graphOf([nodeOf("a", "generate", { family: "hologram" })]))).toBe(false);
  expect(check(graphOf([nodeOf("a", "teleport", { text: 5 })]))).toBe(true);
  expect(check({ ...graphOf([]), version: 2 })).toBe(false);
});
