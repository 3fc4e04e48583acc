import { createHash, randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Editor } from "../editing/editor.ts";
import { isEditOperation } from "../editing/operations.ts";
import type {
  Clock,
  EditingMode,
  EngineDeps,
  EngineLimits,
  LocalEditor,
  PublishPolicy,
  RemoteServer,
  Saver,
} from "../engine/deps.ts";
import { discardEvents } from "../engine/discard.ts";
import type { RunEvent, RunSignal } from "../engine/events.ts";
import { foldEvents, toSnapshot } from "../engine/fold.ts";
import type { JobTimes } from "../engine/job-times.ts";
import { createTraffic, type Traffic } from "../engine/limits.ts";
import { JournalFailure } from "../engine/recorder.ts";
import {
  type CommandAnswer,
  type DoubtPolicy,
  type Run,
  type RunLeftovers,
  type RunSetup,
  resumeRun,
  startRun,
} from "../engine/run.ts";
import type { RunState } from "../engine/run-state.ts";
import type { Plan, StepId } from "../graph/plan.ts";
import type { Graph } from "../graph/schema.ts";
import { openStoredPlan, storedPlan } from "../graph/stored-plan.ts";
import { LibraryFailure } from "../library/failure.ts";
import type { Library } from "../library/library.ts";
import type { FoundRun, RunGlance } from "../library/run-history.ts";
import type { RunRow } from "../library/run-row.ts";
import { DAMAGED } from "../library/salvage.ts";
import { executorVersion, workOf } from "../nodes/executors.ts";
import type { WondercatClient } from "../wondercat/client.ts";
import type { Server } from "./connection.ts";
import {
  type ApprovalAnswer,
  type PastRun,
  type QueueEntry,
  type RunLeftAtServer,
  type RunLimits,
  type RunMessage,
  type RunQueueState,
  type RunSelection,
  type RunSummary,
  runLimitsSchema,
  selectionSchema,
} from "./contract.ts";
import type { StudioMedia } from "./media-store.ts";
import { entryOf } from "./post-ledger.ts";
import { selectionWords } from "./queue-entry.ts";
import { Refused } from "./refused.ts";
import { createRemoteServer } from "./remote-server.ts";
import { createRunFeed, pause, type RunFeed, type WatchOptions } from "./run-feed.ts";
import { createRunKeeper, parseEvent, progressOf } from "./run-keeper.ts";
import { createRunPosts, type RunPosts } from "./run-posts.ts";
import { createRunQueue } from "./run-queue.ts";
import { glanceOf, spent } from "./run-record.ts";
import { searchTextOf } from "./run-text.ts";
import { takeStore } from "./takes.ts";
import { timesStore } from "./times-store.ts";
import { withoutHarm } from "./without-harm.ts";

type RunCompany = {
  /** Undefined: the saved folder of the data folder. */
  saver?(runId: string): Saver;
  onEvents?(events: readonly RunEvent[]): void;
  onSignal?(signal: RunSignal): void;
};

export type RunOrder = RunCompany & {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly selection: RunSelection;
  readonly server: Server;
  readonly publishPolicy: PublishPolicy;
  readonly limits: RunLimits;
};

export type ResumeOrder = RunCompany & {
  readonly runId: string;
  readonly server: Server;
  readonly inDoubt: DoubtPolicy;
  /** Whether a person is there to be asked about posts; else the run keeps the policy it was started with. */
  readonly attended: boolean;
  readonly evenIfParked: boolean;
};

/** A run that nobody works on, as the library has it. */
export type RestingRun = {
  readonly row: RunRow;
  readonly plan: Plan;
  readonly selection: RunSelection;
  readonly publishPolicy: PublishPolicy;
  readonly limits: RunLimits;
  readonly events: readonly RunEvent[];
  /** Undefined when its process went before the first event was written. */
  readonly state: RunState | undefined;
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
  /** Takes a run that nobody works on out of every list. @throws Refused `run-running` */
  hide(runId: string): void;
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
  onChange(listener: () => void): () => void;
  /** Leaves every run unfinished for a later process; awaits creates in flight. */
  stop(): Promise<void>;
};

