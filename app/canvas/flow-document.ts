import { applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { type Box, boxesOf } from "../stores/placement.ts";
import { noteSizes, placesStore, shownNodes } from "../stores/places.ts";
import { CARD_WIDTH } from "../stores/stage.ts";
import { motionMs } from "../ui/motion.ts";
import { toFlowEdges, toFlowNodes } from "./flow-nodes.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
import { setFarthest, setZoom } from "./lod.ts";
import { setObstacles } from "./wire-routes.ts";

/** Above this many nodes the first drawing shows them as from afar. */
export const LARGE = 60;

/** What is on show of the open document; what did not change keeps its object. */
type Drawn = { readonly nodes: FlowNode[]; readonly edges: FlowEdge[] };

const nothing: Drawn = { nodes: [], edges: [] };

function drawnNow({ nodes, edges }: Drawn = nothing): Drawn {
  const { graph, selectedNodeIds, selectedEdgeIds } = graphStore.getState();
  if (!graph) return { nodes, edges };
  const { shifts } = placesStore.getState();
  const { describe } = graphViewStore.getState();
  return {
    nodes: toFlowNodes(graph, selectedNodeIds, nodes, shifts),
    edges: toFlowEdges(graph, selectedEdgeIds, edges, describe),
  };
}

/**
 * Tells when the document, its selection, its places or the names of its nodes have changed, with what makes the new
 * drawing of the one before. Returns how to stop.
 */
export function followDrawn(onChange: (draw: (before: Drawn) => Drawn) => void): () => void {
  const follow = () => onChange(drawnNow);
  follow();
  const stops = [
    placesStore.subscribe((state, before) => {
      if (state.shifts !== before.shifts) follow();
    }),
    // Another catalogue may give nodes other titles, by which wires are announced.
    graphViewStore.subscribe((state, before) => {
      if (state.describe !== before.describe) follow();
    }),
    graphStore.subscribe((state, before) => {
      const changed =
        state.graph?.nodes !== before.graph?.nodes ||
        state.graph?.edges !== before.graph?.edges ||
        state.selectedNodeIds !== before.selectedNodeIds ||
        state.selectedEdgeIds !== before.selectedEdgeIds;
      if (changed) follow();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** React Flow's nodes and edges, kept in step with the document. What moves at pointer speed stays in here. */
export function useFlowDocument() {
  useState(() => {
    const { nodes = [], viewport } = graphStore.getState().graph ?? {};
    if (nodes.length > LARGE) setFarthest();
    else setZoom(viewport?.zoom ?? 1);
  });
  const [drawn, setDrawn] = useState(() => drawnNow());
  useEffect(() => followDrawn(setDrawn), []);
  const setNodes = useCallback(
    (change: (before: FlowNode[]) => FlowNode[]) =>
      setDrawn(({ nodes, edges }) => ({ nodes: change(nodes), edges })),
    [],
  );
  const { nodes, edges } = drawn;
  const glide = useGlide(setNodes);
  useEffect(() => {
    if (!nodes.some(({ dragging }) => dragging)) setObstacles(cardBoxes(nodes));
  }, [nodes]);

  return useMemo(
    () => ({
      nodes,
      edges,
      glide,
      onNodesChange(changes: NodeChange<FlowNode>[]) {
        selectChanged(changes, "nodes");
        const own = changes.filter(({ type }) => type === "position" || type === "dimensions");
        if (own.length > 0) setNodes((before) => applyNodeChanges(own, before));
        // What was in the hand was left where it was: by now the document may say that it stands elsewhere.
        if (own.some((change) => change.type === "dimensions" && change.resizing === false))
          setDrawn(drawnNow);
        const sizes = own.flatMap((change) =>
          change.type === "dimensions" && change.dimensions ? [[change.id, change.dimensions] as const] : [],
        );
        if (sizes.length > 0) noteSizes(sizes);
      },
      onEdgesChange(changes: EdgeChange<FlowEdge>[]) {
        selectChanged(changes, "edges");
      },
    }),
    [nodes, edges, glide, setNodes],
  );
}

const GLIDE_MS = 180;
/** More at once would not move smoothly, so they are there at once. */
const MOST_GLIDING = 400;

/** Moves cards in an act smoothly from where they are shown to where they will be. */
function useGlide(
  setNodes: (change: (before: FlowNode[]) => FlowNode[]) => void,
): (move: () => void) => void {
  return useCallback(
    (move: () => void) => {
      /** As they are shown, which is not where the document says when cards have grown. */
      const placesOf = () =>
        new Map(shownNodes(graphStore.getState().graph?.nodes ?? []).map((node) => [node.id, node.position]));
      const from = placesOf();
      move();
      const to = placesOf();
      const after = graphStore.getState().graph?.nodes;
      const { shifts } = placesStore.getState();
      const moved = [...to].filter(([id, place]) => from.get(id) && from.get(id) !== place).length;
      const ms = motionMs(GLIDE_MS);
      if (ms === 0 || moved === 0 || moved > MOST_GLIDING) return;
      const startedAt = performance.now();
      const show = (now: number) => {
        // Another edit, or a card that grew: what that shows is right at once.
        if (graphStore.getState().graph?.nodes !== after || placesStore.getState().shifts !== shifts) return;
        const part = Math.min(1, Math.max(0, (now - startedAt) / ms));
        const eased = 1 - (1 - part) ** 3;
        setNodes((before) =>
          before.map((node) => {
            const [start, end] = [from.get(node.id), to.get(node.id)];
            if (!start || !end || start === end) return node;
            const between = {
              x: start.x + (end.x - start.x) * eased,
              y: start.y + (end.y - start.y) * eased,
            };
            return { ...node, position: part === 1 ? end : between };
          }),
        );
        if (part < 1) requestAnimationFrame(show);
      };
      show(startedAt);
    },
    [setNodes],
  );
}

function selectChanged(
  changes: readonly (NodeChange<FlowNode> | EdgeChange<FlowEdge>)[],
  of: "nodes" | "edges",
) {
  const { selectedNodeIds, selectedEdgeIds, select } = graphStore.getState();
  const ids = new Set(of === "nodes" ? selectedNodeIds : selectedEdgeIds);
  let any = false;
  for (const change of changes) {
    if (change.type !== "select") continue;
    any = true;
    if (change.selected) ids.add(change.id);
    else ids.delete(change.id);
  }
  if (any) select(of === "nodes" ? ids : selectedNodeIds, of === "edges" ? ids : selectedEdgeIds);
}

/** Where cards with ports are. Frames and notes have none, so a wire behind them leads nobody astray. */
function cardBoxes(nodes: readonly FlowNode[]): ReadonlyMap<string, Box> {
  const all = boxesOf(
    nodes.map(({ data: { node }, position }) => ({ ...node, position: { ...node.position, ...position } })),
    ({ width = CARD_WIDTH }) => ({ width, height: 0 }),
  );
  return new Map(
    nodes.flatMap(({ id, type, measured }) => {
      const box = all.get(id);
      if (type !== "card" || !box || !measured?.width || !measured.height) return [];
      return [[id, { ...box, width: measured.width, height: measured.height }] as const];
    }),
  );
}
