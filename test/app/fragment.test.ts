import fc from "fast-check";
import { expect, test } from "vitest";
import { fragmentText, partOf, readFragment, renewed, topLeft } from "../../app/stores/fragment.ts";
import { emptyGraph, type Graph, type GraphNode } from "../../src/graph/schema.ts";
import { serialise } from "../../src/graph/serialise.ts";

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

test("a pasted part has ids of its own, keeps its inner wires and its shape, and begins where it is put", () => {
  const ids = ["group", "inside", "a", "b"];
  fc.assert(
    fc.property(fc.subarray(ids, { minLength: 1 }), fc.integer(), fc.integer(), (chosen, x, y) => {
      const part = partOf(sample, new Set(chosen));
      const pasted = renewed(part, { x, y }, counter());
      const oldIds = new Set(sample.nodes.map(({ id }) => id));
      expect(pasted.nodes.some(({ id }) => oldIds.has(id))).toBe(false);
      expect(pasted.edges).toHaveLength(part.edges.length);
      const newIds = new Set(pasted.nodes.map(({ id }) => id));
      for (const edge of pasted.edges)
        expect([newIds.has(edge.source), newIds.has(edge.target)]).toEqual([true, true]);
      expect(topLeft(pasted)).toEqual({ x, y });
      const before = topLeft(part);
      for (const [index, { parentId, position }] of pasted.nodes.entries()) {
        const original = part.nodes[index];
        const [dx, dy] = parentId === undefined ? [x - before.x, y - before.y] : [0, 0];
        expect(position).toMatchObject({
          x: (original?.position.x ?? 0) + dx,
          y: (original?.position.y ?? 0) + dy,
        });
      }
    }),
  );
});

test("unknown keys come along", () => {
  const pasted = renewed(partOf(sample, new Set(["a"])), { x: 0, y: 0 }, counter());
  expect(pasted.nodes[0]?.["x-own"]).toEqual({ kept: true });
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
