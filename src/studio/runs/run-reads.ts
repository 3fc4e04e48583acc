import type { Clock } from "../../base/clock.ts";
import type { RunEvent, RunState } from "../../engine/record.ts";
import type { FoundRun, Library } from "../../library/index.ts";
import type { PastRun } from "../contract/history.ts";
import type { RunMessage, RunSummary } from "../contract/runs.ts";
import { watchForeign } from "./foreign-run.ts";
import type { HeldRuns } from "./held-runs.ts";
import type { WatchOptions } from "./run-feed.ts";
import { readEvents, readRun } from "./run-journal.ts";
import type { RunSummaries } from "./run-summary.ts";
import type { QueueOfRuns } from "./studio-queue.ts";

/** What can be known of runs, whoever works on them. */
export type RunReads = {
  list(query: { readonly graphId?: string | undefined; readonly limit: number }): readonly RunSummary[];
  watch(runId: string, options: WatchOptions): AsyncGenerator<RunMessage, void, void>;
  log(query: {
    readonly runId: string;
    readonly afterSeq: number;
    readonly limit: number;
  }): readonly RunEvent[];
  /** The same with its cost and results, from a row that was found. */
  past(found: FoundRun): PastRun;
  /** A run as it stands; its state is undefined when its process went before the first event. @throws Refused */
  steps(runId: string): { readonly run: PastRun; readonly state: RunState | undefined };
  /** The last of it alone, without reading its journal where this process holds it. @throws Refused */
  state(runId: string): RunState | undefined;
  /** Whether it is this process's: what its row says may be behind. */
  isHeld(runId: string): boolean;
  /** Runs with something under way, and those that wait for their turn. */
  unfinished(): readonly RunSummary[];
};

export function createRunReads(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly held: HeldRuns;
  readonly queue: QueueOfRuns;
  readonly summaries: RunSummaries;
}): RunReads {
  const { library, clock, held, queue, summaries } = deps;
  return {
    list: ({ graphId, limit }) =>
      library.runs.list({ limit, ...(graphId === undefined ? {} : { graphId }) }).map(summaries.of),
    watch(runId, options) {
      const found = held.get(runId);
      return found ? found.feed.watch(options) : watchForeign(runId, options, { library, clock, held });
    },
    log: (query) => readEvents(library, query),
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
    isHeld: (runId) => held.get(runId) !== undefined || held.isBroken(runId),
    unfinished() {
      const underWay = held.all().filter(({ run }) => held.isUnderWay(run));
      return [...underWay.map(({ run }) => run.runId), ...queue.waiting()].flatMap((runId) => {
        const row = library.runs.get(runId);
        return row ? [summaries.of(row)] : [];
      });
    },
  };
}
