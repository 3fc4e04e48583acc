import { unheard } from "../record/failures.ts";
import { isUnderWay } from "../record/step-facts.ts";
import type { DoubtPolicy } from "../step/run-setup.ts";
import type { RunContext } from "../step/step-context.ts";
import type { Doubts } from "./doubts.ts";
import type { Scheduler } from "./scheduler.ts";
import { countMissing, type StepNode, type StepNodes, statesIn } from "./step-nodes.ts";

/**
 * Goes on where another process was ended: jobs that were accepted are looked at, steps that had nothing at the server
 * start over, and a create without an answer is in doubt. Nothing begins before the scheduler is opened. A run that had
 * come to rest is left so; only `inDoubt`, or a word about a post that was given meanwhile, starts anything in it.
 */
export function resumeSteps(
  inDoubt: DoubtPolicy,
  { recorder, results }: Pick<RunContext, "recorder" | "results">,
  nodes: StepNodes,
  scheduler: Scheduler,
  doubts: Doubts,
): void {
  const states = statesIn(recorder.latest);
  const { stateOf, statusOf } = states;
  const { status, cancelRequested } = recorder.latest.state();
  const isInterrupted = status === "running";
  if (isInterrupted) recorder.record({ type: "run-resumed" });
  for (const node of nodes.values()) {
    countMissing(node, states);
    restoreOutputs(node);
  }
  // In plan order, so what a step needs is resumed before it.
  if (isInterrupted) for (const node of nodes.values()) resumeStep(node);
  for (const node of nodes.values()) {
    if (doubts.applyEarlierWord(node)) continue;
    if (inDoubt !== "ask" && statusOf(node).kind === "in-doubt")
      doubts.settle(node, inDoubt === "retry" ? "resend" : "skip");
  }
  for (const node of nodes.values()) doubts.recheck(node);

  function resumeStep(node: StepNode): void {
    const { stepId } = node.planned;
    const { status, unanswered, job } = stateOf(node);
    if (status.kind === "running" && unanswered)
      scheduler.finish(node, {
        body: {
          type: "create-in-doubt",
          stepId,
          attempt: unanswered.attempt,
          failure: unheard(unanswered.jobKind),
        },
      });
    else if (!isUnderWay(status.kind)) return;
    else if (cancelRequested) scheduler.cancelStep(node);
    else if (status.kind === "running" && job) scheduler.collect(node, job);
    else if (status.kind === "running") scheduler.restart(node);
    else scheduler.enqueue(node);
  }

  /** Bytes that had not arrived are fetched again, or known as still on the server. */
  function restoreOutputs(node: StepNode): void {
    const { stepId } = node.planned;
    const { job: own, madeBy, outputs } = stateOf(node);
    const job = own ?? madeBy;
    for (const [index, { value }] of outputs.entries()) {
      if (!job || value.type !== "media" || value.mediaId === undefined) continue;
      const output = { stepId, index, job, mediaId: value.mediaId, value };
      if (isInterrupted && value.sha256 === undefined) results.keep(output);
      else results.know(output);
    }
  }
}
