/**
 * One run: starts each step when its inputs are there, and takes a person's commands.
 *
 * @see docs/architecture.md, "The life of a run".
 */

import { mediaKindsOf } from "../../graph/describe/ports.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import { createRecorder, ignoreBrokenJournal } from "../journal/recorder.ts";
import { createSignals } from "../journal/signals.ts";
import { createTraffic } from "../limits/limits.ts";
import type { EngineDeps, LedgerEntry, PostKey, PostSettlement } from "../ports/deps.ts";
import type { RunOutcome } from "../record/events.ts";
import { foldEvents } from "../record/fold.ts";
import type { DoubtDecision, DoubtRef } from "../record/open-doubts.ts";
import type { RunState } from "../record/run-state.ts";
import { createResults } from "../results/results.ts";
import { createUploads } from "../results/uploads.ts";
import { createReuse } from "../takes/reuse.ts";
import { accepted, type CommandAnswer, refuse } from "./command-answer.ts";
import { createDoubts } from "./doubts.ts";
import { createReruns } from "./rerun.ts";
import type { RunLeftovers, RunSetup } from "./run-setup.ts";
import { headsIn, linkNodes, type StepNode, standingIn } from "./step-nodes.ts";
import { takeUp } from "./take-up.ts";
import { createWalk } from "./walk.ts";

/** Commands answer whether they were accepted and never throw; what follows from them is told by events. */
export type Run = {
  readonly runId: string;
  /** As journaled; events told so far are in it. */
  state(): RunState;
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
  /** Resolves when all that was recorded so far is in the journal. @throws JournalFailure */
  flushed(): Promise<void>;
  /** The app quits: as `cancel`, but the run is left unfinished for a later process. Resolves when all is quiet. */
  stop(): Promise<void>;
  /**
   * Resolves when nothing is under way any more.
   *
   * @throws JournalFailure (`code` journal_failed) when the journal failed; an error with `code` run_stopped after `stop()`.
   */
  whenSettled(): Promise<RunOutcome>;
};

export function startRun(setup: RunSetup, deps: EngineDeps): Run {
  return openRun(setup, undefined, deps);
}

/**
 * Goes on with a run whose process is gone. The caller sees to it that nobody else does. Jobs that were accepted are
 * looked at, steps that had nothing at the server start over, and a create without an answer is in doubt. A run that
 * had come to rest is opened for commands, and only `inDoubt` starts anything.
 */
export function resumeRun(setup: RunSetup, leftovers: RunLeftovers, deps: EngineDeps): Run {
  return openRun(setup, leftovers, deps);
}

