import { createStore, type StoreApi, useStore } from "zustand";
import type { HistoryPage, HistoryQuery, PastRun, Refusal } from "../../src/studio/contract.ts";
import { wordsOf } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { called, studio } from "../studio.ts";

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

export type PastRunsState = {
  readonly filter: PastRunsFilter;
  /** Newest first. */
  readonly runs: readonly PastRun[];
  /** Set when there are older ones. */
  readonly next: string | undefined;
  /** `loading` until the first answer to this filter. */
  readonly phase: "loading" | "ready" | "failed";
  readonly failure: Refusal | undefined;
};

type PastRunsActions = {
  setFilter(change: Partial<PastRunsFilter>): void;
  /** Asks for the next page, unless it is on its way. */
  loadMore(): Promise<void>;
  /** Asks for what is on show again. */
  refresh(): Promise<void>;
};

const PAGE = 30;
/** The contract's own bound. */
const MOST_AT_ONCE = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
const periodMs = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;

export const everyRun: PastRunsFilter = { everywhere: false, text: "", outcome: "any", period: "any" };

export function createPastRunsStore(
  list: (query: HistoryQuery) => Promise<HistoryPage>,
  openGraphId: () => string | undefined,
): StoreApi<PastRunsState & PastRunsActions> {
  return createStore((set, get) => {
    /** Answers to an older question are of no interest any more. */
    let turn = 0;
    let loadingMore = false;

    const query = (limit: number, cursor?: string): HistoryQuery => {
      const { everywhere, text, outcome, period } = get().filter;
      const graphId = openGraphId();
      return {
        limit,
        ...(everywhere || graphId === undefined ? {} : { graphId }),
        ...(text.trim() === "" ? {} : { text: text.trim() }),
        ...(outcome === "any" ? {} : { outcomes: [outcome] }),
        ...(period === "any" ? {} : { since: Date.now() - periodMs[period] }),
        ...(cursor === undefined ? {} : { cursor }),
      };
    };

    return {
      filter: everyRun,
      runs: [],
      next: undefined,
      phase: "loading",
      failure: undefined,
      setFilter(change) {
        set({ filter: { ...get().filter, ...change } });
        void get().refresh();
      },
      async refresh() {
        const asked = ++turn;
        loadingMore = false;
        const limit = Math.min(MOST_AT_ONCE, Math.max(PAGE, get().runs.length));
        const answer = await called(list(query(limit)));
        if (asked !== turn) return;
        if (answer.ok)
          set({ runs: answer.value.runs, next: answer.value.next, phase: "ready", failure: undefined });
        else set({ phase: "failed", failure: wordsOf(answer.failure) });
      },
      async loadMore() {
        const { next } = get();
        if (next === undefined || loadingMore) return;
        loadingMore = true;
        const asked = turn;
        const answer = await called(list(query(PAGE, next)));
        if (asked !== turn) return;
        loadingMore = false;
        if (answer.ok) set({ runs: [...get().runs, ...answer.value.runs], next: answer.value.next });
        else set({ phase: "failed", failure: wordsOf(answer.failure) });
      },
    };
  });
}

const pastRunsStore = createPastRunsStore(
  (query) => studio.client.history.list(query),
  () => graphStore.getState().graph?.id,
);

export function usePastRuns<T>(select: (state: PastRunsState & PastRunsActions) => T): T {
  return useStore(pastRunsStore, select);
}

/** How many drawers look on: without any, changes need not be followed. */
let watchers = 0;

/** Keeps the list true while the drawer is open. */
export function watchPastRuns(): () => void {
  watchers++;
  void pastRunsStore.getState().refresh();
  const off = graphStore.subscribe((state, before) => {
    if (state.graph?.id === before.graph?.id || pastRunsStore.getState().filter.everywhere) return;
    pastRunsStore.setState({ runs: [], next: undefined, phase: "loading" });
    void pastRunsStore.getState().refresh();
  });
  return () => {
    watchers--;
    off();
  };
}

/** Something about runs changed. */
export function refreshPastRuns(): void {
  if (watchers > 0) void pastRunsStore.getState().refresh();
}
