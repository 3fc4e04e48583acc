import type { StoreApi } from "zustand";
import type { RunEvent, RunSignal } from "../../src/engine/events.ts";
import type { RunState, StepState } from "../../src/engine/run-state.ts";

/** Folds the events of the run on show into what cards show. A card subscribes to its own node id. */
export type RunStoreState = {
  /** The run the canvas shows: the latest of the open graph, or one picked in the run panel. */
  readonly run: RunState | undefined;
  /** Steps of the run on show by node id; a step's object changes only when it does. */
  readonly stepsByNode: ReadonlyMap<string, readonly StepState[]>;
  /** The latest signal by step id. */
  readonly signals: ReadonlyMap<string, RunSignal>;
  /** The event log on show, oldest first, bounded; older pages are asked of the studio. */
  readonly log: readonly RunEvent[];
  /** Whether the studio's stream is up. */
  readonly connected: boolean;
};

export type RunActions = {
  show(runId: string | undefined): void;
};

export type RunStore = StoreApi<RunStoreState & RunActions>;
