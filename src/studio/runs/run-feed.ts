import { type Clock, sleep } from "../../base/clock.ts";
import type { RunEvent, RunSignal, RunState } from "../../engine/record.ts";
import { toSnapshot } from "../../engine/record.ts";
import type { RunMessage } from "../contract/runs.ts";

/** Carries what happens in one run to the windows that watch it. */
export type RunFeed = {
  events(events: readonly RunEvent[]): void;
  signal(signal: RunSignal): void;
  /** Ends every watch: the run goes on elsewhere, and whoever asks again is told of it there. */
  close(): void;
  /**
   * A snapshot, then the events after it. Ends when the signal does, or when the feed is closed.
   *
   * The transports have no backpressure (an async iterator is pulled as fast as it yields), so the bound is here: a
   * message at most every 50 ms, none while `isCongested`, and a new snapshot instead of more events than
   * a window needs to catch up.
   */
  watch(options: WatchOptions): AsyncGenerator<RunMessage, void, void>;
};

export type WatchOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Whether the host has more on the way to this window than it takes. */
  isCongested?(): boolean;
};

const BATCH_MS = 50;
/** So many waiting events (or two a step) are dearer than a snapshot, and a sign that the window cannot keep up. */
const MOST_EVENTS = 2_000;
/** A snapshot of a large run is itself much to send: this many of its steps a millisecond. */
const SNAPSHOT_STEPS_PER_MS = 10;

/** After these a step has no signal any more. */
const endings: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "step-succeeded",
  "step-failed",
  "step-skipped",
  "step-cancelled",
  "step-overdue",
  "create-in-doubt",
  "approval-requested",
]);

type Subscriber = {
  events: RunEvent[];
  /** Latest per step. The engine sends at most four a second for each. */
  signals: Map<string, RunSignal>;
  behind: boolean;
  wake: PromiseWithResolvers<void>;
};

/** @param run.steps how many steps the run has. */
export function createRunFeed(run: {
  state(): RunState;
  readonly steps: number;
  readonly clock: Clock;
}): RunFeed {
  const { clock, steps } = run;
  const mostEvents = Math.max(MOST_EVENTS, 2 * steps);
  const subscribers = new Set<Subscriber>();
  /** The latest of each step, for a window that comes later: what a step waits for is told once only. */
  const latest = new Map<string, RunSignal>();
  let isClosed = false;

  return {
    close() {
      isClosed = true;
      for (const { wake } of subscribers) wake.resolve();
    },
    events(events) {
      for (const event of events)
        if ("stepId" in event && endings.has(event.type)) latest.delete(event.stepId);
      for (const subscriber of subscribers) {
        if (subscriber.behind || subscriber.events.length + events.length > mostEvents) {
          subscriber.behind = true;
          subscriber.events = [];
        } else for (const event of events) subscriber.events.push(event);
        subscriber.wake.resolve();
      }
    },
    signal(signal) {
      latest.set(signal.stepId, signal);
      for (const { signals, wake } of subscribers) {
        signals.set(signal.stepId, signal);
        wake.resolve();
      }
    },
    async *watch({ signal, isCongested = () => false }) {
      const subscriber: Subscriber = {
        events: [],
        signals: new Map(latest),
        behind: true,
        wake: Promise.withResolvers(),
      };
      subscribers.add(subscriber);
      const stop = () => subscriber.wake.resolve();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        while (!signal?.aborted && !isClosed) {
          while (isCongested() && !signal?.aborted) await pause(clock, BATCH_MS, signal);
          if (signal?.aborted || isClosed) return;
          subscriber.wake = Promise.withResolvers();
          const { events, signals, behind } = subscriber;
          subscriber.events = [];
          subscriber.signals = new Map();
          subscriber.behind = false;
          if (behind) yield { type: "snapshot", snapshot: toSnapshot(run.state()) };
          else if (events.length > 0) yield { type: "events", events };
          if (signals.size > 0) yield { type: "signals", signals: [...signals.values()] };
          await pause(clock, behind ? Math.max(BATCH_MS, steps / SNAPSHOT_STEPS_PER_MS) : BATCH_MS, signal);
          await subscriber.wake.promise;
        }
      } finally {
        subscribers.delete(subscriber);
        signal?.removeEventListener("abort", stop);
      }
    },
  };
}

/** Ends early when the signal comes; never throws. */
export function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleep(clock, ms, signal).catch(() => {});
}
