import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { PastRun } from "../../src/studio/contract.ts";
import { useGraph } from "../stores/graph.ts";
import { runStore, useRun } from "../stores/run.ts";
import { Button } from "../ui/button.tsx";
import { DrawerList, FilterChoices, ListNote, MoreRows, SearchField } from "../ui/drawer-list.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { outcomeIds } from "../words/event-words.ts";
import { t } from "../words/words.ts";
import { DeleteRunDialog } from "./delete-run-dialog.tsx";
import styles from "./history-drawer.module.css";
import { PastRunRow } from "./past-run-row.tsx";
import { everyRun, outcomes, periods, usePastRuns, watchPastRuns } from "./past-runs.ts";

/** Past runs of the open graph or of all, newest first: found, looked at, opened again, deleted. */
export function HistoryDrawer() {
  const runs = usePastRuns((state) => state.items);
  const everywhere = usePastRuns((state) => state.filter.everywhere);
  const graphId = useGraph((state) => state.graph?.id);
  const shown = useRun((state) => state.run?.runId);
  const [opened, setOpened] = useState<string>();
  const [deleting, setDeleting] = useState<PastRun>();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => watchPastRuns(), []);

  const open = (run: PastRun) => {
    setOpened(opened === run.runId ? undefined : run.runId);
    if (run.graphId === graphId) runStore.getState().show(run.runId);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const rows = rowsOf(list.current);
    const row = event.target instanceof HTMLElement ? event.target.closest("li") : null;
    const place = rows.findIndex((one) => one.closest("li") === row);
    const to = moves[event.key]?.(place, rows.length);
    if (to !== undefined) {
      event.preventDefault();
      rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
    } else if (event.key === "Delete") {
      const run = runs[place];
      if (run) setDeleting(run);
    }
  };

  return (
    <DrawerList filter={<Filter onDown={() => rowsOf(list.current)[0]?.focus()} />}>
      {runs.length > 0 && (
        <ul ref={list} className={styles["list"]} aria-label={t("history.runs")} onKeyDown={onKeyDown}>
          {runs.map((run) => (
            <PastRunRow
              key={run.runId}
              run={run}
              isShown={run.runId === shown}
              isOpen={run.runId === opened}
              isOfOpenGraph={run.graphId === graphId}
              namesGraph={everywhere}
              onOpen={() => open(run)}
              onDelete={() => setDeleting(run)}
            />
          ))}
        </ul>
      )}
      <End />
      <DeleteRunDialog
        run={deleting}
        onClose={(deleted) => {
          const place = runs.findIndex((run) => run.runId === deleting?.runId);
          setDeleting(undefined);
          // So that the next Delete or arrow goes on from here.
          if (deleted) setTimeout(() => rowsOf(list.current)[Math.min(place, runs.length - 2)]?.focus(), 0);
        }}
      />
    </DrawerList>
  );
}

/** Where a key leads, from one row of so many. */
const moves: { readonly [key: string]: (place: number, rows: number) => number } = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  Home: () => 0,
  End: (_place, rows) => rows - 1,
};

function rowsOf(list: HTMLUListElement | null): readonly HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[data-run]") ?? [])];
}

const periodIds = {
  any: "history.anyTime",
  day: "history.lastDay",
  week: "history.lastWeek",
  month: "history.lastMonth",
} as const;

function Filter({ onDown }: { readonly onDown: () => void }) {
  const { everywhere, text, outcome, period } = usePastRuns((state) => state.filter);
  const setFilter = usePastRuns((state) => state.setFilter);
  return (
    <>
      <SearchField
        label={t("history.search")}
        placeholder={t("history.searchHint")}
        value={text}
        onChange={(next) => setFilter({ text: next })}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          onDown();
        }}
      />
      <Segmented
        label={t("history.which")}
        value={everywhere ? "all" : "graph"}
        onChange={(value) => setFilter({ everywhere: value === "all" })}
        options={[
          { value: "graph", label: t("history.thisGraph") },
          { value: "all", label: t("history.allGraphs") },
        ]}
      />
      <FilterChoices>
        <Select
          label={t("history.outcome")}
          size="small"
          value={outcome}
          onChange={(value) => setFilter({ outcome: value })}
          options={outcomes.map((value) => ({
            value,
            label: t(value === "any" ? "history.any" : outcomeIds[value]),
          }))}
        />
        <Select
          label={t("history.when")}
          size="small"
          value={period}
          onChange={(value) => setFilter({ period: value })}
          options={periods.map((value) => ({ value, label: t(periodIds[value]) }))}
        />
      </FilterChoices>
    </>
  );
}

/** What comes after the rows: more of them, or why there are none. */
function End() {
  const {
    filter,
    items: runs,
    next,
    phase,
    failure,
    setFilter,
    refresh,
    loadMore,
  } = usePastRuns((state) => state);
  const { everywhere, text, outcome, period } = filter;
  const narrowed = text.trim() !== "" || outcome !== "any" || period !== "any";
  if (phase === "failed")
    return (
      <ListNote role="alert" text={`${failure?.message ?? t("history.notFound")} ${failure?.remedy ?? ""}`}>
        <Button size="small" onClick={() => void refresh()}>
          {t("history.tryAgain")}
        </Button>
      </ListNote>
    );
  if (runs.length > 0)
    return next === undefined ? null : (
      <MoreRows key={next} label={t("history.older")} onMore={() => void loadMore()} />
    );
  if (phase === "loading") return <ListNote role="status" text={t("history.looking")} />;
  if (narrowed)
    return (
      <ListNote role="status" text={t(everywhere ? "history.noneMatches" : "history.noneOfGraphMatches")}>
        {!everywhere && (
          <Button size="small" onClick={() => setFilter({ everywhere: true })}>
            {t("history.lookInAll")}
          </Button>
        )}
        <Button size="small" onClick={() => setFilter({ ...everyRun, everywhere })}>
          {t("history.clearSearch")}
        </Button>
      </ListNote>
    );
  return (
    <ListNote role="status" text={t(everywhere ? "history.none" : "history.noneOfGraph")}>
      {!everywhere && (
        <Button size="small" onClick={() => setFilter({ everywhere: true })}>
          {t("history.lookInAll")}
        </Button>
      )}
    </ListNote>
  );
}
