import { doubledMs } from "../base/back-off.ts";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before a read is sent again: the time the server gave, else 0.5 s doubled with each attempt and
 * spread by half, so that many readers do not come back at once.
 *
 * @param attempt 0 after the first failure.
 * @param random 0 ≤ x < 1.
 * @returns milliseconds, or undefined when the server asks for more than 30 s: then the caller should know.
 */
export function retryDelayMs(
  attempt: number,
  retryAtMs: number | undefined,
  nowMs: number,
  random: number,
): number | undefined {
  if (retryAtMs === undefined)
    return doubledMs(attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS) * (0.5 + random / 2);
  const delayMs = Math.max(0, retryAtMs - nowMs);
  return delayMs <= LONGEST_DELAY_MS ? delayMs : undefined;
}
