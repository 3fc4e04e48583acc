import type { Clock } from "../../base/clock.ts";

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  // The handle came from `setTimeout` above.
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};
