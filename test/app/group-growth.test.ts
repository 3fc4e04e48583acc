import { expect, test } from "vitest";
import { paletteEntries } from "../../app/stores/entries.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { addNode, sizeNow } from "../../app/stores/graph-edits.ts";
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
