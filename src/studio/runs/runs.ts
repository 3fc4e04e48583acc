import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Editor } from "../../editing/editor.ts";
import type {
  CommandAnswer,
  DoubtPolicy,
  EngineLimits,
  JobTimes,
  RemoteServer,
  Run,
  Saver,
} from "../../engine/index.ts";
import type { RunEvent, RunState } from "../../engine/record.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { Plan, StepId } from "../../graph/plan/plan.ts";
import { storedPlan } from "../../graph/plan/stored-plan.ts";
import type { Library } from "../../library/library.ts";
import type { FoundRun } from "../../library/run-history.ts";
import type { PastRun } from "../contract/history.ts";
import type {
  ApprovalAnswer,
  DoubtAnswer,
  RunLeftAtServer,
  RunMessage,
  RunSummary,
} from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";
import { createLocalEditor } from "../media/local-editor.ts";
import type { StudioMedia } from "../media/media-store.ts";
import { searchTextOf } from "../results/run-text.ts";
import type { Server } from "../server/connection.ts";
import { createServerShares } from "../server/server-shares.ts";
import { watchForeign } from "./foreign-run.ts";
import { createHeldRuns } from "./held-runs.ts";
import { createRunOpener, type RunCompany } from "./open-run.ts";
import { entryOf } from "./post-ledger.ts";
import { createRestingRuns, type RestingRun } from "./resting-runs.ts";
import type { WatchOptions } from "./run-feed.ts";
import { readEvents, readRun } from "./run-journal.ts";
import { type RunOptions, storedOptions } from "./run-options.ts";
import { createRunPosts, type RunPosts } from "./run-posts.ts";
import { runElsewhere, runMissing, runOver, runQueued } from "./run-refusals.ts";
import { createRunSummaries, isUnfinished } from "./run-summary.ts";
import { checkParked, createSurvivalWatch } from "./run-survival.ts";
import { type DoubtsWord, settleDoubts } from "./settle-doubts.ts";
import { createQueueOfRuns, type StudioQueue, selectionWords } from "./studio-queue.ts";

export type RunOrder = RunCompany &
  RunOptions & {
    readonly graph: Graph;
    readonly plan: Plan;
    readonly server: Server;
  };

export type ResumeOrder = RunCompany & {
  readonly runId: string;
  readonly server: Server;
  readonly inDoubt: DoubtPolicy;
  /** Whether a person is there to be asked about posts; else the run keeps the policy it was started with. */
  readonly attended: boolean;
  readonly evenIfParked: boolean;
  /** What was told beside what the run was started with; as `RunSetup.toldDoubts`. */
  readonly toldDoubts?: readonly string[] | undefined;
};

export type StudioRuns = {
  /** What the engine may ask of this server; shared by its runs. */
  remote(server: Server): RemoteServer;
  /** How long jobs on this server take, as far as this machine has learned. */
  times(server: Server): JobTimes;
  /** Begins now, whatever the queue: for a command line that waits for it. */
  start(order: RunOrder): Run;
  /** Begins when the queue has room for it, with exactly this order. */
  enqueue(order: RunOrder): { readonly runId: string; readonly queued: boolean };
  readonly queue: StudioQueue;
  /** Whether it is held here and at rest, so that it takes commands and there is nothing to resume. */
  isOpen(runId: string): boolean;
  /** @throws Refused when somebody works on it (`run-held`), or when it is not this server's (`run-other-server`). */
  resting(runId: string, server: Server): RestingRun;
  /** Takes the run up in this process, at once. @throws Refused as `resting`, and `run-parked`. */
  resume(order: ResumeOrder): Run;
  /**
   * As `resume`, but a run that never began goes through the queue. One that had begun is taken up at once whatever
   * the limit: its jobs are out already, and somebody has to look at them.
   */
  resumeOrEnqueue(order: ResumeOrder): void;
  /** Ends an interrupted run where it stands. @throws Refused */
  discard(runId: string): Promise<RunLeftAtServer>;
  list(query: { readonly graphId?: string | undefined; readonly limit: number }): readonly RunSummary[];
  watch(runId: string, options: WatchOptions): AsyncGenerator<RunMessage, void, void>;
  log(query: {
    readonly runId: string;
    readonly afterSeq: number;
    readonly limit: number;
  }): readonly RunEvent[];
  /** A queued run is forgotten; one that goes on is told to stop. @throws Refused as `command` */
  cancel(runId: string): void;
  /** @throws Refused when this process does not hold the run, or the run refuses. */
  command(runId: string, act: (run: Run) => CommandAnswer): void;
  /** The same with its cost and results, from a row that was found. */
  past(found: FoundRun): PastRun;
  /** A run as it stands; its state is undefined when its process went before the first event. @throws Refused */
  steps(runId: string): { readonly run: PastRun; readonly state: RunState | undefined };
  /** The last of it alone, without reading its journal where this process holds it. @throws Refused */
  state(runId: string): RunState | undefined;
  /** Takes a run that nobody works on out of every list. @throws Refused `run-running` */
  hide(runId: string): void;
  /** Takes those that are at rest out of every list, for a clean-up. @returns how many */
  hideResting(runIds: readonly string[]): number;
  /** Whether it is this process's: what its row says may be behind. */
  isHeld(runId: string): boolean;
  /** Runs with something under way, and those that wait for their turn. */
  unfinished(): readonly RunSummary[];
  readonly posts: RunPosts;
  /**
   * Approves each post that is still as it was seen, and says of each whether it was.
   *
   * @throws Refused when this process does not hold the run.
   */
  approveMany(
    runId: string,
    seen: readonly { readonly stepId: string; readonly digest: string }[],
  ): readonly ApprovalAnswer[];
  /** @throws Refused when this process does not hold the run, or `sum-changed`: then nothing is settled. */
  settleDoubts(runId: string, said: DoubtsWord): readonly DoubtAnswer[];
  onChange(listener: () => void): () => void;
  /** Leaves every run unfinished for a later process; awaits creates in flight. */
  stop(): Promise<void>;
};

