import type { Clock } from "../../base/clock.ts";
import type { Timestamp } from "../record/events.ts";

/**
 * Time to wait by: the clock's own, but it never goes back. A clock that is set back by a day would otherwise
 * keep everything waiting for a day that is due in a second.
 */
export type SteadyClock = Clock & {
  /** A time of the clock, such as a server's "not before", in this one's. */
  from(at: Timestamp): Timestamp;
};

export function createSteadyClock(clock: Clock): SteadyClock {
  let aheadMs = 0;
  let latest = Number.NEGATIVE_INFINITY;
  function now(): Timestamp {
    const shown = clock.now() + aheadMs;
    if (shown < latest) aheadMs += latest - shown;
    else latest = shown;
    return latest;
  }
  return {
    now,
    from(at) {
      now();
      return at + aheadMs;
    },
    setTimeout(callback, ms) {
      const due = now() + ms;
      return clock.setTimeout(() => {
        // That much has passed, whatever the clock shows.
        const missing = due - now();
        if (missing > 0) {
          aheadMs += missing;
          latest = due;
        }
        callback();
      }, ms);
    },
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}
