/** What waiting needs of time. Tests give a virtual one. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The handle is opaque. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
};

/** The longest a timer can wait, in milliseconds; one that is to wait longer goes off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(LONGEST_MS, ms)),
  // The handle came from `setTimeout` above.
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout> | undefined),
};

/** Waits. @throws the signal's reason as soon as it is aborted */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted) {
    reject(signal.reason);
    return promise;
  }
  const stop = () => {
    clock.clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = clock.setTimeout(() => {
    signal?.removeEventListener("abort", stop);
    resolve();
  }, ms);
  signal?.addEventListener("abort", stop, { once: true });
  return promise;
}
