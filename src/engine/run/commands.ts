import type { StepId } from "../../graph/plan/plan.ts";
import { message } from "../../words/message.ts";
import { ignoreBrokenJournal } from "../journal/recorder.ts";
import type { PostKey, PostSettlement } from "../ports/deps.ts";
import type { DoubtDecision, DoubtRef } from "../record/open-doubts.ts";
import { isPost } from "../record/open-posts.ts";
import type { RunContext } from "../step/step-context.ts";
import { accepted, type CommandAnswer, refuse } from "./command-answer.ts";
import type { Doubts } from "./doubts.ts";
import type { Reruns } from "./rerun.ts";
import type { Scheduler } from "./scheduler.ts";
import { type StepNode, type StepNodes, statesIn } from "./step-nodes.ts";

/** Commands answer whether they were accepted and never throw; what follows from them is told by events. */
export type RunCommands = {
  cancel(): CommandAnswer;
  /** Runs the step and what depends on it again, with the finished results of this run. */
  retry(stepId: StepId): CommandAnswer;
  /** As `retry` of every step that failed or was cancelled; see `stepsToRetry`. A post that went out asks again. */
  retryFailed(): CommandAnswer;
  /** Goes on where the run was cancelled: jobs that are out are looked at, and what was not sent is sent. */
  retryLeft(): CommandAnswer;
  /** Looks at the job of an unfinished step again. Never creates: what was cancelled after it stays so. */
  checkAgain(stepId: StepId): CommandAnswer;
  /** @param digest the `PostPreview.digest` that was looked at; another one is refused. */
  approve(stepId: StepId, digest: string): CommandAnswer;
  declineApproval(stepId: StepId): CommandAnswer;
  /**
   * The only way out of a doubt. A publish that is to be sent again is asked for first, and `settlePost` must have said
   * by then that the earlier one did not go out.
   *
   * @param attempt the one that was looked at; refused (`wrong-state`) when the step has gone on since. Default: any.
   */
  settleDoubt(stepId: StepId, decision: DoubtDecision, attempt?: number): CommandAnswer;
  /**
   * The same word about several creates, each on its own: a refusal of one says nothing of the others. Posts are
   * refused (`one-by-one`), since only a look at the account tells what became of each.
   */
  settleDoubts(doubts: readonly DoubtRef[], decision: DoubtDecision): readonly CommandAnswer[];
  /**
   * What a person found out about a post in doubt or of unknown outcome. `sent` ends its step, `not-sent` asks again.
   *
   * @param attempt the one that was looked at; refused (`nothing-unsettled`) when the step has gone on since.
   */
  settlePost(stepId: StepId, attempt: number, as: PostSettlement["as"], permalink?: string): CommandAnswer;
  /** The ledger's row has changed: looks again at what waits for an approval of the same post. */
  recheckPosts(key: PostKey): void;
  fetchPreviewAgain(stepId: StepId): CommandAnswer;
};

