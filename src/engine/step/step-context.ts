import type { Plan, PlannedStep, StepId } from "../../graph/plan/plan.ts";
import type { JobRef } from "../../wondercat/types.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { Signals } from "../journal/signals.ts";
import type { Traffic } from "../limits/limits.ts";
import type { EngineDeps, LedgerEntry, SentPost } from "../ports/deps.ts";
import type { Results } from "../results/results.ts";
import type { Uploads } from "../results/uploads.ts";
import type { Reuse } from "../takes/reuse.ts";

/** What one execution of one step may use. */
export type StepContext = {
  readonly runId: string;
  readonly graph: Pick<Plan, "graphId" | "graphName">;
  readonly step: PlannedStep;
  readonly deps: EngineDeps;
  readonly traffic: Traffic;
  readonly recorder: Recorder;
  readonly signals: Signals;
  readonly results: Results;
  readonly uploads: Uploads;
  readonly reuse: Reuse;
  /** What this run may spend, by estimates. */
  readonly budget: RunBudget | undefined;
  /** Of the step's type: part of what its results are known by. */
  readonly executorVersion: number;
  /** The run stops: begin nothing more, and end what can be ended. */
  readonly signal: AbortSignal;
  /** The run has stopped for so long that a create in flight is no longer waited for. */
  readonly grace: AbortSignal;
  /** By step: the ledger's row of its last send. */
  readonly posts: Map<StepId, LedgerEntry>;
  /** Accepted jobs that could not be journaled. */
  readonly lostJobs: JobRef[];
  /** An answer that came after the wait for it was given up. */
  lateId(attempt: number, job: JobRef, post: SentPost | undefined): void;
  /** For promises nobody awaits. */
  onBug(error: unknown): void;
};

/** Both in microdollars. */
export type RunBudget = {
  readonly limit: number;
  /** What a job without a known price counts as; without this none is made. */
  readonly assumedPrice?: number;
};
