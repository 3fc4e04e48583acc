import { ChevronLeft, ChevronRight, Lock } from "lucide-react";
import type { StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { IconButton } from "../ui/button.tsx";
import { currentTakeId, takesOfItem } from "./take-choice.ts";
import { chooseTake } from "./take-edits.ts";
import styles from "./takes-stepper.module.css";
import { useTakes } from "./takes-store.ts";

export type TakesStepperProps = {
  readonly node: GraphNode;
  readonly steps: readonly StepState[];
  readonly item: string;
};

/** Which of its takes the card shows and lets flow on: one step back, one on. Nothing while there is but one. */
export function TakesStepper({ node, steps, item }: TakesStepperProps) {
  const takes = takesOfItem(useTakes(node.id), item);
  if (takes.length < 2) return null;
  const currentId = currentTakeId(node, steps, item);
  const at = takes.findIndex(({ takeId }) => takeId === currentId);
  const to = (place: number) => {
    const take = takes[place];
    return {
      disabled: take === undefined,
      onClick: () => take && chooseTake(node.id, item, take.takeId),
    };
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen
    <span role="group" aria-label="Takes" className={`${styles["stepper"]} nodrag`}>
      {node.data.reuse === "locked" && <Lock size={11} aria-label="Kept" />}
      <IconButton size="small" label="Take before" {...to(at - 1)}>
        <ChevronLeft size={12} />
      </IconButton>
      <span>
        {at === -1 ? "–" : at + 1} of {takes.length}
      </span>
      <IconButton size="small" label="Take after" {...to(at === -1 ? 0 : at + 1)}>
        <ChevronRight size={12} />
      </IconButton>
    </span>
  );
}
