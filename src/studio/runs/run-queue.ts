import { z } from "zod";
import type { QueuePause } from "../../engine/index.ts";
import { createQueuePause } from "../../engine/index.ts";
import type { Settings } from "../../library/index.ts";

/** Runs that may go on at once when nobody has said otherwise. */
const DEFAULT_LIMIT = 1;
const MOST_AT_ONCE = 8;

/**
 * Which runs of this process go on and which wait their turn: so many at once, the others in order. While it is
 * paused nothing waiting begins, and `hold` keeps every create of those that go on from leaving; looking at jobs,
 * fetching and rendering go on. Pause and limit are remembered; the order lives as long as the process.
 */
export type RunQueue = {
  readonly paused: boolean;
  readonly limit: number;
  /** In the order in which they will begin. */
  readonly waiting: readonly string[];
  readonly queuePause: QueuePause;
  /** Begins it at once where there is room and nobody waits, else puts it last. */
  add(entry: QueuedRun): void;
  /** Takes a run out of the queue; false when it does not wait here. */
  take(runId: string): boolean;
  /** @param place 0 is next. False when the run does not wait here. */
  move(runId: string, place: number): boolean;
  pause(): void;
  resume(): void;
  setLimit(limit: number): void;
  /** Begins whatever has room by now; called when a run comes to rest. */
  advance(): void;
  /** Nothing begins any more. */
  close(): void;
};

type QueuedRun = { readonly runId: string; begin(): void };

const settingsSchema = z
  .object({ paused: z.boolean(), limit: z.int().min(1).max(MOST_AT_ONCE) })
  .catch({ paused: false, limit: DEFAULT_LIMIT });

export function createRunQueue(deps: {
  readonly settings: Pick<Settings, "get" | "set">;
  /** Runs of this queue with something under way. */
  underWay(): number;
  /** A run could not even be begun. */
  onLost(runId: string, error: unknown): void;
  onChange(): void;
}): RunQueue {
  const creates = createQueuePause("the queue, which is paused");
  let { paused, limit } = settingsSchema.parse(deps.settings.get("studio", "queue"));
  let waiting: QueuedRun[] = [];
  let isAdvancing = false;
  let isClosed = false;
  if (paused) creates.pause();

  function advance(): void {
    // Beginning a run may come back here by the events it tells.
    if (isAdvancing) return;
    isAdvancing = true;
    while (!paused && !isClosed && deps.underWay() < limit) {
      const next = waiting.shift();
      if (!next) break;
      try {
        next.begin();
      } catch (error) {
        deps.onLost(next.runId, error);
      }
    }
    isAdvancing = false;
  }

  function remember(): void {
    deps.settings.set("studio", "queue", { paused, limit });
    advance();
    deps.onChange();
  }

  return {
    queuePause: creates,
    get paused() {
      return paused;
    },
    get limit() {
      return limit;
    },
    get waiting() {
      return waiting.map(({ runId }) => runId);
    },
    add(entry) {
      waiting.push(entry);
      advance();
      deps.onChange();
    },
    take(runId) {
      const before = waiting.length;
      waiting = waiting.filter((entry) => entry.runId !== runId);
      if (waiting.length === before) return false;
      deps.onChange();
      return true;
    },
    move(runId, place) {
      const entry = waiting.find((each) => each.runId === runId);
      if (!entry) return false;
      const others = waiting.filter((each) => each !== entry);
      waiting = others.toSpliced(Math.max(0, place), 0, entry);
      deps.onChange();
      return true;
    },
    pause() {
      paused = true;
      creates.pause();
      remember();
    },
    resume() {
      paused = false;
      creates.resume();
      remember();
    },
    setLimit(next) {
      limit = next;
      remember();
    },
    advance() {
      advance();
      deps.onChange();
    },
    close() {
      isClosed = true;
    },
  };
}
