import type { JobRef } from "../../wondercat/types.ts";
import { isFetchable } from "./failures.ts";
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

const isPost = ({ type }: StepState) => type === "publish";

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
  failed: () => ["retry"],
  // What stands before it, or a person, decided the others; the step that did it has its own actions.
  skipped: ({ status: { reason } }) => (reason.kind === "declined" ? ["retry"] : []),
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

/** What is known of a step, wherever it is shown. */
export type StepFacts = {
  /**
   * What it cost, by estimates, in microdollars: creates that were accepted, or may have been. Before the first it is
   * the estimate of the step. Undefined where nothing is known or a refused create cost nothing.
   */
  readonly costMicrodollars?: number;
  readonly startedAt?: number;
  /** From the first try to its end, in milliseconds; undefined while it runs. */
  readonly tookMs?: number;
  readonly attempt: number;
  readonly job?: JobRef;
  readonly permalink?: string;
};

export function stepFacts(step: StepState): StepFacts {
  const {
    status,
    spentMicrodollars = 0,
    estimateMicrodollars,
    startedAt,
    endedAt,
    attempt,
    job,
    permalink,
  } = step;
  const isFree = status.kind === "failed" && status.failure.cost === "none";
  const cost = spentMicrodollars > 0 ? spentMicrodollars : isFree ? undefined : estimateMicrodollars;
  return {
    attempt,
    ...(cost === undefined ? {} : { costMicrodollars: cost }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(startedAt === undefined || endedAt === undefined ? {} : { tookMs: endedAt - startedAt }),
    ...(job ? { job } : {}),
    ...(permalink === undefined ? {} : { permalink }),
  };
}