export function createCommands(
  { recorder, results }: Pick<RunContext, "recorder" | "results">,
  nodes: StepNodes,
  {
    scheduler,
    reruns,
    doubts,
  }: { readonly scheduler: Scheduler; readonly reruns: Reruns; readonly doubts: Doubts },
): RunCommands {
  const { stateOf, statusOf } = statesIn(recorder.latest);

  function command(stepId: StepId, act: (node: StepNode) => CommandAnswer): CommandAnswer {
    const refused = refusedNow();
    if (refused) return refused;
    const node = nodes.get(stepId);
    if (!node) return refuse("unknown-step", message("commands.noSuchStep"), message("commands.reloadRun"));
    return act(node);
  }

  function refusedNow(): CommandAnswer | undefined {
    if (recorder.broken || scheduler.isOver || scheduler.stopping === "quit") return stoppedForGood;
    if (scheduler.stopping)
      return refuse("stopping", message("commands.beingCancelled"), message("commands.waitForRest"));
    return undefined;
  }

  function goOn(): CommandAnswer {
    scheduler.goOn();
    return accepted;
  }

  return {
    cancel() {
      if (recorder.broken || scheduler.isOver) return stoppedForGood;
      if (scheduler.stopping || scheduler.cancel()) return accepted;
      return refuse("not-running", message("commands.nothingUnderWay"), message("commands.nothingToCancel"));
    },
    retry: (stepId) => command(stepId, reruns.retry),
    retryFailed: () => refusedNow() ?? reruns.retryFailed(),
    retryLeft: () => refusedNow() ?? reruns.retryLeft(),
    checkAgain: (stepId) =>
      command(stepId, (node) => {
        const { status } = stateOf(node);
        const job =
          status.kind === "overdue" || status.kind === "outcome-unknown" || status.kind === "cancelled"
            ? status.job
            : undefined;
        if (!job)
          return refuse("wrong-state", message("commands.noUnfinishedJob"), message("commands.nothingToDo"));
        recorder.record({ type: "step-reset", stepId, because: "check-again" });
        scheduler.collect(node, job);
        return goOn();
      }),
    approve: (stepId, digest) =>
      command(stepId, (node) => {
        const { status } = stateOf(node);
        if (status.kind !== "waiting-for-approval")
          return refuse("wrong-state", message("commands.noApprovalWaits"), message("commands.nothingToDo"));
        if (status.post.digest !== digest)
          return refuse("approval-void", message("commands.postChanged"), message("commands.lookAgain"));
        if (status.post.blockedBy) {
          doubts.recheck(node); // another process may have settled it
          return refuse(
            "earlier-unsettled",
            message("commands.earlierPostOpen"),
            message("commands.lookAtAccount"),
          );
        }
        recorder.commit({ type: "approval-given", stepId, digest, by: "person" }).catch(ignoreBrokenJournal);
        scheduler.send(node, status.post);
        return goOn();
      }),
    declineApproval: (stepId) =>
      command(stepId, (node) => {
        if (statusOf(node).kind !== "waiting-for-approval")
          return refuse("wrong-state", message("commands.noApprovalWaits"), message("commands.nothingToDo"));
        scheduler.finish(node, { body: { type: "step-skipped", stepId, reason: { kind: "declined" } } });
        return goOn();
      }),
    settleDoubt: (stepId, decision, seen) =>
      command(stepId, (node) => {
        const { status, attempt } = stateOf(node);
        const isSkipped = status.kind === "skipped" && status.reason.kind === "doubt-skipped";
        const isOpen = status.kind === "in-doubt" || (isSkipped && decision === "resend");
        if (!isOpen || (seen !== undefined && seen !== attempt)) return notInDoubt;
        return doubts.settle(node, decision);
      }),
    settleDoubts: (seen, decision) =>
      seen.map(({ stepId, attempt }) =>
        command(stepId, (node) => {
          if (isPost(node.planned)) return postAlone;
          const { status, attempt: current } = stateOf(node);
          // What was left out meanwhile was decided by a person: a word about many does not take that back.
          if (status.kind !== "in-doubt" || attempt !== current) return notInDoubt;
          return doubts.settle(node, decision);
        }),
      ),
    settlePost: (stepId, attempt, as, permalink) =>
      command(stepId, (node) => doubts.settlePost(node, attempt, as, permalink)),
    recheckPosts: doubts.recheckPosts,
    fetchPreviewAgain: (stepId) =>
      command(stepId, () => {
        if (!results.fetchAgain(stepId))
          return refuse("nothing-to-fetch", message("commands.allHere"), message("commands.nothingToDo"));
        return goOn();
      }),
  };
}

const notInDoubt = refuse("wrong-state", message("commands.doubtSettled"), message("commands.nothingToDo"));

const postAlone = refuse(
  "one-by-one",
  message("commands.postOnItsOwn"),
  message("commands.lookAtAccountOut"),
);

const stoppedForGood = refuse("stopped", message("commands.stoppedForGood"), message("commands.startNewRun"));
