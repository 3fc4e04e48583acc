import type { JobRef } from "../../wondercat/types.ts";
import { isPostOpen } from "./open-posts.ts";
import type { StepState, StepStatus } from "./run-state.ts";

/** What a person tells apart at a glance. */
export type StatusGroup = "waiting" | "running" | "needs-you" | "done" | "failed" | "left-out";

type Status = Pick<StepState, "status">;

/** What the kind alone says. A new one does not compile until it stands here; the questions below are answered from it. */
const groups: { readonly [Kind in StepStatus["kind"]]: StatusGroup } = {
  waiting: "waiting",
  running: "running",
  "waiting-for-approval": "needs-you",
  "in-doubt": "needs-you",
  overdue: "needs-you",
  "outcome-unknown": "needs-you",
  succeeded: "done",
  failed: "failed",
  skipped: "left-out",
  cancelled: "left-out",
};

/** Whether a person's word is waited for; of a failed or skipped step too, where its post is open. */
export function needsPerson(step: StepState): boolean {
  const { status } = step;
  if (status.kind === "skipped" && status.reason.kind === "publish-not-allowed") return true;
  return groups[status.kind] === "needs-you" || isPostOpen(step);
}

export function statusGroupOf(step: StepState): StatusGroup {
  const group = groups[step.status.kind];
  return group === "left-out" && needsPerson(step) ? "needs-you" : group;
}

/** It goes on by itself, now or when its turn comes. */
export function isUnderWay(kind: StepStatus["kind"]): boolean {
  const group = groups[kind];
  return group === "waiting" || group === "running";
}

/** Something of it is still to be sent: it goes on by itself, or with a person's yes. */
export function isUnfinished(kind: StepStatus["kind"]): boolean {
  return isUnderWay(kind) || kind === "waiting-for-approval";
}

/** Ended without a result: nothing that needs it can go on. */
export function endedBadly(kind: StepStatus["kind"]): boolean {
  const group = groups[kind];
  return group === "failed" || group === "left-out";
}

/** It took an earlier result instead of making one. */
export function isReused({ status }: Status): boolean {
  return status.kind === "succeeded" && status.cached;
}

/** A create whose answer nobody has. In a run that a process holds, the answer of one that is not in doubt may still come. */
export function lacksAnswer({ status, unanswered }: StepState): boolean {
  return status.kind === "in-doubt" || unanswered !== undefined;
}

/** Its job, if that may go on at the server while no process looks at it. */
export function jobLeft({ status, job }: StepState): JobRef | undefined {
  switch (status.kind) {
    case "running":
    case "overdue":
    case "outcome-unknown":
    case "cancelled":
      return job;
    case "waiting":
    case "waiting-for-approval":
    case "in-doubt":
    case "succeeded":
    case "failed":
    case "skipped":
      return undefined;
    default:
      return status satisfies never;
  }
}

/** What these steps cost in all, by estimates, in microdollars: creates that were accepted, or may have been. */
export function spentBy(steps: Iterable<StepState>): number {
  let sum = 0;
  for (const { spentMicrodollars = 0 } of steps) sum += spentMicrodollars;
  return sum;
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
