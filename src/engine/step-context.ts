import type { Plan, PlannedStep, StepId } from "../graph/plan/plan.ts";
import type { MediaValue } from "../nodes/definition/work.ts";
import type { JobRef, RemoteMedia } from "../wondercat/types.ts";
import type { SentPost } from "./create.ts";
import type { EngineDeps, LedgerEntry } from "./deps.ts";
import type { Failure, RunEventBody } from "./events.ts";
import type { Traffic } from "./limits.ts";
import type { Recorder } from "./recorder.ts";
import type { Results } from "./results.ts";
import type { Reuse } from "./reuse.ts";
import type { Signals } from "./signals.ts";
import type { Uploads } from "./uploads.ts";

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

/** How a step came to rest, and which of its results the server has: to be fetched, or known for later. */
export type StepEnd = {
  readonly body: Extract<
    RunEventBody,
    {
      type:
        | "step-succeeded"
        | "step-failed"
        | "step-skipped"
        | "step-overdue"
        | "approval-requested"
        | "create-in-doubt";
    }
  >;
  /** The server said that nothing comes of its job: no later step need look at it. */
  readonly jobIsOver?: true;
  readonly toFetch?: readonly {
    readonly index: number;
    readonly mediaId: string;
    readonly value: MediaValue;
    /** The job that made it. */
    readonly job: JobRef;
    /** Where it was a moment ago. */
    readonly remote?: RemoteMedia;
    /** Its bytes are in the library already. */
    readonly isHere?: boolean;
  }[];
  /** What the job made beside its outputs and what cannot be had. */
  readonly missing?: readonly { readonly index: number; readonly failure: Failure }[];
};
