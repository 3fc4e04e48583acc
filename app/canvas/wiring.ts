import { createStore, useStore } from "zustand";
import { reach } from "../../src/graph/describe/graph-index.ts";
import type { InputPort, PortType } from "../../src/graph/describe/ports.ts";
import { type Connection, canConnect, fits, nameOf } from "../../src/graph/describe/wires.ts";
import type { GraphEdge } from "../../src/graph/document/schema.ts";
import { graphStore } from "../stores/graph.ts";
import { type GraphView, graphViewStore } from "../stores/graph-view.ts";
import { t } from "../words/words.ts";

export type PortSide = "source" | "target";
export type PortRef = { readonly nodeId: string; readonly portId: string; readonly side: PortSide };

export type Refusal = { readonly x: number; readonly y: number; readonly reason: string };

type Wiring = {
  /** The port a wire is being drawn from. */
  readonly from: PortRef | undefined;
  /** The wire that is being moved: it does not stand in its own way. */
  readonly moving: string | undefined;
  /** What may flow, for the colour of the wire and the quick-add. */
  readonly type: PortType;
  /** Keys of the ports it may go to; see `portKey`. */
  readonly fitting: ReadonlySet<string>;
  /** Why a wire was not made, at client coordinates; goes by itself. */
  readonly refusal: Refusal | undefined;
};

export const wiringStore = createStore<Wiring>(() => ({
  from: undefined,
  moving: undefined,
  type: "media",
  fitting: new Set(),
  refusal: undefined,
}));

const portKey = ({ nodeId, portId, side }: PortRef) => JSON.stringify([side, nodeId, portId]);

/** How a port looks while a wire is being drawn; `undefined` while none is. */
export function usePortGlow(port: PortRef): "from" | "fits" | "dim" | undefined {
  return useStore(wiringStore, ({ from, fitting }) => {
    if (!from) return undefined;
    if (from.nodeId === port.nodeId && from.portId === port.portId && from.side === port.side) return "from";
    return fitting.has(portKey(port)) ? "fits" : "dim";
  });
}

export function beginWiring(from: PortRef, moving?: string): void {
  const view = graphViewStore.getState();
  const type = typeOfPort(view, from);
  wiringStore.setState({
    from,
    moving,
    type,
    fitting: new Set(fittingPorts(view, from, type).map(portKey)),
    refusal: undefined,
  });
}

export function endWiring(): void {
  wiringStore.setState({ from: undefined, moving: undefined, fitting: new Set() });
}

const REFUSAL_SHOWN_MS = 3500;

export function refuse(refusal: Refusal): void {
  wiringStore.setState({ refusal });
  setTimeout(() => {
    if (wiringStore.getState().refusal === refusal) wiringStore.setState({ refusal: undefined });
  }, REFUSAL_SHOWN_MS);
}

