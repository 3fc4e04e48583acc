import { useConnection } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import styles from "./refusal-bubble.module.css";
import { connectionOf, decide, wiringStore } from "./wiring.ts";

/** Says at the pointer why a wire cannot be made: while it is held over a port, and for a moment after the drop. */
export function RefusalBubble() {
  const refusal = useStore(wiringStore, (state) => state.refusal);
  const live = useLiveReason();
  const shown = refusal ?? live;
  if (!shown) return null;
  return (
    <p
      className={styles["bubble"]}
      role="alert"
      style={{ transform: `translate(${shown.x + 14}px, ${shown.y + 14}px)` }}
    >
      {shown.reason}
    </p>
  );
}

/** Asked anew only when the wire comes over another port. */
function useLiveReason() {
  const pointer = useRef({ x: 0, y: 0 });
  useEffect(() => {
    const onMove = ({ clientX, clientY }: PointerEvent) => {
      pointer.current = { x: clientX, y: clientY };
    };
    window.addEventListener("pointermove", onMove, { passive: true });
    return () => window.removeEventListener("pointermove", onMove);
  }, []);
  const over = useConnection(({ inProgress, isValid, fromHandle, toHandle }) =>
    inProgress && isValid === false && toHandle
      ? JSON.stringify([fromHandle.nodeId, fromHandle.id, fromHandle.type, toHandle.nodeId, toHandle.id])
      : undefined,
  );
  if (over === undefined) return undefined;
  // Written just above.
  const [fromNode, fromPort, side, toNode, toPort] = JSON.parse(over) as [
    string,
    string,
    "source" | "target",
    string,
    string,
  ];
  const decision = decide(
    connectionOf(
      { nodeId: fromNode, portId: fromPort, side },
      { nodeId: toNode, portId: toPort, side: side === "source" ? "target" : "source" },
    ),
  );
  return decision.ok ? undefined : { ...pointer.current, reason: decision.reason };
}
