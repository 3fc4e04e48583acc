/**
 * One run: starts each step when its inputs are there, and takes a person's commands.
 *
 * @see docs/architecture.md, "The life of a run".
 */
import type { Plan, PlannedStep, StepId } from "../graph/plan.ts";
import { headsOf } from "../graph/plan-outline.ts";
import type { StepInputs, StepWork } from "../nodes/work.ts";
import type { JobRef } from "../wondercat/types.ts";
import type { SentPost } from "./create.ts";
import type { EngineDeps, LedgerEntry, PostKey, PostSettlement } from "./deps.ts";
import type { PostPreview, RunEvent, RunEventBody, RunOutcome, StepHead, StepHeads } from "./events.ts";
import { bug, INTERNAL_ERROR, unheard } from "./failures.ts";
import { foldEvents, outcomeOf } from "./fold.ts";
import { holeFailure } from "./holes.ts";
import { createLanes } from "./lanes.ts";
import { createTraffic, type Traffic } from "./limits.ts";
import { followAgain, perform, performAtOnce } from "./perform.ts";
import { askFor, lookAgain, mayBeSamePost } from "./posts.ts";
import { createRecorder, JournalFailure } from "./recorder.ts";
import { createResults } from "./results.ts";
import { isRetryRoot, keepsOwnVerb } from "./retry-scope.ts";
import { createReuse } from "./reuse.ts";
import type { RunState, StepState, StepStatus } from "./run-state.ts";
import { createSignals } from "./signals.ts";
import type { RunBudget, StepContext, StepEnd } from "./step-context.ts";
import { createInputs } from "./step-inputs.ts";
import { createUploads } from "./uploads.ts";
import { LONGEST_WAIT_MS, Stopped, sleep } from "./waiting.ts";

export type CommandAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: { readonly code: RefusalCode; readonly message: string; readonly remedy: string };
    };

type RefusalCode =
  | "unknown-step"
  | "stopping"
  | "stopped"
  | "not-running"
  | "wrong-state"
  | "already-published"
  | "in-doubt"
  | "dependants-running"
  | "approval-void"
  | "earlier-unsettled"
  | "nothing-unsettled"
  | "nothing-to-fetch"
  | "nothing-failed";

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
  /** Looks at the job of an unfinished step again. Never creates: what was cancelled after it stays so. */
  checkAgain(stepId: StepId): CommandAnswer;
  /** @param digest the `PostPreview.digest` that was looked at; another one is refused. */
  approve(stepId: StepId, digest: string): CommandAnswer;
  declineApproval(stepId: StepId): CommandAnswer;
  /**
   * The only way out of a doubt. A publish that is to be sent again is asked for first, and `settlePost` must have said
   * by then that the earlier one did not go out.
   */
  settleDoubt(stepId: StepId, decision: "resend" | "skip"): CommandAnswer;
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

/** The run was left unfinished by `stop()`; a later process may go on with it. */
class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly code = "run_stopped";
  constructor(runId: string) {
    super(`Run ${runId} was left unfinished because Catwalk quits.`);
  }
}

type Node = {
  readonly planned: PlannedStep;
  readonly needs: readonly Node[];
  readonly dependents: Node[];
  /** Items of lists that come in as a whole: if one of them ends badly, the others are still waited for. */
  readonly items?: ReadonlySet<Node>;
  /** Steps it still waits for. */
  missing: number;
  /** Its process is gone: it starts over although it is under way by the journal. */
  interrupted?: true;
  execution?: { readonly stop: AbortController; readonly giveUp: AbortController };
};

/** Steps begun in one go before others get the event loop. */
const SLICE = 500;

