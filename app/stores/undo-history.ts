/** Snapshots before and after the present one. Documents share what did not change, so a snapshot costs little. */
export type UndoHistory<T> = {
  readonly past: readonly T[];
  readonly future: readonly T[];
  /** What the last edit may be joined with. */
  readonly open?: { readonly merge: string; readonly at: number };
};

export const emptyHistory: UndoHistory<never> = { past: [], future: [] };

/** More steps back than a person walks. */
const LONGEST = 200;
const MERGE_WITHIN_MS = 1000;

/**
 * The history after an edit that replaced `before`.
 *
 * @param merge edits in a row with the same key, each within a second of the one before, are one step.
 * @param now milliseconds, of any clock that never goes back.
 */
export function record<T>(
  history: UndoHistory<T>,
  before: T,
  merge: string | undefined,
  now: number,
): UndoHistory<T> {
  const { open } = history;
  const joins = merge !== undefined && open?.merge === merge && now - open.at <= MERGE_WITHIN_MS;
  return {
    past: joins ? history.past : [...history.past, before].slice(-LONGEST),
    future: [],
    ...(merge === undefined ? {} : { open: { merge, at: now } }),
  };
}

/**
 * The history after every step of it was changed, and the present one to `present`. Steps that have become the same as
 * the next are left out, so that each undo still shows something.
 */
export function rewrite<T>(
  history: UndoHistory<T>,
  present: T,
  change: (step: T) => T,
  isSame: (a: T, b: T) => boolean,
): UndoHistory<T> {
  /** From the step nearest to the present on. */
  const differing = (steps: Iterable<T>) => {
    const kept: T[] = [];
    for (const step of steps) {
      const changed = change(step);
      if (!isSame(changed, kept.at(-1) ?? present)) kept.push(changed);
    }
    return kept;
  };
  return {
    ...history,
    past: differing(history.past.toReversed()).reverse(),
    future: differing(history.future),
  };
}

type Step<T> = { readonly present: T; readonly history: UndoHistory<T> };

export function stepBack<T>({ past, future }: UndoHistory<T>, present: T): Step<T> | undefined {
  const before = past.at(-1);
  if (before === undefined) return undefined;
  return { present: before, history: { past: past.slice(0, -1), future: [present, ...future] } };
}

export function stepForward<T>({ past, future }: UndoHistory<T>, present: T): Step<T> | undefined {
  const [after, ...later] = future;
  if (after === undefined) return undefined;
  return { present: after, history: { past: [...past, present], future: later } };
}
