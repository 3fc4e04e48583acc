import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  type OnConnectStart,
  type OnNodeDrag,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { catalogueStore } from "../stores/catalogue.ts";
import { hasDragData, readDragData } from "../stores/drag-data.ts";
import { type LooseEnd, type PaletteEntry, portFor } from "../stores/entries.ts";
import { onFocusNode } from "../stores/focus-node.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { addDragged, addNode, dropIntoGroups, removeEdge } from "../stores/graph-edits.ts";
import { followGraph } from "../stores/graph-view.ts";
import { CARD_WIDTH, defaultSize, type Point, setStage } from "../stores/stage.ts";
import { droppedFiles, hasFolder } from "../table/import-flow.ts";
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
import { QuickAdd } from "./quick-add.tsx";
import { RefusalBubble } from "./refusal-bubble.tsx";
import { followStale } from "./stale.ts";
import { useCanvasKeys } from "./use-canvas-keys.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";
import { Wire } from "./wire.tsx";
import { WireBeingDrawn } from "./wire-being-drawn.tsx";
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
    const stops = [followGraph(), followStale()];
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
  const [quickAdd, setQuickAdd] = useState<QuickAddState>();
  const { nodes, edges, onNodesChange, onEdgesChange } = useDocument();
  const takeFiles = useDroppedFiles();

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
      fit: (nodeIds) =>
        void flow.fitView({
          ...fitOptions,
          ...(nodeIds ? { nodes: nodeIds.map((id) => ({ id })) } : {}),
        }),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: 120 }),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: 120 }),
      openQuickAdd: () => openQuickAdd(pointer.current),
      rename: startRenaming,
      takeFiles: (files, client) => {
        const at = flow.screenToFlowPosition(client);
        const onto = document.elementFromPoint(client.x, client.y);
        takeFiles(files, { x: at.x - CARD_WIDTH / 2, y: at.y - 18 }, { onto });
      },
    });
    return () => setStage(undefined);
  }, [flow, openQuickAdd, takeFiles]);

  useEffect(
    () =>
      onFocusNode((nodeId) => {
        graphStore.getState().select([nodeId]);
        void flow.fitView({ ...fitOptions, nodes: [{ id: nodeId }] });
      }),
    [flow],
  );

  useCanvasKeys(useCallback((files) => takeFiles(files), [takeFiles]));

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
      ? { x: place.x - CARD_WIDTH / 2, y: place.y - 18 }
      : { x: from.side === "source" ? place.x + 8 : place.x - CARD_WIDTH - 8, y: place.y - 52 };
    const nodeId = addNode({ entry, at, merge });
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
    const corner = { x: at.x - CARD_WIDTH / 2, y: at.y - 18 };
    const data = readDragData(event.dataTransfer);
    if (data) addDragged(data, corner);
    else {
      const isFolder = hasFolder(event.dataTransfer);
      const onto = event.target instanceof Element ? event.target : null;
      void droppedFiles(event.dataTransfer).then((files) => takeFiles(files, corner, { isFolder, onto }));
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what happens on the canvas inside
    <div
      ref={box}
      className={styles["flow"]}
      tabIndex={-1}
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
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={commitDrag}
        onSelectionDragStop={commitSelectionDrag}
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
          // Nobody has looked at it yet: show it whole.
          const { graph } = graphStore.getState();
          if (graph && graph.nodes.length > 0 && isUntouched(graph.viewport))
            void flow.fitView({ ...fitOptions, duration: 0 });
        }}
        onMove={(_event, { zoom }) => setZoom(zoom)}
        onMoveEnd={(_event, viewport) => graphStore.getState().setViewport(viewport)}
        onNodeContextMenu={(event, { id }) => {
          event.preventDefault();
          const { selectedNodeIds, select } = graphStore.getState();
          if (!selectedNodeIds.has(id)) select([id]);
          openNodeMenu({ x: event.clientX, y: event.clientY }, id);
        }}
        onSelectionContextMenu={(event, [first]) => {
          event.preventDefault();
          if (first) openNodeMenu({ x: event.clientX, y: event.clientY }, first.id);
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
        minZoom={0.08}
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

/** Fewer nodes are seen at a glance. */
const MAP_FROM = 14;
const fitOptions = { padding: 0.08, maxZoom: 1, duration: 180 } as const;
const panButtons = [1];
const multiSelectKeys = ["Shift", "Meta", "Control"];
const proOptions = { hideAttribution: true };

function isUntouched({
  x,
  y,
  zoom,
}: {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}): boolean {
  return x === 0 && y === 0 && zoom === 1;
}

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

function commitMove(nodes: readonly FlowNode[]): void {
  const merge = crypto.randomUUID();
  const positions = nodes.map(({ id, position }) => ({
    id,
    x: Math.round(position.x),
    y: Math.round(position.y),
  }));
  graphStore.getState().edit({ type: "move", positions }, { merge });
  dropIntoGroups(
    nodes.map(({ id }) => id),
    merge,
  );
}

const commitDrag: OnNodeDrag<FlowNode> = (_event, node, nodes) =>
  commitMove(nodes.length > 0 ? nodes : [node]);
const commitSelectionDrag = (_event: unknown, nodes: FlowNode[]) => commitMove(nodes);

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
    initial.graph ? toFlowNodes(initial.graph, initial.selectedNodeIds, []) : [],
  );
  const [edges, setEdges] = useState<FlowEdge[]>(() =>
    initial.graph ? toFlowEdges(initial.graph, initial.selectedEdgeIds, []) : [],
  );
  useEffect(() => {
    const follow = (state: ReturnType<typeof graphStore.getState>) => {
      const { graph, selectedNodeIds, selectedEdgeIds } = state;
      if (!graph) return;
      setNodes((before) => toFlowNodes(graph, selectedNodeIds, before));
      setEdges((before) => toFlowEdges(graph, selectedEdgeIds, before));
    };
    follow(graphStore.getState());
    return graphStore.subscribe((state, before) => {
      const changed =
        state.graph?.nodes !== before.graph?.nodes ||
        state.graph?.edges !== before.graph?.edges ||
        state.selectedNodeIds !== before.selectedNodeIds ||
        state.selectedEdgeIds !== before.selectedEdgeIds;
      if (changed) follow(state);
    });
  }, []);

  return useMemo(
    () => ({
      nodes,
      edges,
      onNodesChange(changes: NodeChange<FlowNode>[]) {
        selectChanged(changes, "nodes");
        const own = changes.filter(({ type }) => type === "position" || type === "dimensions");
        if (own.length > 0) setNodes((before) => applyNodeChanges(own, before));
      },
      onEdgesChange(changes: EdgeChange<FlowEdge>[]) {
        selectChanged(changes, "edges");
      },
    }),
    [nodes, edges],
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