/** The queue as the contract has it. */
export type StudioQueue = {
  state(): RunQueueState;
  pause(): RunQueueState;
  resume(): RunQueueState;
  /** @throws Refused when the run does not wait here. */
  move(runId: string, place: number): RunQueueState;
  setLimit(limit: number): RunQueueState;
  /** Called when it changed, and once a second at most while its runs move on. */
  onChange(listener: () => void): () => void;
};

/** What runs on one server share. */
type Lane = { readonly traffic: Traffic; readonly editing: EditingMode };

/** Runs at rest that can still be told to retry or go on; older ones are read from the journal. */
const RESTING_RUNS = 30;
/** How often a run of another process is looked at in the journal, in milliseconds. */
const FOREIGN_POLL_MS = 500;
/** The built-in sandbox is a process of this machine, which nobody else waits for. */
const SANDBOX_POLLS_PER_SECOND = 200;
/** A resumed run that its process outlives for this long is not what ends it, in milliseconds. */
const SURVIVAL_MS = 60_000;
/** So many resumes in a row that were not survived, and a run is parked. */
const MOST_CRASHES = 3;

/** How often the queue tells how far its runs are, in milliseconds. */
const PROGRESS_MS = 1_000;

/** What of a run's options a later process needs. */
const optionsSchema = z.object({
  publishPolicy: z.enum(["ask", "sandbox", "flag", "skip"]),
  selection: selectionSchema.catch({ kind: "all" }),
  limits: runLimitsSchema.default({ fresh: false }),
});

