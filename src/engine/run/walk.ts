/** Walks the plan of one run: begins each step when its inputs are there, writes down its end, comes to rest. */
import type { StepId } from "../../graph/plan/plan.ts";
import type { StepInputs, StepWork } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { ignoreBrokenJournal, JournalFailure, type Recorder } from "../journal/recorder.ts";
import type { Signals } from "../journal/signals.ts";
import type { Traffic } from "../limits/limits.ts";
import type { EngineDeps, LedgerEntry, SentPost } from "../ports/deps.ts";
import type { PostPreview, RunOutcome } from "../record/events.ts";
import { bug, onBug } from "../record/failures.ts";
import { outcomeOf } from "../record/fold.ts";
import type { StepEnd } from "../record/step-end.ts";
import { acceptedAs } from "../record/takes.ts";
import type { Results } from "../results/results.ts";
import type { Uploads } from "../results/uploads.ts";
import { followAgain } from "../step/follow.ts";
import { perform, performAtOnce } from "../step/perform.ts";
import { postState } from "../step/posts.ts";
import type { StepContext } from "../step/step-context.ts";
import type { Reuse } from "../takes/reuse.ts";
import { LONGEST_WAIT_MS, patientTimeout, Stopped, sleep } from "../time/waiting.ts";
import { holeFailure } from "./holes.ts";
import { createLanes } from "./lanes.ts";
import type { RunSetup } from "./run-setup.ts";
import { createInputs } from "./step-inputs.ts";
import { culpritOf, type StepNode, type StepNodes, standingIn } from "./step-nodes.ts";

export type Walk = {
  /** Until then nothing begins: what an earlier process left is still being looked through. */
  open(): void;
  /** Begins the step when the walk goes on, if it lacks nothing; skips it if what it needs will not come. */
  lineUp(node: StepNode): void;
  /** As `lineUp` for a step that is under way by the journal and that nobody works on. */
  startOver(node: StepNode): void;
  /** Looks at the job of the step, at once. */
  collect(node: StepNode, job: JobRef): void;
  /** Carries the step out with a person's yes to this post, at once. */
  send(node: StepNode, approved: PostPreview): void;
  /** Writes down how a step came to rest, and what that means for those who wait for it. */
  finish(node: StepNode, end: StepEnd): void;
  cancelStep(node: StepNode): void;
  /** Goes on with what was lined up, although the run may have come to rest. */
  goOn(): void;
  /** Cancels all that waits and ends what is under way. False when there is nothing to cancel. */
  cancel(): boolean;
  /** As `cancel`, but the run is left unfinished for a later process. Resolves when all is quiet. */
  stop(): Promise<void>;
  /** The journal failed: begins nothing more, for good. */
  breakOff(): void;
  /** Something beside the steps has ended. */
  settleIfQuiet(): void;
  /** @throws JournalFailure when the journal failed; an error with `code` run_stopped after `stop()`. */
  whenSettled(): Promise<RunOutcome>;
  /** Why nothing begins any more; a cancel is over when all is quiet. */
  readonly stopping: "cancel" | "quit" | "broken" | undefined;
  /** Nothing goes on in this process any more. */
  readonly isOver: boolean;
};

/** The run was left unfinished by `stop()`; a later process may go on with it. */
class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly code = "run_stopped";
  constructor(runId: string) {
    super(`Run ${runId} was left unfinished because Catwalk quits.`);
  }
}

/** Steps begun in one go before others get the event loop. */
const SLICE = 500;