export function createStudioRuns(deps: {
  readonly library: Library;
  readonly media: StudioMedia;
  readonly editor: Editor;
  readonly clock: Clock;
  random(): number;
  readonly homeFolder: string;
  savedSaver(): Saver;
  readonly limits: EngineLimits;
}): StudioRuns {
  const { library, media, clock, random, savedSaver, limits } = deps;
  const listeners = new Set<() => void>();
  const servers = createServerShares({ library, clock, random, limits });
  const held = createHeldRuns();
  const summaries = createRunSummaries({ library, held });
  const queue = createQueueOfRuns({ library, clock, held, summaries });
  const posts = createRunPosts({ library, clock, held });
  const resting = createRestingRuns({ library, clock, held, isWaiting: queue.isWaiting });
  const survival = createSurvivalWatch({ library, clock, held });
  const open = createRunOpener({
    ...{ library, media, clock, random, savedSaver, limits, servers, held, queue, posts },
    editor: createLocalEditor(deps.editor, join(deps.homeFolder, "renders")),
    onChange: changed,
  });

  function changed(): void {
    for (const listener of listeners) listener();
  }

  // ── Beginning and going on ─────────────────────────────────────────────────────────────────────────────────

  function record(order: RunOrder, status: "queued" | "running"): string {
    const { graph, plan, server } = order;
    const runId = randomUUID();
    library.runs.add({
      runId,
      status,
      graphId: plan.graphId,
      graphName: plan.graphName,
      scope: server.scope,
      serverLabel: server.label,
      startedAt: clock.now(),
      steps: plan.steps.length,
      graphJson: JSON.stringify(graph),
      planJson: storedPlan(plan),
      optionsJson: storedOptions(order),
      searchText: searchTextOf(graph),
    });
    return runId;
  }

  function resume(order: ResumeOrder): Run {
    const { runId, server, inDoubt, attended } = order;
    checkParked(resting.get(runId, server).row, order);
    const { plan, selection, publishPolicy, limits, events, toldDoubts = [] } = resting.claim(runId);
    // The same scope, as `resting` saw to.
    const sent = library.ledger.ofRun(runId).map((row) => entryOf(row, server.scope));
    const run = open({
      ...{ runId, plan, server, limits, company: order },
      toldDoubts: [...toldDoubts, ...(order.toldDoubts ?? [])],
      publishPolicy: server.isSandbox ? "sandbox" : attended ? "ask" : publishPolicy,
      ...(attended ? { selection: selectionWords(plan, selection) } : {}),
      ...(events.length === 0 ? {} : { leftovers: { events, posts: sent, inDoubt } }),
    });
    survival.watch(run);
    changed();
    return run;
  }

  function resumeOrEnqueue(order: ResumeOrder): void {
    const { runId, server } = order;
    const { row, plan, state, selection } = resting.get(runId, server);
    if (state) {
      resume(order);
      return;
    }
    checkParked(row, order);
    resting.claim(runId);
    // Waiting is no crash: what counts is the claim when it begins.
    library.runs.survived(runId);
    queue.add(runId, selectionWords(plan, selection), () => void resume(order));
    changed();
  }

  // ── Commands ───────────────────────────────────────────────────────────────────────────────────────────────

  function command(runId: string, act: (run: Run) => CommandAnswer): void {
    const answer = act(heldRun(runId));
    if (!answer.ok) throw new Refused(answer.reason.code, answer.reason.message, answer.reason.remedy);
    changed();
    queue.advance();
  }

  /** @throws Refused, with where it is instead */
  function heldRun(runId: string): Run {
    const found = held.get(runId);
    if (found) return found.run;
    const row = library.runs.get(runId);
    if (!row) throw runMissing();
    if (queue.isWaiting(runId)) throw runQueued();
    if (library.runs.holder(row) === "another-process") throw runElsewhere(library.runs.pidOf(row));
    throw runOver();
  }

  return {
    remote: servers.remote,
    times: (server) => servers.share(server).traffic.times,
    start(order) {
      const runId = record(order, "running");
      const { plan, server, publishPolicy, limits, toldDoubts } = order;
      return open({ runId, plan, server, publishPolicy, limits, toldDoubts, company: order });
    },
    enqueue(order) {
      const runId = record(order, "queued");
      const { plan, server, publishPolicy, limits, toldDoubts } = order;
      const selection = selectionWords(plan, order.selection);
      queue.add(runId, selection, () => {
        open({ runId, plan, server, publishPolicy, limits, toldDoubts, company: order, selection });
      });
      changed();
      return { runId, queued: queue.isWaiting(runId) };
    },
    queue: queue.queue,
    isOpen(runId) {
      const found = held.get(runId);
      return found !== undefined && !held.isBroken(runId) && !held.isUnderWay(found.run);
    },
    resting: resting.get,
    resume,
    resumeOrEnqueue,
    async discard(runId) {
      const left = await resting.discard(runId);
      changed();
      return left;
    },
    list: ({ graphId, limit }) =>
      library.runs.list({ limit, ...(graphId === undefined ? {} : { graphId }) }).map(summaries.of),
    watch(runId, options) {
      const found = held.get(runId);
      return found ? found.feed.watch(options) : watchForeign(runId, options, { library, clock, held });
    },
    log: (query) => readEvents(library, query),
    cancel(runId) {
      if (!queue.take(runId)) return command(runId, (run) => run.cancel());
      library.runs.remove(runId);
      changed();
    },
    command,
    past: summaries.past,
    steps(runId) {
      const { row, state } = readRun(library, runId);
      const glance = library.runs.history.glance(runId);
      return {
        run: summaries.past({ row, ...(glance ? { glance } : {}) }),
        state: held.get(runId)?.run.state() ?? state,
      };
    },
    state: (runId) => held.get(runId)?.run.state() ?? readRun(library, runId).state,
    hide(runId) {
      const row = library.runs.get(runId);
      if (!row) return;
      const found = held.get(runId);
      const isRunning = found ? held.isUnderWay(found.run) : isUnfinished(row) && !held.isBroken(runId);
      if (isRunning && library.runs.holder(row) !== "nobody")
        throw new Refused("run-running", "This run is under way.", "Cancel it first.");
      held.forget(runId);
      library.runs.hide(runId);
    },
    hideResting(runIds) {
      for (const runId of runIds) held.forget(runId);
      return library.runs.hideResting(runIds);
    },
    isHeld: (runId) => held.get(runId) !== undefined || held.isBroken(runId),
    unfinished() {
      const underWay = held.all().filter(({ run }) => held.isUnderWay(run));
      return [...underWay.map(({ run }) => run.runId), ...queue.waiting()].flatMap((runId) => {
        const row = library.runs.get(runId);
        return row ? [summaries.of(row)] : [];
      });
    },
    posts,
    approveMany(runId, seen) {
      const run = heldRun(runId);
      const answers = seen.map(({ stepId, digest }): ApprovalAnswer => {
        const answer = run.approve(stepId as StepId, digest); // a wrong one is refused by the run
        return answer.ok ? { stepId, ok: true } : { stepId, ok: false, ...answer.reason };
      });
      changed();
      return answers;
    },
    settleDoubts(runId, said) {
      const answers = settleDoubts(heldRun(runId), said);
      changed();
      queue.advance();
      return answers;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      queue.close();
      await Promise.all(held.all().map(({ run }) => run.stop()));
      await survival.ended();
    },
  };
}