/** A run that this process holds. */
type LiveRun = {
  readonly run: Run;
  readonly feed: RunFeed;
  /** Whether it goes through the queue, and then which part of its graph it takes. */
  readonly selection: QueueEntry["selection"] | undefined;
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
  const { library, media, clock } = deps;
  const live = new Map<string, LiveRun>();
  const waitingSelections = new Map<string, QueueEntry["selection"]>();
  /** Runs whose journal failed, or that could not be begun, and why: nothing goes on in them until they are resumed. */
  const broken = new Map<string, unknown>();
  /** Settle when the resumed runs they watch are known to have been survived. */
  const survivals = new Set<Promise<void>>();
  const lanes = new WeakMap<WondercatClient, Lane>();
  const remotes = new WeakMap<Server, RemoteServer>();
  const listeners = new Set<() => void>();
  const editor = localEditor(deps.editor, join(deps.homeFolder, "renders"));
  const queueListeners = new Set<() => void>();
  let progressTimer: unknown;
  const queue = createRunQueue({
    settings: library.settings,
    underWay: () => inQueue().filter(({ run }) => isUnderWay(run)).length,
    onLost(runId, error) {
      broken.set(runId, error);
      waitingSelections.delete(runId);
    },
    onChange: tellQueue,
  });
  const posts = createRunPosts({ library, clock, live, broken });

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function inQueue(): readonly LiveRun[] {
    return [...live.values()].filter(({ selection }) => selection !== undefined);
  }

  function tellQueue(): void {
    clock.clearTimeout(progressTimer);
    progressTimer = undefined;
    for (const listener of queueListeners) listener();
  }

  function remote(server: Server): RemoteServer {
    const known = remotes.get(server);
    if (known) return known;
    const made = createRemoteServer(server, library, clock);
    remotes.set(server, made);
    return made;
  }

  function lane(server: Server): Lane {
    const known = lanes.get(server.client);
    if (known) return known;
    const traffic = createTraffic({
      clock,
      random: deps.random,
      server: remote(server),
      limits: server.isSandbox ? { ...deps.limits, pollsPerSecond: SANDBOX_POLLS_PER_SECOND } : deps.limits,
      times: timesStore(library, server.scope, clock),
    });
    const made: Lane = { traffic, editing: editingMode(server.catalogue.remoteEditing) };
    lanes.set(server.client, made);
    return made;
  }

  function forgetOldest(): void {
    const resting = [...live].filter(([, { run }]) => !isUnderWay(run));
    for (const [runId] of resting.slice(0, Math.max(0, resting.length - RESTING_RUNS))) live.delete(runId);
  }

  function start(order: RunOrder): Run {
    const runId = record(order, "running");
    const { plan, server, publishPolicy, limits } = order;
    return open({ runId, plan, server, publishPolicy, limits, company: order });
  }

  function enqueue(order: RunOrder): { readonly runId: string; readonly queued: boolean } {
    const runId = record(order, "queued");
    const { plan, server, publishPolicy, limits } = order;
    const selection = selectionWords(plan, order.selection);
    queueUp(runId, selection, () => {
      open({ runId, plan, server, publishPolicy, limits, company: order, selection });
    });
    return { runId, queued: waitingSelections.has(runId) };
  }

  /** Puts a recorded run that has not begun into the queue. */
  function queueUp(runId: string, selection: QueueEntry["selection"], begin: () => void): void {
    waitingSelections.set(runId, selection);
    queue.add({
      runId,
      begin() {
        library.runs.begin(runId, clock.now());
        begin();
        waitingSelections.delete(runId);
      },
    });
    changed();
  }

  function record(order: RunOrder, status: "queued" | "running"): string {
    const { graph, plan, selection, server, publishPolicy, limits } = order;
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
      optionsJson: JSON.stringify({ selection, publishPolicy, limits }),
      searchText: searchTextOf(graph),
    });
    return runId;
  }

  function open(opening: {
    readonly runId: string;
    readonly plan: Plan;
    readonly server: Server;
    readonly publishPolicy: PublishPolicy;
    readonly limits: RunLimits;
    readonly company: RunCompany;
    readonly leftovers?: RunLeftovers;
    /** Set for runs of the queue: they count, and the pause holds their creates. */
    readonly selection?: QueueEntry["selection"];
  }): Run {
    const { runId, plan, server, publishPolicy, limits, company, leftovers, selection } = opening;
    const { traffic, editing } = lane(server);
    let feed: RunFeed | undefined;
    const { budgetMicrodollars: limit, assumedPriceMicrodollars: assumedPrice } = limits;
    const setup: RunSetup = {
      ...{ runId, plan, workOf, versionOf: executorVersion, traffic, fresh: limits.fresh },
      ...(limit === undefined
        ? {}
        : { budget: { limit, ...(assumedPrice === undefined ? {} : { assumedPrice }) } }),
    };
    const engineDeps: EngineDeps = {
      clock,
      random: deps.random,
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      server: remote(server),
      media: media.storeFor(server),
      editor,
      journal: createRunKeeper(library, leftovers?.events ?? [], { onPost: posts.changed, plan }),
      ledger: posts.ledger,
      mayPostUnasked: (post) => posts.unasked.allows(server.scope, post),
      takes: takeStore(library),
      saver: company.saver?.(runId) ?? deps.savedSaver(),
      editing,
      publishPolicy,
      limits: deps.limits,
      ...(selection ? { hold: queue.hold } : {}),
      onEvents(told) {
        feed?.events(told);
        company.onEvents?.(told);
        if (told.some(({ type }) => type === "run-settled" || type === "run-started")) {
          changed();
          queue.advance();
        } else if (selection) progressTimer ??= clock.setTimeout(tellQueue, PROGRESS_MS);
      },
      onSignal(signal) {
        feed?.signal(signal);
        company.onSignal?.(signal);
      },
    };
    const run = leftovers ? resumeRun(setup, leftovers, engineDeps) : startRun(setup, engineDeps);
    feed = createRunFeed({ state: () => run.state(), steps: plan.steps.length, clock });
    live.set(runId, { run, feed, selection });
    run.whenSettled().catch((error: unknown) => {
      if (error instanceof JournalFailure) broken.set(runId, error);
      changed();
      queue.advance();
    });
    forgetOldest();
    return run;
  }

  function resume(order: ResumeOrder): Run {
    const { runId, server, inDoubt, attended } = order;
    checkParked(resting(runId, server).row, order);
    const { plan, selection, publishPolicy, limits, events } = claimed(runId);
    // The same scope, as `resting` saw to.
    const sent = library.ledger.ofRun(runId).map((row) => entryOf(row, server.scope));
    const run = open({
      ...{ runId, plan, server, limits, company: order },
      publishPolicy: server.isSandbox ? "sandbox" : attended ? "ask" : publishPolicy,
      ...(attended ? { selection: selectionWords(plan, selection) } : {}),
      ...(events.length === 0 ? {} : { leftovers: { events, posts: sent, inDoubt } }),
    });
    watchSurvival(run);
    changed();
    return run;
  }

  function resumeOrEnqueue(order: ResumeOrder): void {
    const { row, plan, state, selection } = resting(order.runId, order.server);
    if (state) {
      resume(order);
      return;
    }
    checkParked(row, order);
    claimed(order.runId);
    // Waiting is no crash: what counts is the claim when it begins.
    library.runs.survived(order.runId);
    queueUp(order.runId, selectionWords(plan, selection), () => void resume(order));
  }

  function checkParked(row: RunRow, { evenIfParked }: ResumeOrder): void {
    if (!isParked(row) || evenIfParked) return;
    throw new Refused(
      "run-parked",
      `Catwalk has ended unexpectedly ${row.resumes} times in a row after this run was resumed.`,
      "Resume it once more by its own button or by catwalk resume, or discard it.",
    );
  }

  function resting(runId: string, server: Server): RestingRun {
    const found = unheld(runId);
    if (found.row.scope !== server.scope) throw elsewhere(found.row, server);
    return found;
  }

  function unheld(runId: string): RestingRun {
    const found = read(runId);
    if (isWaiting(runId)) throw queuedHere();
    if (live.has(runId) && !broken.has(runId)) throw heldBy(process.pid);
    if (found.row.status === DAMAGED)
      throw new Refused(
        "run-damaged",
        "The library was damaged, and nobody knows whether all that this run has sent is in its journal.",
        "Start a new run; look at the server first for what the old one has made.",
      );
    if (library.runs.holder(found.row) === "another-process") throw heldBy(library.runs.pidOf(found.row));
    const source = library.runs.source(runId);
    if (!source) throw missing();
    const options = optionsSchema.parse(JSON.parse(source.optionsJson));
    return { ...found, ...options, plan: openStoredPlan(source.planJson) };
  }

  /** From here on the run is this process's alone. It is read after that: another may have worked on it until then. */
  function claimed(runId: string): RestingRun {
    const claim = library.runs.claim(runId);
    if (claim.ok) {
      const found = unheld(runId);
      // What this process could not write is gone for good; the run goes on from what is there.
      if (broken.delete(runId)) library.journal.reopen(runId);
      live.get(runId)?.feed.close();
      live.delete(runId);
      return found;
    }
    throw claim.why === "held" ? heldBy(claim.pid) : missing();
  }

  /** Clears the count of crashes when the run has been lived with for a while, or came to rest before. */
  function watchSurvival(run: Run): void {
    const survived = () => {
      clock.clearTimeout(timer);
      if (broken.has(run.runId)) return;
      // Else the count stays, and costs at worst one more question.
      withoutHarm(() => library.runs.survived(run.runId));
    };
    const timer = clock.setTimeout(survived, SURVIVAL_MS);
    const watched = run.whenSettled().then(survived, survived);
    survivals.add(watched);
    void watched.finally(() => survivals.delete(watched));
  }

  async function discard(runId: string): Promise<RunLeftAtServer> {
    const { row } = unheld(runId);
    if (!isUnfinished(row))
      throw new Refused("run-over", "This run has come to rest.", "There is nothing to discard.");
    const { events, state } = claimed(runId);
    if (!state) {
      library.runs.remove(runId);
      changed();
      return nothingLeft;
    }
    const keeper = createRunKeeper(library, events);
    const ending = discardEvents(events, clock.now());
    await keeper.append(ending, "now");
    library.runs.survived(runId);
    changed();
    return leftBy(foldEvents(state, ending));
  }

  function read(runId: string): { readonly row: RunRow } & Pick<RestingRun, "events" | "state"> {
    const row = library.runs.get(runId);
    if (!row) throw missing();
    const events = log({ runId, afterSeq: 0, limit: -1 });
    return { row, events, state: events.length === 0 ? undefined : foldEvents(undefined, events) };
  }

  function log(query: { runId: string; afterSeq: number; limit: number }): RunEvent[] {
    return library.journal.read(query.runId, query).map(parseEvent);
  }

  function summary(row: RunRow): RunSummary {
    const held = live.get(row.runId);
    const state = held?.run.state();
    const base = {
      runId: row.runId,
      graphId: row.graphId,
      graphName: row.graphName,
      serverLabel: row.serverLabel,
      startedAt: row.startedAt,
      steps: row.steps,
    };
    const stopped = stoppedBy(broken.get(row.runId));
    if (state && broken.has(row.runId))
      return { ...base, ...progressOf(state), status: "interrupted", ...leftBy(state), ...stopped };
    if (state) return { ...base, ...progressOf(state), status: state.status, ...nothingLeft };
    const { done, failed, settledAt } = row;
    const counts = { done, failed, ...(settledAt === undefined ? {} : { settledAt }) };
    if (!isUnfinished(row)) return { ...base, ...counts, status: outcome(row.status), ...nothingLeft };
    const isHeld = library.runs.holder(row) !== "nobody" && !broken.has(row.runId);
    if (isHeld && row.status === "queued") return { ...base, ...counts, status: "queued", ...nothingLeft };
    const { state: folded } = read(row.runId);
    const progress = folded ? progressOf(folded) : counts;
    if (isHeld) return { ...base, ...progress, status: "running", ...nothingLeft };
    const left = folded ? leftBy(folded) : nothingLeft;
    const parked = isParked(row) ? ({ parked: true } as const) : {};
    return { ...base, ...progress, status: "interrupted", ...left, ...parked, ...stopped };
  }

  function past({ row, glance }: FoundRun): PastRun {
    const run = summary(row);
    const { spentMicrodollars, needsYou, outputs } = isUnfinished(row) || !glance ? glanceNow(row) : glance;
    return { ...run, spentMicrodollars, needsYou, outputs };
  }

  function glanceNow(row: RunRow): RunGlance {
    const { runId } = row;
    const state = live.get(runId)?.run.state() ?? read(runId).state;
    if (!state) return { spentMicrodollars: 0, needsYou: 0, outputs: { count: 0, shown: [] } };
    const glance = glanceOf(state);
    if (state.status !== "running") withoutHarm(() => library.runs.history.remember(runId, glance));
    return glance;
  }

  /** A run that this process does not hold, now; it or another process may take it up. */
  async function* watchForeign(runId: string, options: WatchOptions): AsyncGenerator<RunMessage, void, void> {
    const { signal } = options;
    const { state } = read(runId);
    if (state) yield { type: "snapshot", snapshot: toSnapshot(state) };
    let seq = state?.seq ?? 0;
    while (!signal?.aborted) {
      await pause(clock, FOREIGN_POLL_MS, signal);
      if (signal?.aborted) return;
      const held = live.get(runId);
      if (held) return yield* held.feed.watch(options);
      const events = log({ runId, afterSeq: seq, limit: 1_000 });
      const last = events.at(-1);
      if (!last) continue;
      yield seq === 0
        ? { type: "snapshot", snapshot: toSnapshot(foldEvents(undefined, events)) }
        : { type: "events", events };
      seq = last.seq;
    }
  }

  const studioQueue: StudioQueue = {
    state: queueState,
    pause() {
      queue.pause();
      return queueState();
    },
    resume() {
      queue.resume();
      return queueState();
    },
    move(runId, place) {
      if (!queue.move(runId, place))
        throw new Refused("not-queued", "This run does not wait in the queue any more.", "Nothing to do.");
      return queueState();
    },
    setLimit(limit) {
      queue.setLimit(limit);
      return queueState();
    },
    onChange(listener) {
      queueListeners.add(listener);
      return () => queueListeners.delete(listener);
    },
  };

  function queueState(): RunQueueState {
    const running = inQueue().filter(({ run }) => isUnderWay(run));
    return {
      paused: queue.paused,
      limit: queue.limit,
      running: running.flatMap(({ run, selection }) =>
        entry(run.runId, selection, spent(run.state().steps.values())),
      ),
      queued: queue.waiting.flatMap((runId) => entry(runId, waitingSelections.get(runId), 0)),
    };
  }

  function entry(
    runId: string,
    selection: QueueEntry["selection"] | undefined,
    spentMicrodollars: number,
  ): readonly QueueEntry[] {
    const row = library.runs.get(runId);
    return row && selection ? [{ ...summary(row), selection, spentMicrodollars }] : [];
  }

  return {
    remote,
    times: (server) => lane(server).traffic.times,
    start,
    enqueue,
    queue: studioQueue,
    resumeOrEnqueue,
    cancel(runId) {
      if (!queue.take(runId)) return command(runId, (run) => run.cancel());
      waitingSelections.delete(runId);
      library.runs.remove(runId);
      changed();
    },
    isOpen(runId) {
      const held = live.get(runId);
      return held !== undefined && !broken.has(runId) && !isUnderWay(held.run);
    },
    resting,
    resume,
    discard,
    list: ({ graphId, limit }) =>
      library.runs.list({ limit, ...(graphId === undefined ? {} : { graphId }) }).map(summary),
    watch(runId, options) {
      const held = live.get(runId);
      return held ? held.feed.watch(options) : watchForeign(runId, options);
    },
    log,
    command,
    past,
    steps(runId) {
      const { row, state } = read(runId);
      const glance = library.runs.history.glance(runId);
      return {
        run: past({ row, ...(glance ? { glance } : {}) }),
        state: live.get(runId)?.run.state() ?? state,
      };
    },
    approveMany(runId, seen) {
      const held = live.get(runId);
      if (!held) throw notHeld(runId);
      const answers = seen.map(({ stepId, digest }): ApprovalAnswer => {
        const answer = held.run.approve(stepId as StepId, digest); // a wrong one is refused by the run
        return answer.ok ? { stepId, ok: true } : { stepId, ok: false, ...answer.reason };
      });
      changed();
      return answers;
    },
    hide(runId) {
      const row = library.runs.get(runId);
      if (!row) return;
      const held = live.get(runId);
      const isRunning = held ? isUnderWay(held.run) : isUnfinished(row) && !broken.has(runId);
      if (isRunning && library.runs.holder(row) !== "nobody")
        throw new Refused("run-running", "This run is under way.", "Cancel it first.");
      live.delete(runId);
      library.runs.hide(runId);
    },
    unfinished: () =>
      [
        ...[...live.values()].filter(({ run }) => isUnderWay(run)).map(({ run }) => run.runId),
        ...queue.waiting,
      ].flatMap((runId) => {
        const row = library.runs.get(runId);
        return row ? [summary(row)] : [];
      }),
    posts,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      queue.close();
      clock.clearTimeout(progressTimer);
      await Promise.all([...live.values()].map(({ run }) => run.stop()));
      await Promise.all(survivals);
    },
  };

  function command(runId: string, act: (run: Run) => CommandAnswer): void {
    const held = live.get(runId);
    if (!held) throw notHeld(runId);
    const answer = act(held.run);
    if (!answer.ok) throw new Refused(answer.reason.code, answer.reason.message, answer.reason.remedy);
    changed();
    queue.advance();
  }

  function isWaiting(runId: string): boolean {
    return queue.waiting.includes(runId);
  }

  function isUnderWay(run: Run): boolean {
    return run.state().status === "running" && !broken.has(run.runId);
  }

  function notHeld(runId: string): Refused {
    const row = library.runs.get(runId);
    if (!row) return missing();
    if (isWaiting(runId)) return queuedHere();
    if (library.runs.holder(row) === "another-process")
      return new Refused(
        "run-elsewhere",
        `This run belongs to another Catwalk on this machine (process ${library.runs.pidOf(row) ?? "unknown"}).`,
        "Go on with it there.",
      );
    return new Refused(
      "run-over",
      "This run was held by a Catwalk that has ended since.",
      "Resume it first.",
    );
  }
}

