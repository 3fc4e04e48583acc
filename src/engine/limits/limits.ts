import type { Clock } from "../../base/clock.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { Said } from "../../words/message.ts";
import type { Signals } from "../journal/signals.ts";
import { createJobTimes, type JobTimes, type TimesStore } from "../polling/job-times.ts";
import { createPoller, type Poller } from "../polling/poller.ts";
import type { EngineLimits, RemoteServer } from "../ports/deps.ts";
import type { Timestamp } from "../record/events.ts";
import { createSteadyClock } from "../time/steady-clock.ts";
import { Stopped } from "../time/waiting.ts";

const MINUTE_MS = 60_000;

export const defaultLimits: EngineLimits = {
  createsInFlight: 8,
  uploadsInFlight: 4,
  rendersInFlight: 1,
  fetchesInFlight: 4,
  pollsPerSecond: 10,
  createGraceMs: 30_000,
  deadlinesMs: { edit: 60 * MINUTE_MS, publish: 60 * MINUTE_MS },
};

/** What all runs on one server share: one poller, and so many things of each sort at once. */
export type Traffic = {
  readonly poller: Poller;
  readonly times: JobTimes;
  readonly creates: Slots;
  readonly uploads: Slots;
  readonly renders: Slots;
  readonly fetches: Slots;
};

export function createTraffic(deps: {
  readonly clock: Clock;
  random(): number;
  readonly server: Pick<RemoteServer, "look">;
  readonly limits: EngineLimits;
  /** Default: what is learned about jobs is forgotten with this process. */
  readonly times?: TimesStore;
}): Traffic {
  const { clock, limits, server } = deps;
  return {
    poller: createPoller({
      clock,
      random: () => deps.random(),
      look: (job, options) => server.look(job, options),
      pollsPerSecond: limits.pollsPerSecond,
    }),
    times: createJobTimes(deps.times, () => clock.now()),
    creates: createSlots(clock, limits.createsInFlight),
    uploads: createSlots(clock, limits.uploadsInFlight),
    renders: createSlots(clock, limits.rendersInFlight),
    fetches: createSlots(clock, limits.fetchesInFlight),
  };
}

/** Takes a slot for a step; while it waits for one, its card says for what. @throws Stopped */
export async function acquireSlot(
  slots: Slots,
  step: {
    readonly stepId: StepId;
    readonly signal: AbortSignal;
    readonly signals: Signals;
    readonly waitingFor: Said;
    readonly first?: boolean;
  },
): Promise<() => void> {
  const { stepId, signal, signals, waitingFor, first = false } = step;
  let hasWaited = false;
  const onWait = () => {
    hasWaited = true;
    signals.send(stepId, { waitingFor });
  };
  const release = await slots.acquire(signal, { first, onWait });
  if (hasWaited) signals.send(stepId, {});
  return release;
}

/** So many at once, first come, first served. */
export type Slots = {
  /**
   * Gives the function that frees the slot; calling it twice is the same as once.
   *
   * @param options.first go before those who never had a turn: for the ones sent back by the server.
   * @param options.onWait called when there is no slot at once.
   * @throws Stopped when the signal comes before the slot.
   */
  acquire(
    signal: AbortSignal,
    options?: { readonly first?: boolean; readonly onWait?: () => void },
  ): Promise<() => void>;
  /** No slot is given before this time; an earlier one changes nothing. */
  pauseUntil(at: Timestamp): void;
};

export function createSlots(shown: Clock, limit: number): Slots {
  const clock = createSteadyClock(shown);
  let free = limit;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let timer: unknown;
  const queues = { first: new Set<() => void>(), later: new Set<() => void>() };

  function give(): void {
    const pauseMs = pausedUntil - clock.now();
    if (pauseMs > 0) {
      if (queues.first.size + queues.later.size > 0)
        timer ??= clock.setTimeout(() => {
          timer = undefined;
          give();
        }, pauseMs);
      return;
    }
    // A set keeps the order of arrival and lets one who gives up leave without a search.
    for (const queue of [queues.first, queues.later])
      for (const take of queue) {
        if (free === 0) return;
        queue.delete(take);
        take();
      }
  }

  function occupy(): () => void {
    free--;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      free++;
      give();
    };
  }

  return {
    async acquire(signal, options = {}) {
      if (signal.aborted) throw new Stopped();
      const isQueueEmpty = queues.first.size + queues.later.size === 0;
      if (isQueueEmpty && free > 0 && clock.now() >= pausedUntil) return occupy();
      options.onWait?.();
      const queue = options.first ? queues.first : queues.later;
      return await new Promise((resolve, reject) => {
        const take = () => {
          signal.removeEventListener("abort", giveUp);
          resolve(occupy());
        };
        const giveUp = () => {
          queue.delete(take);
          // A pause that no step waits out would keep a headless process from ending.
          if (queues.first.size + queues.later.size === 0) {
            clock.clearTimeout(timer);
            timer = undefined;
          }
          reject(new Stopped());
        };
        signal.addEventListener("abort", giveUp, { once: true });
        queue.add(take);
        give();
      });
    },
    pauseUntil(shownAt) {
      const at = clock.from(shownAt);
      if (at <= pausedUntil) return;
      pausedUntil = at;
      clock.clearTimeout(timer);
      timer = undefined;
      give();
    },
  };
}