export type RunSetup = {
  readonly runId: string;
  readonly plan: Plan;
  /** What a step has to do, from `src/nodes/executors.ts`. */
  workOf(type: string, params: Readonly<Record<string, unknown>>, inputs: StepInputs): StepWork;
  /** Of a type's executor. Results of another version do not stand for its own. Default: 1. */
  versionOf?(type: string): number;
  /** Takes no result of before this run, but for what a node is locked to. Default: false. */
  readonly fresh?: boolean;
  /** Default: no bound. */
  readonly budget?: RunBudget;
  /** What runs on the same server share. Default: this run's own. */
  readonly traffic?: Traffic;
};

/** What a run left behind when its process went, and what is to become of its doubts. */
export type RunLeftovers = {
  /** The whole journal of the run, at least `run-started`. */
  readonly events: readonly RunEvent[];
  /** The ledger's newest row of each step that has one. */
  readonly posts: readonly LedgerEntry[];
  /**
   * `ask`: each waits for a person. `retry`: they are sent again, posts only after a new approval. `skip`: they are
   * left as they are, and what depends on them with them.
   */
  readonly inDoubt: DoubtPolicy;
};

export type DoubtPolicy = "ask" | "retry" | "skip";

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
  const { runId, plan, workOf } = setup;
  const { clock, limits, server } = deps;
  const traffic = setup.traffic ?? createTraffic(deps);
  const nodes = linkNodes(plan);
  const gather = createInputs(plan);
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
      onBroken: () => wind("broken"),
    },
  );
  const results = createResults({
    server,
    media: deps.media,
    fetches: traffic.fetches,
    recorder,
    signals,
    takesWith: (stepId, index, media) => reuse.changesWithStored(stepId, index, media),
    onEnd: () => settleIfQuiet(),
  });
  const reuse = createReuse({
    ...{ clock, server, runId, graphId: plan.graphId, steps: nodes, recorder, signals },
    earlier: leftovers ? recorder.latest.state().steps.values() : [],
    ...{ takes: deps.takes, media: deps.media, fresh: setup.fresh ?? false },
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
  const lostJobs: JobRef[] = [];
  /** Those that wait for an approval, and some that did. */
  const asking = new Set<Node>();

  const ready: Node[] = [];
  const executing = new Set<Node>();
  const lanes = createLanes<Node>();
  let sliceTimer: unknown;
  let stopping: "cancel" | "quit" | "broken" | undefined;
  let graceTimer: unknown;
  let settled: RunOutcome | undefined;
  let isOver = false;
  /** What was left behind is still being looked through. */
  let isOpening = leftovers !== undefined;
  let change = Promise.withResolvers<void>();

  if (leftovers) takeUp(leftovers);
  else for (const node of nodes.values()) if (node.missing === 0) ready.push(node);
  drain();

  // ── Going on where another process was ended ───────────────────────────────────────────────────────────────

  function takeUp({ inDoubt }: RunLeftovers): void {
    const { status, cancelRequested } = recorder.latest.state();
    const isInterrupted = status === "running";
    if (isInterrupted) recorder.record({ type: "run-resumed" });
    else settled = status;
    for (const node of nodes.values()) {
      countMissing(node);
      restoreOutputs(node, isInterrupted);
    }
    if (isInterrupted) for (const node of nodes.values()) takeUpStep(node, cancelRequested);
    for (const node of nodes.values()) {
      const row = posts.get(node.planned.stepId);
      // A person has answered in the ledger while no process held the run.
      if (row?.settled && isAbout(node, row)) takeWord(node, row, row.settled);
      else if (inDoubt !== "ask" && statusOf(node).kind === "in-doubt") settle(node, inDoubt);
    }
    isOpening = false;
    for (const node of nodes.values()) recheck(node);
  }

  /** In plan order, so what a step needs has been taken up before it. */
  function takeUpStep(node: Node, cancelRequested: boolean): void {
    const { stepId } = node.planned;
    const { status, unanswered, job } = stateOf(node);
    if (status.kind === "running" && unanswered)
      finish(node, {
        body: {
          type: "create-in-doubt",
          stepId,
          attempt: unanswered.attempt,
          failure: unheard(unanswered.jobKind),
        },
      });
    else if (status.kind !== "running" && status.kind !== "waiting") return;
    else if (cancelRequested) cancelStep(node);
    else if (status.kind === "running" && job) collect(node, job);
    else if (status.kind === "running") {
      node.interrupted = true;
      ready.push(node);
    } else if (!skipAfterBad(node) && node.missing === 0) ready.push(node);
  }

  /** Bytes that had not arrived are fetched again, or known as still on the server. */
  function restoreOutputs(node: Node, isInterrupted: boolean): void {
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

  // ── Walking the plan ───────────────────────────────────────────────────────────────────────────────────────

  /** A loop, never a recursion: a chain of any length must not grow the stack. */
  function drain(): void {
    if (isOpening) return;
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

  function begin(node: Node): void {
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
  function workFor(node: Node): StepWork {
    return workOf(node.planned.type, node.planned.params, inputsOf(node));
  }

  function inputsOf(node: Node): StepInputs {
    return gather(node.planned, (needed) => recorder.latest.step(needed).outputs);
  }

  function execute(node: Node, act: (context: StepContext) => Promise<StepEnd>): void {
    const { stepId } = node.planned;
    const execution = { stop: new AbortController(), giveUp: new AbortController() };
    node.execution = execution;
    executing.add(node);
    lanes.begin(node.planned.nodeId);
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
        lanes.end(node.planned.nodeId);
        letNext(node.planned.nodeId);
        if (end) finish(node, end);
        else if (stopping === "cancel") cancelStep(node);
        signals.end(stepId);
        drain();
      })
      .catch(onBug);
  }

  /** Writes down how a step came to rest, and what that means for those who wait for it. */
  function finish(node: Node, { body, toFetch = [] }: StepEnd): void {
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
        reuse.changesWith(node.planned, body, () => inputsOf(node)),
      );

    if (body.type === "approval-requested") asking.add(node);
    else if (body.type === "step-succeeded") {
      for (const output of toFetch) {
        if (output.isHere) results.know({ ...output, stepId });
        else results.keep({ ...output, stepId });
      }
      for (const dependent of node.dependents) if (--dependent.missing === 0) ready.push(dependent);
    } else if (body.type === "step-failed") skipDependents(node, stepId);
    else if (body.type === "step-skipped")
      skipDependents(node, body.reason.kind === "upstream" ? body.reason.stepId : stepId);
  }

  function skipDependents(node: Node, culprit: StepId): void {
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
        recorder.record({
          type: "step-skipped",
          stepId: dependent.planned.stepId,
          reason: { kind: "upstream", stepId: culprit },
        });
        bad.push(dependent);
      }
  }

  function cancelStep(node: Node): void {
    const { job } = stateOf(node);
    const { stepId } = node.planned;
    const body = { type: "step-cancelled", stepId, ...(job ? { job } : {}) } as const;
    recorder.record(
      body,
      reuse.changesWith(node.planned, body, () => inputsOf(node)),
    );
  }

  // ── Coming to rest ─────────────────────────────────────────────────────────────────────────────────────────

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
    if (isFirst)
      graceTimer = clock.setTimeout(() => {
        for (const { execution } of executing) execution?.giveUp.abort();
        results.stop();
      }, limits.createGraceMs);
    settleIfQuiet();
  }

  function settleIfQuiet(): void {
    if (executing.size > 0 || results.underWay > 0 || sliceTimer !== undefined || isOver) return;
    if (!stopping && ready.length > 0) return;
    clock.clearTimeout(graceTimer);
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

  /** An answer after its wait was given up. It settles the doubt, unless a person has done so meanwhile. */
  async function lateId(
    node: Node,
    attempt: number,
    job: JobRef,
    ledger: SentPost | undefined,
  ): Promise<void> {
    const { stepId } = node.planned;
    const { status, attempt: current } = stateOf(node);
    if (recorder.broken) lostJobs.push(job);
    if (recorder.broken || status.kind !== "in-doubt" || current !== attempt) return;
    const at = posts.get(stepId)?.at ?? clock.now();
    const row = ledger && ({ ...ledger, state: "sent", jobId: job.id, at } as const);
    if (row) posts.set(stepId, row);
    const accepted = recorder.commit({ type: "job-accepted", stepId, attempt, job }, row);
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

  // ── Commands ───────────────────────────────────────────────────────────────────────────────────────────────

  function command(stepId: StepId, act: (node: Node) => CommandAnswer): CommandAnswer {
    const refused = refusedNow();
    if (refused) return refused;
    const node = nodes.get(stepId);
    if (!node) return refuse("unknown-step", "This run has no such step.", "Reload the run.");
    return act(node);
  }

  function refusedNow(): CommandAnswer | undefined {
    if (recorder.broken || isOver || stopping === "quit")
      return refuse("stopped", "This run has stopped for good.", "Start a new run.");
    if (stopping) return refuse("stopping", "The run is being cancelled.", "Wait until it has come to rest.");
    return undefined;
  }

  function goOn(): CommandAnswer {
    settled = undefined;
    drain();
    return accepted;
  }

  function retry(node: Node): CommandAnswer {
    const { status, sentAt } = stateOf(node);
    switch (status.kind) {
      case "waiting":
      case "running":
        return refuse("wrong-state", "This step has not ended yet.", "Wait for it, or cancel the run.");
      case "waiting-for-approval":
        return refuse("wrong-state", "This step waits for your approval.", "Approve or decline it.");
      case "in-doubt":
        return refuse("in-doubt", "Nobody can say whether this was made.", "Decide: send again, or skip.");
      case "overdue":
      case "outcome-unknown":
        return refuse("wrong-state", "The job of this step may still end well.", "Check again.");
      case "succeeded":
        if (sentAt !== undefined)
          return refuse("already-published", "This post is out.", "Start a new run to post again.");
        return rerun([node]);
      case "failed":
      case "cancelled":
        return rerun([node, ...culprits(node)]);
      case "skipped":
        switch (status.reason.kind) {
          case "declined":
            return rerun([node]);
          case "doubt-skipped":
            return refuse("in-doubt", "Nobody can say whether this was made.", "Decide to send it again.");
          case "publish-not-allowed":
            return refuse("wrong-state", "This run must not publish.", "Start a run that may.");
          case "upstream": {
            const roots = culprits(node);
            if (roots.length > 0) return rerun(roots);
            return refuse("wrong-state", "What this step needs was left out.", "Look at the step before it.");
          }
        }
    }
  }

  /** The steps above that ended badly and can be tried again, but for holes that the step can do with. */
  function culprits(node: Node): Node[] {
    const found = new Set<Node>();
    const visited = new Set<Node>();
    const toVisit = missedNeeds(node);
    for (let next = toVisit.pop(); next; next = toVisit.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      const status = statusOf(next);
      if (status.kind === "failed" || status.kind === "cancelled" || isDeclined(status)) found.add(next);
      if (isBad(status)) toVisit.push(...missedNeeds(next));
    }
    return [...found];
  }

  /**
   * Resets these steps and what depends on them. Doubts and posts of unknown outcome stay as they are: only their own
   * verbs settle them.
   */
  function rerun(roots: readonly Node[], because: "retry" | "doubt-resend" = "retry"): CommandAnswer {
    const affected = new Set(roots);
    for (const node of affected) for (const dependent of node.dependents) affected.add(dependent);
    for (const node of affected)
      if (node.execution)
        return refuse(
          "dependants-running",
          `"${node.planned.title}" still runs with the result of this step.`,
          "Wait until it has ended, or cancel the run.",
        );

    const rootSet = new Set(roots);
    // A job that was accepted is collected, not paid for again.
    const toCollect: [Node, JobRef][] = [];
    const toRun: Node[] = [];
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
    for (const node of affected) countMissing(node);
    for (const node of toRun) if (!skipAfterBad(node) && node.missing === 0) ready.push(node);
    for (const [node, job] of toCollect) collect(node, job);
    return goOn();
  }

  function countMissing(node: Node): void {
    node.missing = 0;
    for (const need of node.needs) {
      const status = statusOf(need);
      if (status.kind !== "succeeded" && !(node.items?.has(need) && isBad(status))) node.missing++;
    }
  }

  /** A step that waits for what will not come is skipped. */
  function skipAfterBad(node: Node): boolean {
    const bad = node.needs.find((need) => !node.items?.has(need) && isBad(statusOf(need)));
    if (!bad || statusOf(node).kind !== "waiting") return false;
    const status = statusOf(bad);
    const culprit =
      status.kind === "skipped" && status.reason.kind === "upstream"
        ? status.reason.stepId
        : bad.planned.stepId;
    finish(node, {
      body: {
        type: "step-skipped",
        stepId: node.planned.stepId,
        reason: { kind: "upstream", stepId: culprit },
      },
    });
    return true;
  }

  function settle(node: Node, decision: "retry" | "skip"): CommandAnswer {
    const { stepId } = node.planned;
    recorder.record({ type: "doubt-settled", stepId, decision: decision === "retry" ? "resend" : "skip" });
    if (decision === "retry") return rerun([node], "doubt-resend");
    finish(node, { body: { type: "step-skipped", stepId, reason: { kind: "doubt-skipped" } } });
    return goOn();
  }

  /** What became of a post is told to the ledger and to its step in one transaction. */
  function takeWord(node: Node, row: LedgerEntry, settled: PostSettlement): CommandAnswer {
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
    return goOn();
  }

  /** Whether the step rests because nobody can say what became of this very post. */
  function isAbout(node: Node, row: LedgerEntry): boolean {
    const { status, attempt } = stateOf(node);
    return attempt === row.attempt && isUnspoken(status);
  }

  function recheckPosts(key: PostKey): void {
    if (recorder.broken || isOver || stopping) return;
    for (const node of asking) {
      const status = statusOf(node);
      if (status.kind !== "waiting-for-approval") asking.delete(node);
      else if (mayBeSamePost(status.post, server, key)) recheck(node);
    }
  }

  function recheck(node: Node): void {
    const { status } = stateOf(node);
    if (status.kind !== "waiting-for-approval") return;
    asking.add(node);
    void recheckPost(node, status.post).catch(onBug);
  }

  async function recheckPost(node: Node, post: PostPreview): Promise<void> {
    let latest: PostPreview;
    try {
      latest = await lookAgain(post, deps);
    } catch {
      return; // the ledger cannot be read: an approval will say so, and sends nothing
    }
    const { status } = stateOf(node);
    const isSame = status.kind === "waiting-for-approval" && status.post === post;
    if (isOver || stopping || !isSame || latest.digest === post.digest) return;
    finish(node, askFor(latest, node.planned.stepId));
  }

  function reset(node: Node, because: Extract<RunEventBody, { type: "step-reset" }>["because"]): void {
    const { stepId } = node.planned;
    results.forget(stepId);
    reuse.forget(stepId);
    recorder.record({ type: "step-reset", stepId, because });
  }

  function collect(node: Node, job: JobRef): void {
    execute(node, async (context) => {
      await reuse.takeUp(node.planned.stepId);
      return await followAgain(workFor(node), job, context);
    });
  }

  return {
    runId,
    state: () => recorder.seen.state(),
    whenSettled,
    cancel() {
      if (recorder.broken || isOver)
        return refuse("stopped", "This run has stopped for good.", "Start a new run.");
      if (stopping) return accepted;
      const toCancel = [...nodes.values()].filter(
        (node) =>
          node.interrupted ||
          statusOf(node).kind === "waiting" ||
          statusOf(node).kind === "waiting-for-approval",
      );
      if (toCancel.length === 0 && executing.size === 0 && results.underWay === 0)
        return refuse("not-running", "Nothing of this run is under way.", "There is nothing to cancel.");
      settled = undefined;
      recorder.record({ type: "cancel-requested" });
      for (const node of toCancel) {
        delete node.interrupted;
        cancelStep(node);
      }
      wind("cancel");
      return accepted;
    },
    retry: (stepId) => command(stepId, retry),
    retryFailed() {
      const refused = refusedNow();
      if (refused) return refused;
      const roots = [...nodes.values()].filter((node) => isRetryRoot(statusOf(node)));
      if (roots.length > 0) return rerun(roots);
      return refuse("nothing-failed", "No step of this run failed or was cancelled.", "Nothing to do.");
    },
    checkAgain: (stepId) =>
      command(stepId, (node) => {
        const { status } = stateOf(node);
        const job =
          status.kind === "overdue" || status.kind === "outcome-unknown" || status.kind === "cancelled"
            ? status.job
            : undefined;
        if (!job) return refuse("wrong-state", "This step has no unfinished job.", "Nothing to do.");
        recorder.record({ type: "step-reset", stepId, because: "check-again" });
        collect(node, job);
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
          recheck(node); // another process may have settled it
          return refuse(
            "earlier-unsettled",
            "Nobody can say whether an earlier post of the same media went out.",
            "Look at the account, then say whether it did.",
          );
        }
        recorder.commit({ type: "approval-given", stepId, digest, by: "person" }).catch(ignoreBrokenJournal);
        execute(node, async (context) => await perform(workFor(node), context, status.post));
        return goOn();
      }),
    declineApproval: (stepId) =>
      command(stepId, (node) => {
        if (statusOf(node).kind !== "waiting-for-approval")
          return refuse("wrong-state", "This step does not wait for an approval.", "Nothing to do.");
        finish(node, { body: { type: "step-skipped", stepId, reason: { kind: "declined" } } });
        return goOn();
      }),
    settleDoubt: (stepId, decision) =>
      command(stepId, (node) => {
        const status = statusOf(node);
        const isSkipped = status.kind === "skipped" && status.reason.kind === "doubt-skipped";
        if (status.kind !== "in-doubt" && !(isSkipped && decision === "resend"))
          return refuse("wrong-state", "This step is not in doubt.", "Nothing to do.");
        return settle(node, decision === "resend" ? "retry" : "skip");
      }),
    settlePost: (stepId, attempt, as, permalink) =>
      command(stepId, (node) => {
        const row = posts.get(stepId);
        if (row?.attempt !== attempt || !isUnsettled(row) || node.execution)
          return refuse("nothing-unsettled", "This post is not in doubt.", "Nothing to do.");
        const link = permalink === undefined ? {} : { permalink };
        return takeWord(node, { ...row, ...link }, { as, by: "person", at: clock.now() });
      }),
    recheckPosts,
    fetchPreviewAgain: (stepId) =>
      command(stepId, () => {
        if (!results.fetchAgain(stepId))
          return refuse("nothing-to-fetch", "Every result of this step is here.", "Nothing to do.");
        return goOn();
      }),
    flushed: () => recorder.flushed(),
    async stop() {
      if (isOver) return;
      wind("quit");
      while (!isOver) await change.promise;
      await recorder.flushed().catch(ignoreBrokenJournal);
    },
  };

  // ── Small words ────────────────────────────────────────────────────────────────────────────────────────────

  function stateOf(node: Node): StepState {
    return recorder.latest.step(node.planned.stepId);
  }

  function statusOf(node: Node): StepStatus {
    return stateOf(node).status;
  }
}

