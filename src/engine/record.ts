/**
 * The pure record of a run: events, the fold over them, what is in doubt, what a retry takes along, what a take is.
 * Nothing behind it acts, so a window may import it.
 */
export type {
  Failure,
  PostPreview,
  PostTarget,
  RunEvent,
  RunEventBody,
  RunOutcome,
  RunSignal,
  Scope,
  SkipReason,
  StepHead,
  StepPhase,
  UnsettledPost,
} from "./record/events.ts";
export { isFetchable, NO_OUTPUT, RESULT_NOT_HERE } from "./record/failures.ts";
export {
  countHeads,
  emptyRun,
  foldEvents,
  foldRun,
  fromSnapshot,
  headsOf,
  openFold,
  outcomeOf,
  type RunCounts,
  type RunFold,
  runCounts,
  toSnapshot,
} from "./record/fold.ts";
export { isKnownStatus, unknownStatusWords } from "./record/job-status.ts";
export {
  allDoubts,
  type DoubtDecision,
  type DoubtRef,
  type DoubtSum,
  openDoubts,
  openPostDoubts,
  stillInDoubt,
  sumOfDoubts,
} from "./record/open-doubts.ts";
export { isPost, isPostOpen, isUnsettled } from "./record/open-posts.ts";
export { stepsOfRetry, stepsToRetry, stepsWithoutBytes } from "./record/retry-scope.ts";
export type { RunSnapshot, RunState, StepState, StepStatus } from "./record/run-state.ts";
export { offers, type StepAction, stepActions } from "./record/step-actions.ts";
export {
  endedBadly,
  isReused,
  isUnderWay,
  isUnfinished,
  jobLeft,
  lacksAnswer,
  needsPerson,
  type StatusGroup,
  spentBy,
  statusGroupOf,
  stepFacts,
} from "./record/step-facts.ts";
export { StepTable } from "./record/step-table.ts";
export type { JobOut, Take, TakeChange, TakeRecipe } from "./record/takes.ts";
