import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGraph } from "../../../../src/graph/document/parse.ts";
import { emptyGraph, type Graph } from "../../../../src/graph/document/schema.ts";
import { exportGraph, serialise } from "../../../../src/graph/document/serialise.ts";
import { sandboxAccounts } from "../../../../src/nodes/definition/sandbox-accounts.ts";
import { arbitraryGraph } from "../../../support/graph-arbitraries.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";
import { said } from "../../../support/in-english.ts";

function opened(text: string): Graph {
  const result = parseGraph(text);
  if (!result.ok) throw new Error(said(result.reason.message));
  return result.graph;
}

test("a graph survives saving and opening, and saving it again gives the same text", () => {
  fc.assert(
    fc.property(arbitraryGraph, (anything) => {
      const graph = opened(JSON.stringify(anything));
      const text = serialise(graph);
      expect(opened(text)).toEqual(graph);
      expect(serialise(opened(text))).toBe(text);
    }),
  );
});

test("the order of object keys does not matter, the order of lists does", () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, child]) => [key, shuffled(child)]),
    );
  };
  fc.assert(
    fc.property(arbitraryGraph, (anything) => {
      const graph = opened(JSON.stringify(anything));
      expect(serialise(opened(JSON.stringify(shuffled(graph))))).toBe(serialise(graph));
    }),
  );
  const two = graphOf([nodeOf("a", "prompt"), nodeOf("b", "prompt")]);
  expect(serialise({ ...two, nodes: two.nodes.toReversed() })).not.toBe(serialise(two));
});

test("the text reads well: known keys first, unknown ones after, two spaces, one newline", () => {
  const graph = {
    zebra: 1,
    ...emptyGraph("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b10", "Tidy"),
    apple: { b: 1, a: 2 },
  };
  const node = nodeOf("a", "prompt", { z: 1, a: 2 }, { extra: true, width: 280 });
  const text = serialise({ ...graph, nodes: [node] });
  expect(text).toMatch(/^\{\n {2}"\$schema": /);
  expect(text.endsWith("}\n")).toBe(true);
  const at = (key: string) => text.indexOf(`"${key}"`);
  const order = [
    "$schema",
    "format",
    "version",
    "name",
    "viewport",
    "nodes",
    "type",
    "position",
    "width",
    "params",
    "extra",
  ];
  expect(order.toSorted((a, b) => at(a) - at(b))).toEqual(order);
  expect(at("apple")).toBeLessThan(at("zebra"));
  expect(text.indexOf('"a": 2')).toBeLessThan(text.indexOf('"z": 1'));
});

test("what the canvas keeps for itself is not saved, and params of the same name are", () => {
  const canvas = { selected: true, dragging: true, resizing: true, measured: { width: 1, height: 2 } };
  const graph = graphOf(
    [nodeOf("a", "prompt", { selected: "kept" }, canvas)],
    [{ id: "e", source: "a", sourceHandle: "out", target: "a", targetHandle: "in", selected: true }],
  );
  const saved = JSON.parse(serialise(graph));
  expect(saved.nodes[0]).toEqual({
    id: "a",
    type: "prompt",
    position: { x: 0, y: 0 },
    data: { params: { selected: "kept" } },
  });
  expect(saved.edges[0]).not.toHaveProperty("selected");
});

test("every shipped example is saved exactly as Catwalk would save it", () => {
  const examples = new URL("../../../../examples/", import.meta.url);
  const names = readdirSync(examples).filter((name) => name.endsWith(".json"));
  expect(names).toHaveLength(5);
  for (const name of names) {
    const text = readFileSync(new URL(name, examples), "utf8");
    expect(serialise(opened(text))).toBe(text);
  }
});

const accountsToKeep = sandboxAccounts.map(({ accountId }) => accountId);

test("an export names no place on this machine and no account the receiver lacks", () => {
  const graph = graphOf([
    nodeOf("inside", "upload", { file: fileOf("a.jpg", { path: "media/a.jpg" }) }),
    nodeOf("absolute", "upload", { file: fileOf("b.jpg", { path: "/home/ada/b.jpg" }) }),
    nodeOf("windows", "upload", { file: fileOf("c.jpg", { path: "C:\\Users\\ada\\c.jpg" }) }),
    nodeOf("outside", "upload", { file: fileOf("d.jpg", { path: "../d.jpg" }) }),
    nodeOf("later", "teleport", { list: [{ source: "file:///home/ada/e.jpg" }], text: "/imagine a cat" }),
    nodeOf("mine", "publish", { accountId: "11111111-2222-4333-8444-555555555555" }),
    nodeOf("everyones", "publish", { accountId: accountsToKeep[0] }),
  ]);
  const result = exportGraph(graph, { accountsToKeep });
  if (!result.ok) throw new Error("It was refused.");
  expect(result.text).not.toMatch(/ada|\.\.\/d|11111111/);
  expect(result.text).toContain("media/a.jpg");
  expect(result.text).toContain("/imagine a cat");
  expect(result.text).toContain(accountsToKeep[0]);
  expect(result.removed).toHaveLength(5);
  expect(opened(result.text)).toEqual(result.graph);
  expect(graph.nodes[1]?.data.params["file"]).toMatchObject({ path: "/home/ada/b.jpg" });
});

test("an export with something like a key in it is refused, and the refusal does not repeat it", () => {
  const key = `sk_${"0123456789abcdef".repeat(4)}`;
  for (const graph of [
    graphOf([nodeOf("a", "prompt", { deep: [{ text: `use ${key} please` }] })]),
    graphOf([nodeOf("a", "prompt", {}, { data: { title: key, params: {} } })]),
    { ...graphOf([nodeOf("a", "prompt")]), name: key },
  ]) {
    const result = exportGraph(graph, { accountsToKeep });
    expect(result).toMatchObject({ ok: false, problems: [{ code: "secret-in-graph", severity: "error" }] });
    expect(JSON.stringify(result)).not.toContain(key);
  }
});

test("an export leaves out which takes of this machine flow on, and keeps what a run is to do anew", () => {
  const pinned = (id: string, reuse: "locked" | "never") => {
    const node = nodeOf(id, "generate");
    return { ...node, data: { ...node.data, variations: 2, reuse, takes: { "": "take-1" } } };
  };
  const graph = graphOf([pinned("a", "locked"), pinned("b", "never")]);
  expect(JSON.parse(serialise(graph)).nodes[0].data).toMatchObject({
    reuse: "locked",
    takes: { "": "take-1" },
  });
  const result = exportGraph(graph, { accountsToKeep: [] });
  if (!result.ok) throw new Error("It was refused.");
  expect(result.graph.nodes.map(({ data }) => data)).toEqual([
    { params: {}, variations: 2 },
    { params: {}, variations: 2, reuse: "never" },
  ]);
  expect(result.removed).toEqual(["nodes[0].data.takes", "nodes[0].data.reuse", "nodes[1].data.takes"]);
});
