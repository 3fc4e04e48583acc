import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  getViewportForBounds,
  MiniMap,
  type NodeChange,
  type OnConnectStart,
  type OnNodeDrag,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { catalogueStore } from "../stores/catalogue.ts";
import { hasDragData, readDragData } from "../stores/drag-data.ts";
import { type LooseEnd, type PaletteEntry, portFor } from "../stores/entries.ts";
import { onFocusNode } from "../stores/focus-node.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import {
  addDragged,
  addNode,
  besidePort,
  copyDragged,
  dropIntoGroups,
  removeEdge,
} from "../stores/graph-edits.ts";
import { followGraph, graphViewStore } from "../stores/graph-view.ts";
import { APART, type Box, boxAround, boxesOf, shiftToShow } from "../stores/placement.ts";
import { followPlaces, keepPlaces, noteSizes, placesStore, shownNodes } from "../stores/places.ts";
import { CARD_WIDTH, defaultSize, type Point, setStage } from "../stores/stage.ts";
import { droppedFiles, hasFolder } from "../table/import-flow.ts";
import { motionMs } from "../ui/motion.ts";
import styles from "./canvas.module.css";
import { CanvasMenu } from "./canvas-menu.tsx";
import { Card } from "./card.tsx";
import { openEdgeMenu, openNodeMenu, openPaneMenu } from "./context-menu.ts";
import { toFlowEdges, toFlowNodes } from "./flow-nodes.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
import { GroupCard } from "./group-card.tsx";
import { setFarthest, setZoom } from "./lod.ts";
import { startRenaming } from "./node-title.tsx";
import { NoteCard } from "./note-card.tsx";
import { openingView } from "./opening-view.ts";
import { inputUnder } from "./port-under.ts";
import { QuickAdd } from "./quick-add.tsx";
import { RefusalBubble } from "./refusal-bubble.tsx";
import { followStale } from "./stale.ts";
import { didFocusComeByKeys, useCanvasKeys } from "./use-canvas-keys.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";
import { giveWheelTo } from "./wheel-holder.ts";
import { Wire } from "./wire.tsx";
import { WireBeingDrawn } from "./wire-being-drawn.tsx";
import { setObstacles } from "./wire-routes.ts";
import {
  beginWiring,
  connect,
  connectionOf,
  connectToNode,
  decide,
  endWiring,
  type PortRef,
  refuse,
  wiringStore,
} from "./wiring.ts";
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
    <div className={styles["canvas"]} role="application" aria-label="Canvas">
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

type QuickAddState = {
  /** Within the canvas, in pixels. */
  readonly at: Point;
  /** In the graph. */
  readonly place: Point;
  readonly from?: PortRef;
  readonly end?: LooseEnd;
};

