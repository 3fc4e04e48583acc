import { BaseEdge, type ConnectionLineComponentProps, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo, useEffect } from "react";
import { useStore } from "zustand";
import { useEdgeView } from "../stores/graph-view.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";
import styles from "./wire.module.css";
import { useRoute, wantRoute } from "./wire-routes.ts";
import { wiringStore } from "./wiring.ts";

/** Takes the colour of what flows and a way around the cards between; a broken one is dashed and says why. */
export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected } = props;
  const view = useEdgeView(id);
  const { source, target } = props;
  const from = { x: sourceX, y: sourceY };
  const to = { x: targetX, y: targetY };
  const around = useRoute(id, from, to);
  useEffect(
    () => wantRoute(id, { source, target, from: { x: sourceX, y: sourceY }, to: { x: targetX, y: targetY } }),
    [id, source, target, sourceX, sourceY, targetX, targetY],
  );
  const [plain] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <g
      className={styles["wire"]}
      data-type={view?.type ?? "media"}
      data-broken={view?.fault ? "" : undefined}
      data-selected={selected ? "" : undefined}
    >
      {view?.fault && <title>{view.fault}</title>}
      <BaseEdge path={around ?? plain} interactionWidth={18} />
    </g>
  );
});

/** The wire at the pointer. */
export function WireBeingDrawn(props: ConnectionLineComponentProps<FlowNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus } = props;
  const type = useStore(wiringStore, (state) => state.type);
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    targetX: toX,
    targetY: toY,
    sourcePosition: fromPosition,
    targetPosition: toPosition,
  });
  return (
    <g
      className={styles["wire"]}
      data-type={type}
      data-selected=""
      data-broken={connectionStatus === "invalid" ? "" : undefined}
    >
      <path d={path} fill="none" className="react-flow__edge-path" />
    </g>
  );
}
