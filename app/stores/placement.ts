import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import type { Point, Size } from "./stage.ts";

/** Where things go on the canvas, in the graph's coordinates. Pure: sizes come from the caller. */

export type Box = Point & Size;

/** Free room that is left around what is added. */
export const APART = 24;

/** Room between a frame and what it holds; its title needs more above. */
export const GROUP_PADDING = { side: 24, top: 52 } as const;

/** Each node as it lies on the canvas, by id. */
export function boxesOf(
  nodes: readonly GraphNode[],
  sizeOf: (node: GraphNode) => Size,
): ReadonlyMap<string, Box> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return new Map(
    nodes.map((node) => {
      const around = ancestors(byId, node);
      const x = around.reduce((sum, { position }) => sum + position.x, node.position.x);
      const y = around.reduce((sum, { position }) => sum + position.y, node.position.y);
      return [node.id, { x, y, ...sizeOf(node) }];
    }),
  );
}

/** The smallest box that holds them all; there must be one. */
export function boxAround(boxes: Iterable<Box>): Box {
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  // A loop, because a call with thousands of arguments can fail.
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function holds({ x, y, width, height }: Box, point: Point): boolean {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

/** Whether one lies wholly in the other. */
export function liesIn(inner: Box, outer: Box): boolean {
  return holds(outer, inner) && holds(outer, { x: inner.x + inner.width, y: inner.y + inner.height });
}

/** The point of a node that says which group it lies in: the middle of its head. */
export function headOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + Math.min(height / 2, 60) };
}

/**
 * The innermost group at a place.
 *
 * @param mayHold leaves out groups, such as the one that is being dragged and those inside it. Default: none.
 */
export function groupAt(
  nodes: readonly GraphNode[],
  boxes: ReadonlyMap<string, Box>,
  point: Point,
  mayHold: (group: GraphNode) => boolean = () => true,
): GraphNode | undefined {
  // Inner groups stand after outer ones, and the last of two that overlap lies on top.
  return nodes.findLast((node) => {
    const box = shapeOf(node.type) === "frame" ? boxes.get(node.id) : undefined;
    return box !== undefined && holds(box, point) && mayHold(node);
  });
}

export type Landing = { readonly at: Point; readonly group: GraphNode | undefined };

export type LandingWish = {
  /** What it goes into. Default: the innermost group at `anchor`. */
  readonly group?: GraphNode | "none" | undefined;
  /** The point a person means. Default: the head of the box. */
  readonly anchor?: Point | undefined;
};

/**
 * The place for something new: as near as can be to where it is wanted, and clear of every card and of every frame it
 * does not go into. In a group it stays within the frame while there is room.
 */
export function landing(
  nodes: readonly GraphNode[],
  boxes: ReadonlyMap<string, Box>,
  wanted: Box,
  { group, anchor = headOf(wanted) }: LandingWish = {},
): Landing {
  const into = group === "none" ? undefined : (group ?? groupAt(nodes, boxes, anchor));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const open = new Set(into ? [into, ...ancestors(byId, into)] : []);
  const taken = nodes.flatMap((node) => (open.has(node) ? [] : (boxes.get(node.id) ?? [])));
  const frame = into && boxes.get(into.id);
  const inside = frame && {
    x: frame.x + GROUP_PADDING.side,
    y: frame.y + GROUP_PADDING.top,
    width: frame.width - 2 * GROUP_PADDING.side,
    height: frame.height - GROUP_PADDING.top - GROUP_PADDING.side,
  };
  const at = (inside && spotWithin(wanted, taken, inside)) ?? freeSpot(wanted, taken);
  return { at, group: into };
}

/** The place nearest to the one wanted where the box is clear of all others. */
export function freeSpot(wanted: Box, taken: readonly Box[]): Point {
  // Right of everything there is always room.
  return spotWithin(wanted, taken) ?? wanted;
}

function spotWithin(wanted: Box, taken: readonly Box[], within?: Box): Point | undefined {
  const { width, height } = wanted;
  const rangeX = rangeOf(within && [within.x, within.x + within.width - width]);
  const rangeY = rangeOf(within && [within.y, within.y + within.height - height]);
  if (rangeX[0] > rangeX[1] || rangeY[0] > rangeY[1]) return undefined;
  const want = { x: clamp(wanted.x, rangeX), y: clamp(wanted.y, rangeY) };
  /** Where the corner may not be, for each of the others. */
  const closed = taken.map((box) => ({
    x: [box.x - APART - width, box.x + box.width + APART] as const,
    y: [box.y - APART - height, box.y + box.height + APART] as const,
  }));
  // The nearest place lies beside an edge of another box or straight above or below the one wanted.
  const columns = [...new Set([want.x, ...closed.flatMap(({ x }) => x)])]
    .filter((x) => x >= rangeX[0] && x <= rangeX[1])
    .sort((a, b) => Math.abs(a - want.x) - Math.abs(b - want.x) || b - a);
  let best: { readonly at: Point; readonly far: number } | undefined;
  for (const x of columns) {
    if (best && Math.abs(x - want.x) >= best.far) break;
    const y = nearestOpen(
      want.y,
      closed.flatMap((each) => (x > each.x[0] && x < each.x[1] ? [each.y] : [])),
      rangeY,
    );
    const far = y === undefined ? Number.POSITIVE_INFINITY : Math.hypot(x - want.x, y - want.y);
    if (y !== undefined && far < (best?.far ?? Number.POSITIVE_INFINITY)) best = { at: { x, y }, far };
  }
  return best?.at;
}

