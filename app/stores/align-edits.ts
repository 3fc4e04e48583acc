import type { GraphNode } from "../../src/graph/document/schema.ts";
import { graphStore } from "./graph.ts";
import { boxesNow, round, topOfSelection } from "./node-boxes.ts";
import { type Box, boxAround } from "./placement.ts";
import { keepPlaces } from "./places.ts";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "rows" | "columns";

/** `columns` and `rows` spread with equal gaps between the outermost two. */
export function alignSelection(alignment: Alignment): void {
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit } = graphStore.getState();
  if (!graph) return;
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  if (members.length < 2) return;
  const places = boxesNow(graph.nodes);
  const boxes = members.flatMap((node) => {
    const box = places.get(node.id);
    return box ? [{ node, ...box }] : [];
  });
  const positions = aligned(alignment, boxAround(boxes), boxes).map(({ node, x, y }) => {
    const at = places.get(node.id) ?? { x, y };
    return { id: node.id, ...round({ x: node.position.x + x - at.x, y: node.position.y + y - at.y }) };
  });
  edit({ type: "move", positions }, { merge });
}

type Placed = Box & { readonly node: GraphNode };

function aligned(alignment: Alignment, all: Box, boxes: readonly Placed[]): readonly Placed[] {
  switch (alignment) {
    case "left":
      return boxes.map((box) => ({ ...box, x: all.x }));
    case "centre":
      return boxes.map((box) => ({ ...box, x: all.x + (all.width - box.width) / 2 }));
    case "right":
      return boxes.map((box) => ({ ...box, x: all.x + all.width - box.width }));
    case "top":
      return boxes.map((box) => ({ ...box, y: all.y }));
    case "middle":
      return boxes.map((box) => ({ ...box, y: all.y + (all.height - box.height) / 2 }));
    case "bottom":
      return boxes.map((box) => ({ ...box, y: all.y + all.height - box.height }));
    case "columns":
      return spread(boxes, all, "x", "width");
    case "rows":
      return spread(boxes, all, "y", "height");
    default:
      return alignment satisfies never;
  }
}

function spread(
  boxes: readonly Placed[],
  all: Box,
  axis: "x" | "y",
  length: "width" | "height",
): readonly Placed[] {
  const sorted = [...boxes].sort((a, b) => a[axis] - b[axis]);
  const used = boxes.reduce((sum, box) => sum + box[length], 0);
  const gap = (all[length] - used) / (boxes.length - 1);
  let next = all[axis];
  return sorted.map((box) => {
    const placed = { ...box, [axis]: next };
    next += box[length] + gap;
    return placed;
  });
}