function outcome(status: string): RunSummary["status"] {
  if (status === DAMAGED) return "failed";
  const known = ["done", "failed", "cancelled", "needs-you"] as const;
  return known.find((one) => one === status) ?? "interrupted";
}

const nothingLeft: RunLeftAtServer = { openJobs: [], doubts: [] };

/** Statuses of steps whose remote job may go on without anybody looking. */
const unfinished: ReadonlySet<string> = new Set(["running", "overdue", "outcome-unknown", "cancelled"]);

/** Remote jobs that go on at the server without anybody looking, and creates that may have made more of them. */
function leftBy(state: RunState): RunLeftAtServer {
  const steps = [...state.steps.values()];
  return {
    openJobs: steps.flatMap(({ stepId, job, status }) =>
      job && unfinished.has(status.kind) ? [{ stepId, kind: job.kind, id: job.id }] : [],
    ),
    doubts: steps
      .filter(({ status, unanswered }) => status.kind === "in-doubt" || unanswered !== undefined)
      .map(({ stepId }) => stepId),
  };
}

function isParked(row: RunRow): boolean {
  return row.resumes >= MOST_CRASHES;
}

/** What the person is told of it; our own mistakes are told elsewhere. */
function stoppedBy(error: unknown): Pick<RunSummary, "stopped"> {
  if (!(error instanceof JournalFailure || error instanceof LibraryFailure)) return {};
  const { code, message, remedy } = error;
  return { stopped: { code, message, remedy } };
}

