import type { Clock } from "../../base/clock.ts";
import type { QueuePause } from "../../engine/index.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { RunSelection } from "../contract/preflight.ts";
import type { QueueEntry, RunQueueState } from "../contract/queue.ts";
import { Refused } from "../ground/refused.ts";
import type { Turns } from "../ground/turns.ts";
import type { LocalRun, LocalRuns } from "./local-runs.ts";
import { createRunQueue } from "./run-queue.ts";
import type { RunSummaries } from "./run-summary.ts";

/** The queue as the contract has it. */
export type StudioQueue = {
  state(): Promise<RunQueueState>;
  pause(): Promise<RunQueueState>;
  resume(): Promise<RunQueueState>;
  /** @throws Refused when the run does not wait here. */
  move(runId: string, place: number): Promise<RunQueueState>;
  setLimit(limit: number): Promise<RunQueueState>;
  /** Called when it changed, and once a second at most while its runs move on. */
  onChange(listener: () => void): () => void;
};

/** The queue as the runs of this process go through it. */
export type QueueOfRuns = {
  readonly queue: StudioQueue;
  /** Runs that have not begun, in the order in which they will. */
  waiting(): readonly WaitingRun[];
  isWaiting(runId: string): boolean;
  /**
   * Puts a recorded run that has not begun into it; resolves when whatever had room has begun.
   *
   * @param begin has the run's turn to itself
   */
  add(run: WaitingRun, begin: () => Promise<unknown>): Promise<void>;
  /** Takes a run out; false when it does not wait here. */
  take(runId: string): boolean;
  /** Keeps creates of its runs from leaving while it is paused. */
  readonly queuePause: QueuePause;
  /** One of its runs moved on: tells so within the second. */
  moved(): void;
  /** As `RunQueue.advance`. */
  advance(): Promise<void>;
  /** Nothing begins any more. */
  close(): void;
};

/** What is known of a run in the queue without a look into the library. */
export type WaitingRun = Pick<QueueEntry, "runId" | "graphName" | "serverLabel" | "steps" | "selection">;

/** How often the queue tells how far its runs are, in milliseconds. */
const PROGRESS_MS = 1_000;
/** So many nodes are named; "and 4 more" says the rest better than a list. */
const MOST_TITLES = 12;

export async function createQueueOfRuns(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly local: LocalRuns;
  readonly summaries: RunSummaries;
  readonly turns: Turns;
}): Promise<QueueOfRuns> {
  const { library, clock, local, summaries, turns } = deps;
  /** Those that wait, and those that begin just now. */
  const entries = new Map<string, WaitingRun>();
  const listeners = new Set<() => void>();
  let progressTimer: unknown;
  const queue = await createRunQueue({
    settings: library.settings,
    underWay: () => underWay().length,
    onLost(runId, error) {
      local.breakOff(runId, error);
      entries.delete(runId);
    },
    onChange: tell,
  });

  function underWay(): readonly LocalRun[] {
    return local.all().filter(({ run, selection }) => selection !== undefined && local.isUnderWay(run));
  }

  function tell(): void {
    clock.clearTimeout(progressTimer);
    progressTimer = undefined;
    for (const listener of listeners) listener();
  }

  async function state(): Promise<RunQueueState> {
    const { paused, limit } = queue;
    const running = underWay().map(({ run, selection }) =>
      entry(run.runId, selection, run.state().spentMicrodollars),
    );
    const queued = queue.waiting.map((runId) => entry(runId, entries.get(runId)?.selection, 0));
    return {
      ...{ paused, limit },
      running: (await Promise.all(running)).flat(),
      queued: (await Promise.all(queued)).flat(),
    };
  }

  async function entry(
    runId: string,
    selection: QueueEntry["selection"] | undefined,
    spentMicrodollars: number,
  ): Promise<readonly QueueEntry[]> {
    const row = await library.runs.get(runId);
    return row && selection ? [{ ...(await summaries.of(row)), selection, spentMicrodollars }] : [];
  }

  return {
    queue: {
      state,
      async pause() {
        await queue.pause();
        return await state();
      },
      async resume() {
        await queue.resume();
        return await state();
      },
      async move(runId, place) {
        if (!queue.move(runId, place))
          throw new Refused("not-queued", "This run does not wait in the queue any more.", "Nothing to do.");
        return await state();
      },
      async setLimit(limit) {
        await queue.setLimit(limit);
        return await state();
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    waiting() {
      const beginning = [...entries.keys()].filter((runId) => !queue.waiting.includes(runId));
      return [...beginning, ...queue.waiting].flatMap((runId) => entries.get(runId) ?? []);
    },
    isWaiting: (runId) => queue.waiting.includes(runId),
    add(run, begin) {
      const { runId } = run;
      entries.set(runId, run);
      return queue.add({
        runId,
        begin: () =>
          turns(runId, async () => {
            await library.runs.begin(runId, clock.now());
            await begin();
            entries.delete(runId);
          }),
      });
    },
    take(runId) {
      if (!queue.take(runId)) return false;
      entries.delete(runId);
      return true;
    },
    queuePause: queue.queuePause,
    moved() {
      progressTimer ??= clock.setTimeout(tell, PROGRESS_MS);
    },
    advance: () => queue.advance(),
    close() {
      queue.close();
      clock.clearTimeout(progressTimer);
    },
  };
}

/** The part of its graph that a run takes, by titles. */
export function selectionWords(plan: Plan, selection: RunSelection): QueueEntry["selection"] {
  if (selection.kind === "all") return { kind: "all", titles: [] };
  const chosen = new Set<string>(selection.nodeIds);
  const titles = new Map<string, string>();
  for (const { nodeId, title } of plan.steps)
    if (chosen.has(nodeId) && titles.size < MOST_TITLES) titles.set(nodeId, title);
  return { kind: selection.kind, titles: [...titles.values()] };
}
