import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { useEdgeView } from "../stores/graph-view.ts";
import type { FlowEdge } from "./flow-types.ts";
import styles from "./wire.module.css";

/** Takes the colour of what flows; a broken one is dashed and says why. */
export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected } = props;
  const view = useEdgeView(id);
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <g
      className={styles["wire"]}
      data-type={view?.type ?? "media"}
      data-broken={view?.fault ? "" : undefined}
      data-selected={selected ? "" : undefined}
    >
      {view?.fault && <title>{view.fault}</title>}
      <BaseEdge path={path} interactionWidth={18} />
    </g>
  );
});
