import type { StepId } from "../../graph/plan/plan.ts";
import type { StepInputs } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { ignoreBrokenJournal } from "../journal/recorder.ts";
import type { LedgerEntry, SentPost } from "../ports/deps.ts";
import type { StepEnd } from "../record/step-end.ts";
import { acceptedAs } from "../record/takes.ts";
import { postState } from "../step/posts.ts";
import type { RunContext } from "../step/step-context.ts";
import { type StepNode, statesIn } from "./step-nodes.ts";

/** Writes down how steps come to rest, and what that means for the steps after them. */
export type StepRests = {
  finish(node: StepNode, end: StepEnd): void;
  cancel(node: StepNode): void;
  /** An answer after its wait was given up. It settles the doubt, unless a person has done so meanwhile. */
  lateAnswer(node: StepNode, attempt: number, job: JobRef, post: SentPost | undefined): Promise<void>;
};

export function createStepRests(
  { deps: { clock }, recorder, results, reuse, sent }: RunContext,
  run: {
    inputsOf(node: StepNode): StepInputs;
    /** Nothing the step needs is missing any more. */
    onReady(node: StepNode): void;
    /** The step waits for an approval from now on. */
    onAsked(node: StepNode): void;
    goOn(): void;
    isStopping(): boolean;
    isOver(): boolean;
  },
): StepRests {
  const { stateOf, statusOf } = statesIn(recorder.latest);

  function finish(node: StepNode, { body, toFetch = [], missing = [], jobIsOver }: StepEnd): void {
    const { stepId } = node.planned;
    const post = postState(body, stateOf(node).job);
    const row = post && sent.posts.get(stepId);
    if (row) {
      const link = body.type === "step-succeeded" ? body.permalink : undefined;
      const entry: LedgerEntry = { ...row, state: post, ...(link === undefined ? {} : { permalink: link }) };
      sent.posts.set(stepId, entry);
      recorder.commit(body, entry).catch(ignoreBrokenJournal);
    } else
      recorder.record(
        body,
        reuse.changesWith(node.planned, body, () => run.inputsOf(node), jobIsOver),
      );

    if (body.type === "approval-requested") run.onAsked(node);
    else if (body.type === "step-succeeded") {
      for (const { index, failure } of missing)
        recorder.record({ type: "output-not-stored", stepId, index, failure });
      for (const output of toFetch) {
        if (output.isHere) results.know({ ...output, stepId });
        else results.keep({ ...output, stepId });
      }
      for (const dependent of node.dependents) if (--dependent.missing === 0) run.onReady(dependent);
    } else if (body.type === "step-failed") skipDependents(node, stepId);
    else if (body.type === "step-skipped")
      skipDependents(node, body.reason.kind === "upstream" ? body.reason.stepId : stepId);
  }

  function skipDependents(node: StepNode, culprit: StepId): void {
    if (run.isStopping()) return; // those who wait are cancelled, not skipped
    const bad = [node];
    for (let next = bad.pop(); next; next = bad.pop())
      for (const dependent of next.dependents) {
        if (statusOf(dependent).kind !== "waiting") continue;
        if (dependent.items?.has(next)) {
          // A hole in its list; what that means is said once all the items have ended.
          if (--dependent.missing === 0) run.onReady(dependent);
          continue;
        }
        recorder.record(skippedBy(culprit, dependent));
        bad.push(dependent);
      }
  }

  function cancel(node: StepNode): void {
    const { job } = stateOf(node);
    const { stepId } = node.planned;
    const body = { type: "step-cancelled", stepId, ...(job ? { job } : {}) } as const;
    recorder.record(
      body,
      reuse.changesWith(node.planned, body, () => run.inputsOf(node)),
    );
  }

  return {
    finish,
    cancel,
    async lateAnswer(node, attempt, job, post) {
      const { stepId } = node.planned;
      const { status, attempt: current, making, estimateMicrodollars } = stateOf(node);
      if (recorder.broken) sent.lostJobs.push(job);
      if (recorder.broken || status.kind !== "in-doubt" || current !== attempt) return;
      const at = sent.posts.get(stepId)?.at ?? clock.now();
      const row = post && ({ ...post, state: "sent", jobId: job.id, at } as const);
      if (row) sent.posts.set(stepId, row);
      const accepted = recorder.commit(
        { type: "job-accepted", stepId, attempt, job },
        row,
        making ? [acceptedAs(making, job, estimateMicrodollars)] : [],
      );
      if (!run.isOver()) {
        cancel(node);
        // A retry before it may have left steps waiting for what a person would decide about the doubt.
        if (node.dependents.some((dependent) => statusOf(dependent).kind === "waiting")) {
          skipDependents(node, stepId);
          run.goOn();
        }
      }
      await accepted.catch(ignoreBrokenJournal);
    },
  };
}

export function skippedBy(culprit: StepId, { planned: { stepId } }: StepNode) {
  return { type: "step-skipped", stepId, reason: { kind: "upstream", stepId: culprit } } as const;
}
