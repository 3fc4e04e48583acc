import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { freshParams, shapeOf } from "../../src/nodes/definitions.ts";
import { absolutePosition } from "./apply-edit.ts";
import { graphStore } from "./graph.ts";
import { growAround, makeRoom } from "./make-room.ts";
import { besideOf, boxesNow, frameOf, round, sizeNow, topOfSelection } from "./node-boxes.ts";
import { type Box, boxAround, boxesOf, GROUP_PADDING, groupAt, headOf, liesIn } from "./placement.ts";
import { keepPlaces } from "./places.ts";
import { catalogueNow } from "./server.ts";

/** Frames, and what goes into them. Each is one undo step. */

export function groupSelection(): void {
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  if (!graph) return;
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  const first = members[0];
  if (!first) return;
  const boxes = boxesNow(graph.nodes);
  const box = boxAround(members.flatMap(({ id }) => boxes.get(id) ?? []));
  const shared = members.every(({ parentId }) => parentId === first.parentId) ? first.parentId : undefined;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const parent = shared === undefined ? undefined : byId.get(shared);
  const origin = parent ? absolutePosition(byId, parent) : { x: 0, y: 0 };
  const group: GraphNode = {
    id: crypto.randomUUID(),
    type: "group",
    ...(parent ? { parentId: parent.id } : {}),
    position: round({
      x: box.x - GROUP_PADDING.side - origin.x,
      y: box.y - GROUP_PADDING.top - origin.y,
    }),
    width: Math.round(box.width + 2 * GROUP_PADDING.side),
    height: Math.round(box.height + GROUP_PADDING.top + GROUP_PADDING.side),
    data: { params: freshParams("group", catalogueNow()) },
  };
  edit({ type: "add", nodes: [group], edges: [] }, { merge });
  edit({ type: "parent", ids: members.map(({ id }) => id), parentId: group.id }, { merge });
  select([group.id]);
}

/** The groups that are selected, and those around what is selected. */
function groupsToUndo(): readonly GraphNode[] {
  const { graph, selectedNodeIds } = graphStore.getState();
  const tops = topOfSelection(graph?.nodes ?? [], selectedNodeIds);
  const ids = new Set(tops.map(({ id, type, parentId }) => (shapeOf(type) === "frame" ? id : parentId)));
  return (graph?.nodes ?? []).filter(({ id, type }) => shapeOf(type) === "frame" && ids.has(id));
}

export const canUngroup = (): boolean => groupsToUndo().length > 0;

/** Takes the frames away and leaves what they held. */
export function ungroupSelection(): void {
  const ids = new Set(groupsToUndo().map(({ id }) => id));
  if (ids.size === 0) return;
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  const freed = graph?.nodes.filter(
    ({ parentId }) => parentId !== undefined && selectedNodeIds.has(parentId),
  );
  const stay = [...selectedNodeIds].filter((id) => !ids.has(id));
  edit({ type: "remove", nodeIds: [...ids], edgeIds: [] }, { merge });
  select([...stay, ...(freed ?? []).map(({ id }) => id)]);
}

/**
 * A group takes in what lies whole in its new frame and pushes what the frame would cut; smaller than what is in it it
 * does not get.
 */
export function resizeNode(id: string, box: Box): void {
  const { x, y, width, height } = box;
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, edit } = graphStore.getState();
  const node = graph?.nodes.find((each) => each.id === id);
  if (!graph || !node) return;
  const size = { width: Math.round(width), height: Math.round(height) };
  edit({ type: "resize", id, ...round({ x, y }), ...size }, { merge });
  if (shapeOf(node.type) !== "frame") return;
  const before = frameOf(graph.nodes, node);
  const after = {
    ...round({ x: before.x + x - node.position.x, y: before.y + y - node.position.y }),
    ...size,
  };
  const taken = [...besideOf(graph.nodes, node)].filter(
    ([, each]) => liesIn(each, after) && !liesIn(each, before),
  );
  edit({ type: "parent", ids: taken.map(([each]) => each.id), parentId: id }, { merge });
  makeRoom(node, before, after, merge);
  const { nodes = [] } = graphStore.getState().graph ?? {};
  holdMembers(new Map([[id, nodes.filter(({ parentId }) => parentId === id)]]), merge);
}

/** Frames grow around those of their members that stick out. */
function holdMembers(members: ReadonlyMap<string, readonly GraphNode[]>, merge: string): void {
  for (const [groupId, inside] of members) {
    const boxes = boxesOf(graphStore.getState().graph?.nodes ?? [], sizeNow);
    const own = inside.flatMap(({ id }) => boxes.get(id) ?? []);
    if (own.length > 0) growAround(groupId, boxAround(own), merge);
  }
}

/** After a drag: what was dropped on a group goes into it, and the group holds it; what was dragged out leaves it. */
export function dropIntoGroups(nodeIds: readonly string[], merge: string): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  // A frame is as large as before the drag: on show it has grown after what was dragged out of it.
  const boxes = boxesOf(graph.nodes, sizeNow);
  const moved = new Map<string | undefined, string[]>();
  const held = new Map<string, GraphNode[]>();
  for (const node of topOfSelection(graph.nodes, new Set(nodeIds))) {
    const box = boxes.get(node.id);
    if (!box) continue;
    const group = groupAt(
      graph.nodes,
      boxes,
      headOf(box),
      (candidate) => candidate.id !== node.id && !ancestors(byId, candidate).includes(node),
    );
    if (group?.id !== node.parentId) moved.set(group?.id, [...(moved.get(group?.id) ?? []), node.id]);
    if (group) held.set(group.id, [...(held.get(group.id) ?? []), node]);
  }
  for (const [parentId, ids] of moved)
    graphStore.getState().edit({ type: "parent", ids, parentId }, { merge });
  holdMembers(held, merge);
}
