import { doubledMs } from "../../base/back-off.ts";
import type { Clock } from "../../base/clock.ts";
import { createHeap } from "../../base/heap.ts";
import type { JobRef, JobView, RemoteFailure } from "../../wondercat/types.ts";
import type { Timestamp } from "../record/events.ts";
import { failureIn } from "../record/failures.ts";
import { createSteadyClock } from "../time/steady-clock.ts";
import { LONGEST_WAIT_MS, Stopped } from "../time/waiting.ts";
import { type NextLook, plainInterval, type Took } from "./interval-policy.ts";
import { createPollBudget, type PlannedLook } from "./poll-budget.ts";

type WatchOptions = {
  readonly deadlineAt: Timestamp;
  readonly signal: AbortSignal;
  /** When the job was accepted. Default: now. */
  readonly startedAt?: Timestamp;
  /**
   * When to look next at a job that is so many milliseconds old; undefined: by the API's plain rule. Asked after every
   * look, because more may be known by then.
   */
  nextLook?(elapsedMs: number): NextLook | undefined;
  /** Look now instead of after the first interval. */
  readonly atOnce?: boolean;
  /** Each answered look, the last one included. */
  onView(view: JobView): void;
  /** Whether a job that has not ended need not be looked at any longer. Default: no. */
  isEnough?(view: JobView): boolean;
  /** A look that failed. It says nothing about the job; the poller looks again later. */
  onTrouble?(failure: RemoteFailure): void;
};

type WatchEnd =
  | { readonly kind: "ended"; readonly view: JobView; readonly took: Took }
  /** `trouble`: the last look failed, too. */
  | { readonly kind: "deadline"; readonly trouble?: RemoteFailure }
  /** No look can succeed as things are. The job itself may be well. */
  | { readonly kind: "unanswerable"; readonly trouble: RemoteFailure }
  | { readonly kind: "stopped" };

/** One poller serves every job of a server: one queue, one timer, one budget of requests. */
export type Poller = {
  /**
   * Ends exactly once. Unknown statuses are not an end; neither is a server that does not answer. One that goes on
   * answering what no later look can change (an unknown job, a revoked key) is left alone after a minute: until then
   * it may only be late.
   */
  watch(job: JobRef, options: WatchOptions): Promise<WatchEnd>;
};

/** A listener threw: the promise of its watch rejects. */
type Bug = { readonly kind: "bug"; readonly bug: unknown };

type Watch = {
  readonly job: JobRef;
  readonly options: WatchOptions;
  readonly startedAt: Timestamp;
  readonly finish: (end: WatchEnd | Bug) => void;
  readonly controller: AbortController;
  looks: number;
  /** When the last look was sent that found the job under way. */
  aliveAt: Timestamp;
  troubles: number;
  /** Why the last look failed. */
  trouble?: RemoteFailure;
  /** Since the last answered look: how often a look failed for good, and since when. */
  hopeless: { count: number; since: Timestamp };
  dueAt: Timestamp;
  /** Of those that are due and wait for the budget the one with the least is looked at first. */
  rank: Timestamp;
  /** Where its next look stands in the budget. */
  place?: PlannedLook;
  deadlineAt: Timestamp;
  /** Of the time in which no look was possible: what its deadline knows of. */
  missedBeforeMs: number;
  over: boolean;
};

/** A server that does not know a job may only be late with it; one that says so for as long, and as often, is not. */
const HOPELESS_MS = 60_000;
const HOPELESS_LOOKS = 5;
/** Longest pause after failed looks, in milliseconds. */
const TROUBLE_MAX_MS = 30_000;
/** A turn that comes this much too late was slept through, e.g. under a closed lid: no deadline counts that time. */
const OVERSLEPT_MS = 5000;
const LAST_LOOK_MS = 30_000;
/** Jobs begun together are not looked at together; but what is learned to a second is not blurred by more than that. */
const JITTER = 0.1;
const JITTER_MAX_MS = 500;

/** Made once: an abort without a reason makes an exception with a stack of its own, and every look of a batch ends in one. */
const noLongerWatched = new Stopped();

