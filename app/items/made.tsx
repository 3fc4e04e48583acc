import { ChevronLeft, ChevronRight } from "lucide-react";
import type { MouseEvent } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { type StepState, statusGroupOf } from "../../src/engine/record.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { isMedia } from "../../src/nodes/definition/work.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { posterUrl } from "../stores/media-urls.ts";
import { type RunStoreState, runStore } from "../stores/run.ts";
import { variationsOf } from "../stores/run-steps.ts";
import { itemKey } from "../takes/take-choice.ts";
import { chooseTake } from "../takes/take-edits.ts";
import { IconButton } from "../ui/button.tsx";
import styles from "./item-table.module.css";
import { statusGroupWords } from "./status-words.ts";

/** What a step made: its picture, its first words, or where it stands; of several variations the one that flows on. */
export function Made({ stepId }: { readonly stepId: StepId }) {
  const variations = useStore(
    runStore,
    useShallow((state) => madeVariations(state, stepId)),
  );
  const first = useStore(runStore, ({ run }) => run?.steps.get(stepId));
  const chosenId = useGraph(({ graph }) => first && chosenTake(graph, first));
  if (!first) return null;
  if (variations.length < 2) return <Output step={first} />;
  const at = placeOfChosen(variations, chosenId);
  const to = (by: 1 | -1) => ({
    tabIndex: -1,
    disabled: variations[at + by] === undefined,
    onClick: (event: MouseEvent) => {
      // A press on the row picks the item.
      event.stopPropagation();
      chooseVariation(stepId, by);
    },
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen
    <span role="group" aria-label="Variation" className={styles["varied"]}>
      <Output step={variations[at] ?? first} />
      <IconButton size="small" label="Variation before" {...to(-1)}>
        <ChevronLeft size={12} />
      </IconButton>
      <span className={styles["of"]}>
        {at < 0 ? "–" : at + 1} of {variations.length}
      </span>
      <IconButton size="small" label="Variation after" {...to(1)}>
        <ChevronRight size={12} />
      </IconButton>
    </span>
  );
}

/** Variations of the step's item that gave something to choose. */
function madeVariations({ run, stepsByNode }: RunStoreState, stepId: StepId): readonly StepState[] {
  const step = run?.steps.get(stepId);
  const group = step && stepsByNode.get(step.nodeId);
  if (!run || !step || !group) return [];
  return variationsOf(group, step, run.steps).filter(({ takeId }) => takeId !== undefined);
}

function chosenTake(graph: Graph | undefined, { nodeId, itemPath }: StepState): string | undefined {
  return graph?.nodes.find(({ id }) => id === nodeId)?.data.takes?.[itemKey(itemPath)];
}

/** Unless somebody chose, the first flows on; −1 where an earlier run's take was chosen. */
function placeOfChosen(variations: readonly StepState[], chosenId: string | undefined): number {
  return chosenId === undefined ? 0 : variations.findIndex(({ takeId }) => takeId === chosenId);
}

/** Lets the variation before or after flow on for this step's item. */
export function chooseVariation(stepId: StepId, by: 1 | -1): void {
  const state = runStore.getState();
  const variations = madeVariations(state, stepId);
  const [first] = variations;
  if (!first || variations.length < 2) return;
  const at = placeOfChosen(variations, chosenTake(graphStore.getState().graph, first));
  const next = variations[at < 0 ? 0 : at + by];
  if (next?.takeId !== undefined) chooseTake(next.nodeId, itemKey(next.itemPath), next.takeId);
}

function Output({ step }: { readonly step: StepState }) {
  for (const { value } of step.outputs) {
    if (value.type === "text") return <span className={styles["text"]}>{value.text}</span>;
    if (isMedia(value) && value.sha256 !== undefined)
      return value.kind === "audio" ? (
        <span className={styles["text"]}>Sound</span>
      ) : (
        <img className={styles["thumbnail"]} src={posterUrl(value.sha256)} alt="" loading="lazy" />
      );
  }
  const group = statusGroupOf(step);
  return (
    <span className={styles["dot"]} data-status={group} title={statusGroupWords[group]}>
      {group === "done" ? "done" : ""}
    </span>
  );
}
