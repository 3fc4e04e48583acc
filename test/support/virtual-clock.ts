import type { Clock } from "../../src/base/clock.ts";

/**
 * Time that stands still until a test moves it. Before and after each timer everything that is ready to happen
 * happens, so a test sees the same order every time.
 */
export type VirtualClock = Clock & {
  /** Moves time on by this many milliseconds, firing what falls due on the way, in order. */
  advance(ms: number): Promise<void>;
  /** Fires timers until none is left or `untilMs` (since the start) is reached. Default: 10 days. */
  runAll(untilMs?: number): Promise<void>;
  /** The machine sleeps: time goes on, and no timer fires until the next `advance`. */
  sleepThrough(ms: number): void;
  /** Somebody sets the clock: it shows another time from now on, and timers fire when they would have. */
  jump(ms: number): void;
  /** What a clock shows that nobody sets. */
  untouched(): number;
  /** Lets everything happen that needs no time. */
  drain(): Promise<void>;
  readonly pendingTimers: number;
};

type Timer = { at: number; readonly order: number; readonly callback: () => void };

export function createVirtualClock(startMs = 1_750_000_000_000): VirtualClock {
  let now = startMs;
  let jumpedMs = 0;
  let order = 0;
  const timers = new Set<Timer>();

  const drain = async () => {
    // A turn of the event loop empties the queue of microtasks; two, because the first may queue an immediate.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => setImmediate(resolve));
  };

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers)
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    return first;
  }

  async function runUntil(end: number): Promise<void> {
    await drain();
    for (let timer = next(); timer && timer.at <= end; timer = next()) {
      timers.delete(timer);
      now = Math.max(now, timer.at);
      timer.callback();
      await drain();
    }
  }

  return {
    now: () => now,
    setTimeout(callback, ms) {
      const timer = { at: now + Math.max(0, ms), order: order++, callback };
      timers.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers.delete(handle as Timer); // handles are opaque to others; here they are timers or nothing
    },
    async advance(ms) {
      const end = now + ms;
      await runUntil(end);
      now = end;
    },
    sleepThrough(ms) {
      now += ms;
    },
    untouched: () => now - jumpedMs,
    jump(ms) {
      now += ms;
      jumpedMs += ms;
      for (const timer of timers) timer.at += ms;
    },
    runAll: (untilMs = 10 * 24 * 3_600_000) => runUntil(startMs + untilMs),
    drain,
    get pendingTimers() {
      return timers.size;
    },
  };
}
