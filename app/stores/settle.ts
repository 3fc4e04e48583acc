import type { GraphNode } from "../../src/graph/document/schema.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import type { Size } from "./stage.ts";

/**
 * Where nodes are shown, for how tall they turned out: a card that grows pushes down what it would cover, and a group
 * grows with what is in it. The document keeps the places that people gave, so a run edits nothing, and a card that is
 * small again gives the room back. Pure.
 */
export type Shift = {
  /** How far below its place in the document, in the graph's pixels; within its group, if it is in one. */
  readonly dy: number;
  /** How large a group is shown, where its own size does not hold what is in it. */
  readonly size?: Size;
};

export type Shifts = ReadonlyMap<string, Shift>;

/** Kept free between a card that grew and what it pushes. */
export const GAP = 16;
/** What begins this close to the top of a card was laid over it by a person, and stays so. */
const LAID_OVER = 48;
/** Kept free between the edge of a group and what is in it. */
const GROUP_EDGE = 16;

type Solid = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What begins within it, this far from its top, was laid over it by a person. */
  readonly laidOver: number;
};

/** @param sizes as measured, by node. A card that is not measured yet pushes nothing. */
export function settle(nodes: readonly GraphNode[], sizes: ReadonlyMap<string, Size>): Shifts {
  const ids = new Set(nodes.map(({ id }) => id));
  const members = new Map<string | undefined, GraphNode[]>();
  for (const node of nodes) {
    const parentId = node.parentId !== undefined && ids.has(node.parentId) ? node.parentId : undefined;
    const siblings = members.get(parentId);
    if (siblings) siblings.push(node);
    else members.set(parentId, [node]);
  }
  const shifts = new Map<string, Shift>();
  const seen = new Set<string>();

  /** Settles what a group holds, or the whole canvas. Gives back how large it has to be. */
  const settleLevel = (parentId: string | undefined): Size => {
    const solids = (members.get(parentId) ?? []).map((node): Solid => {
      const { id, position } = node;
      const own = { width: node.width, height: node.height };
      const measured = sizes.get(id);
      if (shapeOf(node.type) !== "frame") {
        const isNote = shapeOf(node.type) === "note";
        const height = (isNote ? own.height : undefined) ?? measured?.height ?? 0;
        const width = (isNote ? own.width : undefined) ?? measured?.width ?? own.width ?? 0;
        return { id, ...position, width, height, laidOver: isNote ? height : LAID_OVER };
      }
      const width = own.width ?? measured?.width ?? 0;
      const height = own.height ?? measured?.height ?? 0;
      // A group that is in itself, by a damaged file, is not walked into twice.
      const needed = seen.has(id) ? { width: 0, height: 0 } : settleLevel(seen.add(id) && id);
      const size = { width: Math.max(width, needed.width), height: Math.max(height, needed.height) };
      if (size.width > width || size.height > height) shifts.set(id, { dy: 0, size });
      return { id, ...position, ...size, laidOver: height };
    });
    const needed = { width: 0, height: 0 };
    for (const [{ id, x, width, height }, top, dy] of settled(solids)) {
      needed.width = Math.max(needed.width, Math.ceil(x + width + GROUP_EDGE));
      needed.height = Math.max(needed.height, Math.ceil(top + height + GROUP_EDGE));
      if (dy > 0) shifts.set(id, { ...shifts.get(id), dy });
    }
    return needed;
  };

  settleLevel(undefined);
  return shifts;
}

/** Each with its top on show, and how far that is below its own. */
function settled(solids: readonly Solid[]): readonly (readonly [Solid, number, number])[] {
  // From the top down; of what begins at one height the tallest, a frame or a backdrop, comes first.
  const ordered = solids.toSorted((a, b) => a.y - b.y || b.laidOver - a.laidOver);
  /** What may still reach down to what comes next. */
  let above: { readonly solid: Solid; readonly top: number }[] = [];
  return ordered.map((solid) => {
    above = above.filter(({ solid: other, top }) => top + other.height + GAP > solid.y);
    let top = solid.y;
    for (const { solid: other, top: otherTop } of above) {
      if (other.height === 0 || other.x >= solid.x + solid.width || solid.x >= other.x + other.width)
        continue;
      const isLaidOver = solid.y < other.y + other.laidOver;
      // What was laid over another goes along with it.
      const free = isLaidOver ? otherTop + solid.y - other.y : otherTop + other.height + GAP;
      top = Math.max(top, Math.ceil(free));
    }
    above.push({ solid, top });
    return [solid, top, top - solid.y];
  });
}
