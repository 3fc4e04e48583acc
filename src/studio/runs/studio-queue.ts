import type { Clock } from "../../base/clock.ts";
import type { QueuePause } from "../../engine/index.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { RunSelection } from "../contract/preflight.ts";
import type { QueueEntry, RunQueueState } from "../contract/queue.ts";
import { Refused } from "../ground/refused.ts";
import type { HeldRun, HeldRuns } from "./held-runs.ts";
import { createRunQueue } from "./run-queue.ts";
import type { RunSummaries } from "./run-summary.ts";

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

/** The queue as the runs of this process go through it. */
export type QueueOfRuns = {
  readonly queue: StudioQueue;
  /** Runs that wait, in the order in which they will begin. */
  waiting(): readonly string[];
  isWaiting(runId: string): boolean;
  /** Puts a recorded run that has not begun into it. */
  add(runId: string, selection: QueueEntry["selection"], begin: () => void): void;
  /** Takes a run out; false when it does not wait here. */
  take(runId: string): boolean;
  /** Keeps creates of its runs from leaving while it is paused. */
  readonly queuePause: QueuePause;
  /** One of its runs moved on: tells so within the second. */
  moved(): void;
  /** Begins whatever has room by now; called when a run comes to rest. */
  advance(): void;
  /** Nothing begins any more. */
  close(): void;
};

/** How often the queue tells how far its runs are, in milliseconds. */
const PROGRESS_MS = 1_000;
/** So many nodes are named; "and 4 more" says the rest better than a list. */
const MOST_TITLES = 12;

export function createQueueOfRuns(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly held: HeldRuns;
  readonly summaries: RunSummaries;
}): QueueOfRuns {
  const { library, clock, held, summaries } = deps;
  const selections = new Map<string, QueueEntry["selection"]>();
  const listeners = new Set<() => void>();
  let progressTimer: unknown;
  const queue = createRunQueue({
    settings: library.settings,
    underWay: () => underWay().length,
    onLost(runId, error) {
      held.breakOff(runId, error);
      selections.delete(runId);
    },
    onChange: tell,
  });

  function underWay(): readonly HeldRun[] {
    return held.all().filter(({ run, selection }) => selection !== undefined && held.isUnderWay(run));
  }

  function tell(): void {
    clock.clearTimeout(progressTimer);
    progressTimer = undefined;
    for (const listener of listeners) listener();
  }

  function state(): RunQueueState {
    return {
      paused: queue.paused,
      limit: queue.limit,
      running: underWay().flatMap(({ run, selection }) =>
        entry(run.runId, selection, run.state().spentMicrodollars),
      ),
      queued: queue.waiting.flatMap((runId) => entry(runId, selections.get(runId), 0)),
    };
  }

  function entry(
    runId: string,
    selection: QueueEntry["selection"] | undefined,
    spentMicrodollars: number,
  ): readonly QueueEntry[] {
    const row = library.runs.get(runId);
    return row && selection ? [{ ...summaries.of(row), selection, spentMicrodollars }] : [];
  }

  return {
    queue: {
      state,
      pause() {
        queue.pause();
        return state();
      },
      resume() {
        queue.resume();
        return state();
      },
      move(runId, place) {
        if (!queue.move(runId, place))
          throw new Refused("not-queued", "This run does not wait in the queue any more.", "Nothing to do.");
        return state();
      },
      setLimit(limit) {
        queue.setLimit(limit);
        return state();
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    waiting: () => queue.waiting,
    isWaiting: (runId) => queue.waiting.includes(runId),
    add(runId, selection, begin) {
      selections.set(runId, selection);
      queue.add({
        runId,
        begin() {
          library.runs.begin(runId, clock.now());
          begin();
          selections.delete(runId);
        },
      });
    },
    take(runId) {
      if (!queue.take(runId)) return false;
      selections.delete(runId);
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
