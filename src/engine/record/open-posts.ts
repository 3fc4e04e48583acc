import { workKindOf } from "../../nodes/definitions.ts";
import type { StepHead } from "./events.ts";
import { INTERNAL_ERROR } from "./failures.ts";
import type { StepState, StepStatus } from "./run-state.ts";

type MayPost = Pick<StepHead, "type"> & Partial<Pick<StepState, "sentAt" | "postTo">>;

/** By its kind of work; of a type that this version does not know, by what the journal says was sent. */
export function isPost({ type, sentAt, postTo }: MayPost): boolean {
  return workKindOf(type) === "publish" || sentAt !== undefined || postTo !== undefined;
}

/** Steps that rest because nobody can say what became of their post. */
export function isUnspoken(status: StepStatus): boolean {
  return (
    status.kind === "in-doubt" ||
    status.kind === "outcome-unknown" ||
    (status.kind === "skipped" && status.reason.kind === "doubt-skipped") ||
    (status.kind === "failed" && status.failure.code === INTERNAL_ERROR)
  );
}

/**
 * Whether a person has to say what became of the step's post: wherever it is shown, settling it is offered. The ledger
 * says the same of its row, by `isUnsettled`.
 */
export function isPostOpen(step: StepState): boolean {
  if (!isPost(step) || !isUnspoken(step.status)) return false;
  if (step.status.kind !== "failed") return true;
  // Our own mistake before this post was sent leaves nothing open. Older journals do not say where a post went.
  return step.postTo !== undefined || step.job?.kind === "publish";
}

/** A post as the ledger keeps it: it may or may not have gone out, and no person has said. An intent belongs here once its step rests. */
export function isUnsettled({
  state,
  settled,
}: {
  readonly state: string;
  readonly settled?: unknown;
}): boolean {
  return settled === undefined && (state === "intended" || state === "in-doubt" || state === "unknown");
}
