import { INTERNAL_ERROR } from "./failures.ts";
import type { StepState, StepStatus } from "./run-state.ts";

/** Steps that rest because nobody can say what became of their post. */
export function isUnspoken(status: StepStatus): boolean {
  return (
    status.kind === "in-doubt" ||
    status.kind === "outcome-unknown" ||
    (status.kind === "skipped" && status.reason.kind === "doubt-skipped") ||
    (status.kind === "failed" && status.failure.code === INTERNAL_ERROR)
  );
}

/** Whether a person has to say what became of the step's post: wherever it is shown, settling it is offered. */
export function isPostOpen({ status, sentAt, postTo }: StepState): boolean {
  // Older journals do not say where a post went.
  return (sentAt !== undefined || postTo !== undefined) && isUnspoken(status);
}
