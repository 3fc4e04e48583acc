import type { Run } from "../../engine/index.ts";
import type { QueueEntry } from "../contract/queue.ts";
import type { RunFeed } from "./run-feed.ts";

/** A run that this process holds. */
export type LocalRun = {
  readonly run: Run;
  readonly feed: RunFeed;
  /** Whether it goes through the queue, and then which part of its graph it takes. */
  readonly selection: QueueEntry["selection"] | undefined;
};

/**
 * The runs of this process: those with something under way, and the latest that came to rest, which can still be told
 * to retry or go on. Beside them the *broken* ones, in which nothing goes on until they are resumed: their journal
 * failed, or they could not even be begun, and then they are not held.
 */
export type LocalRuns = {
  get(runId: string): LocalRun | undefined;
  all(): readonly LocalRun[];
  /** Lets the oldest at rest go when there are too many. */
  add(local: LocalRun): void;
  forget(runId: string): void;
  /** It has not come to rest, and goes on. */
  isUnderWay(run: Run): boolean;
  isBroken(runId: string): boolean;
  /** Why; undefined when it is not broken. */
  brokenBy(runId: string): unknown;
  breakOff(runId: string, error: unknown): void;
  /** False when it was not broken. */
  mend(runId: string): boolean;
};

/** Older ones are read from the journal. */
const MOST_AT_REST = 30;

export function createLocalRuns(): LocalRuns {
  const local = new Map<string, LocalRun>();
  const broken = new Map<string, unknown>();

  function isUnderWay(run: Run): boolean {
    return run.state().status === "running" && !broken.has(run.runId);
  }

  return {
    get: (runId) => local.get(runId),
    all: () => [...local.values()],
    add(one) {
      local.set(one.run.runId, one);
      const resting = [...local].filter(([, { run }]) => !isUnderWay(run));
      for (const [runId] of resting.slice(0, Math.max(0, resting.length - MOST_AT_REST))) local.delete(runId);
    },
    forget: (runId) => void local.delete(runId),
    isUnderWay,
    isBroken: (runId) => broken.has(runId),
    brokenBy: (runId) => broken.get(runId),
    breakOff: (runId, error) => void broken.set(runId, error),
    mend: (runId) => broken.delete(runId),
  };
}
