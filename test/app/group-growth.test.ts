import { expect, test } from "vitest";
import { addNode } from "../../app/stores/add-nodes.ts";
import { paletteEntries } from "../../app/stores/entries.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { canUngroup, dropIntoGroups, resizeNode, ungroupSelection } from "../../app/stores/group-edits.ts";
import { sizeNow } from "../../app/stores/node-boxes.ts";
import { boxesOf, liesIn, overlaps } from "../../app/stores/placement.ts";
import { followPlaces, noteSizes } from "../../app/stores/places.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

test("a full group that something is put into pushes the note that its frame would cover, in the same step", () => {
  const frame = { position: { x: 0, y: 0 }, width: 340, height: 320 };
  // Clear of the card that comes, and not of the frame around it.
  const note = { position: { x: -210, y: 400 }, width: 220, height: 140 };
  const before = graphOf([
    nodeOf("group", "group", {}, frame),
    nodeOf("member", "prompt", {}, { position: { x: 24, y: 52 }, parentId: "group" }),
    nodeOf("note", "note", {}, note),
  ]);
  graphStore.getState().open(before, { unsaved: false });
  const entry = paletteEntries.find(({ id }) => id === "prompt");
  if (!entry) throw new Error("There is no prompt in the palette.");
  const id = addNode({ entry, at: { x: 40, y: 60 }, anchor: { x: 100, y: 100 } });

  const nodes = graphStore.getState().graph?.nodes ?? [];
  expect(nodes.find((node) => node.id === id)?.parentId).toBe("group");
  const boxes = boxesOf(nodes, sizeNow);
  const [group, beside] = [boxes.get("group"), boxes.get("note")];
  expect(group?.height).toBeGreaterThan(frame.height);
  expect(group && beside && overlaps(group, beside)).toBe(false);
  graphStore.getState().undo();
  expect(graphStore.getState().graph?.nodes).toEqual(before.nodes);
});

test("a group resized by hand takes in the note that lies whole in it and pushes the one it would cut, in one step", () => {
  const before = graphOf([
    nodeOf("group", "group", {}, { position: { x: 0, y: 0 }, width: 300, height: 300 }),
    nodeOf("whole", "note", {}, { position: { x: 340, y: 40 }, width: 200, height: 120 }),
    nodeOf("cut", "note", {}, { position: { x: 500, y: 200 }, width: 200, height: 120 }),
  ]);
  graphStore.getState().open(before, { unsaved: false });
  resizeNode("group", { x: 0, y: 0, width: 600, height: 300 });

  const nodes = graphStore.getState().graph?.nodes ?? [];
  expect(nodes.find(({ id }) => id === "whole")).toMatchObject({
    parentId: "group",
    position: { x: 340, y: 40 },
  });
  const boxes = boxesOf(nodes, sizeNow);
  const [group, cut] = [boxes.get("group"), boxes.get("cut")];
  expect(nodes.find(({ id }) => id === "cut")?.parentId).toBeUndefined();
  expect(group && cut && overlaps(group, cut)).toBe(false);
  graphStore.getState().undo();
  expect(graphStore.getState().graph?.nodes).toEqual(before.nodes);
});

test("Ungroup is offered where a group is selected, or is around what is selected, and undoes that group", () => {
  const before = graphOf([
    nodeOf("group", "group", {}, { position: { x: 0, y: 0 }, width: 340, height: 320 }),
    nodeOf("member", "prompt", {}, { position: { x: 24, y: 52 }, parentId: "group" }),
    nodeOf("alone", "prompt", {}, { position: { x: 800, y: 52 } }),
  ]);
  graphStore.getState().open(before, { unsaved: false });
  const { select } = graphStore.getState();
  const offered = (...ids: readonly string[]) => {
    select(ids);
    return canUngroup();
  };
  expect([offered(), offered("alone"), offered("group"), offered("member")]).toEqual([
    false,
    false,
    true,
    true,
  ]);
  ungroupSelection();
  const { graph, selectedNodeIds } = graphStore.getState();
  expect(graph?.nodes.map(({ id, parentId }) => [id, parentId])).toEqual([
    ["member", undefined],
    ["alone", undefined],
  ]);
  expect([...selectedNodeIds]).toEqual(["member"]);
});

/** A drag of one node to a place within the group it is in, as the canvas ends it. */
function dragged(id: string, x: number, y: number): void {
  graphStore.getState().edit({ type: "move", positions: [{ id, x, y }] }, { merge: "drag" });
  dropIntoGroups([id], "drag");
}

const boxNow = (id: string) => {
  const box = boxesOf(graphStore.getState().graph?.nodes ?? [], sizeNow).get(id);
  if (!box) throw new Error(`There is no ${id}.`);
  return box;
};

const grouped = graphOf([
  nodeOf("outer", "group", {}, { position: { x: 0, y: 0 }, width: 700, height: 600 }),
  nodeOf("group", "group", {}, { position: { x: 40, y: 60 }, width: 400, height: 400, parentId: "outer" }),
  nodeOf("member", "prompt", {}, { position: { x: 60, y: 120 }, parentId: "group" }),
  nodeOf("beside", "note", {}, { position: { x: 740, y: 180 }, width: 220, height: 140 }),
]);

test.each([
  ["right of", 1200, 120],
  ["left of", -900, 120],
  ["above", 60, -700],
  ["below", 60, 900],
])("what is dragged %s its group leaves it, and the frames stay as they were", (_side, x, y) => {
  const stop = followPlaces();
  graphStore.getState().open(grouped, { unsaved: false });
  noteSizes([["member", sizeNow(grouped.nodes[2] ?? nodeOf("none", "prompt"))]]);
  dragged("member", x, y);
  const { nodes = [] } = graphStore.getState().graph ?? {};
  stop();
  expect(nodes.find(({ id }) => id === "member")).not.toHaveProperty("parentId");
  expect(nodes.find(({ id }) => id === "member")?.position).toEqual({ x: x + 40, y: y + 60 });
  expect(nodes.filter(({ type }) => type === "group")).toEqual(
    grouped.nodes.filter(({ type }) => type === "group"),
  );
});

test.each([
  ["right", 240, 120],
  ["left", -100, 120],
  ["upper", 60, -40],
  ["lower", 60, 330],
])("what is dropped over the %s edge of a group is held by it, and nothing is covered", (_side, x, y) => {
  const stop = followPlaces();
  graphStore.getState().open(grouped, { unsaved: false });
  const before = boxNow("member");
  dragged("member", x, y);
  stop();
  expect(boxNow("member")).toMatchObject({ x: before.x - 60 + x, y: before.y - 120 + y });
  expect(liesIn(boxNow("member"), boxNow("group"))).toBe(true);
  expect(liesIn(boxNow("group"), boxNow("outer"))).toBe(true);
  expect(overlaps(boxNow("outer"), boxNow("beside"))).toBe(false);
  graphStore.getState().undo();
  expect(graphStore.getState().graph?.nodes).toEqual(grouped.nodes);
});

test("a group gets no smaller than what is in it, from whichever side", () => {
  graphStore.getState().open(grouped, { unsaved: false });
  const member = boxNow("member");
  for (const box of [
    { x: 360, y: 60, width: 80, height: 400 },
    { x: 40, y: 420, width: 400, height: 40 },
    { x: 40, y: 60, width: 100, height: 100 },
  ]) {
    resizeNode("group", box);
    expect(boxNow("member")).toEqual(member);
    expect(liesIn(member, boxNow("group"))).toBe(true);
    graphStore.getState().undo();
    expect(graphStore.getState().graph?.nodes).toEqual(grouped.nodes);
  }
});
