import { doubledMs } from "../../base/back-off.ts";
import { type Clock, sleep as wait } from "../../base/clock.ts";

/** A server that asks for a longer pause than this is not waited for; nor is a clock that makes it look so: 30 minutes. */
export const LONGEST_WAIT_MS = 30 * 60_000;

/** Someone asked to stop; no failure of what was waiting. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly code = "stopped";
  constructor() {
    super("Stopped before it was done.");
  }
}

/** The promise, unless the signal comes first; then `Stopped`, at once. The promise itself goes on. */
export async function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      promise.catch(() => {}); // it is not awaited any more, so its failure is ignored
      reject(new Stopped());
      return;
    }
    const stop = () => reject(new Stopped());
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** @throws Stopped as soon as the signal comes. */
export async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await wait(clock, ms, signal).catch(() => {
    throw new Stopped();
  });
}

/**
 * How long to wait before a transfer is tried again, in milliseconds: doubling from a second to ten, or until the time
 * the server gave.
 *
 * @param turn 0 after the first failure.
 */
export function pauseBeforeTry(
  turn: number,
  retryAtMs: number | undefined,
  { clock, random }: { readonly clock: Pick<Clock, "now">; random(): number },
): number {
  const pauseMs = backOffMs(turn, 1000, 10_000, random);
  return retryAtMs === undefined
    ? pauseMs
    : Math.min(LONGEST_WAIT_MS, Math.max(0, retryAtMs - clock.now())) + pauseMs / 4;
}

/** A timer that comes this much too late was slept through, as under a closed lid. */
const OVERSLEPT_MS = 5000;

/**
 * Gives up after so many milliseconds, but not right after a sleep: what came meanwhile is heard first.
 *
 * @returns stops it.
 */
export function patientTimeout(clock: Clock, ms: number, giveUp: () => void): () => void {
  let dueAt = clock.now() + ms;
  let timer = clock.setTimeout(fire, ms);
  function fire(): void {
    if (clock.now() - dueAt <= OVERSLEPT_MS) {
      giveUp();
      return;
    }
    dueAt = clock.now() + OVERSLEPT_MS;
    timer = clock.setTimeout(fire, OVERSLEPT_MS);
  }
  return () => clock.clearTimeout(timer);
}

/** Doubles from `firstMs` to at most `maxMs`, ±20 %, so that many waiting at once do not come back at once. */
export function backOffMs(turn: number, firstMs: number, maxMs: number, random: () => number): number {
  return Math.round(doubledMs(turn, firstMs, maxMs) * (0.8 + 0.4 * random()));
}
