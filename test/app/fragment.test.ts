import fc from "fast-check";
import { expect, test } from "vitest";
import { type Fragment, fragmentText, partOf, readFragment, renewed } from "../../app/stores/fragment.ts";
import { emptyGraph, type Graph, type GraphNode } from "../../src/graph/document/schema.ts";
import { serialise } from "../../src/graph/document/serialise.ts";

const graphId = "6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a01";
const otherId = "6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a02";

function node(id: string, x: number, y: number, rest: Partial<GraphNode> = {}): GraphNode {
  return { id, type: "prompt", position: { x, y }, data: { params: { text: id } }, ...rest };
}

const wire = (source: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  sourceHandle: "out",
  target,
  targetHandle: "in",
});

const sample: Graph = {
  ...emptyGraph(graphId, "Sample"),
  nodes: [
    node("group", 100, 200, { type: "group" }),
    node("inside", 10, 20, { parentId: "group" }),
    node("a", 400, 0, { "x-own": { kept: true } }),
    node("b", 800, 50),
  ],
  edges: [wire("inside", "a"), wire("a", "b")],
};

function counter() {
  let next = 0;
  return () => `new-${next++}`;
}

test("copied text is a graph file, and reading it gives the same nodes and inner wires", () => {
  const part = partOf(sample, new Set(["a", "b"]));
  const read = readFragment(fragmentText(part, otherId));
  expect(read.ok && read.fragment.nodes).toEqual(sample.nodes.slice(2));
  expect(read.ok && read.fragment.edges.map(({ id }) => id)).toEqual(["a-b"]);
});

test("a group is copied with what it holds; a node without its group tells its place from the canvas", () => {
  expect(partOf(sample, new Set(["group"])).nodes.map(({ id }) => id)).toEqual(["group", "inside"]);
  const [alone] = partOf(sample, new Set(["inside"])).nodes;
  expect(alone).toMatchObject({ id: "inside", position: { x: 110, y: 220 } });
  expect(alone?.parentId).toBeUndefined();
});

/** The ids that a pasted part gets, by the ones it had. */
const newIds = ({ nodes }: Fragment) => new Map(nodes.map(({ id }) => [id, `new-${id}`]));

test("a pasted part has ids of its own, and keeps its inner wires and its shape", () => {
  const ids = ["group", "inside", "a", "b"];
  fc.assert(
    fc.property(fc.subarray(ids, { minLength: 1 }), (chosen) => {
      const part = partOf(sample, new Set(chosen));
      const pasted = renewed(part, newIds(part), counter());
      expect(pasted.nodes.map(({ id }) => id)).toEqual(part.nodes.map(({ id }) => `new-${id}`));
      expect(pasted.nodes.map(({ position }) => position)).toEqual(
        part.nodes.map(({ position }) => position),
      );
      const renamed = (id: string) => `new-${id}`;
      expect(pasted.edges.map(({ source, target }) => [source, target])).toEqual(
        part.edges.map(({ source, target }) => [renamed(source), renamed(target)]),
      );
      const old = new Set(sample.edges.map(({ id }) => id));
      expect(pasted.edges.some(({ id }) => old.has(id))).toBe(false);
      for (const [index, { parentId }] of pasted.nodes.entries())
        expect(parentId).toBe(part.nodes[index]?.parentId && "new-group");
    }),
  );
});

test("unknown keys come along", () => {
  const part = partOf(sample, new Set(["a"]));
  expect(renewed(part, newIds(part), counter()).nodes[0]?.["x-own"]).toEqual({ kept: true });
});

test("the text of a whole graph file can be pasted; other text is refused with a named reason", () => {
  const whole = readFragment(serialise(sample));
  expect(whole.ok && whole.fragment.nodes).toHaveLength(4);
  const reasons = ["just words", '{"format":"other"}', "[]"].map((text) => {
    const read = readFragment(text);
    return read.ok ? "taken" : read.reason.code;
  });
  expect(reasons).toEqual(["broken-json", "another-format", "not-an-object"]);
});
