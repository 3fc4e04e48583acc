import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit } from "../../app/stores/apply-edit.ts";
import { signatures } from "../../src/graph/changes/signatures.ts";
import { emptyGraph, type Graph } from "../../src/graph/document/schema.ts";

/** a → b → c, a → c, a → d, and e alone. */
const sample: Graph = {
  ...emptyGraph("6f8a1a52-5b0e-4c06-9d7c-0d0c5e0f0a01", "Sample"),
  nodes: ["c", "b", "a", "d", "e"].map((id) => ({
    id,
    type: "generate",
    position: { x: 0, y: 0 },
    data: { params: { prompt: id, modelParams: { aspectRatio: "1:1", seed: 1 } } },
  })),
  edges: ["a-b", "b-c", "a-c", "a-d"].map((id) => ({
    id,
    source: id.slice(0, 1),
    sourceHandle: "out",
    target: id.slice(2),
    targetHandle: "reference_images",
  })),
};

function changed(after: Graph): string[] {
  const [before, now] = [signatures(sample), signatures(after)];
  return [...now].flatMap(([id, signature]) => (before.get(id) === signature ? [] : [id])).sort();
}

test("other params make the node and all that depends on it stale, nothing else", () => {
  const params = (id: string) => applyEdit(sample, { type: "params", id, params: { prompt: "other" } });
  expect(changed(params("a"))).toEqual(["a", "b", "c", "d"]);
  expect(changed(params("b"))).toEqual(["b", "c"]);
  expect(changed(params("e"))).toEqual(["e"]);
});

test("a wire made, moved or taken away makes what it leads to stale", () => {
  const gone = applyEdit(sample, { type: "remove", nodeIds: [], edgeIds: ["a-d"] });
  expect(changed(gone)).toEqual(["d"]);
  const made = applyEdit(sample, {
    type: "connect",
    edge: { id: "e-b", source: "e", sourceHandle: "out", target: "b", targetHandle: "end_image" },
    replaces: [],
  });
  expect(changed(made)).toEqual(["b", "c"]);
});

test("place, title, group and the order of keys do not count", () => {
  expect(changed(applyEdit(sample, { type: "move", positions: [{ id: "a", x: 9, y: 9 }] }))).toEqual([]);
  expect(changed(applyEdit(sample, { type: "title", id: "a", title: "New" }))).toEqual([]);
  const params = { modelParams: { seed: 1, aspectRatio: "1:1" }, prompt: "a" };
  expect(changed(applyEdit(sample, { type: "params", id: "a", params }))).toEqual([]);
});

test("what is fixed signs as it is told, whatever is in it or before it, and so does what follows", () => {
  const before = signatures(sample);
  const edited = applyEdit(sample, { type: "params", id: "a", params: { prompt: "other" } });
  const now = signatures(edited, undefined, new Map([["a", before.get("a") ?? ""]]));
  expect([...now].filter(([id, signature]) => before.get(id) !== signature)).toEqual([]);
  const swapped = signatures(sample, undefined, new Map([["a", "another take"]]));
  expect(swapped.get("b")).not.toBe(before.get("b"));
});

test("signatures do not depend on the order of nodes and wires in the document", () => {
  const nodes = fc.shuffledSubarray(sample.nodes, { minLength: 5 });
  const edges = fc.shuffledSubarray(sample.edges, { minLength: 4 });
  fc.assert(
    fc.property(nodes, edges, (shuffledNodes, shuffledEdges) => {
      expect(changed({ ...sample, nodes: shuffledNodes, edges: shuffledEdges })).toEqual([]);
    }),
  );
});

test("a circle and a wire from nowhere end, and every node still has a signature", () => {
  const wire = (id: string, source: string, target: string) => ({
    id,
    source,
    sourceHandle: "out",
    target,
    targetHandle: "in",
  });
  const edges = [...sample.edges, wire("c-a", "c", "a"), wire("lost", "nobody", "e")];
  expect(signatures({ ...sample, edges }).size).toBe(5);
});
