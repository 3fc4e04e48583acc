import { isFetchable } from "./failures.ts";
import { isPost, isPostOpen } from "./open-posts.ts";
import type { StepState, StepStatus } from "./run-state.ts";

/**
 * What a person may do about a step. The engine refuses everything else.
 *
 * - `review`: look at the exact post, then approve, change or skip it
 * - `look-into`: see what is known of what may have been sent
 * - `settle`: say whether a post went out
 * - `leave-out`: go on without a create in doubt
 * - `check`: look at the job once more; sends nothing
 * - `collect`: look at the job of a cancelled step; what depends on the step stays cancelled
 * - `retry`: run the step and what depends on it; a job that is out is collected and not sent again
 * - `fetch`: fetch results that are still on the server
 * - `make-anew`: run a finished step once more for another result
 */
export type StepAction =
  | "review"
  | "look-into"
  | "settle"
  | "leave-out"
  | "check"
  | "collect"
  | "retry"
  | "fetch"
  | "make-anew";

type Of<Kind extends StepStatus["kind"]> = StepState & {
  readonly status: Extract<StepStatus, { readonly kind: Kind }>;
};

const actions: { readonly [Kind in StepStatus["kind"]]: (step: Of<Kind>) => readonly StepAction[] } = {
  waiting: () => [],
  running: () => [],
  "waiting-for-approval": () => ["review"],
  "in-doubt": (step) => ["look-into", isPost(step) ? "settle" : "leave-out"],
  overdue: () => ["check"],
  "outcome-unknown": () => ["check", "settle", "look-into"],
  succeeded: ({ previewFailures, sentAt }) => [
    ...(Object.values(previewFailures).some(isFetchable) ? (["fetch"] as const) : []),
    // A post that is out is posted again by a new run alone.
    ...(sentAt === undefined ? (["make-anew"] as const) : []),
  ],
  // A retry of an open post asks for it once more; it is held back until somebody has said what became of it.
  failed: (step) => (isPostOpen(step) ? ["settle", "look-into", "retry"] : ["retry"]),
  // What stands before it, or a person, decided the others; the step that did it has its own actions.
  skipped: (step) =>
    isPostOpen(step) ? ["settle", "look-into"] : step.status.reason.kind === "declined" ? ["retry"] : [],
  cancelled: ({ status: { job } }) => (job ? ["collect", "retry"] : ["retry"]),
};

/** In the order in which they are offered, the best first. The same for card, inspector, table, history and terminal. */
export function stepActions(step: StepState): readonly StepAction[] {
  // The record pairs each kind with its own steps, which the union of statuses cannot say.
  return (actions[step.status.kind] as (step: StepState) => readonly StepAction[])(step);
}

export function offers(step: StepState, action: StepAction): boolean {
  return stepActions(step).includes(action);
}
