import { type KeyboardEvent, memo, type RefObject, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import {
  isPostOpen,
  offers,
  type StatusGroup,
  type StepState,
  statusGroupOf,
  stepActions,
} from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { StepButtons } from "../steps/step-buttons.tsx";
import { useCommands } from "../stores/commands.ts";
import { type RunStoreState, runStore, useRun } from "../stores/run.ts";
import { type ItemRow, type RunItems, rowOfItem, stepIdOfRow } from "../stores/run-items.ts";
import { variesItems } from "../stores/run-steps.ts";
import { keyNames } from "../ui/key-names.ts";
import { Segmented } from "../ui/segmented.tsx";
import { useWindowedRows } from "../ui/windowed-rows.ts";
import { skipWords } from "../words/event-words.ts";
import { shownSum } from "../words/shown-cost.ts";
import { statusIds } from "../words/step-words.ts";
import { duration, say, t } from "../words/words.ts";
import styles from "./item-table.module.css";
import { chooseVariation, Made } from "./made.tsx";
import { statusGroupWords } from "./status-words.ts";

const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 28;
/** More columns than this and none has room; the cards show the rest. */
const NODES_SHOWN = 6;

type Filter = "all" | StatusGroup;
const filters: readonly StatusGroup[] = ["running", "needs-you", "failed", "left-out", "done", "waiting"];

/** The items of the run on show: where each stands, what it made, what it cost. Only rows in sight are drawn. */
export function ItemTable() {
  const items = useRun((state) => state.items);
  if (!items)
    return (
      <p className={styles["empty"]}>
        A run over the rows of a table shows its items here, each with what it made and what it cost.
      </p>
    );
  return <Items items={items} />;
}

function Items({ items }: { readonly items: RunItems }) {
  const [chosen, setFilter] = useState<Filter>("all");
  // A filter that nothing is left of gives way, so that nobody looks at an empty list.
  const filter = chosen !== "all" && items.counts[chosen] === 0 ? "all" : chosen;
  const { counts, statusGroups, rows } = items;
  const shown = useMemo(
    () =>
      filter === "all"
        ? undefined
        : rows.flatMap((_, index) => (statusGroups[index] === filter ? [index] : [])),
    [filter, rows, statusGroups],
  );
  const options = filters.filter((group) => counts[group] > 0);
  return (
    <div className={styles["panel"]}>
      <div className={styles["bar"]}>
        <Segmented
          label="Which items"
          value={filter}
          onChange={setFilter}
          options={[
            { value: "all" as Filter, label: `All ${rows.length.toLocaleString("en")}` },
            ...options.map((group) => ({
              value: group as Filter,
              label: `${statusGroupWords[group]} ${counts[group].toLocaleString("en")}`,
            })),
          ]}
        />
        <Hint nodeIds={items.nodeIds} />
      </div>
      <Rows items={items} shown={shown} />
    </div>
  );
}

/** The keys that do something here. */
function Hint({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const varied = useVaried(nodeIds.slice(0, NODES_SHOWN)).length;
  const choose = varied === 0 ? "" : " ← → choose its variation,";
  const steer = varied > 1 ? " Shift with them goes to another column," : "";
  return (
    <span className={styles["hint"]}>
      Enter shows an item on the cards,{choose}
      {steer} R retries it.
    </span>
  );
}

/** Of these nodes those that made several of each item, in their order. */
function useVaried(nodeIds: readonly string[]): readonly string[] {
  return useStore(
    runStore,
    useShallow(({ run, stepsByNode }) =>
      nodeIds.filter((nodeId) => {
        const group = stepsByNode.get(nodeId);
        return run && group && variesItems(group, run.steps);
      }),
    ),
  );
}

type RowsProps = {
  readonly items: RunItems;
  /** Places of rows that pass the filter; `undefined`: all. */
  readonly shown: readonly number[] | undefined;
};

function Rows({ items, shown }: RowsProps) {
  const item = useRun((state) => state.item);
  const groups = useRun((state) => state.stepsByNode);
  const { retry } = useCommands();
  const count = shown?.length ?? items.rows.length;
  const { ref, from, to, show } = useWindowedRows(count, ROW_HEIGHT, HEAD_HEIGHT);
  const [active, setActive] = useState(0);
  const at = Math.min(active, Math.max(0, count - 1));
  const picked = item ? rowOfItem(items, item) : -1;
  const placeOf = (index: number) => shown?.[index] ?? index;
  const nodeIds = items.nodeIds.slice(0, NODES_SHOWN);
  const titles = useNodeTitles(nodeIds);
  const varied = useVaried(nodeIds);
  const [steered, setSteered] = useState(0);
  const steeredId = varied[Math.min(steered, varied.length - 1)];
  const columns = nodeIds.map((id) => `minmax(${varied.includes(id) ? 140 : 72}px, 1fr)`).join(" ");
  const template = `minmax(140px, 1.2fr) 96px ${columns} 88px 72px minmax(120px, 2fr) 124px`;

  const go = (index: number) => {
    const next = Math.max(0, Math.min(index, count - 1));
    setActive(next);
    show(next);
  };
  const pick = (index: number) => {
    const place = placeOf(index);
    runStore.getState().pick(place === picked ? undefined : items.rows[place]?.item);
  };
  const vary = (by: 1 | -1) => {
    const row = items.rows[placeOf(at)];
    const group = steeredId === undefined ? undefined : groups.get(steeredId);
    const stepId = group && row && stepIdOfRow(group, row);
    if (stepId !== undefined) chooseVariation(stepId, by);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((ref.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      Home: () => go(0),
      End: () => go(count - 1),
      ArrowLeft: () => vary(-1),
      ArrowRight: () => vary(1),
      "Shift+ArrowLeft": () => setSteered(Math.max(0, steered - 1)),
      "Shift+ArrowRight": () => setSteered(Math.min(varied.length - 1, steered + 1)),
      Enter: () => pick(at),
      Space: () => pick(at),
      R: () => {
        const stepId = retriable(items.rows[placeOf(at)], runStore.getState());
        if (stepId !== undefined) retry(stepId);
      },
    };
    const act = keys[keyNames(event.nativeEvent)[0] ?? ""];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  const hidden = useHiddenBeside(ref);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows out of sight are not drawn, and a table element cannot do that
    <div
      ref={ref}
      role="grid"
      data-more-left={hidden.left ? "" : undefined}
      data-more-right={hidden.right ? "" : undefined}
      aria-label="Items"
      aria-rowcount={count + 1}
      aria-activedescendant={count > 0 ? `item-${placeOf(at)}` : undefined}
      tabIndex={0}
      className={styles["rows"]}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="row" tabIndex={-1} className={styles["head"]} style={{ gridTemplateColumns: template }}>
        <span>Item</span>
        <span>Status</span>
        {nodeIds.map((nodeId) => (
          <span
            key={nodeId}
            title={titles.get(nodeId)}
            data-steered={varied.length > 1 && nodeId === steeredId ? "" : undefined}
          >
            {titles.get(nodeId)}
          </span>
        ))}
        <span>Cost</span>
        <span>Time</span>
        <span>Trouble</span>
        <span />
      </div>
      <div className={styles["body"]} style={{ height: count * ROW_HEIGHT }}>
        {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
          const index = from + offset;
          const place = placeOf(index);
          const row = items.rows[place];
          return (
            row && (
              <Row
                key={place}
                id={`item-${place}`}
                row={row}
                group={items.statusGroups[place] ?? "waiting"}
                top={index * ROW_HEIGHT}
                template={template}
                isActive={index === at}
                isPicked={place === picked}
                cells={nodeIds.map((nodeId) => {
                  const group = groups.get(nodeId);
                  return group && stepIdOfRow(group, row);
                })}
                onPress={() => {
                  setActive(index);
                  pick(index);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Whether columns are out of sight to the left or right, which a scroll bar that hides does not tell. */
function useHiddenBeside(ref: RefObject<HTMLElement | null>) {
  const [hidden, setHidden] = useState({ left: false, right: false });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const look = () => {
      const { scrollLeft, clientWidth, scrollWidth } = element;
      const [left, right] = [scrollLeft > 1, scrollLeft + clientWidth < scrollWidth - 1];
      setHidden((before) => (before.left === left && before.right === right ? before : { left, right }));
    };
    look();
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [ref]);
  return hidden;
}

type RowProps = {
  readonly id: string;
  readonly row: ItemRow;
  readonly group: StatusGroup;
  readonly top: number;
  readonly template: string;
  readonly isActive: boolean;
  readonly isPicked: boolean;
  readonly cells: readonly (StepId | undefined)[];
  readonly onPress: () => void;
};

const Row = memo(function Row(props: RowProps) {
  const { id, row, group, top, template, isActive, isPicked, cells, onPress } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows out of sight are not drawn, and a table element cannot do that
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys
    <div
      id={id}
      role="row"
      tabIndex={-1}
      aria-selected={isPicked}
      className={styles["row"]}
      data-active={isActive ? "" : undefined}
      data-picked={isPicked ? "" : undefined}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onClick={onPress}
    >
      <span className={styles["label"]} title={row.label}>
        {row.label}
      </span>
      <span className={styles["status"]} data-status={group}>
        {statusGroupWords[group]}
      </span>
      {cells.map((stepId, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
        <span key={column} className={styles["made"]}>
          {stepId !== undefined && <Made stepId={stepId} />}
        </span>
      ))}
      <Facts row={row} group={group} />
    </div>
  );
});

function Facts({ row, group }: Pick<RowProps, "row" | "group">) {
  // One string, so that a row sleeps while others move.
  const facts = useRun((state) => factsOf(row, state));
  const [cost = "", time = "", trouble = "", stepId = ""] = facts.split("\n");
  return (
    <>
      <span className={styles["number"]}>{cost}</span>
      <span className={styles["number"]}>{time}</span>
      <span className={styles["trouble"]} data-status={group} title={trouble}>
        {trouble}
      </span>
      <span>{stepId !== "" && <Offer stepId={stepId as StepId /* as the run has it */} />}</span>
    </>
  );
}

/** There is room for one action: what takes the item on, else the first that the step offers. */
function Offer({ stepId }: { readonly stepId: StepId }) {
  const step = useRun(({ run }) => run?.steps.get(stepId));
  if (!step) return null;
  const [first] = stepActions(step);
  const action = first !== "settle" && offers(step, "retry") ? "retry" : first;
  return action && <StepButtons step={step} only={[action]} tabIndex={-1} most={1} />;
}

function factsOf(row: ItemRow, state: RunStoreState): string {
  const steps = row.stepIds.flatMap((id) => state.run?.steps.get(id) ?? []);
  const began = Math.min(...steps.map(({ startedAt }) => startedAt ?? Number.POSITIVE_INFINITY));
  const ended = Math.max(...steps.map(({ endedAt }) => endedAt ?? 0));
  return [
    shownSum(steps) ?? "",
    Number.isFinite(began) && ended > began ? duration(ended - began) : "",
    troubleOf(steps, state),
    openStep(row, state) ?? "",
  ]
    .map((part) => part.replaceAll("\n", " "))
    .join("\n");
}

function troubleOf(steps: readonly StepState[], { run }: RunStoreState): string {
  for (const step of steps) {
    const { status, title } = step;
    if ("failure" in status && status.failure && status.kind !== "in-doubt")
      return `${title}: ${say(status.failure.message)}`;
    if (status.kind === "skipped" && isPostOpen(step)) return `${title}: ${t(statusIds["in-doubt"])}`;
    if (statusGroupOf(step) === "needs-you") return `${title}: ${t(statusIds[status.kind])}`;
  }
  const skipped = steps.find(({ status }) => status.kind === "skipped");
  return skipped?.status.kind === "skipped" && run
    ? `${skipped.title}: ${skipWords(skipped.status.reason, run.steps)}`
    : "";
}

/** The first step of the item that a person can do something about, so that the item goes on. */
function openStep(row: ItemRow, { run }: RunStoreState): StepId | undefined {
  return row.stepIds.find((id) => {
    const step = run?.steps.get(id);
    return step && stepActions(step).some((action) => action !== "make-anew");
  });
}

/** The first step of the item that Retry mends; what depends on it goes along. */
function retriable(row: ItemRow | undefined, { run }: RunStoreState): StepId | undefined {
  return row?.stepIds.find((id) => {
    const step = run?.steps.get(id);
    return step && offers(step, "retry");
  });
}

function useNodeTitles(nodeIds: readonly string[]): ReadonlyMap<string, string> {
  const groups = useRun((state) => state.stepsByNode);
  const { run } = runStore.getState();
  return new Map(
    nodeIds.map((nodeId) => {
      const first = groups.get(nodeId)?.stepIds[0];
      return [nodeId, (first && run?.steps.get(first)?.title) ?? nodeId];
    }),
  );
}
