import { createStore, type StoreApi, useStore } from "zustand";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import type { Preflight, RunSelection } from "../../src/studio/contract.ts";
import type { RunLimits } from "../stores/commands.ts";

/** What stands between a press of Run and its events: the check, the consent, and what waits for a person. */
export type RunControlState = {
  /** From the press until the studio accepted or refused. */
  readonly starting: boolean;
  /** What a run of the whole graph would do now; `undefined` while it is not known. */
  readonly forecast: Preflight | undefined;
  readonly consent:
    | (RunRequest & { readonly preflight: Preflight })
    /** To what is left of an interrupted run. */
    | { readonly runId: string; readonly preflight: Preflight }
    | undefined;
  /** Which part of the graph the dry run on show is about. */
  readonly dryRun: RunSelection | undefined;
  readonly approval: StepId | undefined;
  readonly doubt: StepId | undefined;
  /** Whether all that is in doubt is on show; under a single `doubt` it waits. */
  readonly doubts: boolean;
  /**
   * Posts of the run on show that wait although the graph was changed since, by step id: in words, what they still have
   * of before. The studio says so, and approves none of them; here it is only known in time to show it.
   */
  readonly outdated: ReadonlyMap<string, string>;
};

export type RunRequest = {
  readonly graph: Graph;
  /** What of the open document runs. */
  readonly change: (open: Graph) => Graph;
  readonly selection: RunSelection;
  readonly limits: RunLimits;
  /** Posts of the run on show that it makes anew: they are given up once it is under way. */
  readonly insteadOf?: readonly StepId[];
};

export const runControlStore: StoreApi<RunControlState> = createStore(() => ({
  starting: false,
  forecast: undefined,
  consent: undefined,
  dryRun: undefined,
  approval: undefined,
  doubt: undefined,
  doubts: false,
  outdated: new Map(),
}));

export function useRunControl<T>(select: (state: RunControlState) => T): T {
  return useStore(runControlStore, select);
}
