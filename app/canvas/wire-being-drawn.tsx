import { type ConnectionLineComponentProps, getBezierPath } from "@xyflow/react";
import { useStore } from "zustand";
import type { FlowNode } from "./flow-types.ts";
import styles from "./wire.module.css";
import { wiringStore } from "./wiring.ts";

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
