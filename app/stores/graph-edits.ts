import { partOf } from "./fragment.ts";
import { graphStore } from "./graph.ts";
import { topOfSelection } from "./node-boxes.ts";
import { keepPlaces } from "./places.ts";

/** What menus and keys do to the selection. Each is one undo step. */

/** The selection with all that selected groups hold. */
export function removeSelection(): void {
  const { graph, selectedNodeIds, selectedEdgeIds, edit } = graphStore.getState();
  if (!graph) return;
  const nodeIds = partOf(graph, selectedNodeIds).nodes.map(({ id }) => id);
  edit({ type: "remove", nodeIds, edgeIds: [...selectedEdgeIds] });
}

export function removeEdge(edgeId: string): void {
  graphStore.getState().edit({ type: "remove", nodeIds: [], edgeIds: [edgeId] });
}

export function selectAll(): void {
  const { graph, select } = graphStore.getState();
  if (graph) select(graph.nodes.map(({ id }) => id));
}

/** Moves the selection by whole pixels; presses in a row are one undo step. */
export function nudgeSelection(dx: number, dy: number): void {
  const { selectedNodeIds, edit } = graphStore.getState();
  if (selectedNodeIds.size === 0) return;
  // Another selection is another step, however quickly it follows.
  const merge = `nudge ${[...selectedNodeIds].sort().join(" ")}`;
  keepPlaces(merge);
  const { graph } = graphStore.getState();
  const moved = topOfSelection(graph?.nodes ?? [], selectedNodeIds);
  const positions = moved.map(({ id, position }) => ({ id, x: position.x + dx, y: position.y + dy }));
  edit({ type: "move", positions }, { merge });
}
