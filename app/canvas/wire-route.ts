import type { Box } from "../stores/placement.ts";
import type { Point } from "../stores/stage.ts";

/**
 * The way of a wire around the cards between its two ends, in the graph's coordinates. Pure. A wire that passes behind
 * a card comes out on its other side level with its ports, and looks wired to it.
 */

/** The least room between a wire and a card it passes by: it fits between two cards as close as they are put. */
const TIGHT = 6;
/** Half the room between two such cards. */
const NEAREST = 12;
/** How far a wire goes straight on before its first and after its last turn. */
const STUB = 22;
const CORNER = 16;
/** A turn is worth this much of a longer way. */
const TURN = 60;
/** More cards than this in one way are a heap, and no way around it would be clearer than the one behind it. */
const MOST_IN_WAY = 20;

/** The two control points of the curve that a wire is without anything in its way, as React Flow draws it. */
function controls(from: Point, to: Point): readonly [Point, Point] {
  const ahead = to.x - from.x;
  const reach = ahead >= 0 ? ahead / 2 : 6.25 * Math.sqrt(-ahead);
  return [
    { x: from.x + reach, y: from.y },
    { x: to.x - reach, y: to.y },
  ];
}

/** Points along the plain curve, near enough to each other that no card slips between. */
export function alongCurve(from: Point, to: Point): readonly Point[] {
  const [a, b] = controls(from, to);
  const count = Math.min(400, Math.ceil((Math.hypot(to.x - from.x, to.y - from.y) + 100) / 10));
  return Array.from({ length: count + 1 }, (_, index) => {
    const t = index / count;
    const u = 1 - t;
    const at = (p: number, q: number, r: number, s: number) =>
      u ** 3 * p + 3 * u ** 2 * t * q + 3 * u * t ** 2 * r + t ** 3 * s;
    return { x: at(from.x, a.x, b.x, to.x), y: at(from.y, a.y, b.y, to.y) };
  });
}

const holds = ({ x, y, width, height }: Box, point: Point) =>
  point.x > x && point.x < x + width && point.y > y && point.y < y + height;

