import type { Timestamp } from "../record/events.ts";

/** How many looks a server is asked for, and when the next may leave. Times are the poller's own. */
export type PollBudget = {
  /** The earliest time for the next request. */
  freeAt(now: Timestamp): Timestamp;
  sent(now: Timestamp): void;
  /** The server asks for a pause. */
  pauseUntil(at: Timestamp): void;
  /**
   * Plans a look at the best time that the budget allows, and says when.
   *
   * Where many jobs are best looked at in the same second, the budget makes most of them wait. So some go earlier, by
   * `slackMs` at most, as far as that is worth a request.
   */
  plan(bestAt: Timestamp, slackMs: number): PlannedLook;
};

export type PlannedLook = {
  readonly at: Timestamp;
  /** It is sent, or will not be: others may have its place. */
  leave(): void;
};

export function createPollBudget(pollsPerSecond: number): PollBudget {
  // At most `burst` requests in any window, so that jobs due together are not strung out without need.
  const burst = Math.max(1, Math.floor(pollsPerSecond));
  const windowMs = (burst * 1000) / pollsPerSecond;
  const sentAt: Timestamp[] = [];
  /** Looks that are due in each window. */
  const planned = new Map<number, number>();
  let pausedUntil = Number.NEGATIVE_INFINITY;

  const plannedIn = (window: number) => planned.get(window) ?? 0;

  function freeTime(bestAt: Timestamp, slackMs: number): Timestamp {
    for (let at = bestAt; at >= bestAt - slackMs; at -= windowMs)
      if (plannedIn(Math.floor(at / windowMs)) < burst) return at;
    return bestAt;
  }

  return {
    freeAt(now) {
      const oldest = sentAt.length < burst ? undefined : sentAt[0];
      return Math.max(oldest === undefined ? now : oldest + windowMs, pausedUntil);
    },
    sent(now) {
      sentAt.push(now);
      if (sentAt.length > burst) sentAt.shift();
    },
    pauseUntil(at) {
      pausedUntil = Math.max(pausedUntil, at);
    },
    plan(bestAt, slackMs) {
      const at = freeTime(bestAt, slackMs);
      const window = Math.floor(at / windowMs);
      planned.set(window, plannedIn(window) + 1);
      let hasLeft = false;
      return {
        at,
        leave() {
          if (hasLeft) return;
          hasLeft = true;
          const left = plannedIn(window) - 1;
          if (left > 0) planned.set(window, left);
          else planned.delete(window);
        },
      };
    },
  };
}
