/** Lets so many in at once, in the order of arrival. Leaving twice counts once. */
export type Semaphore = {
  /** @throws the signal's reason as soon as it is aborted; who waits then gives up its place in the line. */
  enter(signal: AbortSignal): Promise<Disposable>;
};

export function createSemaphore(places: number): Semaphore {
  let free = places;
  const waiting: (() => void)[] = [];
  // A place is handed to the next in line, so that an arrival at that moment cannot take it.
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else
        await new Promise<void>((resolve, reject) => {
          const enter = () => {
            signal.removeEventListener("abort", giveUp);
            resolve();
          };
          const giveUp = () => {
            waiting.splice(waiting.indexOf(enter), 1);
            reject(signal.reason);
          };
          signal.addEventListener("abort", giveUp, { once: true });
          waiting.push(enter);
        });
      let isIn = true;
      return {
        [Symbol.dispose]() {
          if (isIn) leave();
          isIn = false;
        },
      };
    },
  };
}
