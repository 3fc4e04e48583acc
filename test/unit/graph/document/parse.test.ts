import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMigrator } from "../../../../src/graph/document/migrations.ts";
import {
  graphLimits,
  type OpenFailure,
  parseGraph,
  parseGraphValue,
} from "../../../../src/graph/document/parse.ts";
import { graphVersion } from "../../../../src/graph/document/schema.ts";
import { arbitraryJson } from "../../../support/graph-arbitraries.ts";
import { graphOf, nodeOf, wireOf } from "../../../support/graph-builders.ts";
import { said } from "../../../support/in-english.ts";

const fixtures = new URL("../../../fixtures/graphs/", import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, fixtures), "utf8");

function failureOf(text: string): OpenFailure {
  const result = parseGraph(text);
  if (result.ok) throw new Error("It opened.");
  return result.reason;
}

test.each(readdirSync(fixtures))("opens the old file %s", (name) => {
  const result = parseGraph(fixture(name));
  expect(result).toMatchObject({ ok: true, graph: { version: graphVersion } });
});

test("version 0 becomes React Flow's shape and keeps what it does not know", () => {
  const result = parseGraph(fixture("version-0.json"));
  expect(result).toMatchObject({
    ok: true,
    migratedFrom: 0,
    graph: {
      name: "A sketch from before",
      author: "kept as it is",
      viewport: { x: 10, y: 20, zoom: 0.5 },
      nodes: [
        { id: "idea", type: "prompt", data: { params: { text: "A lighthouse in fog" } } },
        {
          id: "picture",
          type: "generate",
          position: { x: 360, y: 0 },
          mood: "unknown keys survive",
          data: {
            title: "Lighthouse",
            params: { family: "image", model: "nano-banana-2", modelParams: { aspectRatio: "4:5" } },
          },
        },
        { data: { params: { family: "speech", prompt: "Good night." } } },
        { type: "save" },
        { id: "later", type: "teleport" },
      ],
      edges: [
        { source: "idea", sourceHandle: "out", target: "picture", targetHandle: "prompt", colour: "kept" },
        { source: "picture", target: "keep", targetHandle: "in" },
      ],
    },
  });
});

test("a current file was migrated from nothing", () => {
  expect(parseGraph(fixture("version-1.json"))).not.toHaveProperty("migratedFrom");
});

test("migrations with a gap, out of order or too few are found at load", () => {
  const step = (from: number) => ({ from, change: "", migrate: (document: object) => ({ ...document }) });
  expect(() => createMigrator([step(0), step(2)], 2)).toThrow("Migration 1 reads version 2");
  expect(() => createMigrator([step(1), step(0)], 2)).toThrow("Migration 0 reads version 1");
  expect(() => createMigrator([step(0)], 2)).toThrow("needs 2 migrations");
  expect(createMigrator([step(0), { ...step(1), migrate: () => ({ last: true }) }], 2)({}, 1)).toEqual({
    last: true,
  });
});

test.each([
  ["", 1, 1],
  ['{\n  "a": 1,\n}', 3, 1],
  ['{\n  "a": x\n}', 2, 8],
  ["[1, 2", 1, 6],
  ['{"a": "line\nbreak"}', 1, 12],
  ['{"a": 1} trailing', 1, 10],
  ['{"a": "\\x"}', 1, 8],
  ["{'a': 1}", 1, 2],
])("broken JSON %j is named with its line and column", (text, line, column) => {
  expect(failureOf(text)).toMatchObject({ code: "broken-json", line, column });
});

test("text that JSON.parse refuses is always placed inside it, and text it takes is never called broken", () => {
  const almostJson = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", '"', "\\", "x", "0", "\n", "[", ":"))
    .map(
      ([text, at, mark]) =>
        text.slice(0, at % (text.length + 1)) + mark + text.slice((at + 1) % (text.length + 1)),
    );
  fc.assert(
    fc.property(almostJson, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      const result = parseGraph(text);
      const reason = result.ok ? undefined : result.reason;
      expect(reason?.code === "broken-json").toBe(!valid);
      if (reason?.code !== "broken-json") return;
      const lines = text.split("\n");
      expect(reason.line).toBeGreaterThan(0);
      expect(reason.line).toBeLessThanOrEqual(lines.length);
      expect(reason.column).toBeLessThanOrEqual((lines[reason.line - 1]?.length ?? 0) + 1);
    }),
  );
});

test.each([
  ["null", "not-an-object"],
  ["[]", "not-an-object"],
  ['"catwalk.graph"', "not-an-object"],
  ["{}", "another-format"],
])("%s is %s", (text, code) => {
  expect(failureOf(text)).toMatchObject({ code });
});

