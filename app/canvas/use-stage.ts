import {
  getViewportForBounds,
  type ReactFlowInstance,
  useReactFlow,
  useStore,
  useStoreApi,
} from "@xyflow/react";
import { type RefObject, useEffect, useMemo } from "react";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { onFocusNode } from "../stores/focus-node.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { boxesNow } from "../stores/node-boxes.ts";
import { APART, type Box, boxAround, boxesOf, shiftToShow } from "../stores/placement.ts";
import { CARD_WIDTH, defaultSize, type Point, type Size, type Stage, setStage } from "../stores/stage.ts";
import { motionMs } from "../ui/motion.ts";
import { seenPart } from "../ui/seen-part.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
import { setZoom } from "./lod.ts";
import { startRenaming } from "./node-title.tsx";
import { openingView } from "./opening-view.ts";
import type { useDroppedFiles } from "./use-dropped-files.ts";

type StageParts = {
  /** What holds React Flow. */
  readonly box: RefObject<HTMLElement | null>;
  /** Where the pointer is on the canvas, in the window's pixels. */
  readonly pointer: RefObject<Point | undefined>;
  /** The zoom that the view is on its way to. */
  readonly aim: RefObject<number | undefined>;
  readonly glide: Stage["glide"];
  readonly openQuickAdd: (client: Point | undefined) => void;
  readonly dropFiles: ReturnType<typeof useDroppedFiles>;
};

/** Gives the rest of the window its hold on the view while the canvas is there. */
export function useStage({ box, pointer, aim, glide, openQuickAdd, dropFiles }: StageParts): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  useEffect(() => {
    const bounds = () => seenPart(box.current?.getBoundingClientRect() ?? new DOMRect());
    const zoomTo = (zoom: number) => {
      aim.current = zoom;
      void flow.zoomTo(zoom, { duration: motionMs(120) }).then(() => {
        if (aim.current === zoom) aim.current = undefined;
      });
    };
    setStage({
      toGraph: (point) => flow.screenToFlowPosition(point),
      toClient: (point) => flow.flowToScreenPosition(point),
      centre: () => {
        const { left, top, width, height } = bounds();
        return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
      },
      pointer: () => pointer.current && flow.screenToFlowPosition(pointer.current),
      sizeOf: (nodeId) => {
        const measured = flow.getInternalNode(nodeId)?.measured;
        return measured?.width && measured.height
          ? { width: measured.width, height: measured.height }
          : defaultSize;
      },
      fit: (nodeIds) => showWhole(flow, bounds(), store.getState().minZoom, nodeIds),
      reveal(target) {
        const { left, top, width, height } = bounds();
        const zoom = flow.getZoom();
        const view = {
          ...flow.screenToFlowPosition({ x: left, y: top }),
          width: width / zoom,
          height: height / zoom,
        };
        const { x, y } = shiftToShow(view, target);
        if (x === 0 && y === 0) return;
        const { x: before, y: above } = flow.getViewport();
        const seen = { x: before - x * zoom, y: above - y * zoom, zoom };
        const isTooLarge = target.width > view.width - 2 * APART || target.height > view.height - 2 * APART;
        const { minZoom } = store.getState();
        const to = isTooLarge ? getViewportForBounds(target, width, height, minZoom, zoom, PADDING) : seen;
        void flow.setViewport(to, { duration: motionMs(180) });
      },
      fitBox: (target) => showBox(flow, bounds(), store.getState().minZoom, target),
      glide,
      zoomBy(factor) {
        const { minZoom, maxZoom } = store.getState();
        // From where the last press is still on its way to, so that fast presses add up.
        const zoom = (aim.current ?? flow.getZoom()) * factor;
        zoomTo(Math.max(minZoom, Math.min(maxZoom, zoom)));
      },
      zoomTo,
      openQuickAdd: (client) => openQuickAdd(client ?? pointer.current),
      rename: startRenaming,
      dropFiles: (files, client) => {
        const at = flow.screenToFlowPosition(client);
        const onto = document.elementFromPoint(client.x, client.y);
        dropFiles(files, hungAt(at), { onto });
      },
    });
    return () => setStage(undefined);
  }, [flow, store, box, pointer, aim, glide, openQuickAdd, dropFiles]);

  useEffect(
    () =>
      onFocusNode((nodeId) => {
        graphStore.getState().select([nodeId]);
        const pane = box.current?.getBoundingClientRect();
        if (pane) showWhole(flow, seenPart(pane), store.getState().minZoom, [nodeId]);
      }),
    [flow, store, box],
  );
}

const PADDING = 0.08;

/** What is seen of a document that was just opened. */
export function showOpening(
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  { width, height }: Size,
  minZoom: number,
): void {
  setZoom(flow.getZoom());
  const { graph } = graphStore.getState();
  if (!graph) return;
  const bounds = flow.getNodesBounds(graph.nodes.map(({ id }) => id));
  const whole = getViewportForBounds(bounds, width, height, 0, 1, PADDING).zoom;
  const view = openingView(graph, { width, height }, whole);
  if (view === "whole") void flow.fitView({ padding: PADDING, maxZoom: 1, minZoom, duration: 0 });
  else if (view !== graph.viewport) void flow.setViewport(view);
}

/** All of the nodes, or of these. React Flow's own way leaves out the cards that were never in view. */
function showWhole(
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  pane: Size,
  minZoom: number,
  nodeIds?: readonly string[],
): void {
  const boxes = boxesNow(graphStore.getState().graph?.nodes ?? []);
  const shown = nodeIds ? nodeIds.flatMap((id) => boxes.get(id) ?? []) : [...boxes.values()];
  if (shown.length > 0) showBox(flow, pane, minZoom, boxAround(shown));
}

function showBox(
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  { width, height }: Size,
  minZoom: number,
  box: Box,
): void {
  const to = getViewportForBounds(box, width, height, minZoom, 1, PADDING);
  void flow.setViewport(to, { duration: motionMs(180) });
}

/** Farther out there is nothing to see, but for a graph that needs it to be seen whole. */
const LOWEST_ZOOM = 0.08;

/** Far enough out for the whole graph. */
export function useLowestZoom(): number {
  const nodes = useGraph(({ graph }) => graph?.nodes);
  const paneWidth = useStore(({ width }) => width);
  const paneHeight = useStore(({ height }) => height);
  return useMemo(() => {
    if (!nodes || nodes.length === 0 || paneWidth === 0 || paneHeight === 0) return LOWEST_ZOOM;
    // With room for cards that are taller than they are known to be.
    const size = ({ width = CARD_WIDTH, height = 0 }: GraphNode) => ({ width, height: height + 600 });
    const { width, height } = boxAround(boxesOf(nodes, size).values());
    const whole = Math.min(paneWidth / width, paneHeight / height);
    return Math.min(LOWEST_ZOOM, whole * (1 - 2 * PADDING));
  }, [nodes, paneWidth, paneHeight]);
}

/** A card hangs at the pointer by the middle of its head. */
export const hungAt = (point: Point) => ({
  at: { x: point.x - CARD_WIDTH / 2, y: point.y - 18 },
  anchor: point,
});
