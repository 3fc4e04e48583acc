import { Handle, Position } from "@xyflow/react";
import { type MouseEvent, memo, type TouchEvent } from "react";
import { PortGlyph } from "../node-look/port-glyph.tsx";
import type { PortView } from "../stores/graph-view.ts";
import { classNames } from "../ui/class-names.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { t } from "../words/words.ts";
import type { Lod } from "./lod.ts";
import styles from "./port-rows.module.css";
import { portTypeNames } from "./ports.ts";
import { type PortSide, usePortGlow, wireToMove } from "./wiring.ts";

export type PortRowsProps = {
  readonly nodeId: string;
  readonly inputs: readonly PortView[];
  readonly outputs: readonly PortView[];
  /** By port id: what is wrong with it. */
  readonly problems: ReadonlyMap<string, string>;
  /** Farther out first the labels go, then the shapes; the places stay, so wires do not jump. */
  readonly detail: Lod;
};

/** Inputs on the left edge, outputs on the right, one row each. */
export const PortRows = memo(function PortRows({ nodeId, inputs, outputs, problems, detail }: PortRowsProps) {
  const rows = Math.max(inputs.length, outputs.length);
  if (rows === 0) return null;
  return (
    <div className={styles["ports"]}>
      {Array.from({ length: rows }, (_, row) => {
        const [input, output] = [inputs[row], outputs[row]];
        return (
          <div key={input?.id ?? output?.id} className={styles["row"]}>
            {input ? (
              <Port
                nodeId={nodeId}
                side="target"
                port={input}
                detail={detail}
                problem={problems.get(input.id)}
              />
            ) : (
              <span />
            )}
            {output && (
              <Port
                nodeId={nodeId}
                side="source"
                port={output}
                detail={detail}
                problem={problems.get(output.id)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
});

type PortProps = {
  readonly nodeId: string;
  readonly side: PortSide;
  readonly port: PortView;
  readonly detail: Lod;
  readonly problem: string | undefined;
};

function portWords({ missing, type, list }: PortView): string {
  if (missing) return t("canvas.gone");
  const name = t(portTypeNames[type]);
  return list ? t("canvas.several", { type: name }) : name;
}

function Port({ nodeId, side, port, detail, problem }: PortProps) {
  const glow = usePortGlow({ nodeId, portId: port.id, side });
  const what = portWords(port);
  const trouble = port.missing ? t("canvas.portGone") : problem;
  const handle = (
    <Handle
      type={side}
      id={port.id}
      position={side === "target" ? Position.Left : Position.Right}
      className={styles["handle"] ?? ""}
      data-port={port.id}
      data-port-type={port.type}
      role="button"
      tabIndex={0}
      {...(side === "target" && port.wires > 0 ? moveWire(nodeId, port.id) : {})}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.click();
      }}
      aria-label={t(side === "target" ? "canvas.inputPort" : "canvas.outputPort", {
        label: port.label,
        what,
      })}
    >
      {detail !== "swatch" && <PortGlyph type={port.type} list={port.list} filled={port.wires > 0} />}
    </Handle>
  );
  return (
    <span
      className={classNames(styles["port"], styles[side])}
      data-glow={glow}
      data-input={side === "target" ? port.id : undefined}
      data-wired={port.wires > 0 ? "" : undefined}
      data-missing={port.missing ? "" : undefined}
      data-problem={trouble ? "" : undefined}
    >
      {handle}
      {detail === "full" &&
        (trouble ? (
          <Tooltip text={trouble} side={side === "target" ? "left" : "right"}>
            <span className={styles["label"]}>{port.label}</span>
          </Tooltip>
        ) : (
          <span className={styles["label"]}>
            {port.label}
            {port.required && port.wires === 0 && (
              <span className={styles["required"]}> {t("canvas.needed")}</span>
            )}
          </span>
        ))}
    </span>
  );
}

/**
 * A press on a wired input takes its wire in hand by this end: React Flow listens for that at the end of the wire,
 * which lies under the port. With Alt a further wire is drawn, as from an input without one.
 */
function moveWire(nodeId: string, portId: string) {
  const take = (event: MouseEvent | TouchEvent) => {
    const point = "touches" in event ? event.touches[0] : event;
    if (event.altKey || !point || ("button" in event && event.button !== 0)) return;
    const edgeId = wireToMove(nodeId, portId);
    const end =
      edgeId !== undefined &&
      document.querySelector(
        `.react-flow__edge[data-id="${CSS.escape(edgeId)}"] .react-flow__edgeupdater-target`,
      );
    if (!end) return;
    event.stopPropagation();
    const { clientX, clientY } = point;
    end.dispatchEvent(new globalThis.MouseEvent("mousedown", { bubbles: true, clientX, clientY }));
  };
  return { onMouseDownCapture: take, onTouchStartCapture: take };
}