function Flow() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  const box = useRef<HTMLDivElement>(null);
  const pointer = useRef<Point>(undefined);
  /** The zoom that the view is on its way to. */
  const aim = useRef<number>(undefined);
  const minZoom = useLowestZoom();
  const [quickAdd, setQuickAdd] = useState<QuickAddState>();
  const { nodes, edges, onNodesChange, onEdgesChange, glide } = useDocument();
  const takeFiles = useDroppedFiles();
  const [focusedId, setFocusedId] = useState<string>();
  // React Flow draws what is in view and what is being dragged; what has the focus must stay as well.
  const drawn = useMemo(
    () => nodes.map((node) => (node.id === focusedId ? { ...node, dragging: true } : node)),
    [nodes, focusedId],
  );
  useEffect(() => {
    if (!nodes.some(({ dragging }) => dragging)) setObstacles(cardBoxes(nodes));
  }, [nodes]);

  const openQuickAdd = useCallback(
    (client: Point | undefined, wire?: Pick<QuickAddState, "from" | "end">) => {
      const bounds = box.current?.getBoundingClientRect();
      if (!bounds) return;
      const at = client ?? { x: bounds.left + bounds.width / 2, y: bounds.top + bounds.height / 3 };
      const inside = {
        x: Math.max(8, Math.min(at.x - bounds.left, bounds.width - 260)),
        y: Math.max(8, Math.min(at.y - bounds.top, bounds.height - 370)),
      };
      setQuickAdd({ at: inside, place: flow.screenToFlowPosition(at), ...wire });
    },
    [flow],
  );

  useEffect(() => {
    const bounds = () => box.current?.getBoundingClientRect() ?? new DOMRect();
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
      fit: (nodeIds) => showWhole(flow, store.getState().minZoom, nodeIds),
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
      fitBox(target) {
        const { width, height } = bounds();
        const to = getViewportForBounds(target, width, height, store.getState().minZoom, 1, PADDING);
        void flow.setViewport(to, { duration: motionMs(180) });
      },
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
      takeFiles: (files, client) => {
        const at = flow.screenToFlowPosition(client);
        const onto = document.elementFromPoint(client.x, client.y);
        takeFiles(files, hungAt(at), { onto });
      },
    });
    return () => setStage(undefined);
  }, [flow, store, glide, openQuickAdd, takeFiles]);

  useEffect(
    () =>
      onFocusNode((nodeId) => {
        graphStore.getState().select([nodeId]);
        showWhole(flow, store.getState().minZoom, [nodeId]);
      }),
    [flow, store],
  );

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
        takeFiles(files, at && hungAt(at));
      },
      [flow, takeFiles],
    ),
  );

  // ── Wires ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** React Flow tells of a wire being moved as of one being drawn, too. */
  const moving = useRef<"no" | "yes" | "made">("no");
  const onConnectStart: OnConnectStart = useCallback((_event, { nodeId, handleId, handleType }) => {
    if (moving.current !== "no") return;
    if (nodeId && handleId && handleType) beginWiring({ nodeId, portId: handleId, side: handleType });
  }, []);
  const stopClickWiring = useCallback(() => {
    store.setState({ connectionClickStartHandle: null });
    endWiring();
  }, [store]);
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape") stopClickWiring();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [stopClickWiring]);
  const onConnect = useCallback((connection: Connection) => {
    connect(connection);
  }, []);
  const endConnection = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (moving.current !== "no") return;
      const { from, type } = wiringStore.getState();
      const at = clientPoint(event);
      const made = dropWire(from, state, at);
      endWiring();
      if (made === "empty" && from) openQuickAdd(at, { from, end: { side: from.side, type } });
      else if (typeof made === "object") refuse({ ...at, reason: made.reason });
    },
    [openQuickAdd],
  );
  const onReconnectStart = useCallback((_event: unknown, edge: FlowEdge, handleType: "source" | "target") => {
    moving.current = "yes";
    // The end that stays is where the wire comes from now.
    const stays: PortRef =
      handleType === "target"
        ? { nodeId: edge.target, portId: edge.targetHandle ?? "", side: "target" }
        : { nodeId: edge.source, portId: edge.sourceHandle ?? "", side: "source" };
    beginWiring(stays, edge.id);
  }, []);
  const onReconnect = useCallback((edge: FlowEdge, connection: Connection) => {
    moving.current = "made";
    const same =
      edge.source === connection.source &&
      edge.target === connection.target &&
      edge.sourceHandle === connection.sourceHandle &&
      edge.targetHandle === connection.targetHandle;
    if (!same) connect(connection);
  }, []);
  const onReconnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, edge: FlowEdge, _side: unknown, state: FinalConnectionState) => {
      const { from } = wiringStore.getState();
      const at = clientPoint(event);
      const made = moving.current === "made" ? undefined : dropWire(from, state, at);
      moving.current = "no";
      endWiring();
      if (made === "empty") removeEdge(edge.id);
      else if (typeof made === "object") refuse({ ...at, reason: made.reason });
    },
    [],
  );
  const isValidConnection = useCallback((connection: FlowEdge | Connection) => {
    return decide(connection).ok;
  }, []);

  const pick = (entry: PaletteEntry) => {
    if (!quickAdd) return;
    setQuickAdd(undefined);
    const { from, end, place } = quickAdd;
    const merge = crypto.randomUUID();
    const at = !from
      ? hungAt(place).at
      : { x: from.side === "source" ? place.x + 8 : place.x - CARD_WIDTH - 8, y: place.y - 52 };
    const nodeId = addNode({ entry, at, anchor: place, merge });
    const portId = end && portFor(entry, end, catalogueStore.getState());
    if (from && portId)
      connect(connectionOf(from, { nodeId, portId, side: from.side === "source" ? "target" : "source" }), {
        merge,
      });
    box.current?.focus();
  };

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
    void droppedFiles(event.dataTransfer).then((files) => takeFiles(files, hungAt(at), { isFolder, onto }));
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
        onNodeClick={(event, { id }) => {
          // One of several selected cards: React Flow leaves them as they are, in case they are dragged.
          const { selectedNodeIds, select } = graphStore.getState();
          const adds = event.shiftKey || event.metaKey || event.ctrlKey;
          if (!adds && selectedNodeIds.size > 1) select([id]);
        }}
        onConnectStart={onConnectStart}
        onConnect={onConnect}
        onConnectEnd={endConnection}
        onReconnectStart={onReconnectStart}
        onReconnect={onReconnect}
        onReconnectEnd={onReconnectEnd}
        isValidConnection={isValidConnection}
        connectionLineComponent={WireBeingDrawn}
        connectionRadius={22}
        reconnectRadius={12}
        // In a large graph only cards in view are there; the others are known by their measured size.
        onlyRenderVisibleElements={nodes.length > LARGE}
        onInit={() => {
          setZoom(flow.getZoom());
          const { graph } = graphStore.getState();
          if (!graph) return;
          const { width, height } = store.getState();
          const bounds = flow.getNodesBounds(graph.nodes.map(({ id }) => id));
          const whole = getViewportForBounds(bounds, width, height, 0, 1, PADDING).zoom;
          const view = openingView(graph, { width, height }, whole);
          if (view === "whole") void flow.fitView({ ...fitOptions, minZoom, duration: 0 });
          else if (view !== graph.viewport) void flow.setViewport(view);
        }}
        onMoveStart={(event) => {
          // A hand on the wheel stops what was under way.
          if (event) aim.current = undefined;
        }}
        onMove={(_event, { zoom }) => setZoom(zoom)}
        onMoveEnd={(_event, viewport) => graphStore.getState().setViewport(viewport)}
        onNodeContextMenu={(event, { id }) => {
          event.preventDefault();
          const { selectedNodeIds, select } = graphStore.getState();
          if (!selectedNodeIds.has(id)) select([id]);
          openNodeMenu({ x: event.clientX, y: event.clientY }, id);
        }}
        onEdgeContextMenu={(event, { id }) => {
          event.preventDefault();
          openEdgeMenu({ x: event.clientX, y: event.clientY }, id);
        }}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          pointer.current = { x: event.clientX, y: event.clientY };
          openPaneMenu({ x: event.clientX, y: event.clientY });
        }}
        // Without dragging: a press or Enter on one port, then on another.
        onClickConnectStart={onConnectStart}
        onClickConnectEnd={endWiring}
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
            ariaLabel="Overview"
          />
        )}
      </ReactFlow>
      {nodes.length > 0 && <ZoomControls />}
      {quickAdd && (
        <QuickAdd at={quickAdd.at} end={quickAdd.end} onPick={pick} onClose={() => setQuickAdd(undefined)} />
      )}
    </div>
  );
}

