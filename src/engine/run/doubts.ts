import { message } from "../../words/message.ts";
import { ignoreBrokenJournal } from "../journal/recorder.ts";
import type { LedgerEntry, PostKey, PostSettlement } from "../ports/deps.ts";
import type { PostPreview } from "../record/events.ts";
import { onBug } from "../record/failures.ts";
import type { DoubtDecision } from "../record/open-doubts.ts";
import { isUnsettled, isUnspoken } from "../record/open-posts.ts";
import { askFor, lookAgain, mayBeSamePost } from "../step/posts.ts";
import type { RunContext } from "../step/step-context.ts";
import { accepted, type CommandAnswer, refuse } from "./command-answer.ts";
import type { Reruns } from "./rerun.ts";
import type { Scheduler } from "./scheduler.ts";
import { type StepNode, statesIn } from "./step-nodes.ts";

/**
 * Creates in doubt, posts whose fate is not known, and approvals that wait behind such a post. Only
 * a person's word settles them.
 */
export type Doubts = {
  /** The only way out of a doubt. */
  settle(node: StepNode, decision: DoubtDecision): CommandAnswer;
  /** @param attempt the post that was looked at; refused when the step has gone on since. */
  settlePost(node: StepNode, attempt: number, as: PostSettlement["as"], permalink?: string): CommandAnswer;
  /** A person has answered in the ledger while no process held the run. False when that says nothing of this step. */
  applyEarlierWord(node: StepNode): boolean;
  /** The step waits for an approval: from now on `recheckPosts` looks at it. */
  asked(node: StepNode): void;
  /** Asks anew if the ledger says something else of its post by now. */
  recheck(node: StepNode): void;
  /** As `recheck` for all that may be the same post. */
  recheckPosts(key: PostKey): void;
};

export function createDoubts(
  { deps, recorder, reuse, sent: { posts } }: Pick<RunContext, "deps" | "recorder" | "reuse" | "sent">,
  scheduler: Pick<Scheduler, "finish" | "goOn" | "stopping" | "isOver">,
  rerun: Reruns["rerun"],
): Doubts {
  const { stateOf, statusOf } = statesIn(recorder.latest);
  /** Those that wait for an approval, and some that did. */
  const asking = new Set<StepNode>();

  /** What became of a post is told to the ledger and to its step in one transaction. */
  function applyWord(node: StepNode, row: LedgerEntry, settled: PostSettlement): CommandAnswer {
    const { stepId } = node.planned;
    const status = statusOf(node);
    const isRest = isAbout(node, row);
    const entry: LedgerEntry = { ...row, settled };
    posts.set(stepId, entry);
    recorder
      .commit({ type: "doubt-settled", stepId, decision: settled.as }, entry)
      .then(() => recheckPosts(entry))
      .catch(ignoreBrokenJournal);
    const isItsOwn = status.kind === "waiting-for-approval" && status.post.blockedBy?.stepId === stepId;
    if (settled.as === "sent" && (isRest || isItsOwn))
      // Not by `finish`: the ledger goes on to say how the server left it.
      recorder.record({
        ...{ type: "step-succeeded", stepId, outputs: [], cached: false },
        ...(row.permalink === undefined ? {} : { permalink: row.permalink }),
      });
    else if (settled.as === "not-sent" && isRest) return rerun([node], "doubt-resend");
    scheduler.goOn();
    return accepted;
  }

  /** Whether the step rests because the fate of this very post is not known. */
  function isAbout(node: StepNode, row: LedgerEntry): boolean {
    const { status, attempt } = stateOf(node);
    return attempt === row.attempt && isUnspoken(status);
  }

  function recheckPosts(key: PostKey): void {
    if (recorder.broken || scheduler.isOver || scheduler.stopping) return;
    for (const node of asking) {
      const status = statusOf(node);
      if (status.kind !== "waiting-for-approval") asking.delete(node);
      else if (mayBeSamePost(status.post, deps.server, key)) recheck(node);
    }
  }

  function recheck(node: StepNode): void {
    const { status } = stateOf(node);
    if (status.kind !== "waiting-for-approval") return;
    asking.add(node);
    void recheckPost(node, status.post).catch(onBug);
  }

  async function recheckPost(node: StepNode, post: PostPreview): Promise<void> {
    let latest: PostPreview;
    try {
      latest = await lookAgain(post, deps);
    } catch {
      return; // the ledger cannot be read: an approval will say so, and sends nothing
    }
    const { status } = stateOf(node);
    const isSame = status.kind === "waiting-for-approval" && status.post === post;
    if (scheduler.isOver || scheduler.stopping || !isSame || latest.digest === post.digest) return;
    scheduler.finish(node, askFor(latest, node.planned.stepId));
  }

  return {
    settle(node, decision) {
      const { stepId } = node.planned;
      recorder.record({ type: "doubt-settled", stepId, decision }, reuse.changesWithSettled(stepId));
      if (decision === "resend") return rerun([node], "doubt-resend");
      scheduler.finish(node, { body: { type: "step-skipped", stepId, reason: { kind: "doubt-skipped" } } });
      scheduler.goOn();
      return accepted;
    },
    settlePost(node, attempt, as, permalink) {
      const row = posts.get(node.planned.stepId);
      if (row?.attempt !== attempt || !isUnsettled(row) || node.execution)
        return refuse(
          "nothing-unsettled",
          message("commands.postNotInDoubt"),
          message("commands.nothingToDo"),
        );
      const link = permalink === undefined ? {} : { permalink };
      return applyWord(node, { ...row, ...link }, { as, by: "person", at: deps.clock.now() });
    },
    applyEarlierWord(node) {
      const row = posts.get(node.planned.stepId);
      if (!row?.settled || !isAbout(node, row)) return false;
      applyWord(node, row, row.settled);
      return true;
    },
    asked: (node) => void asking.add(node),
    recheck,
    recheckPosts,
  };
}