const accepted: CommandAnswer = { ok: true };

function refuse(code: RefusalCode, message: string, remedy: string): CommandAnswer {
  return { ok: false, reason: { code, message, remedy } };
}

/** What the ledger is told when a publish step comes to rest; undefined when nothing was sent. */
function postState(body: StepEnd["body"], job: JobRef | undefined): LedgerEntry["state"] | undefined {
  if (body.type === "create-in-doubt") return "in-doubt";
  if (job?.kind !== "publish") return undefined;
  if (body.type === "step-succeeded") return "succeeded";
  // Our own mistake says nothing about the post, so it must not look as if nothing had gone out.
  if (body.type === "step-failed") return body.failure.code === INTERNAL_ERROR ? "unknown" : "failed";
  return body.type === "step-overdue" ? "unknown" : undefined;
}

/** Nobody can say whether it went out, and nobody has. An intent belongs here once its step rests. */
function isUnsettled({ state, settled }: LedgerEntry): boolean {
  return settled === undefined && (state === "intended" || state === "in-doubt" || state === "unknown");
}

/** Steps that rest because nobody can say what became of their post. */
function isUnspoken(status: StepStatus): boolean {
  return (
    status.kind === "in-doubt" ||
    status.kind === "outcome-unknown" ||
    (status.kind === "skipped" && status.reason.kind === "doubt-skipped") ||
    (status.kind === "failed" && status.failure.code === INTERNAL_ERROR)
  );
}

