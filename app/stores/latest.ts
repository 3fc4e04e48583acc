/** A question that is asked again and again: only the answer to the latest one counts. */
export type Latest = {
  now(): Promise<void>;
  /** After a pause, which begins anew with each call. */
  soon(): void;
  /** No answer that is under way counts any more. */
  drop(): void;
};

/** @param ask asks and takes the answer in, unless `isLatest` says that it was asked again meanwhile. */
export function createLatest(delayMs: number, ask: (isLatest: () => boolean) => Promise<void>): Latest {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const now = () => {
    clearTimeout(timer);
    const mine = ++turn;
    return ask(() => mine === turn);
  };
  return {
    now,
    soon() {
      clearTimeout(timer);
      timer = setTimeout(() => void now(), delayMs);
    },
    drop() {
      turn++;
    },
  };
}
