import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { shapeOf, workKindOf } from "../../src/nodes/definitions.ts";
import { absolutePosition } from "./apply-edit.ts";
import { type Box, boxesOf } from "./placement.ts";
import { shownNodes } from "./places.ts";
import { CARD_WIDTH, defaultSize, type Point, type Size, stage } from "./stage.ts";

/** How large nodes are and where they stand, as people see them. */

export const round = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

export const sizeOf = (nodeId: string): Size => stage()?.sizeOf(nodeId) ?? defaultSize;

/** Sizes of what has none of its own yet. */
export const layoutSizes = { note: { width: 220, height: 140 }, frame: { width: 640, height: 400 } } as const;

/** Room for what is added, as long as its height is unknown: a fresh card is at most this tall. */
export const FRESH_HEIGHT = 240;
/** With its picture, clip or sound in it. */
const UPLOAD_HEIGHT = 340;

export function roomFor({ type, width, height }: GraphNode): Size {
  const isBox = shapeOf(type) !== "card";
  const tall = workKindOf(type) === "upload" ? UPLOAD_HEIGHT : FRESH_HEIGHT;
  return { width: width ?? CARD_WIDTH, height: (isBox ? height : undefined) ?? tall };
}

/** Frames and notes say how large they are, at once; cards have to be measured. */
export const sizeNow = ({ id, type, width, height }: GraphNode): Size =>
  shapeOf(type) !== "card" && width && height ? { width, height } : sizeOf(id);

/** As people see them: a card that has grown stands larger, and what it pushed stands lower. */
export const boxesNow = (nodes: readonly GraphNode[]) => boxesOf(shownNodes(nodes), sizeNow);

/** Where something of this size stands in the middle of what is seen. */
export function middle({ width, height }: Size): Point {
  const centre = stage()?.centre() ?? { x: 0, y: 0 };
  return { x: centre.x - width / 2, y: centre.y - height / 2 };
}

export function frameOf(nodes: readonly GraphNode[], group: GraphNode): Box {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return { ...absolutePosition(byId, group), ...sizeNow(group) };
}

/** What stands in the same group, or on the bare canvas, as this one. */
export function besideOf(
  nodes: readonly GraphNode[],
  { id, parentId }: GraphNode,
): ReadonlyMap<GraphNode, Box> {
  const boxes = boxesNow(nodes);
  return new Map(
    nodes.flatMap((node) => {
      const box = boxes.get(node.id);
      return node.id !== id && node.parentId === parentId && box ? [[node, box] as const] : [];
    }),
  );
}

/** Selected nodes without those that move with a selected group. */
export function topOfSelection(
  nodes: readonly GraphNode[],
  selected: ReadonlySet<string>,
): readonly GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.filter(
    (node) => selected.has(node.id) && !ancestors(byId, node).some(({ id }) => selected.has(id)),
  );
}
