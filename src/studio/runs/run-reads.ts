import type { Clock } from "../../base/clock.ts";
import type { RunEvent, RunState } from "../../engine/record.ts";
import type { FoundRun, Library } from "../../library/index.ts";
import type { PastRun } from "../contract/history.ts";
import type { RunMessage, RunSummary } from "../contract/runs.ts";
import { watchForeign } from "./foreign-run.ts";
import type { LocalRuns } from "./local-runs.ts";
import type { WatchOptions } from "./run-feed.ts";
import { readEvents, readRun } from "./run-journal.ts";
import { progressOf } from "./run-record.ts";
import type { RunSummaries } from "./run-summary.ts";
import type { QueueOfRuns } from "./studio-queue.ts";

/** What a process that ends says of a run it leaves. */
export type UnfinishedRun = Pick<
  RunSummary,
  "runId" | "graphName" | "serverLabel" | "steps" | "done" | "status"
>;

/** What can be known of runs, whoever works on them. */
export type RunReads = {
  list(query: {
    readonly graphId?: string | undefined;
    readonly limit: number;
  }): Promise<readonly RunSummary[]>;
  watch(runId: string, options: WatchOptions): AsyncGenerator<RunMessage, void, void>;
  log(query: {
    readonly runId: string;
    readonly afterSeq: number;
    readonly limit: number;
  }): Promise<readonly RunEvent[]>;
  /** The same with its cost and results, from a row that was found. */
  past(found: FoundRun): Promise<PastRun>;
  /** A run as it stands; its state is undefined when its process went before the first event. @throws Refused */
  steps(runId: string): Promise<{ readonly run: PastRun; readonly state: RunState | undefined }>;
  /** The last of it alone, without reading its journal where this process holds it. @throws Refused */
  state(runId: string): Promise<RunState | undefined>;
  /** Whether it is this process's: what its row says may be behind. */
  isHeld(runId: string): boolean;
  /** Runs of this process with something under way, and those that wait for their turn. At once, for a process that ends. */
  unfinished(): readonly UnfinishedRun[];
};

export function createRunReads(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly local: LocalRuns;
  readonly queue: QueueOfRuns;
  readonly summaries: RunSummaries;
}): RunReads {
  const { library, clock, local, queue, summaries } = deps;
  return {
    async list(query) {
      const found = await library.runs.history.find(query);
      return await Promise.all(found.map(({ row }) => summaries.of(row)));
    },
    watch(runId, options) {
      const found = local.get(runId);
      return found ? found.feed.watch(options) : watchForeign(runId, options, { library, clock, local });
    },
    log: (query) => readEvents(library, query),
    past: summaries.past,
    async steps(runId) {
      const { row, state } = await readRun(library, runId);
      const totals = await library.runs.history.totals(runId);
      return {
        run: await summaries.past({ row, ...(totals ? { totals } : {}) }),
        state: local.get(runId)?.run.state() ?? state,
      };
    },
    state: async (runId) => local.get(runId)?.run.state() ?? (await readRun(library, runId)).state,
    isHeld: (runId) => local.get(runId) !== undefined || local.isBroken(runId),
    unfinished() {
      const underWay = local.all().filter(({ run }) => local.isUnderWay(run));
      const running = underWay.map(({ run }): UnfinishedRun => {
        const state = run.state();
        const { runId, graphName, serverLabel, steps } = state;
        return {
          ...{ runId, graphName, serverLabel, steps: steps.size, done: progressOf(state).done },
          status: "running",
        };
      });
      const waiting = queue.waiting().filter(({ runId }) => local.get(runId) === undefined);
      return [
        ...running,
        ...waiting.map(({ selection: _, ...run }): UnfinishedRun => ({ ...run, done: 0, status: "queued" })),
      ];
    },
  };
}