type Range = readonly [from: number, to: number];

const rangeOf = (range: Range | undefined): Range =>
  range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

const clamp = (value: number, [from, to]: Range) => Math.max(from, Math.min(to, value));

/** The value nearest to `want` within the range that is inside of no closed range; below rather than above. */
function nearestOpen(want: number, closed: readonly Range[], range: Range): number | undefined {
  let after = want;
  for (const [from, to] of closed.toSorted((a, b) => a[0] - b[0])) if (after > from && after < to) after = to;
  let before = want;
  for (const [from, to] of closed.toSorted((a, b) => b[1] - a[1]))
    if (before > from && before < to) before = from;
  const open = [after, before].filter((value) => value >= range[0] && value <= range[1]);
  return open.sort((a, b) => Math.abs(a - want) - Math.abs(b - want))[0];
}

/** How far the view has to move so that a box is seen, each way as little as can be; nothing where it is seen. */
export function shiftToShow(view: Box, box: Box): Point {
  const along = (from: number, length: number, at: number, size: number) => {
    const [low, high] = [from + APART, from + length - APART];
    // What is longer than the view is shown from its beginning.
    if (at < low || size > high - low) return at - low;
    return at + size > high ? at + size - high : 0;
  };
  return {
    x: along(view.x, view.width, box.x, box.width),
    y: along(view.y, view.height, box.y, box.height),
  };
}

/** The frame, grown as far as it must to hold these boxes. */
export function frameAround(frame: Box, boxes: readonly Box[]): Box {
  const { side, top } = GROUP_PADDING;
  const padded = boxes.map(({ x, y, width, height }) => ({
    x: x - side,
    y: y - top,
    width: width + 2 * side,
    height: height + top + side,
  }));
  return boxAround([frame, ...padded]);
}

/**
 * Where others go so that a frame that grew covers none that it left free before: each straight on, the way it lay from
 * the frame, and so what lies in its way in turn.
 */
export function pushedBy(
  before: Box,
  grown: Box,
  others: ReadonlyMap<string, Box>,
): ReadonlyMap<string, Box> {
  const places = new Map(others);
  const push = (pusher: Box, id: string, box: Box, side: Side) => {
    const moved = beside[side](pusher, box);
    places.set(id, moved);
    for (const [otherId, other] of places)
      if (otherId !== id && !overlaps(box, other) && overlaps(moved, other))
        push(moved, otherId, other, side);
  };
  for (const [id, own] of others) {
    const box = places.get(id) ?? own;
    // What lay on the frame, or half in it, was laid there by a person.
    if (overlaps(before, own) || !overlaps(grown, box)) continue;
    const far = (side: Side) => {
      const { x, y } = beside[side](grown, box);
      return Math.hypot(x - box.x, y - box.y);
    };
    const [side] = sides.filter((each) => lay[each](before, own)).sort((a, b) => far(a) - far(b));
    if (side) push(grown, id, box, side);
  }
  return new Map([...places].filter(([id, box]) => box !== others.get(id)));
}

type Side = "left" | "right" | "above" | "below";
const sides: readonly Side[] = ["right", "below", "left", "above"];

/** Whether a box lay on that side of the frame. */
const lay: { readonly [Each in Side]: (frame: Box, box: Box) => boolean } = {
  left: (frame, box) => box.x + box.width <= frame.x,
  right: (frame, box) => box.x >= frame.x + frame.width,
  above: (frame, box) => box.y + box.height <= frame.y,
  below: (frame, box) => box.y >= frame.y + frame.height,
};

/** The box moved straight to that side of another. */
const beside: { readonly [Each in Side]: (other: Box, box: Box) => Box } = {
  left: (other, box) => ({ ...box, x: other.x - APART - box.width }),
  right: (other, box) => ({ ...box, x: other.x + other.width + APART }),
  above: (other, box) => ({ ...box, y: other.y - APART - box.height }),
  below: (other, box) => ({ ...box, y: other.y + other.height + APART }),
};
