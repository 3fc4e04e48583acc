import { useSyncExternalStore } from "react";

const TICK_MS = 1000;

/** One clock for every card that counts time; it stands still while none does. */
const ticker = createTicker();

function createTicker() {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const tick = () => {
    now = Date.now();
    for (const each of listeners) each();
  };
  return {
    now: () => now,
    listen(listener: () => void): () => void {
      listeners.add(listener);
      if (!timer) {
        now = Date.now();
        timer = setInterval(tick, TICK_MS);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** The time in milliseconds since the epoch, renewed each second. Use it only in what is drawn while time counts. */
export function useNow(): number {
  return useSyncExternalStore(ticker.listen, ticker.now);
}