export function createPoller(deps: {
  readonly clock: Clock;
  random(): number;
  look(job: JobRef, options: { signal: AbortSignal }): Promise<JobView>;
  readonly pollsPerSecond: number;
}): Poller {
  const clock = createSteadyClock(deps.clock);
  const budget = createPollBudget(deps.pollsPerSecond);
  const due = createHeap<Watch>((watch) => watch.dueAt);
  const ready = createHeap<Watch>((watch) => watch.rank);
  const deadlines = createHeap<Watch>((watch) => watch.deadlineAt);
  /** Time in which no look was possible. */
  let missedTotalMs = 0;
  let timer: unknown;
  let timerAt = Number.POSITIVE_INFINITY;

  function end(watch: Watch, how: WatchEnd | Bug): void {
    if (watch.over) return;
    watch.over = true;
    watch.place?.leave();
    watch.controller.abort(noLongerWatched);
    watch.finish(how);
    for (const heap of [due, ready, deadlines]) {
      heap.prune((each) => each.over);
      while (heap.first()?.over) heap.pop();
    }
    // A timer left for what has ended would keep a headless process from ending.
    arm(clock.now());
  }

  /** What should have happened long ago did not: the machine slept, or its clock was set forward. */
  function noteMissed(now: Timestamp): void {
    if (now - timerAt <= OVERSLEPT_MS || timerAt === Number.POSITIVE_INFINITY) return;
    missedTotalMs += now - timerAt;
    clock.clearTimeout(timer);
    timerAt = Number.POSITIVE_INFINITY;
  }

  function tick(): void {
    const now = clock.now();
    noteMissed(now);
    for (let watch = deadlines.first(); watch; watch = deadlines.first()) {
      if (!watch.over && watch.deadlineAt > now) break;
      deadlines.pop();
      const missedMs = missedTotalMs - watch.missedBeforeMs;
      if (!watch.over && missedMs > 0) {
        watch.deadlineAt = Math.max(watch.deadlineAt + missedMs, now + LAST_LOOK_MS);
        watch.missedBeforeMs = missedTotalMs;
        deadlines.push(watch);
      } else end(watch, { kind: "deadline", ...(watch.trouble ? { trouble: watch.trouble } : {}) });
    }
    for (let watch = due.first(); watch && (watch.over || watch.dueAt <= now); watch = due.first()) {
      due.pop();
      if (!watch.over) ready.push(watch);
    }
    for (let watch = ready.first(); watch; watch = ready.first()) {
      if (!watch.over && budget.freeAt(now) > now) break;
      ready.pop();
      if (!watch.over) look(watch, now).catch((bug: unknown) => end(watch, { kind: "bug", bug }));
    }
    arm(now);
  }

  /** One timer for the next thing that can happen to any job. */
  function arm(now: Timestamp): void {
    const never = Number.POSITIVE_INFINITY;
    const nextLook = ready.first()
      ? budget.freeAt(now)
      : Math.max(due.first()?.dueAt ?? never, budget.freeAt(now));
    const at = Math.min(nextLook, deadlines.first()?.deadlineAt ?? never);
    if (at === timerAt) return;
    clock.clearTimeout(timer);
    timerAt = at;
    if (at === never) return;
    timer = clock.setTimeout(
      () => {
        noteMissed(clock.now());
        timerAt = Number.POSITIVE_INFINITY;
        tick();
      },
      Math.max(0, at - now),
    );
  }

  async function look(watch: Watch, now: Timestamp): Promise<void> {
    watch.place?.leave();
    budget.sent(now);
    let view: JobView;
    try {
      view = await deps.look(watch.job, { signal: watch.controller.signal });
    } catch (error) {
      if (watch.over) return;
      watch.troubles++;
      const failure = failureIn(error);
      watch.trouble = failure;
      if (failure.retryAtMs !== undefined)
        budget.pauseUntil(Math.min(clock.from(failure.retryAtMs), clock.now() + LONGEST_WAIT_MS));
      watch.options.onTrouble?.(failure);
      if (isHopeless(watch, failure)) end(watch, { kind: "unanswerable", trouble: failure });
      else schedule(watch);
      return;
    }
    if (watch.over) return;
    watch.looks++;
    watch.troubles = 0;
    delete watch.trouble;
    watch.hopeless.count = 0;
    watch.options.onView(view);
    if (view.ended || watch.options.isEnough?.(view)) {
      const { startedAt, aliveAt } = watch;
      const took = { afterMs: aliveAt - startedAt, byMs: clock.now() - startedAt };
      end(watch, { kind: "ended", view, took });
    } else {
      watch.aliveAt = now;
      schedule(watch);
    }
  }

  function isHopeless({ hopeless }: Watch, { retryable }: RemoteFailure): boolean {
    if (retryable) return false;
    if (hopeless.count++ === 0) hopeless.since = clock.now();
    return hopeless.count >= HOPELESS_LOOKS && clock.now() - hopeless.since >= HOPELESS_MS;
  }

  function schedule(watch: Watch): void {
    const now = clock.now();
    const { options, startedAt, looks, troubles } = watch;
    const learned = options.nextLook?.(Math.max(0, now - startedAt));
    const interval = learned?.inMs ?? plainInterval(looks);
    const delay =
      troubles === 0 ? interval : Math.max(interval, doubledMs(Math.min(troubles, 5), 1000, TROUBLE_MAX_MS));
    const jitter = Math.min(JITTER * delay, JITTER_MAX_MS) * (2 * deps.random() - 1);
    const slack = learned && troubles === 0 ? Math.max(0, interval - learned.soonestInMs) : 0;
    watch.place = budget.plan(now + delay + jitter, slack);
    watch.dueAt = watch.place.at;
    watch.rank = learned ? now + learned.halfInMs : watch.dueAt;
    due.push(watch);
    tick();
  }

  return {
    watch: (job, options) =>
      new Promise((resolve, reject) => {
        const stop = () => end(watch, { kind: "stopped" });
        const startedAt = options.startedAt === undefined ? clock.now() : clock.from(options.startedAt);
        const watch: Watch = {
          job,
          options,
          startedAt,
          controller: new AbortController(),
          looks: 0,
          aliveAt: startedAt,
          troubles: 0,
          hopeless: { count: 0, since: startedAt },
          dueAt: clock.now(),
          rank: clock.now(),
          deadlineAt: clock.from(options.deadlineAt),
          missedBeforeMs: missedTotalMs,
          over: false,
          finish: (how) => {
            options.signal.removeEventListener("abort", stop);
            if (how.kind === "bug") reject(how.bug);
            else resolve(how);
          },
        };
        if (options.signal.aborted) {
          stop();
          return;
        }
        options.signal.addEventListener("abort", stop, { once: true });
        deadlines.push(watch);
        if (options.atOnce) {
          due.push(watch);
          tick();
        } else schedule(watch);
      }),
  };
}
