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
  /** Begins it at once where there is room and nobody waits, else puts it last. As `advance` resolves. */
  add(entry: QueuedRun): Promise<void>;
  /** Takes a run out of the queue; false when it does not wait here. */
  take(runId: string): boolean;
  /** @param place 0 is next. False when the run does not wait here. */
  move(runId: string, place: number): boolean;
  /** Holds from the call on; resolves when that is remembered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  setLimit(limit: number): Promise<void>;
  /** Takes out whatever has room by now, within the call; resolves when these have begun. Called when a run comes to rest. */
  advance(): Promise<void>;
  /** Nothing begins any more. */
  close(): void;
};

type QueuedRun = {
  readonly runId: string;
  /** Resolves when it is under way. */
  begin(): Promise<void>;
};

const settingsSchema = z
  .object({ paused: z.boolean(), limit: z.int().min(1).max(MOST_AT_ONCE) })
  .catch({ paused: false, limit: DEFAULT_LIMIT });

export async function createRunQueue(deps: {
  readonly settings: Pick<Settings, "get" | "set">;
  /** Runs of this queue with something under way. */
  underWay(): number;
  /** A run could not even be begun. */
  onLost(runId: string, error: unknown): void;
  onChange(): void;
}): Promise<RunQueue> {
  const creates = createQueuePause("the queue, which is paused");
  let { paused, limit } = settingsSchema.parse(await deps.settings.get("studio", "queue"));
  let waiting: readonly QueuedRun[] = [];
  /** Taken out and not yet among those under way. */
  let beginning = 0;
  let isClosed = false;
  if (paused) creates.pause();

  async function advance(): Promise<void> {
    const begun: Promise<void>[] = [];
    while (!paused && !isClosed && deps.underWay() + beginning < limit) {
      const [next, ...rest] = waiting;
      if (!next) break;
      waiting = rest;
      begun.push(begin(next));
    }
    await Promise.all(begun);
  }

  async function begin({ runId, begin }: QueuedRun): Promise<void> {
    beginning++;
    try {
      await begin();
    } catch (error) {
      deps.onLost(runId, error);
    } finally {
      beginning--;
    }
    deps.onChange();
    // It may be lost, or over already.
    await advance();
  }

  async function remember(): Promise<void> {
    await deps.settings.set("studio", "queue", { paused, limit });
    await advance();
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
      waiting = [...waiting, entry];
      const begun = advance();
      deps.onChange();
      return begun;
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
    async pause() {
      paused = true;
      creates.pause();
      await remember();
    },
    async resume() {
      paused = false;
      creates.resume();
      await remember();
    },
    async setLimit(next) {
      limit = next;
      await remember();
    },
    advance() {
      const begun = advance();
      deps.onChange();
      return begun;
    },
    close() {
      isClosed = true;
    },
  };
}
