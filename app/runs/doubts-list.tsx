import { useMemo, useState } from "react";
import { useStore } from "zustand";
import type { StepState } from "../../src/engine/record.ts";
import { itemsOf } from "../../src/graph/lists/items.ts";
import { workKindOf } from "../../src/nodes/definitions.ts";
import type { StepEvidence } from "../../src/studio/contract.ts";
import { useCommands } from "../stores/commands.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { Button } from "../ui/button.tsx";
import { useRovingRows } from "../ui/roving-rows.ts";
import { foundWords, riskWords } from "../words/doubt-words.ts";
import { itemName } from "../words/item-name.ts";
import styles from "./doubts-dialog.module.css";
import { runControlStore } from "./run-control.ts";

/** As in the style sheet. */
const ROW_PX = 76;

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
  const rows = useRovingRows(steps.length, ROW_PX, current, setCurrent);
  const found = useMemo(() => new Map(evidence?.map((each) => [each.stepId, each])), [evidence]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll in every browser
    <div
      ref={rows.ref}
      role="group"
      className={styles["list"]}
      aria-label="Steps in doubt"
      onKeyDown={rows.onKeyDown}
    >
      <div className={styles["rows"]} style={{ height: steps.length * ROW_PX }}>
        {steps.slice(rows.from, rows.to).map((step, offset) => {
          const index = rows.from + offset;
          return (
            <div
              key={step.stepId}
              data-row={index}
              className={styles["row"]}
              style={{ transform: `translateY(${index * ROW_PX}px)` }}
            >
              <Row
                step={step}
                isTicked={isTicked(step)}
                isCurrent={index === current}
                onFocus={() => rows.onFocus(index)}
                onTick={(on) => onTick(step, on)}
                evidence={found.get(step.stepId)}
              />
            </div>
          );
        })}
      </div>
    </div>
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
  const isPost = workKindOf(type) === "publish";
  return (
    <>
      {isPost ? (
        <span />
      ) : (
        <label className={styles["tick"]}>
          <input
            type="checkbox"
            aria-label={`Tick: ${name}`}
            checked={isTicked}
            tabIndex={tabIndex}
            onFocus={onFocus}
            onChange={(event) => onTick(event.target.checked)}
          />
        </label>
      )}
      <div className={styles["text"]}>
        <p className={styles["name"]}>
          <b>{title}</b>
          {item && <span title={item.words}>{item.keys}</span>}
        </p>
        <p>{riskWords(step)}</p>
        <p className={styles["found"]}>
          {isPost
            ? "A post is settled on its own, after a look at the account."
            : evidence && foundWords(evidence)}
        </p>
      </div>
      {isPost ? (
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
    </>
  );
}
