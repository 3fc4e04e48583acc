import type { RunEvent, RunEventBody, Timestamp } from "../record/events.ts";
import { unheard } from "../record/failures.ts";
import { foldEvents, outcomeOf } from "../record/fold.ts";
import { isUnfinished } from "../record/step-facts.ts";

/**
 * What is written of a run whose process is gone and that a person gave up: its steps are cancelled, and a
 * create without an answer stays in doubt for good.
 *
 * @param events the whole journal of the run, at least `run-started`.
 */
export function discardEvents(events: readonly RunEvent[], at: Timestamp): readonly RunEvent[] {
  const state = foldEvents(undefined, events);
  const made: RunEvent[] = [];
  const add = (body: RunEventBody) =>
    made.push({ ...body, runId: state.runId, seq: state.seq + made.length + 1, at });

  add({ type: "cancel-requested" });
  for (const { stepId, status, job, unanswered } of state.steps.values()) {
    if (status.kind === "running" && unanswered) {
      const { attempt, jobKind } = unanswered;
      add({ type: "create-in-doubt", stepId, attempt, failure: unheard(jobKind) });
    } else if (isUnfinished(status.kind)) add({ type: "step-cancelled", stepId, ...(job ? { job } : {}) });
  }
  add({ type: "run-settled", outcome: outcomeOf(foldEvents(state, made)) });
  return made;
}