/** The part of the canvas that a wire or its way around something may cross. */
export function regionOf(from: Point, to: Point): Box {
  const beyond = 600;
  const [left, right] = [Math.min(from.x, to.x) - beyond, Math.max(from.x, to.x) + beyond];
  const [top, bottom] = [Math.min(from.y, to.y) - beyond, Math.max(from.y, to.y) + beyond];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The corners of the way around, ends included; `undefined` where the plain curve is clear, or where no way is.
 *
 * @param others the cards that the wire does not belong to, at least those in its region.
 * @param own the two cards it joins: it begins and ends at their edges, and leads around them as around any other.
 * @param clear how far from a card it passes; where there is not so much room, nearer.
 */
export function wayAround(
  from: Point,
  to: Point,
  others: readonly Box[],
  own: readonly Box[] = [],
  clear = NEAREST,
): readonly Point[] | undefined {
  const [start, end] = [
    { x: from.x + stubTo(others, from, ({ x }) => x - from.x), y: from.y },
    { x: to.x - stubTo(others, to, ({ x, width }) => to.x - x - width), y: to.y },
  ];
  // A card that lies on an end cannot be avoided.
  const avoidable = others.filter(
    (box) => ![from, to, start, end].some((point) => holds(grown(box, TIGHT), point)),
  );
  const curve = alongCurve(from, to);
  const isHit = (box: Box) => curve.some((point) => holds(box, point));
  let inWay = avoidable.filter(isHit);
  // Ports stand at the very edge of their card.
  if (inWay.length === 0 && !own.some((box) => isHit(grown(box, -TIGHT)))) return undefined;
  const ends = own.filter((box) => ![start, end].some((point) => holds(grown(box, TIGHT), point)));
  // The way around the first ones may lead to others: until it is clear of all.
  while (inWay.length <= MOST_IN_WAY) {
    const walls = [...inWay, ...ends];
    const way = shortest(start, end, walls, clear) ?? shortest(start, end, walls, NEAREST);
    if (!way) return undefined;
    const met = avoidable.filter((box) => !inWay.includes(box) && crosses(way, grown(box, TIGHT)));
    if (met.length === 0) return withoutStops([from, ...way, to]);
    inWay = [...inWay, ...met];
  }
  return undefined;
}

/** How far it goes straight on at an end: half way to the card that stands close before it, if one does. */
function stubTo(others: readonly Box[], at: Point, gapTo: (box: Box) => number): number {
  const gaps = others
    .filter(({ y, height }) => at.y > y - TIGHT && at.y < y + height + TIGHT)
    .map(gapTo)
    .filter((gap) => gap >= 2 * TIGHT && gap < STUB + TIGHT);
  return Math.min(STUB, ...gaps.map((gap) => gap / 2));
}

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** Whether a way of straight pieces, each along an axis, enters the box. */
export function crosses(way: readonly Point[], box: Box): boolean {
  return way.slice(1).some((to, index) => {
    const from = way[index] ?? to;
    return (
      Math.max(from.x, to.x) > box.x &&
      Math.min(from.x, to.x) < box.x + box.width &&
      Math.max(from.y, to.y) > box.y &&
      Math.min(from.y, to.y) < box.y + box.height
    );
  });
}

/** The shortest way with few turns, along lines beside the boxes. Begins and ends going right. */
function shortest(
  start: Point,
  end: Point,
  boxes: readonly Box[],
  clear: number,
): readonly Point[] | undefined {
  const lines = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const xs = lines([start.x, end.x, ...boxes.flatMap(({ x, width }) => [x - clear, x + width + clear])]);
  const ys = lines([start.y, end.y, ...boxes.flatMap(({ y, height }) => [y - clear, y + height + clear])]);
  const walls = boxes.map((box) => grown(box, TIGHT));
  const pointAt = (column: number, row: number): Point => ({ x: xs[column] ?? 0, y: ys[row] ?? 0 });
  const keyOf = (column: number, row: number, across: boolean) =>
    ((row * xs.length + column) << 1) | (across ? 1 : 0);

  type Place = {
    readonly column: number;
    readonly row: number;
    readonly across: boolean;
    readonly cost: number;
  };
  const begin = { column: xs.indexOf(start.x), row: ys.indexOf(start.y), across: true, cost: 0 };
  const best = new Map([[keyOf(begin.column, begin.row, true), 0]]);
  const cameFrom = new Map<number, Place>();
  const open: Place[] = [begin];
  const [endColumn, endRow] = [xs.indexOf(end.x), ys.indexOf(end.y)];
  while (open.length > 0) {
    // The list is short: a few dozen places of a grid of a few dozen lines.
    let nearest = 0;
    for (let index = 1; index < open.length; index++)
      if ((open[index]?.cost ?? 0) < (open[nearest]?.cost ?? 0)) nearest = index;
    const [place] = open.splice(nearest, 1);
    if (!place) break;
    const { column, row, across, cost } = place;
    if (column === endColumn && row === endRow) return traced(place, cameFrom, keyOf, pointAt);
    if (cost > (best.get(keyOf(column, row, across)) ?? Number.POSITIVE_INFINITY)) continue;
    const here = pointAt(column, row);
    const steps = [
      { column: column + 1, row, across: true },
      { column: column - 1, row, across: true },
      { column, row: row + 1, across: false },
      { column, row: row - 1, across: false },
    ];
    for (const step of steps) {
      if (step.column < 0 || step.row < 0 || step.column >= xs.length || step.row >= ys.length) continue;
      const there = pointAt(step.column, step.row);
      if (walls.some((wall) => crosses([here, there], wall))) continue;
      const far = Math.abs(there.x - here.x) + Math.abs(there.y - here.y);
      // It goes on to the right from the end, so what comes there from above or below turns once more.
      const turns = step.across || step.column !== endColumn || step.row !== endRow ? 0 : 1;
      const next = cost + far + TURN * (turns + (step.across === across ? 0 : 1));
      const key = keyOf(step.column, step.row, step.across);
      if (next >= (best.get(key) ?? Number.POSITIVE_INFINITY)) continue;
      best.set(key, next);
      cameFrom.set(key, place);
      open.push({ ...step, cost: next });
    }
  }
  return undefined;
}

function traced<Place extends { readonly column: number; readonly row: number; readonly across: boolean }>(
  last: Place,
  cameFrom: ReadonlyMap<number, Place>,
  keyOf: (column: number, row: number, across: boolean) => number,
  pointAt: (column: number, row: number) => Point,
): readonly Point[] {
  const way: Point[] = [];
  for (let place: Place | undefined = last; place; ) {
    way.push(pointAt(place.column, place.row));
    place = cameFrom.get(keyOf(place.column, place.row, place.across));
  }
  return way.reverse();
}

/** Only the ends and the turns. */
function withoutStops(way: readonly Point[]): readonly Point[] {
  return way.filter((point, index) => {
    const [before, after] = [way[index - 1], way[index + 1]];
    if (!before || !after) return true;
    const straight =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y);
    return !straight;
  });
}

/** The way as an SVG path with round corners. */
export function pathOf(way: readonly Point[]): string {
  const [first, ...rest] = way;
  if (!first) return "";
  const parts = rest.map((point, index) => {
    const [before, after] = [way[index] ?? point, rest[index + 1]];
    if (!after) return `L ${point.x} ${point.y}`;
    const into = towards(point, before);
    const out = towards(point, after);
    return `L ${into.x} ${into.y} Q ${point.x} ${point.y} ${out.x} ${out.y}`;
  });
  return [`M ${first.x} ${first.y}`, ...parts].join(" ");
}

/** A little way from a corner to its neighbour: at most half, which the neighbour's own corner may need. */
function towards(corner: Point, neighbour: Point): Point {
  const far = Math.hypot(neighbour.x - corner.x, neighbour.y - corner.y);
  const part = far === 0 ? 0 : Math.min(CORNER, far / 2) / far;
  return { x: corner.x + (neighbour.x - corner.x) * part, y: corner.y + (neighbour.y - corner.y) * part };
}