function isBad(status: StepStatus): boolean {
  return status.kind === "failed" || status.kind === "skipped" || status.kind === "cancelled";
}

function isDeclined(status: StepStatus): boolean {
  return status.kind === "skipped" && status.reason.kind === "declined";
}

/** Needs without which the step cannot do. */
function missedNeeds({ planned, needs, items }: Node): Node[] {
  if (!items) return [...needs];
  const usesRest = planned.inputs.some(({ hole }) => hole === "use-rest");
  return needs.filter((need) => !usesRest || !items.has(need));
}

function linkNodes(plan: Plan): ReadonlyMap<StepId, Node> {
  const nodes = new Map<StepId, Node>();
  for (const planned of plan.steps) {
    const needs = [...new Set(planned.inputs.map((input) => input.fromStep))].map((stepId) => {
      const need = nodes.get(stepId);
      if (!need) throw new Error(`Step ${planned.stepId} needs ${stepId}, which is not planned before it.`);
      return need;
    });
    const items = itemsOf(planned, nodes);
    const node: Node = { planned, needs, dependents: [], missing: needs.length, ...(items ? { items } : {}) };
    for (const need of needs) need.dependents.push(node);
    if (nodes.has(planned.stepId)) throw new Error(`Two steps are called ${planned.stepId}.`);
    nodes.set(planned.stepId, node);
  }
  return nodes;
}

