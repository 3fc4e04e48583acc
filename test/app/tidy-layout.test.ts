import ELK from "elkjs/lib/elk.bundled.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tidyEdits, tidyTask } from "../../app/canvas/tidy-layout.ts";
import { applyEdit } from "../../app/stores/apply-edit.ts";
import { boxesOf, liesIn, overlaps } from "../../app/stores/placement.ts";
import type { Graph, GraphNode } from "../../src/graph/document/schema.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const elk = new ELK();

const sizeOf = ({ type, width = 280, height = 200 }: GraphNode) =>
  type === "group" ? { width, height } : { width: 280, height: 200 };

const at = (x: number, y: number) => ({ position: { x, y } });

/** A group with two cards, three cards and a note outside, all in a heap. */
const heap = graphOf(
  [
    nodeOf("frame", "group", {}, { ...at(0, 0), width: 700, height: 400 }),
    nodeOf("in-1", "prompt", {}, { ...at(30, 60), parentId: "frame" }),
    nodeOf("in-2", "prompt", {}, { ...at(40, 70), parentId: "frame" }),
    nodeOf("a", "prompt", {}, at(900, 0)),
    nodeOf("b", "prompt", {}, at(910, 20)),
    nodeOf("c", "prompt", {}, at(1300, 30)),
    nodeOf("note", "note", {}, { ...at(2000, 0), width: 200, height: 100 }),
  ],
  ["in-1.out > in-2.prompt", "in-2.out > a.prompt", "a.out > b.prompt", "b.out > c.prompt"],
);

async function tidied(graph: Graph, selected: readonly string[], meanwhile: Graph = graph): Promise<Graph> {
  const task = tidyTask(graph.nodes, graph.edges, new Set(selected), sizeOf);
  if (!task) return graph;
  const answer = await elk.layout(structuredClone(task.question));
  const placeOf = ({ nodes }: Graph, nodeId: string) => nodes.find(({ id }) => id === nodeId)?.position;
  const isAsItWas = (nodeId: string) => placeOf(graph, nodeId) === placeOf(meanwhile, nodeId);
  return tidyEdits(task, answer, isAsItWas).reduce(applyEdit, meanwhile);
}

const cards = (graph: Graph) => {
  const boxes = boxesOf(graph.nodes, sizeOf);
  return graph.nodes.flatMap(({ id, type }) => {
    const box = boxes.get(id);
    return box && type === "prompt" ? [[id, box] as const] : [];
  });
};

test("the whole graph is laid out clear of itself from where it began; notes stay", async () => {
  const after = await tidied(heap, []);
  const boxes = cards(after);
  for (const [index, [, one]] of boxes.entries())
    for (const [, other] of boxes.slice(index + 1)) expect(overlaps(one, other)).toBe(false);
  const box = boxesOf(after.nodes, sizeOf);
  for (const id of ["in-1", "in-2"]) {
    const [inner, frame] = [box.get(id), box.get("frame")];
    expect(inner && frame && liesIn(inner, frame)).toBe(true);
  }
  const placeOf = (id: string) => after.nodes.find((node) => node.id === id)?.position;
  expect(Math.min(...after.nodes.filter(({ parentId }) => !parentId).map(({ position }) => position.x))).toBe(
    0,
  );
  expect(placeOf("note")).toEqual({ x: 2000, y: 0 });
});

test("a selection is tidied alone: the rest keeps its place and is not covered", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(["frame", "in-1", "in-2", "a", "b", "c", "note"], { minLength: 2 }),
      async (selected) => {
        const after = await tidied(heap, selected);
        const moved = after.nodes.filter((node, index) => node.position !== heap.nodes[index]?.position);
        const mayMove = new Set([...selected, ...(selected.includes("frame") ? ["in-1", "in-2"] : [])]);
        const tops = selected.filter(
          (id) => id !== "note" && !(id.startsWith("in-") && selected.includes("frame")),
        );
        // Fewer than two are no part: then it is the whole graph.
        if (tops.length < 2) return;
        const before = new Map(cards(heap));
        for (const { id } of moved) {
          const stood = before.get(id);
          const stands = new Map(cards(after)).get(id);
          if (!mayMove.has(id) && stood) expect(stands).toEqual(stood);
        }
        const boxes = cards(after);
        for (const [one, box] of boxes)
          for (const [other, otherBox] of boxes)
            if (one !== other && mayMove.has(one))
              expect([one, other, overlaps(box, otherBox)]).toEqual([one, other, false]);
      },
    ),
    { numRuns: 40 },
  );
});

test("one selected group is tidied inside and stays where it is", async () => {
  const after = await tidied(heap, ["frame"]);
  expect(after.nodes[0]?.position).toEqual({ x: 0, y: 0 });
  const [one, two] = ["in-1", "in-2"].map((id) => new Map(cards(after)).get(id));
  expect(one && two && overlaps(one, two)).toBe(false);
  expect(after.nodes.slice(3)).toEqual(heap.nodes.slice(3));
});

test("what a person moved or removed meanwhile stays as they left it", async () => {
  const moved = applyEdit(heap, { type: "move", positions: [{ id: "b", x: 5000, y: 5000 }] });
  const meanwhile = applyEdit(moved, { type: "remove", nodeIds: ["c"], edgeIds: [] });
  const after = await tidied(heap, [], meanwhile);
  expect(after.nodes.find(({ id }) => id === "b")?.position).toEqual({ x: 5000, y: 5000 });
  expect(after.nodes.some(({ id }) => id === "c")).toBe(false);
  expect(after.nodes.find(({ id }) => id === "a")?.position).not.toEqual({ x: 900, y: 0 });
});

test("a single card is no part, and an empty graph nothing to lay out", () => {
  expect(tidyTask(heap.nodes, heap.edges, new Set(["a"]), sizeOf)?.isPart).toBe(false);
  expect(tidyTask([], [], new Set(), sizeOf)).toBeUndefined();
});