const nodeIdOf = (element: Element | null): string | undefined =>
  element?.closest(".react-flow__node")?.getAttribute("data-id") ?? undefined;

/** Fewer nodes are seen at a glance. */
const MAP_FROM = 14;
const PADDING = 0.08;
const fitOptions = { padding: PADDING, maxZoom: 1 } as const;
/** Farther out there is nothing to see, but for a graph that needs it to be seen whole. */
const LOWEST_ZOOM = 0.08;

function showWhole(
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  minZoom: number,
  nodeIds?: readonly string[],
): void {
  const nodes = nodeIds ? { nodes: nodeIds.map((id) => ({ id })) } : {};
  void flow.fitView({ ...fitOptions, ...nodes, minZoom, duration: motionMs(180) });
}

/** Far enough out for the whole graph. */
function useLowestZoom(): number {
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
const hungAt = (point: Point) => ({ at: { x: point.x - CARD_WIDTH / 2, y: point.y - 18 }, anchor: point });
const panButtons = [1];
const multiSelectKeys = ["Shift", "Meta", "Control"];
const proOptions = { hideAttribution: true };

function minimapColor(node: FlowNode): string {
  return node.type === "frame" ? "var(--hover)" : node.selected ? "var(--accent)" : "var(--line-strong)";
}

function clientPoint(event: MouseEvent | TouchEvent): Point {
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  return point ? { x: point.clientX, y: point.clientY } : { x: 0, y: 0 };
}

/**
 * A wire let go. On a port React Flow has dealt with it; on a card it goes to the first port that fits.
 *
 * @returns "empty" where there was nothing under it, a reason where it was refused, `undefined` where it was made.
 */
function dropWire(
  from: PortRef | undefined,
  { isValid, toHandle }: FinalConnectionState,
  at: Point,
): "empty" | { readonly reason: string } | undefined {
  if (!from || isValid) return undefined;
  if (toHandle?.id) {
    const side = from.side === "source" ? "target" : "source";
    if (toHandle.type !== side)
      return { reason: side === "target" ? "A wire ends at an input." : "A wire starts at an output." };
    const decision = decide(connectionOf(from, { nodeId: toHandle.nodeId, portId: toHandle.id, side }));
    return decision.ok ? undefined : { reason: decision.reason };
  }
  const under = document.elementFromPoint(at.x, at.y);
  const nodeId = under?.closest("article[data-node-id]")?.getAttribute("data-node-id");
  if (!nodeId) return under?.closest(".react-flow") ? "empty" : undefined;
  const decision = connectToNode(from, nodeId);
  return decision.ok ? undefined : { reason: decision.reason };
}

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

/** Above this many nodes the first drawing shows them as from afar. */
const LARGE = 60;

/** React Flow's nodes and edges, kept in step with the document. What moves at pointer speed stays in here. */
function useDocument() {
  const initial = graphStore.getState();
  useState(() => {
    const { nodes = [], viewport } = initial.graph ?? {};
    if (nodes.length > LARGE) setFarthest();
    else setZoom(viewport?.zoom ?? 1);
  });
  const [nodes, setNodes] = useState<FlowNode[]>(() =>
    initial.graph
      ? toFlowNodes(initial.graph, initial.selectedNodeIds, [], placesStore.getState().shifts)
      : [],
  );
  const [edges, setEdges] = useState<FlowEdge[]>(() =>
    initial.graph
      ? toFlowEdges(initial.graph, initial.selectedEdgeIds, [], graphViewStore.getState().describe)
      : [],
  );
  useEffect(() => {
    const follow = (state: ReturnType<typeof graphStore.getState>) => {
      const { graph, selectedNodeIds, selectedEdgeIds } = state;
      if (!graph) return;
      const { shifts } = placesStore.getState();
      setNodes((before) => toFlowNodes(graph, selectedNodeIds, before, shifts));
      const { describe } = graphViewStore.getState();
      setEdges((before) => toFlowEdges(graph, selectedEdgeIds, before, describe));
    };
    follow(graphStore.getState());
    const stopPlaces = placesStore.subscribe((state, before) => {
      if (state.shifts !== before.shifts) follow(graphStore.getState());
    });
    const stopGraph = graphStore.subscribe((state, before) => {
      const changed =
        state.graph?.nodes !== before.graph?.nodes ||
        state.graph?.edges !== before.graph?.edges ||
        state.selectedNodeIds !== before.selectedNodeIds ||
        state.selectedEdgeIds !== before.selectedEdgeIds;
      if (changed) follow(state);
    });
    return () => {
      stopPlaces();
      stopGraph();
    };
  }, []);

  const glide = useCallback((move: () => void) => {
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
          const between = { x: start.x + (end.x - start.x) * eased, y: start.y + (end.y - start.y) * eased };
          return { ...node, position: part === 1 ? end : between };
        }),
      );
      if (part < 1) requestAnimationFrame(show);
    };
    show(startedAt);
  }, []);

  return useMemo(
    () => ({
      nodes,
      edges,
      glide,
      onNodesChange(changes: NodeChange<FlowNode>[]) {
        selectChanged(changes, "nodes");
        const own = changes.filter(({ type }) => type === "position" || type === "dimensions");
        if (own.length > 0) setNodes((before) => applyNodeChanges(own, before));
        const sizes = own.flatMap((change) =>
          change.type === "dimensions" && change.dimensions ? [[change.id, change.dimensions] as const] : [],
        );
        if (sizes.length > 0) noteSizes(sizes);
      },
      onEdgesChange(changes: EdgeChange<FlowEdge>[]) {
        selectChanged(changes, "edges");
      },
    }),
    [nodes, edges, glide],
  );
}

const GLIDE_MS = 180;
/** More at once would not move smoothly, so they are there at once. */
const MOST_GLIDING = 400;

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
