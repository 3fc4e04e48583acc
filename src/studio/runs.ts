import { createHash, randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Editor } from "../editing/editor.ts";
import { isEditOperation } from "../editing/operations.ts";
import type {
  Clock,
  EditingMode,
  EngineLimits,
  LocalEditor,
  PublishPolicy,
  RemoteServer,
  Saver,
} from "../engine/deps.ts";
import type { RunEvent, RunSignal } from "../engine/events.ts";
import { foldEvents, openFold, type RunFold, runCounts, toSnapshot } from "../engine/fold.ts";
import { createTraffic, type Traffic } from "../engine/limits.ts";
import { JournalFailure } from "../engine/recorder.ts";
import { type CommandAnswer, type Run, startRun } from "../engine/run.ts";
import type { RunState } from "../engine/run-state.ts";
import type { Plan, StepId } from "../graph/plan.ts";
import type { Graph } from "../graph/schema.ts";
import type { JournalRow } from "../library/journal.ts";
import type { Library } from "../library/library.ts";
import type { RunProgress, RunRow } from "../library/runs.ts";
import { workOf } from "../nodes/executors.ts";
import type { WondercatClient } from "../wondercat/client.ts";
import type { Server } from "./connection.ts";
import type { RunMessage, RunSelection, RunSummary } from "./contract.ts";
import type { StudioMedia } from "./media-store.ts";
import { Refused } from "./refused.ts";
import { createRemoteServer } from "./remote-server.ts";
import { createRunFeed, pause, type RunFeed, type WatchOptions } from "./run-feed.ts";
import { timesStore } from "./times-store.ts";

export type RunOrder = {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly selection: RunSelection;
  readonly server: Server;
  readonly publishPolicy: PublishPolicy;
  /** Undefined: the saved folder of the data folder. */
  saver?(runId: string): Saver;
  onEvents?(events: readonly RunEvent[]): void;
  onSignal?(signal: RunSignal): void;
};

export type StudioRuns = {
  /** What the engine may ask of this server; shared by its runs. */
  remote(server: Server): RemoteServer;
  start(order: RunOrder): Run;
  list(query: { readonly graphId?: string | undefined; readonly limit: number }): readonly RunSummary[];
  watch(runId: string, options: WatchOptions): AsyncGenerator<RunMessage, void, void>;
  log(query: {
    readonly runId: string;
    readonly afterSeq: number;
    readonly limit: number;
  }): readonly RunEvent[];
  /** @throws Refused when this process does not hold the run, or the run refuses. */
  command(runId: string, act: (run: Run) => CommandAnswer): void;
  remove(runId: string): void;
  /** Runs with something under way. */
  readonly underWay: number;
  onChange(listener: () => void): () => void;
  /** Leaves every run unfinished for a later process; awaits creates in flight. */
  stop(): Promise<void>;
};

/** What runs on one server share. */
type Lane = { readonly traffic: Traffic; readonly editing: EditingMode };

