import { type Connection, type FinalConnectionState, type OnConnectStart, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useRef } from "react";
import type { LooseEnd } from "../stores/entries.ts";
import { removeEdge } from "../stores/graph-edits.ts";
import type { Point } from "../stores/stage.ts";
import { t } from "../words/words.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
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

/** Where a wire let go over empty canvas comes from, and what would fit it. */
export type WireEnd = { readonly from: PortRef; readonly end: LooseEnd };

/**
 * Wires drawn, moved and let go, by dragging or by a press on one port and then on another: what React Flow calls.
 *
 * @param onLoose a new wire was let go over empty canvas.
 */
export function useWireGestures(onLoose: (at: Point, wire: WireEnd) => void) {
  const store = useStoreApi<FlowNode, FlowEdge>();
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
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (moving.current !== "no") return;
      const { from, type } = wiringStore.getState();
      const at = clientPoint(event);
      const made = dropWire(from, state, at);
      endWiring();
      if (made === "empty" && from) onLoose(at, { from, end: { side: from.side, type } });
      else if (typeof made === "object") refuse({ ...at, reason: made.reason });
    },
    [onLoose],
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
  return {
    stopClickWiring,
    handlers: {
      ...{ onConnectStart, onConnect, onConnectEnd, onReconnectStart, onReconnect, onReconnectEnd },
      ...{ isValidConnection, onClickConnectStart: onConnectStart, onClickConnectEnd: endWiring },
    },
  };
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
      return { reason: side === "target" ? t("canvas.endsAtInput") : t("canvas.startsAtOutput") };
    const decision = decide(connectionOf(from, { nodeId: toHandle.nodeId, portId: toHandle.id, side }));
    return decision.ok ? undefined : { reason: decision.reason };
  }
  const under = document.elementFromPoint(at.x, at.y);
  const nodeId = under?.closest("article[data-node-id]")?.getAttribute("data-node-id");
  if (!nodeId) return under?.closest(".react-flow") ? "empty" : undefined;
  const decision = connectToNode(from, nodeId);
  return decision.ok ? undefined : { reason: decision.reason };
}
