import type { GraphNode } from "../../src/graph/document/schema.ts";
import { absolutePosition } from "./apply-edit.ts";
import type { Fragment } from "./fragment.ts";
import { graphStore } from "./graph.ts";
import { besideOf, boxesNow, frameOf, roomFor, round } from "./node-boxes.ts";
import {
  type Box,
  boxAround,
  boxesOf,
  frameAround,
  type LandingWish,
  landing,
  liesIn,
  pushedBy,
} from "./placement.ts";
import { keepPlaces } from "./places.ts";
import { type Point, type Size, stage } from "./stage.ts";

export type Where = LandingWish & {
  readonly merge?: string | undefined;
  /** Sizes that are known better than from the nodes themselves. */
  readonly sizes?: ReadonlyMap<string, Size> | undefined;
};

/**
 * Adds a part of a graph, its top left corner as near to `at` as there is room, into the group there; selects it and
 * brings it into view. One undo step with whatever has the same `merge`.
 */
export function addPart(part: Fragment, at: Point, { anchor, group, merge, sizes }: Where = {}): void {
  const key = merge ?? crypto.randomUUID();
  keepPlaces(key);
  const { graph, edit, select } = graphStore.getState();
  if (!graph) return;
  const own = boxesOf(part.nodes, (node) => sizes?.get(node.id) ?? roomFor(node));
  const box = boxAround(own.values());
  const landed = landing(graph.nodes, boxesNow(graph.nodes), { ...box, ...round(at) }, { group, anchor });
  const into = landed.group;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const origin = into ? absolutePosition(byId, into) : { x: 0, y: 0 };
  const [dx, dy] = [landed.at.x - box.x - origin.x, landed.at.y - box.y - origin.y];
  const ids = new Set(part.nodes.map(({ id }) => id));
  const isTop = ({ parentId }: GraphNode) => parentId === undefined || !ids.has(parentId);
  const nodes = part.nodes.map((node): GraphNode => {
    if (!isTop(node)) return node;
    const { x, y } = node.position;
    const position = { ...node.position, ...round({ x: x + dx, y: y + dy }) };
    return { ...node, position, ...(into ? { parentId: into.id } : {}) };
  });
  edit({ type: "add", nodes, edges: part.edges }, { merge: key });
  const shown = { ...box, ...landed.at };
  if (into) growAround(into.id, shown, key);
  select(nodes.filter(isTop).map(({ id }) => id));
  stage()?.reveal(shown);
}

/** Frames hold what was put into them: a full one grows, pushes what it would cover, and so do those around it. */
export function growAround(groupId: string, box: Box, merge: string): void {
  const { graph, edit } = graphStore.getState();
  const group = graph?.nodes.find(({ id }) => id === groupId);
  if (!graph || !group) return;
  const frame = frameOf(graph.nodes, group);
  if (liesIn(box, frame)) return;
  const grown = frameAround(frame, [box]);
  edit(
    {
      type: "resize",
      id: groupId,
      ...round({ x: group.position.x + grown.x - frame.x, y: group.position.y + grown.y - frame.y }),
      width: Math.ceil(grown.width),
      height: Math.ceil(grown.height),
    },
    { merge },
  );
  makeRoom(group, frame, grown, merge);
}

/** Pushes what a frame that has grown would cover, and grows the groups around it. */
export function makeRoom(group: GraphNode, frame: Box, grown: Box, merge: string): void {
  const { graph, edit } = graphStore.getState();
  if (!graph) return;
  const beside = besideOf(graph.nodes, group);
  const others = new Map([...beside].map(([node, box]) => [node.id, box]));
  const pushed = pushedBy(frame, grown, others);
  const positions = [...beside].flatMap(([{ id, position }, from]) => {
    const to = pushed.get(id);
    return to ? [{ id, ...round({ x: position.x + to.x - from.x, y: position.y + to.y - from.y }) }] : [];
  });
  edit({ type: "move", positions }, { merge });
  if (group.parentId !== undefined) growAround(group.parentId, boxAround([grown, ...pushed.values()]), merge);
}
