import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";
import type { JobRef } from "../../wondercat/types.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { Signals } from "../journal/signals.ts";
import type { Traffic } from "../limits/limits.ts";
import type { EngineDeps, LedgerEntry, SentPost } from "../ports/deps.ts";
import type { Results } from "../results/results.ts";
import type { Uploads } from "../results/uploads.ts";
import type { Reuse } from "../takes/reuse.ts";
import type { RunSetup } from "./run-setup.ts";

/** What all steps of a run share. */
export type RunContext = {
  readonly setup: RunSetup;
  readonly deps: EngineDeps;
  readonly traffic: Traffic;
  readonly recorder: Recorder;
  readonly signals: Signals;
  readonly results: Results;
  readonly uploads: Uploads;
  readonly reuse: Reuse;
  readonly sent: Sent;
};

/** What a run has sent, as far as the journal alone does not say it. */
export type Sent = {
  /** By step: the ledger's row of its last send. */
  readonly posts: Map<StepId, LedgerEntry>;
  /** Jobs that the server accepted and the journal could not take. */
  readonly lostJobs: JobRef[];
};

/** One execution of one step. */
export type StepContext = {
  readonly run: RunContext;
  readonly step: PlannedStep;
  /** The run stops: begin nothing more, and end what can be ended. */
  readonly signal: AbortSignal;
  /** The run stopped long ago: wait no longer for a create in flight. */
  readonly grace: AbortSignal;
  /** The answer of a create came after the step stopped waiting for it. */
  onLateAnswer(attempt: number, job: JobRef, post: SentPost | undefined): void;
};
