/** The engine's entrance for the rooms that run graphs. The record of a run stands in `record.ts`. */
export { JournalFailure } from "./journal/recorder.ts";
export { createTraffic, defaultLimits, type Traffic } from "./limits/limits.ts";
export { createQueuePause } from "./limits/queue-pause.ts";
export { type JobTimes, jobClassOf, type TimesStore } from "./polling/job-times.ts";
export type {
  EditingMode,
  EngineDeps,
  EngineLimits,
  Journal,
  Ledger,
  LedgerEntry,
  LocalEditor,
  MediaStore,
  PostHistory,
  PostKey,
  PublishPolicy,
  QueuePause,
  RemoteServer,
  Saver,
  StoredMedia,
  TakeStore,
} from "./ports/deps.ts";
export { type CarriesFailure, StepFailed } from "./record/failures.ts";
export type { CommandAnswer } from "./run/command-answer.ts";
export { discardEvents } from "./run/discard.ts";
export { type Run, resumeRun, startRun } from "./run/run.ts";
export { createInputs } from "./run/step-inputs.ts";
export { postKeyOf } from "./step/posts.ts";
export type { DoubtPolicy, RunLeftovers, RunSetup } from "./step/run-setup.ts";
export { createTakeChoice, type Found, type TakeChoice } from "./takes/take-choice.ts";
export { isDeterministic, type ReusableWork, recipeOf, takeKeys } from "./takes/take-key.ts";
