import { type NodeProps, useUpdateNodeInternals } from "@xyflow/react";
import { Ellipsis } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { isReused, needsPerson, type StepState } from "../../src/engine/record.ts";
import { titleOf } from "../../src/graph/describe/describe.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import { CardItems } from "../items/card-items.tsx";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { isUnset, useNodeProblems, useNodeView } from "../stores/graph-view.ts";
import { useShownMark } from "../stores/highlight.ts";
import { pinPlace, unpinPlace } from "../stores/places.ts";
import { isMany, runStore, shownStep } from "../stores/run.ts";
import type { NodeSteps } from "../stores/run-steps.ts";
import { openMenu } from "../stores/shell.ts";
import { IconButton } from "../ui/button.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { t, told } from "../words/words.ts";
import styles from "./card.module.css";
import { CardCover } from "./card-cover.tsx";
import { CardFields } from "./card-fields.tsx";
import { CardResult } from "./card-result.tsx";
import { CardStatusMark } from "./card-status-mark.tsx";
import type { FlowNode } from "./flow-types.ts";
import { keepsHeight, type LeftHeight, leftHeight, type ShownState } from "./kept-height.ts";
import { useKeptLod } from "./kept-lod.ts";
import { NodeTitle } from "./node-title.tsx";
import { PortRows } from "./port-rows.tsx";
import { useStale } from "./stale.ts";

/** The step the card shows. A step's object changes only when it does, so other cards sleep. */
function useStep(nodeId: string): StepState | undefined {
  return useStore(runStore, (state) => shownStep(state, nodeId));
}

/** The steps of a node that has too many for its card. */
function useManySteps(nodeId: string): NodeSteps | undefined {
  return useStore(runStore, ({ stepsByNode }) => {
    const group = stepsByNode.get(nodeId);
    return group && isMany(group) ? group : undefined;
  });
}

export const Card = memo(function Card({ id, data: { node }, selected, height }: NodeProps<FlowNode>) {
  const [lod, keepsLod] = useKeptLod();
  const view = useNodeView(id);
  const step = useStep(id);
  const many = useManySteps(id);
  const latestId = many?.latest;
  const latest = useStore(runStore, ({ run }) => latestId && run?.steps.get(latestId));
  const problems = useNodeProblems(id);
  const stale = useStale(id);
  const updateInternals = useUpdateNodeInternals();
  const card = useRef<HTMLElement>(null);
  useShownMark(id, card);
  /** How tall it was when it showed everything: the place it keeps while it shows less. */
  const fullHeight = useRef(height);
  if (lod === "full") fullHeight.current = height;

  const inputs = view?.inputs ?? none;
  const outputs = view?.outputs ?? none;
  const ports = JSON.stringify([inputs.map((port) => port.id), outputs.map((port) => port.id)]);
  const knownPorts = useRef(ports);
  // React Flow finds where wires end by looking; it must look again when ports come or go.
  useEffect(() => {
    if (knownPorts.current === ports) return;
    knownPorts.current = ports;
    updateInternals(id);
  }, [id, ports, updateInternals]);

  const title = titleOf(node, view?.description);
  const errors = problems.filter(({ severity }) => severity === "error");
  const shown = step && isReused(step) ? "cached" : step?.status.kind;
  const status = many && !step ? statusOfMany(many.counts) : shown;
  const asks = step ? needsPerson(step) : status === "waiting-for-approval";
  const runId = useStore(runStore, ({ run }) => run?.runId);
  const left = useRef<LeftHeight>(undefined);
  const state: ShownState = { runId, status, height };
  const kept = keepsHeight(left.current, state) ? left.current.height : undefined;
  if (lod === "full") left.current = leftHeight(left.current, state);
  // A card that begins or ceases to ask under the pointer.
  useEffect(() => {
    if (!asks) return;
    if (card.current?.matches(":hover")) pinPlace(id);
    return () => unpinPlace(id);
  }, [asks, id]);

  return (
    <article
      ref={card}
      {...keepsLod}
      className={styles["card"]}
      style={{
        width: node.width,
        minHeight: lod === "full" ? kept : Math.max(node.height ?? 0, fullHeight.current ?? 0),
      }}
      aria-label={title}
      data-node-id={id}
      data-node-type={node.type}
      data-status={status ?? (errors.length > 0 ? "problem" : "idle")}
      data-quiet={errors.every(isUnset) ? "" : undefined}
      data-asks={asks ? "" : undefined}
      data-selected={selected ? "" : undefined}
      data-lod={lod}
      onPointerEnter={asks ? () => pinPlace(id) : undefined}
      onPointerLeave={asks ? () => unpinPlace(id) : undefined}
    >
      <header className={styles["header"]}>
        {lod !== "swatch" && (
          <>
            <span className={styles["icon"]}>
              <NodeIcon type={node.type} params={node.data.params} />
            </span>
            <NodeTitle id={id} title={title} custom={node.data.title} />
            {stale && (step ?? many) && (
              <Tooltip text={t("canvas.inputsChanged")}>
                <span className={styles["stale"]} role="img" aria-label={t("canvas.inputsChangedShort")} />
              </Tooltip>
            )}
            {lod === "full" && (
              <IconButton
                label={t("canvas.more")}
                size="small"
                className={styles["menu"]}
                onClick={({ currentTarget }) => {
                  const { left, bottom } = currentTarget.getBoundingClientRect();
                  openMenu({ x: left, y: bottom + 2 }, { kind: "node", nodeId: id });
                }}
              >
                <Ellipsis size={14} />
              </IconButton>
            )}
            <CardStatusMark step={step} errors={errors} />
          </>
        )}
      </header>
      <PortRows nodeId={id} inputs={inputs} outputs={outputs} problems={byPort(errors)} detail={lod} />
      {lod === "full" ? (
        <>
          {view?.description ? (
            <CardFields node={node} view={view} problems={errors} />
          ) : (
            <p className={styles["unknown"]}>
              This Catwalk does not know the type “{node.type}”. The node is kept and saved back unchanged.
            </p>
          )}
          {many && <CardItems group={many} isPicked={step !== undefined} />}
          {(!many || step) && <CardResult node={node} title={title} step={step} />}
        </>
      ) : (
        <CardCover node={node} view={view} title={title} step={step ?? latest} swatch={lod === "swatch"} />
      )}
    </article>
  );
});

const none: readonly never[] = [];
const noProblems: ReadonlyMap<string, string> = new Map();

function byPort(problems: readonly Problem[]): ReadonlyMap<string, string> {
  const found = problems.filter((problem) => problem.portId !== undefined && !isUnset(problem));
  // One empty map for all, so that rows without problems sleep.
  if (found.length === 0) return noProblems;
  return new Map(found.map((problem) => [problem.portId ?? "", told(problem)]));
}

/** What the edge of a card says of many: what is under way, else what went wrong. */
function statusOfMany(counts: NodeSteps["counts"]): StepState["status"]["kind"] {
  if (counts.running > 0) return "running";
  if (counts["needs-you"] > 0) return "waiting-for-approval";
  if (counts.failed > 0) return "failed";
  return counts.waiting > 0 ? "waiting" : "succeeded";
}
