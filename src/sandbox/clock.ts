/** What the sandbox sees of time. Tests may put a clock of their own in its place. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
};

/** The longest a Node timer can wait, in milliseconds. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(longestMs, Math.max(0, delayMs)));
    return () => clearTimeout(timer);
  },
};
