import { NodeResizer, useStore } from "@xyflow/react";
import type { CSSProperties } from "react";
import { resizeNode } from "../stores/group-edits.ts";
import tint from "./tint.module.css";

/** A hand finds an edge this wide on the screen, in pixels, however far out the view is. */
const GRAB_PX = 8;

export type ResizerProps = {
  readonly id: string;
  readonly isVisible: boolean;
  readonly minWidth: number;
  readonly minHeight: number;
};

/** The edges and corners by which a group or a note is resized. */
export function Resizer({ id, ...limits }: ResizerProps) {
  const zoom = useStore(({ transform }) => (limits.isVisible ? transform[2] : 1));
  const grab: CSSProperties & { readonly "--grab": string } = { "--grab": `${GRAB_PX / zoom}px` };
  return (
    <NodeResizer
      {...limits}
      onResizeEnd={(_event, { x, y, width, height }) => resizeNode(id, { x, y, width, height })}
      handleClassName={tint["corner"] ?? ""}
      lineClassName={tint["edge"] ?? ""}
      lineStyle={grab}
    />
  );
}