export type Decision =
  | { readonly ok: true; readonly replaces: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** What dropping here would do. A port that holds one wire lets the new one take its place. */
export function decide(connection: Connection): Decision {
  const { graph } = graphStore.getState();
  const { describe } = graphViewStore.getState();
  const { moving } = wiringStore.getState();
  if (!graph) return { ok: false, reason: t("canvas.noGraph") };
  const without =
    moving === undefined ? graph : { ...graph, edges: graph.edges.filter(({ id }) => id !== moving) };
  const answer = canConnect(without, describe, connection);
  const replaces = moving === undefined ? [] : [moving];
  if (answer.ok) return { ok: true, replaces };
  if (answer.replaces !== undefined) return { ok: true, replaces: [...replaces, answer.replaces] };
  return { ok: false, reason: answer.reason };
}

/** Makes the wire if it may be made; else says why not. */
export function connect(connection: Connection, options?: { readonly merge?: string }): Decision {
  const decision = decide(connection);
  const { graph, edit } = graphStore.getState();
  const { source, sourceHandle, target, targetHandle } = connection;
  if (!decision.ok || !graph || !sourceHandle || !targetHandle) return decision;
  const edge: GraphEdge = { id: crypto.randomUUID(), source, sourceHandle, target, targetHandle };
  const port = inputOf(graphViewStore.getState(), target, targetHandle);
  const orders = graph.edges
    .filter((other) => other.target === target && other.targetHandle === targetHandle)
    .map(({ data }) => data?.order ?? 0);
  const ordered = port?.list ? { ...edge, data: { order: Math.max(-1, ...orders) + 1 } } : edge;
  edit({ type: "connect", edge: ordered, replaces: decision.replaces }, options);
  return decision;
}

/** Which free port of a node a wire dropped on its card goes to: the first that fits. */
export function connectToNode(
  from: PortRef,
  nodeId: string,
  options?: { readonly merge?: string },
): Decision {
  const view = graphViewStore.getState();
  const { moving } = wiringStore.getState();
  const candidates = fittingPorts(view, from, typeOfPort(view, from))
    .filter((port) => port.nodeId === nodeId)
    .map((port) => connectionOf(from, port));
  const free = candidates.find((connection) => {
    const decision = decide(connection);
    return decision.ok && decision.replaces.every((id) => id === moving);
  });
  const chosen = free ?? candidates[0];
  if (chosen) return connect(chosen, options);
  if (nodeId === from.nodeId) return { ok: false, reason: t("canvas.notToItself") };
  const name = view.index ? nameOf(view.index, nodeId) : t("canvas.thisNode");
  return {
    ok: false,
    reason:
      from.side === "source"
        ? t("canvas.noInputTakes", { name, type: typeOfPort(view, from) })
        : t("canvas.nothingFits", { name }),
  };
}

/** Of the wires at an input the one that a hand moves: the selected one, else the last. */
export function wireToMove(nodeId: string, portId: string): string | undefined {
  const { selectedEdgeIds } = graphStore.getState();
  const wires = (graphViewStore.getState().index?.incoming(nodeId) ?? []).filter(
    ({ targetHandle }) => targetHandle === portId,
  );
  return (wires.find(({ id }) => selectedEdgeIds.has(id)) ?? wires.at(-1))?.id;
}

export function connectionOf(a: PortRef, b: PortRef): Connection {
  const [source, target] = a.side === "source" ? [a, b] : [b, a];
  return {
    source: source.nodeId,
    sourceHandle: source.portId,
    target: target.nodeId,
    targetHandle: target.portId,
  };
}

function typeOfPort(view: GraphView, { nodeId, portId, side }: PortRef): PortType {
  const node = view.nodes.get(nodeId);
  return (side === "source" ? node?.outputs : node?.inputs)?.find(({ id }) => id === portId)?.type ?? "media";
}

function inputOf({ index }: GraphView, nodeId: string, portId: string): InputPort | undefined {
  return index?.describe(nodeId)?.ports.inputs.find(({ id }) => id === portId);
}

/** By type and without circles; cheap enough for every port of a large graph. `decide` has the last word. */
function fittingPorts(view: GraphView, from: PortRef, type: PortType): PortRef[] {
  const { index } = view;
  if (!index) return [];
  const side = from.side === "source" ? "target" : "source";
  const next = (nodeId: string) =>
    from.side === "source"
      ? index.incoming(nodeId).map(({ source }) => source)
      : index.outgoing(nodeId).map(({ target }) => target);
  const circle = reach([from.nodeId], next);
  const start = inputOf(view, from.nodeId, from.portId);
  const found: PortRef[] = [];
  for (const [nodeId, node] of view.nodes) {
    if (circle.has(nodeId)) continue;
    if (side === "target") {
      for (const port of node.description?.ports.inputs ?? [])
        if (fits(type, port)) found.push({ nodeId, portId: port.id, side });
    } else
      for (const port of node.outputs)
        if (!port.missing && start && fits(port.type, start)) found.push({ nodeId, portId: port.id, side });
  }
  return found;
}