/** Steps of which every input is an item of a list; one that also comes in by itself cannot be done without. */
function itemsOf(planned: PlannedStep, nodes: ReadonlyMap<StepId, Node>): ReadonlySet<Node> | undefined {
  if (!planned.inputs.some(({ hole }) => hole)) return undefined;
  const items = new Set<Node>();
  for (const { fromStep, hole } of planned.inputs) {
    const node = nodes.get(fromStep);
    if (node && hole) items.add(node);
  }
  for (const { fromStep, hole } of planned.inputs) {
    const node = nodes.get(fromStep);
    if (node && !hole) items.delete(node);
  }
  return items;
}

/** In the small form where nodes have more steps than one. */
function headsIn({ outline }: Plan, nodes: ReadonlyMap<StepId, Node>): StepHeads {
  return outline && outline.nodes.length < nodes.size ? headsOf(outline) : [...nodes.values()].map(headOf);
}

function headOf({ planned, needs }: Node): StepHead {
  const { stepId, nodeId, itemPath, type, title } = planned;
  return { stepId, nodeId, itemPath, type, title, needs: needs.map((need) => need.planned.stepId) };
}

/** A broken journal is told by `whenSettled`; the one who recorded need not be told again. */
function ignoreBrokenJournal(error: unknown): void {
  if (!(error instanceof JournalFailure)) throw error;
}

/** Our own mistake in a place where nobody awaits: it must not vanish. */
function onBug(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
