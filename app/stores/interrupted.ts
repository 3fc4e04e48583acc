import { createStore, type StoreApi, useStore } from "zustand";
import type { RunSummary } from "../../src/studio/contract.ts";
import { called, studio } from "./studio.ts";

/** Runs of any graph that were under way when their process ended, parked ones among them; newest first. */
const interruptedStore: StoreApi<{ readonly runs: readonly RunSummary[] }> = createStore(() => ({
  runs: [],
}));

export function useInterrupted(): readonly RunSummary[] {
  return useStore(interruptedStore, (state) => state.runs);
}

export async function refreshInterrupted(): Promise<void> {
  const answer = await called(studio.client.runs.list({ limit: 50 }));
  if (!answer.ok) return;
  interruptedStore.setState({ runs: answer.value.filter(({ status }) => status === "interrupted") });
}