test.each([
  [{ last_node_id: 3, links: [], nodes: [] }, "a ComfyUI workflow"],
  [{ "3": { class_type: "KSampler", inputs: {} } }, "a ComfyUI workflow (API form)"],
  [
    { nodes: [{ type: "n8n-nodes-base.set", typeVersion: 1, parameters: {} }], connections: {} },
    "an n8n workflow",
  ],
  [{ nodes: [{ id: "1", position: { x: 0, y: 0 }, data: {} }], edges: [] }, "a plain React Flow document"],
  [{ format: "other.tool" }, "a file of the format “other.tool”"],
])("a file of another program is recognised", (value, looksLike) => {
  expect(failureOf(JSON.stringify(value))).toMatchObject({ code: "another-format", looksLike });
});

test("a newer version is named, not called broken", () => {
  const text = JSON.stringify({ format: "catwalk.graph", version: graphVersion + 1, everything: "else" });
  expect(failureOf(text)).toMatchObject({ code: "newer-version", version: graphVersion + 1 });
});

test("an invalid graph says where", () => {
  const graph = graphOf([nodeOf("a", "prompt")]);
  const text = JSON.stringify({ ...graph, nodes: [{ ...graph.nodes[0], position: { x: "left", y: 0 } }] });
  const reason = failureOf(text);
  expect(reason).toMatchObject({ code: "invalid", issues: [{ path: "nodes[0].position.x" }] });
  expect(reason.message).toContain("nodes[0].position.x");
  for (const version of ["1", -1, 0.5, null])
    expect(failureOf(JSON.stringify({ ...graph, version }))).toMatchObject({ code: "invalid" });
});

test("two nodes or two wires with one id are refused by that id", () => {
  const twice = graphOf([nodeOf("a", "prompt"), nodeOf("a", "note"), nodeOf("b", "prompt")]);
  expect(failureOf(JSON.stringify(twice))).toMatchObject({ code: "duplicate-id", ids: ["a"] });
  const wires = graphOf(
    [nodeOf("a", "prompt"), nodeOf("b", "generate")],
    ["a.out > b.prompt", "a.out > b.prompt"],
  );
  expect(failureOf(JSON.stringify(wires))).toMatchObject({ code: "duplicate-id" });
});

test("a `__proto__` key reaches no object, and the person is told", () => {
  const text = JSON.stringify(graphOf([nodeOf("a", "prompt", { text: "x" })])).replace(
    '"params":{',
    '"params":{"__proto__":{"polluted":true},"constructor":"kept",',
  );
  const result = parseGraph(text);
  if (!result.ok) throw new Error(said(result.reason.message));
  const params = result.graph.nodes[0]?.data.params ?? {};
  expect(params).toEqual({ constructor: "kept", text: "x" });
  expect({ ...params }).not.toHaveProperty("polluted");
  expect({}).not.toHaveProperty("polluted");
  expect(result.warnings).toHaveLength(1);
});

test("depth and size are bounded", () => {
  expect(failureOf("[".repeat(200_000) + "]".repeat(200_000))).toMatchObject({ code: "too-deep" });
  const endless: { again?: unknown } = {};
  endless.again = endless;
  expect(parseGraphValue(endless)).toMatchObject({ ok: false, reason: { code: "too-deep" } });
  expect(failureOf(" ".repeat(graphLimits.characters + 1))).toMatchObject({ code: "too-large" });
});

test("a value that JSON cannot hold is refused, not dropped", () => {
  const graph = graphOf([nodeOf("a", "prompt", { text: () => "code" })]);
  expect(parseGraphValue(graph)).toMatchObject({
    reason: { issues: [{ path: "nodes[0].data.params.text" }] },
  });
  expect(failureOf(JSON.stringify(graph).replace('"zoom":1', '"zoom":1e999'))).toMatchObject({
    code: "invalid",
  });
});

test("a parsed graph shares nothing with the value it came from", () => {
  const list = [1];
  const value = graphOf([nodeOf("a", "prompt", { deep: { list } })], [wireOf("a.out > b.in")]);
  const result = parseGraphValue(value);
  if (!result.ok) throw new Error(said(result.reason.message));
  list.push(2);
  expect(result.graph.nodes[0]?.data.params).toEqual({ deep: { list: [1] } });
});

test("parsing never throws, whatever the text or value", () => {
  const half = fc.record({
    format: fc.constant("catwalk.graph"),
    version: fc.constantFrom(0, 1, 2, "1"),
    id: fc.constantFrom("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b10", ""),
    nodes: fc.oneof(
      arbitraryJson,
      fc.array(fc.record({ id: arbitraryJson, kind: arbitraryJson, settings: arbitraryJson })),
    ),
    wires: fc.oneof(arbitraryJson, fc.array(fc.record({ from: arbitraryJson, to: arbitraryJson }))),
    edges: arbitraryJson,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        half.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const result = parseGraph(text);
        if (!result.ok) expect(result.reason.message && result.reason.remedy).toBeTruthy();
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.anything(), (value) => void parseGraphValue(value)));
});

test("minus zero is opened as zero, which is how it is saved", () => {
  const text = JSON.stringify(graphOf([nodeOf("a", "prompt")])).replace('"x":0', '"x":-0');
  expect(parseGraph(text)).toMatchObject({ ok: true, graph: { nodes: [{ position: { x: 0 } }] } });
});
