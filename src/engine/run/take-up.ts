import type { Recorder } from "../journal/recorder.ts";
import { unheard } from "../record/failures.ts";
import type { Results } from "../results/results.ts";
import type { Doubts } from "./doubts.ts";
import type { DoubtPolicy } from "./run-setup.ts";
import { countMissing, type StepNode, type StepNodes, standingIn } from "./step-nodes.ts";
import type { Walk } from "./walk.ts";

/**
 * Goes on where another process was ended: jobs that were accepted are looked at, steps that had nothing at the server
 * start over, and a create without an answer is in doubt. Nothing begins before the walk is opened. A run that had come
 * to rest is left so; only `inDoubt`, or a word about a post that was given meanwhile, starts anything in it.
 */
export function takeUp(
  inDoubt: DoubtPolicy,
  {
    nodes,
    recorder,
    results,
    walk,
    doubts,
  }: {
    readonly nodes: StepNodes;
    readonly recorder: Recorder;
    readonly results: Pick<Results, "keep" | "know">;
    readonly walk: Walk;
    readonly doubts: Doubts;
  },
): void {
  const standing = standingIn(recorder.latest);
  const { stateOf, statusOf } = standing;
  const { status, cancelRequested } = recorder.latest.state();
  const isInterrupted = status === "running";
  if (isInterrupted) recorder.record({ type: "run-resumed" });
  for (const node of nodes.values()) {
    countMissing(node, standing);
    restoreOutputs(node);
  }
  // In plan order, so what a step needs has been taken up before it.
  if (isInterrupted) for (const node of nodes.values()) takeUpStep(node);
  for (const node of nodes.values()) {
    if (doubts.takeEarlierWord(node)) continue;
    if (inDoubt !== "ask" && statusOf(node).kind === "in-doubt")
      doubts.settle(node, inDoubt === "retry" ? "resend" : "skip");
  }
  for (const node of nodes.values()) doubts.recheck(node);

  function takeUpStep(node: StepNode): void {
    const { stepId } = node.planned;
    const { status, unanswered, job } = stateOf(node);
    if (status.kind === "running" && unanswered)
      walk.finish(node, {
        body: {
          type: "create-in-doubt",
          stepId,
          attempt: unanswered.attempt,
          failure: unheard(unanswered.jobKind),
        },
      });
    else if (status.kind !== "running" && status.kind !== "waiting") return;
    else if (cancelRequested) walk.cancelStep(node);
    else if (status.kind === "running" && job) walk.collect(node, job);
    else if (status.kind === "running") walk.startOver(node);
    else walk.lineUp(node);
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
