import {
  Background,
  BackgroundVariant,
  type EdgeMouseHandler,
  MiniMap,
  type NodeMouseHandler,
  type OnNodeDrag,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { addDragged, addNode, besidePort } from "../stores/add-nodes.ts";
import { droppedFiles, hasFolder } from "../stores/chosen-files.ts";
import { hasDragData, readDragData } from "../stores/drag-data.ts";
import { type PaletteEntry, portFor } from "../stores/entries.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { copyDragged } from "../stores/graph-clipboard.ts";
import { followGraph } from "../stores/graph-view.ts";
import { dropIntoGroups } from "../stores/group-edits.ts";
import { followPlaces, keepPlaces, shownNodes } from "../stores/places.ts";
import { catalogueNow } from "../stores/server.ts";
import { openMenu } from "../stores/shell.ts";
import { CARD_WIDTH, type Point } from "../stores/stage.ts";
import { motionMs } from "../ui/motion.ts";
import { t } from "../words/words.ts";
import styles from "./canvas.module.css";
import { CanvasMenu } from "./canvas-menu.tsx";
import { Card } from "./card.tsx";
import { LARGE, useFlowDocument } from "./flow-document.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
import { GroupCard } from "./group-card.tsx";
import { setZoom } from "./lod.ts";
import { NoteCard } from "./note-card.tsx";
import { inputUnder } from "./port-under.ts";
import { QuickAdd } from "./quick-add.tsx";
import { RefusalBubble } from "./refusal-bubble.tsx";
import { followStale } from "./stale.ts";
import { didFocusComeByKeys, useCanvasKeys } from "./use-canvas-keys.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";
import { hungAt, showOpening, useLowestZoom, useStage } from "./use-stage.ts";
import { useWireGestures, type WireEnd } from "./use-wire-gestures.ts";
import { giveWheelTo } from "./wheel-holder.ts";
import { Wire, WireBeingDrawn } from "./wire.tsx";
import { connect, connectionOf, connectToNode, refuse } from "./wiring.ts";
import { ZoomControls } from "./zoom-controls.tsx";

const nodeTypes = { card: Card, note: NoteCard, frame: GroupCard };
const edgeTypes = { wire: Wire };

/** The open document, drawn and edited. Reads the stores; what it asks for goes through `useCommands`. */
export function Canvas() {
  const graphId = useGraph(({ graph }) => graph?.id);
  useEffect(() => {
    const stops = [followGraph(), followStale(), followPlaces()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <div className={styles["canvas"]} role="application" aria-label={t("canvas.canvas")}>
      {graphId !== undefined && (
        // Each document has its own view, so another one starts afresh.
        <ReactFlowProvider key={graphId}>
          <Flow />
          <RefusalBubble />
        </ReactFlowProvider>
      )}
      <CanvasMenu />
    </div>
  );
}

type QuickAddState = Partial<WireEnd> & {
  /** Within the canvas, in pixels. */
  readonly at: Point;
  /** In the graph. */
  readonly place: Point;
};

function Flow() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  const box = useRef<HTMLDivElement>(null);
  const pointer = useRef<Point>(undefined);
  /** The zoom that the view is on its way to. */
  const aim = useRef<number>(undefined);
  const minZoom = useLowestZoom();
  const { nodes, edges, onNodesChange, onEdgesChange, glide } = useFlowDocument();
  const dropFiles = useDroppedFiles();
  const [focusedId, setFocusedId] = useState<string>();
  // React Flow draws what is in view and what is being dragged; what has the focus must stay as well.
  const drawn = useMemo(
    () => nodes.map((node) => (node.id === focusedId ? { ...node, dragging: true } : node)),
    [nodes, focusedId],
  );

  const { openQuickAdd, quickAdd } = useQuickAdd(box);

  useStage({ ...{ box, pointer, aim }, glide, openQuickAdd, dropFiles });

  /** Tab walks over all cards, in view or not. */
  const showFocused = (target: Element) => {
    const nodeId = nodeIdOf(target);
    const bounds = box.current?.getBoundingClientRect();
    if (!nodeId || !bounds) return;
    const { left, right, top, bottom } = target.getBoundingClientRect();
    const isSeen = right > bounds.left && left < bounds.right && bottom > bounds.top && top < bounds.bottom;
    const node = flow.getInternalNode(nodeId);
    if (isSeen || !node) return;
    const { x, y } = node.internals.positionAbsolute;
    const { width = 0, height = 0 } = node.measured;
    void flow.setCenter(x + width / 2, y + height / 2, {
      zoom: flow.getZoom(),
      duration: motionMs(180),
    });
  };

  useCanvasKeys(
    useCallback(
      (files) => {
        const at = pointer.current && flow.screenToFlowPosition(pointer.current);
        dropFiles(files, at && hungAt(at));
      },
      [flow, dropFiles],
    ),
  );

  const { stopClickWiring, handlers } = useWireGestures(openQuickAdd);

  // ── Drag and drop ────────────────────────────────────────────────────────────────────────────────────────────

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const onto = event.target instanceof Element ? event.target : null;
    const data = readDragData(event.dataTransfer);
    if (data) {
      const port = inputUnder(onto);
      const merge = crypto.randomUUID();
      const nodeId = addDragged(data, { ...(port ? besidePort(port, at) : hungAt(at)), merge });
      const decision = port && nodeId ? connectToNode(port, nodeId, { merge }) : undefined;
      if (decision?.ok === false) refuse({ x: event.clientX, y: event.clientY, reason: decision.reason });
      return;
    }
    const isFolder = hasFolder(event.dataTransfer);
    void droppedFiles(event.dataTransfer).then((files) => dropFiles(files, hungAt(at), { isFolder, onto }));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what happens on the canvas inside
    <div
      ref={box}
      className={styles["flow"]}
      tabIndex={-1}
      data-canvas-focus=""
      onFocus={({ target }) => {
        setFocusedId(nodeIdOf(target));
        if (didFocusComeByKeys()) showFocused(target);
      }}
      onBlur={({ relatedTarget }) => setFocusedId(nodeIdOf(relatedTarget ?? document.activeElement))}
      onWheelCapture={({ nativeEvent }) => giveWheelTo(nativeEvent)}
      onPointerMove={(event) => {
        pointer.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerLeave={() => {
        pointer.current = undefined;
      }}
      onDragOver={(event) => {
        if (!hasDragData(event.dataTransfer)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onDrop={onDrop}
      onDoubleClick={(event) => {
        if (event.target instanceof Element && event.target.matches(".react-flow__pane"))
          openQuickAdd({ x: event.clientX, y: event.clientY });
      }}
    >
      <ReactFlow
        nodes={drawn}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={commitDrag}
        onNodeClick={onNodeClick}
        {...handlers}
        connectionLineComponent={WireBeingDrawn}
        connectionRadius={22}
        reconnectRadius={12}
        // In a large graph only cards in view are there; the others are known by their measured size.
        onlyRenderVisibleElements={nodes.length > LARGE}
        onInit={() => showOpening(flow, store.getState(), minZoom)}
        onMoveStart={(event) => {
          // A hand on the wheel stops what was under way.
          if (event) aim.current = undefined;
        }}
        onMove={(_event, { zoom }) => setZoom(zoom)}
        onMoveEnd={(_event, viewport) => graphStore.getState().setViewport(viewport)}
        onNodeContextMenu={onNodeMenu}
        onEdgeContextMenu={onEdgeMenu}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          pointer.current = { x: event.clientX, y: event.clientY };
          openMenu({ x: event.clientX, y: event.clientY }, { kind: "pane" });
        }}
        onPaneClick={() => {
          stopClickWiring();
          store.getState().domNode?.focus();
        }}
        defaultViewport={graphStore.getState().graph?.viewport ?? { x: 0, y: 0, zoom: 1 }}
        minZoom={minZoom}
        maxZoom={2.5}
        // As in Figma and tldraw: drag selects, wheel or space pans, Ctrl and wheel zooms.
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        panOnDrag={panButtons}
        panOnScroll
        zoomOnDoubleClick={false}
        multiSelectionKeyCode={multiSelectKeys}
        deleteKeyCode={null}
        disableKeyboardA11y
        nodeDragThreshold={2}
        elevateNodesOnSelect={false}
        proOptions={proOptions}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.5} color="var(--canvas-dot)" />
        {nodes.length >= MAP_FROM && (
          <MiniMap
            pannable
            zoomable
            className={styles["minimap"] ?? ""}
            nodeBorderRadius={12}
            nodeColor={minimapColor}
            ariaLabel={t("canvas.overview")}
          />
        )}
      </ReactFlow>
      {nodes.length > 0 && <ZoomControls />}
      {quickAdd}
    </div>
  );
}

/** What to add, asked for at a place on the canvas, or at the end of a wire that was let go there. */
function useQuickAdd(box: RefObject<HTMLDivElement | null>) {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const [quickAdd, setQuickAdd] = useState<QuickAddState>();
  const openQuickAdd = useCallback(
    (client: Point | undefined, wire?: WireEnd) => {
      const bounds = box.current?.getBoundingClientRect();
      if (!bounds) return;
      const at = client ?? { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 3 };
      const inside = {
        x: Math.max(8, Math.min(at.x - bounds.left, bounds.width - 260)),
        y: Math.max(8, Math.min(at.y - bounds.top, bounds.height - 370)),
      };
      setQuickAdd({ at: inside, place: flow.screenToFlowPosition(at), ...wire });
    },
    [flow, box],
  );
  const pick = (entry: PaletteEntry) => {
    if (!quickAdd) return;
    setQuickAdd(undefined);
    const { from, end, place } = quickAdd;
    const merge = crypto.randomUUID();
    const at = !from
      ? hungAt(place).at
      : { x: from.side === "source" ? place.x + 8 : place.x - CARD_WIDTH - 8, y: place.y - 52 };
    const nodeId = addNode({ entry, at, anchor: place, merge });
    const portId = end && portFor(entry, end, catalogueNow());
    if (from && portId)
      connect(connectionOf(from, { nodeId, portId, side: from.side === "source" ? "target" : "source" }), {
        merge,
      });
    box.current?.focus();
  };
  return {
    openQuickAdd,
    quickAdd: quickAdd && (
      <QuickAdd at={quickAdd.at} end={quickAdd.end} onPick={pick} onClose={() => setQuickAdd(undefined)} />
    ),
  };
}

const nodeIdOf = (element: Element | null): string | undefined =>
  element?.closest(".react-flow__node")?.getAttribute("data-id") ?? undefined;

/** Fewer nodes are seen at a glance. */
const MAP_FROM = 14;
const panButtons = [1];
const multiSelectKeys = ["Shift", "Meta", "Control"];
const proOptions = { hideAttribution: true };

function minimapColor(node: FlowNode): string {
  return node.type === "frame" ? "var(--hover)" : node.selected ? "var(--accent)" : "var(--line-strong)";
}

/** One of several selected cards: React Flow leaves them as they are, in case they are dragged. */
const onNodeClick: NodeMouseHandler<FlowNode> = (event, { id }) => {
  const { selectedNodeIds, select } = graphStore.getState();
  const adds = event.shiftKey || event.metaKey || event.ctrlKey;
  if (!adds && selectedNodeIds.size > 1) select([id]);
};

const onNodeMenu: NodeMouseHandler<FlowNode> = (event, { id }) => {
  event.preventDefault();
  const { selectedNodeIds, select } = graphStore.getState();
  if (!selectedNodeIds.has(id)) select([id]);
  openMenu({ x: event.clientX, y: event.clientY }, { kind: "node", nodeId: id });
};

const onEdgeMenu: EdgeMouseHandler<FlowEdge> = (event, { id }) => {
  event.preventDefault();
  openMenu({ x: event.clientX, y: event.clientY }, { kind: "edge", edgeId: id });
};

/** With Alt held the originals stay and copies are dropped. */
const commitDrag: OnNodeDrag<FlowNode> = (event, node, dragged) => {
  const nodes = dragged.length > 0 ? dragged : [node];
  const ids = nodes.map(({ id }) => id);
  if (event.altKey) {
    const [from = node.data.node] = shownNodes([node.data.node]);
    return copyDragged(ids, {
      x: node.position.x - from.position.x,
      y: node.position.y - from.position.y,
    });
  }
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const positions = nodes.map(({ id, position }) => ({
    id,
    x: Math.round(position.x),
    y: Math.round(position.y),
  }));
  graphStore.getState().edit({ type: "move", positions }, { merge });
  dropIntoGroups(ids, merge);
};