export function createWalk(company: {
  readonly setup: RunSetup;
  readonly deps: EngineDeps;
  readonly traffic: Traffic;
  readonly nodes: StepNodes;
  readonly recorder: Recorder;
  readonly signals: Signals;
  readonly results: Results;
  readonly uploads: Uploads;
  readonly reuse: Reuse;
  /** By step: the ledger's row of its last send. */
  readonly posts: Map<StepId, LedgerEntry>;
  /** The step waits for an approval from now on. */
  onAsked(node: StepNode): void;
}): Walk {
  const { setup, deps, traffic, nodes, recorder, signals, results, uploads, reuse, posts } = company;
  const { runId, plan } = setup;
  const { clock } = deps;
  const standing = standingIn(recorder.latest);
  const { stateOf, statusOf } = standing;
  const gather = createInputs(plan);
  /** Accepted jobs that could not be journaled. */
  const lostJobs: JobRef[] = [];

  const ready: StepNode[] = [];
  const executing = new Set<StepNode>();
  const lanes = createLanes<StepNode>();
  let isOpen = false;
  let sliceTimer: unknown;
  let stopping: Walk["stopping"];
  let stopGrace = () => {};
  let settled = outcomeIn(recorder);
  let isOver = false;
  let change = Promise.withResolvers<void>();

  // ── Beginning ──────────────────────────────────────────────────────────────────────────────────────────────

  /** A loop, never a recursion: a chain of any length must not grow the stack. */
  function drain(): void {
    if (!isOpen) return;
    let begun = 0;
    let next = 0;
    while (next < ready.length && !stopping && begun < SLICE) {
      const node = ready[next++];
      if (!node) continue;
      const { nodeId } = node.planned;
      if (node.interrupted || (statusOf(node).kind === "waiting" && node.missing === 0)) {
        if (lanes.isFull(nodeId)) {
          lanes.keep(nodeId, node);
          continue;
        }
        begin(node);
        begun++;
      }
      letNext(nodeId);
    }
    ready.splice(0, next);
    if (ready.length > 0 && !stopping)
      sliceTimer ??= clock.setTimeout(() => {
        sliceTimer = undefined;
        drain();
      }, 0);
    else settleIfQuiet();
  }

  function letNext(nodeId: string): void {
    const node = lanes.next(nodeId);
    if (node) ready.push(node);
  }

  function begin(node: StepNode): void {
    const { stepId } = node.planned;
    delete node.interrupted;
    const hole = node.items && holeFailure(node.planned, (needed) => recorder.latest.step(needed).status);
    if (hole) {
      finish(node, { body: { type: "step-failed", stepId, failure: hole } });
      return;
    }
    const { attempt, status, approved } = stateOf(node);
    const notBefore = (status.kind === "running" && status.againAt) || 0;
    recorder.record({ type: "step-started", stepId, attempt: attempt + 1 });
    let work: StepWork;
    try {
      work = workFor(node);
    } catch (error) {
      finish(node, { body: { type: "step-failed", stepId, failure: { ...bug(error), cost: "none" } } });
      return;
    }
    const end = performAtOnce(work, node.planned);
    if (end) finish(node, end);
    else
      execute(node, async (context) => {
        // The clock it was written by may have been set back since.
        const pauseMs = Math.min(notBefore - clock.now(), LONGEST_WAIT_MS);
        if (pauseMs > 0) await sleep(clock, pauseMs, context.signal);
        return await perform(work, context, approved);
      });
  }

  /** The same for the same inputs, so a later process finds again what an earlier one did. */
  function workFor(node: StepNode): StepWork {
    return setup.workOf(node.planned.type, node.planned.params, inputsOf(node));
  }

  function inputsOf(node: StepNode): StepInputs {
    return gather(node.planned, (needed) => recorder.latest.step(needed).outputs);
  }

  function execute(node: StepNode, act: (context: StepContext) => Promise<StepEnd>): void {
    const { stepId, nodeId } = node.planned;
    const execution = { stop: new AbortController(), giveUp: new AbortController() };
    node.execution = execution;
    executing.add(node);
    lanes.begin(nodeId);
    if (stopping) execution.stop.abort();
    const context: StepContext = {
      ...{ runId, graph: plan, step: node.planned, deps, traffic, recorder },
      ...{ signals, results, uploads, reuse, posts, lostJobs, budget: setup.budget },
      executorVersion: setup.versionOf?.(node.planned.type) ?? 1,
      signal: execution.stop.signal,
      grace: execution.giveUp.signal,
      lateId: (attempt, job, ledger) => void lateId(node, attempt, job, ledger).catch(onBug),
      onBug,
    };
    const acted = (async () => {
      try {
        return await act(context);
      } catch (error) {
        if (error instanceof Stopped || error instanceof JournalFailure) return undefined;
        return { body: { type: "step-failed", stepId, failure: bug(error) } } satisfies StepEnd;
      }
    })();
    acted
      .then((end) => {
        delete node.execution;
        executing.delete(node);
        lanes.end(nodeId);
        letNext(nodeId);
        if (end) finish(node, end);
        else if (stopping === "cancel") cancelStep(node);
        signals.end(stepId);
        drain();
      })
      .catch(onBug);
  }

  // ── Ends of steps ──────────────────────────────────────────────────────────────────────────────────────────

  function finish(node: StepNode, { body, toFetch = [], missing = [], jobIsOver }: StepEnd): void {
    const { stepId } = node.planned;
    const post = postState(body, stateOf(node).job);
    const row = post && posts.get(stepId);
    if (row) {
      const link = body.type === "step-succeeded" ? body.permalink : undefined;
      const entry: LedgerEntry = { ...row, state: post, ...(link === undefined ? {} : { permalink: link }) };
      posts.set(stepId, entry);
      recorder.commit(body, entry).catch(ignoreBrokenJournal);
    } else
      recorder.record(
        body,
        reuse.changesWith(node.planned, body, () => inputsOf(node), jobIsOver),
      );

    if (body.type === "approval-requested") company.onAsked(node);
    else if (body.type === "step-succeeded") {
      for (const { index, failure } of missing)
        recorder.record({ type: "output-not-stored", stepId, index, failure });
      for (const output of toFetch) {
        if (output.isHere) results.know({ ...output, stepId });
        else results.keep({ ...output, stepId });
      }
      for (const dependent of node.dependents) if (--dependent.missing === 0) ready.push(dependent);
    } else if (body.type === "step-failed") skipDependents(node, stepId);
    else if (body.type === "step-skipped")
      skipDependents(node, body.reason.kind === "upstream" ? body.reason.stepId : stepId);
  }

  function skipDependents(node: StepNode, culprit: StepId): void {
    if (stopping) return; // those who wait are cancelled, not skipped
    const bad = [node];
    for (let next = bad.pop(); next; next = bad.pop())
      for (const dependent of next.dependents) {
        if (statusOf(dependent).kind !== "waiting") continue;
        if (dependent.items?.has(next)) {
          // A hole in its list; what that means is said once all the items have ended.
          if (--dependent.missing === 0) ready.push(dependent);
          continue;
        }
        recorder.record(skippedBy(culprit, dependent));
        bad.push(dependent);
      }
  }

  function cancelStep(node: StepNode): void {
    const { job } = stateOf(node);
    const { stepId } = node.planned;
    const body = { type: "step-cancelled", stepId, ...(job ? { job } : {}) } as const;
    recorder.record(
      body,
      reuse.changesWith(node.planned, body, () => inputsOf(node)),
    );
  }

  /** An answer after its wait was given up. It settles the doubt, unless a person has done so meanwhile. */
  async function lateId(
    node: StepNode,
    attempt: number,
    job: JobRef,
    ledger: SentPost | undefined,
  ): Promise<void> {
    const { stepId } = node.planned;
    const { status, attempt: current, making, estimateMicrodollars } = stateOf(node);
    if (recorder.broken) lostJobs.push(job);
    if (recorder.broken || status.kind !== "in-doubt" || current !== attempt) return;
    const at = posts.get(stepId)?.at ?? clock.now();
    const row = ledger && ({ ...ledger, state: "sent", jobId: job.id, at } as const);
    if (row) posts.set(stepId, row);
    const accepted = recorder.commit(
      { type: "job-accepted", stepId, attempt, job },
      row,
      making ? [acceptedAs(making, job, estimateMicrodollars)] : [],
    );
    if (!isOver) {
      cancelStep(node);
      // A retry before it may have left steps waiting for what a person would decide about the doubt.
      if (node.dependents.some((dependent) => statusOf(dependent).kind === "waiting")) {
        skipDependents(node, stepId);
        goOn();
      }
    }
    await accepted.catch(ignoreBrokenJournal);
  }

  // ── Coming to rest ─────────────────────────────────────────────────────────────────────────────────────────

  function goOn(): void {
    settled = undefined;
    drain();
  }

  /** Begins nothing more, ends what can be ended, and gives creates in flight their time. */
  function wind(why: "cancel" | "quit" | "broken"): void {
    if (stopping === why || stopping === "broken") return;
    const isFirst = stopping === undefined;
    stopping = why;
    clock.clearTimeout(sliceTimer);
    sliceTimer = undefined;
    ready.length = 0;
    lanes.clear();
    for (const { execution } of executing) execution?.stop.abort();
    results.beginNoMore();
    if (isFirst)
      stopGrace = patientTimeout(clock, deps.limits.createGraceMs, () => {
        for (const { execution } of executing) execution?.giveUp.abort();
        results.stop();
      });
    settleIfQuiet();
  }

  function settleIfQuiet(): void {
    if (executing.size > 0 || results.underWay > 0 || sliceTimer !== undefined || isOver) return;
    if (!stopping && ready.length > 0) return;
    stopGrace();
    signals.endAll();
    if (stopping === "quit" || stopping === "broken") isOver = true;
    else if (settled !== undefined) return;
    else {
      stopping = undefined;
      settled = outcomeOf(recorder.latest.state());
      recorder.record({ type: "run-settled", outcome: settled });
    }
    change.resolve();
    change = Promise.withResolvers();
  }

  async function whenSettled(): Promise<RunOutcome> {
    for (;;) {
      const next = change.promise;
      const outcome = settled;
      if (isOver && recorder.broken) throw new JournalFailure(recorder.broken.cause, lostJobs);
      if (outcome !== undefined && !recorder.broken) {
        // Settled for others only when the journal has it; if the journal fails now, the loop tells.
        await recorder.flushed().catch(ignoreBrokenJournal);
        if (settled === outcome && !recorder.broken) return outcome;
      } else if (isOver) throw new RunStopped(runId);
      else await next;
    }
  }

  return {
    open() {
      isOpen = true;
      drain();
    },
    lineUp(node) {
      const culprit = statusOf(node).kind === "waiting" ? culpritOf(node, standing) : undefined;
      if (culprit !== undefined) finish(node, { body: skippedBy(culprit, node) });
      else if (node.missing === 0) ready.push(node);
    },
    startOver(node) {
      node.interrupted = true;
      ready.push(node);
    },
    collect(node, job) {
      execute(node, async (context) => {
        await reuse.takeUp(node.planned.stepId);
        return await followAgain(workFor(node), job, context);
      });
    },
    send(node, approved) {
      execute(node, async (context) => await perform(workFor(node), context, approved));
    },
    finish,
    cancelStep,
    goOn,
    cancel() {
      const toCancel = [...nodes.values()].filter((node) => {
        const { kind } = statusOf(node);
        return node.interrupted || kind === "waiting" || kind === "waiting-for-approval";
      });
      if (toCancel.length === 0 && executing.size === 0 && results.underWay === 0) return false;
      settled = undefined;
      recorder.record({ type: "cancel-requested" });
      for (const node of toCancel) {
        delete node.interrupted;
        cancelStep(node);
      }
      wind("cancel");
      return true;
    },
    async stop() {
      if (isOver) return;
      wind("quit");
      while (!isOver) await change.promise;
      await recorder.flushed().catch(ignoreBrokenJournal);
    },
    breakOff: () => wind("broken"),
    settleIfQuiet,
    whenSettled,
    get stopping() {
      return stopping;
    },
    get isOver() {
      return isOver;
    },
  };
}

/** How the run had come to rest when it was opened. */
function outcomeIn({ latest }: Recorder): RunOutcome | undefined {
  const { status } = latest.state();
  return status === "running" ? undefined : status;
}

function skippedBy(culprit: StepId, { planned: { stepId } }: StepNode) {
  return { type: "step-skipped", stepId, reason: { kind: "upstream", stepId: culprit } } as const;
}
