import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { isPost, type StepState } from "../../src/engine/record.ts";
import { itemsOf } from "../../src/graph/lists/items.ts";
import type { StepEvidence } from "../../src/studio/contract.ts";
import { useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { Button } from "../ui/button.tsx";
import { foundWords, riskWords } from "../words/doubt-words.ts";
import { itemName } from "../words/item-name.ts";
import styles from "./doubts-dialog.module.css";
import { runControlStore } from "./run-control.ts";
import { Tick, TickList } from "./tick-list.tsx";

type DoubtsListProps = {
  readonly steps: readonly StepState[];
  readonly isTicked: (step: StepState) => boolean;
  readonly onTick: (step: StepState, ticked: boolean) => void;
  /** Undefined while it is looked for, and when the server cannot be asked. */
  readonly evidence: readonly StepEvidence[] | undefined;
};

/** What each is, may have cost, and what the server shows. Only the rows in sight are drawn. */
export function DoubtsList({ steps, isTicked, onTick, evidence }: DoubtsListProps) {
  const [moved, setCurrent] = useState(0);
  const current = Math.max(0, Math.min(moved, steps.length - 1));
  const found = useMemo(() => new Map(evidence?.map((each) => [each.stepId, each])), [evidence]);
  return (
    <TickList
      label="Steps in doubt"
      items={steps}
      keyOf={({ stepId }) => stepId}
      rowPx={76}
      current={current}
      onMove={setCurrent}
      row={(step, place) => (
        <Row
          {...place}
          step={step}
          isTicked={isTicked(step)}
          onTick={(on) => onTick(step, on)}
          evidence={found.get(step.stepId)}
        />
      )}
    />
  );
}

type RowProps = {
  readonly step: StepState;
  readonly isTicked: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onTick: (ticked: boolean) => void;
  readonly evidence: StepEvidence | undefined;
};

function Row({ step, isTicked, isCurrent, onFocus, onTick, evidence }: RowProps) {
  const { title, itemPath, nodeId, type } = step;
  const { openDoubt } = useCommands();
  const index = useStore(graphViewStore, (state) => state.index);
  const item = useMemo(() => itemName(itemPath, index && itemsOf(index).tables), [itemPath, index]);
  const name = `${title}${item ? `, ${item.keys}` : ""}`;
  const tabIndex = isCurrent ? 0 : -1;
  const isOfPost = isPost({ type });
  return (
    <>
      {isOfPost ? (
        <span />
      ) : (
        <Tick
          label={`Tick: ${name}`}
          checked={isTicked}
          isCurrent={isCurrent}
          onFocus={onFocus}
          onChange={onTick}
        />
      )}
      <div className={styles["row"]}>
        <div className={styles["text"]}>
          <p className={styles["name"]}>
            <b>{title}</b>
            {item && <span title={item.words}>{item.keys}</span>}
          </p>
          <p>{riskWords(step)}</p>
          <p className={styles["found"]}>
            {isOfPost
              ? "A post is settled on its own, after a look at the account."
              : evidence && foundWords(evidence)}
          </p>
        </div>
        {isOfPost ? (
          <Button
            size="small"
            tabIndex={tabIndex}
            onFocus={onFocus}
            aria-label={`Settle: ${name}`}
            onClick={() => openDoubt(step.stepId)}
          >
            Settle…
          </Button>
        ) : (
          <Button
            size="small"
            look="quiet"
            tabIndex={tabIndex}
            aria-label={`Show: ${name}`}
            onClick={() => {
              runControlStore.setState({ doubts: false });
              focusNode(nodeId);
            }}
          >
            Show
          </Button>
        )}
      </div>
    </>
  );
}