function isUnfinished({ status }: RunRow): boolean {
  return status === "running" || status === "queued";
}

function queuedHere(): Refused {
  return new Refused(
    "run-queued",
    "This run waits in the queue; nothing of it has been made.",
    "It begins by itself. To begin it sooner, move it up in the queue.",
  );
}

function missing(): Refused {
  return new Refused("run-missing", "There is no such run.", "Look at the list of runs.");
}

function heldBy(pid: number | undefined): Refused {
  return new Refused(
    "run-held",
    `This run is held by a Catwalk that is alive (process ${pid ?? "unknown"}).`,
    "Go on with it there, or end that process first.",
  );
}

function elsewhere(row: RunRow, server: Server): Refused {
  const place =
    row.serverLabel === server.label
      ? `another account or sandbox on ${row.serverLabel}`
      : `${row.serverLabel}, and this Catwalk is on ${server.label}`;
  return new Refused(
    "run-other-server",
    `This run belongs to ${place}. Its jobs and media are known only there.`,
    row.serverLabel === "Sandbox"
      ? "Choose the sandbox; close other copies of Catwalk that use this data folder."
      : "Choose that server, with the key the run was started with.",
  );
}

function editingMode(remoteEditing: "yes" | "no" | "unknown"): EditingMode {
  let mode = ({ yes: "remote", no: "local", unknown: "unknown" } as const)[remoteEditing] as
    | "remote"
    | "local"
    | "unknown";
  return {
    current: () => mode,
    learned: (learned) => {
      mode = learned;
    },
  };
}

function localEditor(editor: Editor, folder: string): LocalEditor {
  return {
    async render({ operation, ...request }, { signal, onProgress }) {
      if (!isEditOperation(operation))
        throw new Refused(
          "unknown-edit",
          `The edit “${operation}” cannot be rendered here.`,
          "Choose another.",
        );
      await mkdir(folder, { recursive: true });
      const [file] = await editor.render(
        { ...request, operation, outputDir: folder, outputName: randomUUID() },
        {
          signal,
          onProgress: ({ fraction, frames }) =>
            onProgress(fraction, frames === undefined ? undefined : `${frames} frames`),
        },
      );
      if (!file) throw new Error("The render gave no file.");
      return { path: file.path };
    },
  };
}