/** Runs at rest that can still be told to retry or go on; older ones are read from the journal. */
const RESTING_RUNS = 30;
/** How often a run of another process is looked at in the journal, in milliseconds. */
const FOREIGN_POLL_MS = 500;

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
  const live = new Map<string, { readonly run: Run; readonly feed: RunFeed }>();
  /** Runs whose journal failed: nothing goes on in them. */
  const broken = new Set<string>();
  const lanes = new WeakMap<WondercatClient, Lane>();
  const remotes = new WeakMap<Server, RemoteServer>();
  const listeners = new Set<() => void>();
  const editor = localEditor(deps.editor, join(deps.homeFolder, "renders"));

  function changed(): void {
    for (const listener of listeners) listener();
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
      limits: deps.limits,
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
    const { graph, plan, selection, server, publishPolicy } = order;
    const runId = randomUUID();
    const remoteServer = remote(server);
    const { traffic, editing } = lane(server);
    library.runs.add({
      runId,
      graphId: plan.graphId,
      graphName: plan.graphName,
      scope: server.scope,
      serverLabel: server.label,
      startedAt: clock.now(),
      steps: plan.steps.length,
      graphJson: JSON.stringify(graph),
      planJson: JSON.stringify(plan),
      optionsJson: JSON.stringify({ selection, publishPolicy }),
    });
    const keeper = createKeeper(library);
    let feed: RunFeed | undefined;
    const run = startRun(
      { runId, plan, workOf, traffic },
      {
        clock,
        random: deps.random,
        sha256: (text) => createHash("sha256").update(text).digest("hex"),
        server: remoteServer,
        media: media.storeFor(server),
        editor,
        journal: { append: keeper.append },
        ledger: { lastSent: async (key) => library.ledger.lastSent(key) },
        saver: order.saver?.(runId) ?? deps.savedSaver(),
        editing,
        publishPolicy,
        limits: deps.limits,
        onEvents(events) {
          feed?.events(events);
          order.onEvents?.(events);
          if (events.some((event) => event.type === "run-settled" || event.type === "run-started")) changed();
        },
        onSignal(signal) {
          feed?.signal(signal);
          order.onSignal?.(signal);
        },
      },
    );
    feed = createRunFeed({ state: () => run.state(), steps: plan.steps.length, clock });
    live.set(runId, { run, feed });
    run.whenSettled().catch((error: unknown) => {
      if (error instanceof JournalFailure) broken.add(runId);
      changed();
    });
    forgetOldest();
    return run;
  }

  function read(runId: string): {
    readonly row: RunRow;
    readonly events: readonly RunEvent[];
    readonly state: RunState | undefined;
  } {
    const row = library.runs.get(runId);
    if (!row) throw new Refused("run-missing", "There is no such run.", "Look at the list of runs.");
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
    const nothingLeft = { openJobs: [], doubts: [] };
    if (state && broken.has(row.runId))
      return {
        ...base,
        ...progressOf(state),
        status: "interrupted",
        ...leftBy(state, read(row.runId).events),
      };
    if (state) return { ...base, ...progressOf(state), status: state.status, ...nothingLeft };
    const { done, failed, settledAt } = row;
    const counts = { done, failed, ...(settledAt === undefined ? {} : { settledAt }) };
    if (row.status !== "running") return { ...base, ...counts, status: outcome(row.status), ...nothingLeft };
    const { state: folded, events } = read(row.runId);
    const progress = folded ? progressOf(folded) : counts;
    if (library.runs.holder(row) !== "nobody")
      return { ...base, ...progress, status: "running", ...nothingLeft };
    const left = folded ? leftBy(folded, events) : nothingLeft;
    return { ...base, ...progress, status: "interrupted", ...left };
  }

  async function* watchForeign(
    runId: string,
    { signal }: WatchOptions,
  ): AsyncGenerator<RunMessage, void, void> {
    const { row, state } = read(runId);
    if (state) yield { type: "snapshot", snapshot: toSnapshot(state) };
    let seq = state?.seq ?? 0;
    while (!signal?.aborted) {
      await pause(clock, FOREIGN_POLL_MS, signal);
      if (signal?.aborted || library.runs.holder(row) === "nobody") break;
      const events = log({ runId, afterSeq: seq, limit: 1_000 });
      const last = events.at(-1);
      if (!last) continue;
      yield seq === 0
        ? { type: "snapshot", snapshot: toSnapshot(foldEvents(undefined, events)) }
        : { type: "events", events };
      seq = last.seq;
    }
    // Nothing more will come, but the window has not asked to end.
    while (!signal?.aborted) await pause(clock, 60_000, signal);
  }

  return {
    remote,
    start,
    list: ({ graphId, limit }) =>
      library.runs.list({ limit, ...(graphId === undefined ? {} : { graphId }) }).map(summary),
    watch(runId, options) {
      const held = live.get(runId);
      return held ? held.feed.watch(options) : watchForeign(runId, options);
    },
    log,
    command(runId, act) {
      const held = live.get(runId);
      if (!held) throw notHeld(runId);
      const answer = act(held.run);
      if (!answer.ok) throw new Refused(answer.reason.code, answer.reason.message, answer.reason.remedy);
      changed();
    },
    remove(runId) {
      const row = library.runs.get(runId);
      if (!row) return;
      const held = live.get(runId);
      const isRunning = held ? isUnderWay(held.run) : row.status === "running";
      if (isRunning && library.runs.holder(row) !== "nobody")
        throw new Refused("run-running", "This run is under way.", "Cancel it first.");
      live.delete(runId);
      library.runs.remove(runId);
      changed();
    },
    get underWay() {
      return [...live.values()].filter(({ run }) => isUnderWay(run)).length;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      await Promise.all([...live.values()].map(({ run }) => run.stop()));
    },
  };

  function isUnderWay(run: Run): boolean {
    return run.state().status === "running" && !broken.has(run.runId);
  }

  function notHeld(runId: string): Refused {
    const row = library.runs.get(runId);
    if (!row) return new Refused("run-missing", "There is no such run.", "Look at the list of runs.");
    if (library.runs.holder(row) === "another-process")
      return new Refused(
        "run-elsewhere",
        `This run belongs to another Catwalk on this machine (process ${library.runs.pidOf(row) ?? "unknown"}).`,
        "Go on with it there.",
      );
    return new Refused(
      "run-over",
      "This run was held by a Catwalk that has ended since.",
      "Start a new run; what this one made is in the library.",
    );
  }
}

function outcome(status: string): RunSummary["status"] {
  const known = ["done", "failed", "cancelled", "needs-you"] as const;
  return known.find((one) => one === status) ?? "interrupted";
}

/** Remote jobs that go on at the server without anybody looking, and creates that may have made more of them. */
function leftBy(
  state: RunState,
  events: readonly RunEvent[],
): { readonly openJobs: RunSummary["openJobs"]; readonly doubts: RunSummary["doubts"] } {
  const unanswered = new Set<StepId>();
  for (const event of events) {
    if (event.type === "create-intended") unanswered.add(event.stepId);
    else if (event.type === "job-accepted" || event.type === "create-ended") unanswered.delete(event.stepId);
  }
  const steps = [...state.steps.values()];
  return {
    openJobs: steps.flatMap(({ stepId, job, status }) =>
      job && (status.kind === "running" || status.kind === "overdue" || status.kind === "outcome-unknown")
        ? [{ stepId, kind: job.kind, id: job.id }]
        : [],
    ),
    doubts: steps
      .filter(
        ({ stepId, status }) =>
          status.kind === "in-doubt" || (status.kind === "running" && unanswered.has(stepId)),
      )
      .map(({ stepId }) => stepId),
  };
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
