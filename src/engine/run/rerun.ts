import type { JobRef } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import type { RunEventBody } from "../record/events.ts";
import { isRetryRoot, keepsOwnVerb, lacksBytes } from "../record/retry-scope.ts";
import type { RunContext } from "../step/step-context.ts";
import { accepted, type CommandAnswer, refuse } from "./command-answer.ts";
import type { Scheduler } from "./scheduler.ts";
import { countMissing, culpritsAbove, type StepNode, type StepNodes, statesIn } from "./step-nodes.ts";

/** Running steps again with the finished results of the run: which of them may be, and what goes with them. */
export type Reruns = {
  retry(node: StepNode): CommandAnswer;
  /** Every step that failed or was cancelled. */
  retryFailed(): CommandAnswer;
  /** Every step that was cancelled or only lacked the bytes of a result, and what depends on them. */
  retryLeft(): CommandAnswer;
  /**
   * Resets these steps and what depends on them. Doubts and posts of unknown outcome stay as they are: only their own
   * verbs settle them.
   */
  rerun(roots: readonly StepNode[], because?: "retry" | "doubt-resend"): CommandAnswer;
};

export function createReruns(
  { recorder, results, reuse }: Pick<RunContext, "recorder" | "results" | "reuse">,
  nodes: StepNodes,
  scheduler: Pick<Scheduler, "enqueue" | "collect" | "goOn">,
): Reruns {
  const states = statesIn(recorder.latest);
  const { stateOf, statusOf } = states;

  function retry(node: StepNode): CommandAnswer {
    const { status, sentAt } = stateOf(node);
    switch (status.kind) {
      case "waiting":
      case "running":
        return refuse("wrong-state", message("commands.notEnded"), message("commands.waitOrCancel"));
      case "waiting-for-approval":
        return refuse(
          "wrong-state",
          message("commands.waitsForApproval"),
          message("commands.approveOrDecline"),
        );
      case "in-doubt":
        return refuse("in-doubt", message("commands.maybeMade"), message("commands.sendOrSkip"));
      case "overdue":
      case "outcome-unknown":
        return refuse("wrong-state", message("commands.mayEndWell"), message("commands.checkAgain"));
      case "succeeded":
        if (sentAt !== undefined)
          return refuse("already-published", message("commands.postIsOut"), message("commands.newRunToPost"));
        return rerun([node]);
      case "failed":
      case "cancelled":
        return rerun([node, ...culpritsAbove(node, states)]);
      case "skipped":
        switch (status.reason.kind) {
          case "declined":
            return rerun([node]);
          case "doubt-skipped":
            return refuse("in-doubt", message("commands.maybeMade"), message("commands.decideToSend"));
          case "publish-not-allowed":
            return refuse("wrong-state", message("commands.mustNotPublish"), message("commands.runThatMay"));
          case "upstream": {
            const roots = culpritsAbove(node, states);
            if (roots.length > 0) return rerun(roots);
            return refuse("wrong-state", message("commands.needLeftOut"), message("commands.lookBefore"));
          }
        }
    }
  }

  function rerun(roots: readonly StepNode[], because: "retry" | "doubt-resend" = "retry"): CommandAnswer {
    const affected = new Set(roots);
    for (const node of affected) for (const dependent of node.dependents) affected.add(dependent);
    for (const node of affected)
      if (node.execution)
        return refuse(
          "dependants-running",
          message("commands.stillRunning", { title: node.planned.title }),
          message("commands.waitEndedOrCancel"),
        );

    const rootSet = new Set(roots);
    // A job that was accepted is collected, not paid for again.
    const toCollect: [StepNode, JobRef][] = [];
    const toRun: StepNode[] = [];
    for (const node of affected) {
      const { status } = stateOf(node);
      const { stepId } = node.planned;
      if (rootSet.has(node) && status.kind === "cancelled" && status.job) {
        recorder.record({ type: "step-reset", stepId, because: "check-again" });
        toCollect.push([node, status.job]);
      } else if (rootSet.has(node)) {
        reset(node, because);
        toRun.push(node);
      } else if (status.kind === "waiting") toRun.push(node);
      else if (!keepsOwnVerb(status)) {
        reset(node, "upstream-retry");
        toRun.push(node);
      }
    }
    for (const node of affected) countMissing(node, states);
    for (const node of toRun) scheduler.enqueue(node);
    for (const [node, job] of toCollect) scheduler.collect(node, job);
    scheduler.goOn();
    return accepted;
  }

  function reset(node: StepNode, because: Extract<RunEventBody, { type: "step-reset" }>["because"]): void {
    const { stepId } = node.planned;
    results.forget(stepId);
    reuse.forget(stepId);
    recorder.record({ type: "step-reset", stepId, because });
  }

  return {
    retry,
    retryFailed() {
      const roots = [...nodes.values()].filter((node) => isRetryRoot(statusOf(node)));
      if (roots.length > 0) return rerun(roots);
      return refuse("nothing-failed", message("commands.noneFailed"), message("commands.nothingToDo"));
    },
    retryLeft() {
      const roots = [...nodes.values()].filter((node) => {
        const status = statusOf(node);
        return status.kind === "cancelled" || lacksBytes(status);
      });
      if (roots.length > 0) return rerun(roots);
      return refuse("nothing-left", message("commands.noneLeft"), message("commands.nothingToDo"));
    },
    rerun,
  };
}