function openRun(setup: RunSetup, leftovers: RunLeftovers | undefined, deps: EngineDeps): Run {
  const { runId, plan } = setup;
  const { clock, server } = deps;
  const traffic = setup.traffic ?? createTraffic(deps);
  const nodes = linkNodes(plan);
  const signals = createSignals({ runId, clock, onSignal: (signal) => deps.onSignal(signal) });
  const recorder = createRecorder(
    runId,
    leftovers
      ? foldEvents(undefined, leftovers.events)
      : {
          type: "run-started",
          graphId: plan.graphId,
          graphName: plan.graphName,
          scope: server.scope,
          serverLabel: server.label,
          ...(setup.budget ? { budgetMicrodollars: setup.budget.limit } : {}),
          steps: headsIn(plan, nodes),
        },
    {
      clock,
      journal: deps.journal,
      onEvents: (events) => deps.onEvents(events),
      onBroken: () => walk.breakOff(),
    },
  );
  const results = createResults({
    clock,
    random: () => deps.random(),
    server,
    media: deps.media,
    limits: deps.limits,
    fetches: traffic.fetches,
    recorder,
    signals,
    kindsOf(stepId, index) {
      const portId = recorder.latest.step(stepId).outputs[index]?.portId;
      const port = nodes.get(stepId)?.planned.outputs.find(({ id }) => id === portId);
      return port ? mediaKindsOf(port.type) : [];
    },
    takesWith: (stepId, index, media) => reuse.changesWithStored(stepId, index, media),
    onEnd: () => walk.settleIfQuiet(),
  });
  const reuse = createReuse({
    ...{ clock, server, runId, graphId: plan.graphId, steps: nodes, recorder, signals },
    earlier: leftovers ? recorder.latest.state().steps.values() : [],
    ...{ takes: deps.takes, media: deps.media, fresh: setup.fresh ?? false },
    toldDoubts: setup.toldDoubts ?? new Set(),
    sha256: (text) => deps.sha256(text),
  });
  const uploads = createUploads({
    clock,
    server,
    random: () => deps.random(),
    slots: traffic.uploads,
    signals,
  });
  const posts = new Map<StepId, LedgerEntry>();
  // Where steps have one per attempt, the newest stands last.
  for (const row of leftovers?.posts ?? []) posts.set(row.stepId as StepId, row); // a step id of this run's own
  const walk = createWalk({
    ...{ setup, deps, traffic, nodes, recorder, signals, results, uploads, reuse, posts },
    onAsked: (node) => doubts.asked(node),
  });
  const { retry, retryFailed, retryLeft, rerun } = createReruns({
    nodes,
    recorder,
    results,
    reuse,
    walk,
  });
  const doubts = createDoubts({ deps, recorder, reuse, posts, walk, rerun });
  const { stateOf, statusOf } = standingIn(recorder.latest);

  if (leftovers) takeUp(leftovers.inDoubt, { nodes, recorder, results, walk, doubts });
  else for (const node of nodes.values()) walk.lineUp(node);
  walk.open();

  function command(stepId: StepId, act: (node: StepNode) => CommandAnswer): CommandAnswer {
    const refused = refusedNow();
    if (refused) return refused;
    const node = nodes.get(stepId);
    if (!node) return refuse("unknown-step", "This run has no such step.", "Reload the run.");
    return act(node);
  }

  function refusedNow(): CommandAnswer | undefined {
    if (recorder.broken || walk.isOver || walk.stopping === "quit") return stoppedForGood;
    if (walk.stopping)
      return refuse("stopping", "The run is being cancelled.", "Wait until it has come to rest.");
    return undefined;
  }

  function goOn(): CommandAnswer {
    walk.goOn();
    return accepted;
  }

  return {
    runId,
    state: () => recorder.seen.state(),
    whenSettled: walk.whenSettled,
    cancel() {
      if (recorder.broken || walk.isOver) return stoppedForGood;
      if (walk.stopping || walk.cancel()) return accepted;
      return refuse("not-running", "Nothing of this run is under way.", "There is nothing to cancel.");
    },
    retry: (stepId) => command(stepId, retry),
    retryFailed: () => refusedNow() ?? retryFailed(),
    retryLeft: () => refusedNow() ?? retryLeft(),
    checkAgain: (stepId) =>
      command(stepId, (node) => {
        const { status } = stateOf(node);
        const job =
          status.kind === "overdue" || status.kind === "outcome-unknown" || status.kind === "cancelled"
            ? status.job
            : undefined;
        if (!job) return refuse("wrong-state", "This step has no unfinished job.", "Nothing to do.");
        recorder.record({ type: "step-reset", stepId, because: "check-again" });
        walk.collect(node, job);
        return goOn();
      }),
    approve: (stepId, digest) =>
      command(stepId, (node) => {
        const { status } = stateOf(node);
        if (status.kind !== "waiting-for-approval")
          return refuse("wrong-state", "This step does not wait for an approval.", "Nothing to do.");
        if (status.post.digest !== digest)
          return refuse("approval-void", "The post has changed since you saw it.", "Look at it again.");
        if (status.post.blockedBy) {
          doubts.recheck(node); // another process may have settled it
          return refuse(
            "earlier-unsettled",
            "Nobody can say whether an earlier post of the same media went out.",
            "Look at the account, then say whether it did.",
          );
        }
        recorder.commit({ type: "approval-given", stepId, digest, by: "person" }).catch(ignoreBrokenJournal);
        walk.send(node, status.post);
        return goOn();
      }),
    declineApproval: (stepId) =>
      command(stepId, (node) => {
        if (statusOf(node).kind !== "waiting-for-approval")
          return refuse("wrong-state", "This step does not wait for an approval.", "Nothing to do.");
        walk.finish(node, { body: { type: "step-skipped", stepId, reason: { kind: "declined" } } });
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
          if (node.planned.type === "publish") return postAlone;
          const { status, attempt: current } = stateOf(node);
          // What was left out meanwhile was decided by somebody: a word about many does not take that back.
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
          return refuse("nothing-to-fetch", "Every result of this step is here.", "Nothing to do.");
        return goOn();
      }),
    flushed: () => recorder.flushed(),
    stop: walk.stop,
  };
}

const notInDoubt = refuse("wrong-state", "This step is not in doubt any more.", "Nothing to do.");

const postAlone = refuse(
  "one-by-one",
  "A post is settled on its own.",
  "Look at the account, then say whether it went out.",
);

const stoppedForGood = refuse("stopped", "This run has stopped for good.", "Start a new run.");
