import { createStore, type StoreApi } from "zustand";
import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { graphStore } from "./graph.ts";
import { type Shifts, settle } from "./settle.ts";
import type { Size } from "./stage.ts";

/** Where the nodes of the open document are shown, which is not where it says when cards have grown. */
export type Places = {
  readonly sizes: ReadonlyMap<string, Size>;
  readonly shifts: Shifts;
  /** The card under the pointer, while it asks a person for a decision. */
  readonly pinned: string | undefined;
};

export const placesStore: StoreApi<Places> = createStore(() => ({
  sizes: new Map(),
  shifts: new Map(),
  pinned: undefined,
}));

/** What React Flow measured. */
export function noteSizes(measured: Iterable<readonly [string, Size]>): void {
  const { sizes } = placesStore.getState();
  const next = new Map(sizes);
  for (const [id, size] of measured) next.set(id, size);
  placesStore.setState({ sizes: next });
  settleAgain();
}

/**
 * While the pointer is on a card with an approval or a doubt, that card stays where it is: a button that moves under a
 * press could approve another post.
 */
export function pinPlace(nodeId: string): void {
  if (placesStore.getState().pinned === nodeId) return;
  placesStore.setState({ pinned: nodeId });
  settleAgain();
}

export function unpinPlace(nodeId: string): void {
  if (placesStore.getState().pinned !== nodeId) return;
  placesStore.setState({ pinned: undefined });
  settleAgain();
}

/** Keeps the shown places true while the canvas is there. Returns how to stop. */
export function followPlaces(): () => void {
  settleAgain();
  return graphStore.subscribe((state, before) => {
    if (state.graph?.id !== before.graph?.id) placesStore.setState({ sizes: new Map() });
    if (state.graph?.nodes !== before.graph?.nodes) settleAgain();
  });
}

function settleAgain(): void {
  const { graph } = graphStore.getState();
  const { sizes, shifts, pinned } = placesStore.getState();
  const next = graph ? settle(graph.nodes, sizes) : new Map();
  if (sameShifts(shifts, next)) return;
  if (graph && pinned !== undefined && drop(graph.nodes, pinned, shifts) !== drop(graph.nodes, pinned, next))
    return;
  placesStore.setState({ shifts: next });
}

/** How far a node stands below its place on the canvas, with the groups it is in. */
function drop(nodes: readonly GraphNode[], nodeId: string, shifts: Shifts): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const node = byId.get(nodeId);
  if (!node) return 0;
  return [node, ...ancestors(byId, node)].reduce((sum, { id }) => sum + (shifts.get(id)?.dy ?? 0), 0);
}

function sameShifts(a: Shifts, b: Shifts): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([id, { dy, size }]) => {
    const other = b.get(id);
    return other?.dy === dy && other.size?.width === size?.width && other.size?.height === size?.height;
  });
}

/** The nodes as if the document said where they are shown. */
export function shownNodes(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const { shifts } = placesStore.getState();
  if (shifts.size === 0) return nodes;
  return nodes.map((node) => {
    const shift = shifts.get(node.id);
    if (!shift) return node;
    return { ...node, ...shift.size, position: { ...node.position, y: node.position.y + shift.dy } };
  });
}

/**
 * Puts what is shown into the document, as the first part of an undo step: who moves, aligns or groups nodes goes by
 * what they see.
 *
 * @param merge of the edits that follow.
 */
export function keepPlaces(merge: string): void {
  const { graph, edit } = graphStore.getState();
  const { shifts } = placesStore.getState();
  if (!graph || shifts.size === 0) return;
  const positions = graph.nodes.flatMap(({ id, position: { x, y } }) => {
    const dy = shifts.get(id)?.dy ?? 0;
    return dy === 0 ? [] : [{ id, x, y: y + dy }];
  });
  const sizes = graph.nodes.flatMap(({ id }) => {
    const size = shifts.get(id)?.size;
    return size ? [{ id, ...size }] : [];
  });
  edit({ type: "move", positions }, { merge });
  for (const size of sizes) edit({ type: "resize", ...size }, { merge });
}
