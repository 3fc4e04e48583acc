import { createStore, type StoreApi, useStore } from "zustand";
import type { RunSummary } from "../../src/studio/contract.ts";
import { runStore, useRun } from "./run.ts";
import { called, studio } from "./studio.ts";

/** The runs of the open graph, newest first. */
export type HistoryState = {
  readonly graphId: string | undefined;
  readonly runs: readonly RunSummary[];
  /** A run that is to be on show once its graph is open, instead of the latest one. */
  readonly wanted: { readonly graphId: string; readonly runId: string } | undefined;
};

export const historyStore: StoreApi<HistoryState> = createStore(() => ({
  graphId: undefined,
  runs: [],
  wanted: undefined,
}));

export function useHistory<T>(select: (state: HistoryState) => T): T {
  return useStore(historyStore, select);
}

const isInterrupted = ({ runs }: HistoryState, runId: string | undefined): boolean =>
  runs.some((run) => run.runId === runId && run.status === "interrupted");

/** Whether a process moves the run on show. Of an interrupted one steps still say that they run, but nobody moves them. */
export function isUnderWay(): boolean {
  const { run } = runStore.getState();
  return run?.status === "running" && !isInterrupted(historyStore.getState(), run.runId);
}

/** The same, followed. */
export function useUnderWay(): boolean {
  return useShownStatus() === "running";
}

/** How the run on show stands. One that nobody moves is interrupted, though its events end in the middle of its work. */
export function useShownStatus(): RunSummary["status"] | undefined {
  const runId = useRun(({ run }) => run?.runId);
  const status = useRun(({ run }) => run?.status);
  const interrupted = useHistory((history) => isInterrupted(history, runId));
  return status === "running" && interrupted ? "interrupted" : status;
}

/** Of a run that waits in the queue there is nothing to show. */
function latestBegun(runs: readonly RunSummary[]): string | undefined {
  return runs.find(({ status }) => status !== "queued")?.runId;
}

/** Shows a run of a graph that is about to be opened. */
export function showRunOf(graphId: string, runId: string): void {
  if (historyStore.getState().graphId === graphId) runStore.getState().show(runId);
  else historyStore.setState({ wanted: { graphId, runId } });
}

/**
 * Asks again. The first time a graph is asked for, its latest run is put on show; a window that shows the latest goes
 * on to a newer one, which another window may have started.
 */
export async function refreshHistory(graphId: string | undefined): Promise<void> {
  const changed = historyStore.getState().graphId !== graphId;
  if (changed) {
    historyStore.setState({ graphId, runs: [] });
    runStore.getState().show(undefined);
  }
  if (graphId === undefined) return;
  const answer = await called(studio.client.runs.list({ graphId, limit: 50 }));
  if (!answer.ok || historyStore.getState().graphId !== graphId) return;
  const { runs, wanted } = historyStore.getState();
  const before = latestBegun(runs);
  historyStore.setState({ runs: answer.value });
  const showsLatest = runStore.getState().run?.runId === before;
  if (changed && wanted?.graphId === graphId) runStore.getState().show(wanted.runId);
  else if (changed || showsLatest) runStore.getState().show(latestBegun(answer.value));
  if (changed) historyStore.setState({ wanted: undefined });
}
