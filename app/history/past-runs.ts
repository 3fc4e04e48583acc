import { useStore } from "zustand";
import type { HistoryPage, HistoryQuery, PastRun } from "../../src/studio/contract.ts";
import { graphStore } from "../stores/graph.ts";
import { createPagedList, type PagedList } from "../stores/paged-list.ts";
import { studio } from "../stores/studio.ts";

export const outcomes = [
  "any",
  "done",
  "failed",
  "needs-you",
  "cancelled",
  "interrupted",
  "running",
  "queued",
] as const;
export const periods = ["any", "day", "week", "month"] as const;

/** What of the past the drawer shows. */
export type PastRunsFilter = {
  /** Runs of every graph, not only of the open one. */
  readonly everywhere: boolean;
  readonly text: string;
  readonly outcome: (typeof outcomes)[number];
  readonly period: (typeof periods)[number];
};

const DAY_MS = 24 * 60 * 60 * 1000;
const periodMs = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;

export const everyRun: PastRunsFilter = { everywhere: false, text: "", outcome: "any", period: "any" };

/** Past runs, newest first. */
export function createPastRuns(
  list: (query: HistoryQuery) => Promise<HistoryPage>,
  openGraphId: () => string | undefined,
) {
  return createPagedList<PastRun, PastRunsFilter>({
    filter: everyRun,
    page: 30,
    async ask({ everywhere, text, outcome, period }, limit, cursor) {
      const graphId = openGraphId();
      const { runs, next } = await list({
        limit,
        ...(everywhere || graphId === undefined ? {} : { graphId }),
        ...(text.trim() === "" ? {} : { text: text.trim() }),
        ...(outcome === "any" ? {} : { outcomes: [outcome] }),
        ...(period === "any" ? {} : { since: Date.now() - periodMs[period] }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { items: runs, next };
    },
  });
}

const pastRunsStore = createPastRuns(
  (query) => studio.client.history.list(query),
  () => graphStore.getState().graph?.id,
);

export function usePastRuns<T>(select: (state: PagedList<PastRun, PastRunsFilter>) => T): T {
  return useStore(pastRunsStore, select);
}

/** Keeps the list true while the drawer is open. */
export function watchPastRuns(): () => void {
  const close = pastRunsStore.getState().open();
  const off = graphStore.subscribe((state, before) => {
    const { filter, clear, refresh } = pastRunsStore.getState();
    if (state.graph?.id === before.graph?.id || filter.everywhere) return;
    clear();
    void refresh();
  });
  return () => {
    close();
    off();
  };
}

/** Something about runs changed. */
export function refreshPastRuns(): void {
  pastRunsStore.getState().changed();
}
