/** What the ways to carry out a step have in common: how it ends, and which phase it is in. */
import type { StepOutput } from "../../nodes/definition/work.ts";
import type { Failure, StepPhase } from "../record/events.ts";
import type { StepEnd } from "../record/step-end.ts";
import { takeIdOf } from "../takes/take-key.ts";
import type { StepContext } from "./step-context.ts";

export function succeeded(
  stepId: StepContext["step"]["stepId"],
  outputs: readonly StepOutput[],
  more: { readonly cached?: boolean; readonly permalink?: string; readonly scheduledFor?: number } = {},
): StepEnd {
  const { cached = false, permalink, scheduledFor } = more;
  return {
    body: {
      type: "step-succeeded",
      stepId,
      outputs,
      cached,
      ...(permalink === undefined ? {} : { permalink }),
      ...(scheduledFor === undefined ? {} : { scheduledFor }),
    },
  };
}

export function failed(stepId: StepContext["step"]["stepId"], failure: Failure): StepEnd {
  return { body: { type: "step-failed", stepId, failure } };
}

/** A result of its own, and the take it is kept as. */
export function made(
  { run: { deps, recorder, reuse }, step }: StepContext,
  outputs: readonly StepOutput[],
): StepEnd {
  const making = reuse.makingOf(step.stepId) ?? recorder.latest.step(step.stepId).making;
  const end = succeeded(step.stepId, outputs);
  if (!making || end.body.type !== "step-succeeded") return end;
  const takeId = takeIdOf(making.takeKey, making.takeNumber, (text) => deps.sha256(text));
  return { ...end, body: { ...end.body, takeId } };
}

export function enter(phase: StepPhase, { run: { recorder }, step }: StepContext): void {
  const { status } = recorder.latest.step(step.stepId);
  if (status.kind === "running" && status.phase === phase) return;
  recorder.record({ type: "step-phase", stepId: step.stepId, phase });
}
