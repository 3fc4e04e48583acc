import { expect, test } from "vitest";
import { addNode } from "../../app/stores/add-nodes.ts";
import { paletteEntries } from "../../app/stores/entries.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { canUngroup, resizeNode, ungroupSelection } from "../../app/stores/group-edits.ts";
import { sizeNow } from "../../app/stores/node-boxes.ts";
import { boxesOf, overlaps } from "../../app/stores/placement.ts";
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
