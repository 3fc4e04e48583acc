import { type Changed, changesOf, rebased, withChanges } from "../../src/graph/changes/changes.ts";
import { type Delta, inverted, weightOf } from "../../src/graph/changes/delta.ts";
import type { Graph } from "../../src/graph/document/schema.ts";

/**
 * What this window did to a document, step by step, each as its changes. A step is taken back by applying its changes
 * the other way round to the document as it is now, so what another window did meanwhile stays.
 */
export type UndoHistory = {
  readonly past: readonly Delta[];
  readonly future: readonly Delta[];
  /** What the last step may be joined with, and the document before it. */
  readonly open?: { readonly merge: string; readonly at: number; readonly before: Graph };
  /** Whether something else than these steps has changed the document since the oldest of them. */
  readonly isShared: boolean;
  /** Steps that were let go because together they had become too large; undo ends before them. */
  readonly forgotten: number;
};

export const emptyHistory: UndoHistory = { past: [], future: [], isShared: false, forgotten: 0 };

/** In single values, as `weightOf` counts: some hundred megabytes, which only very large edits come to. */
const HEAVIEST = 1_000_000;
const MERGE_WITHIN_MS = 1000;

/**
 * The history after an edit.
 *
 * @param merge edits in a row with the same key, each within a second of the one before, are one step.
 * @param now milliseconds, of any clock that never goes back.
 */
export function record(
  history: UndoHistory,
  edit: { readonly before: Graph; readonly after: Graph; readonly merge: string | undefined },
  now: number,
): UndoHistory {
  const { open } = history;
  const { merge, after } = edit;
  const joins = merge !== undefined && open?.merge === merge && now - open.at <= MERGE_WITHIN_MS;
  const before = joins ? open.before : edit.before;
  const changes = changesOf(before, after);
  const past = joins ? history.past.slice(0, -1) : history.past;
  const { isShared, forgotten } = history;
  return bounded({
    ...{ isShared, forgotten },
    // What was typed and taken back within a second is no step.
    past: changes ? [...past, changes] : past,
    future: [],
    ...(merge === undefined || !changes ? {} : { open: { merge, at: now, before } }),
  });
}

/** After another hand's change: later edits begin a step of their own. */
export function shared(history: UndoHistory): UndoHistory {
  const { open: _, ...rest } = history;
  return { ...rest, isShared: rest.past.length + rest.future.length > 0 };
}

/** What a step leads to; conflicts are the places that another hand has changed since, which stay. */
export type Travelled = Changed & { readonly history: UndoHistory };

/** Takes the last step back; `undefined` where there is none. */
export function stepBack(history: UndoHistory, present: Graph): Travelled | undefined {
  const changes = history.past.at(-1);
  if (!changes) return undefined;
  const { graph, conflicts } = travel(history, inverted(changes), present);
  const done = conflicts.length === 0 ? changes : changesOf(graph, present);
  return {
    ...{ graph, conflicts },
    history: closed(history, {
      past: history.past.slice(0, -1),
      // What could not be taken back need not be made again.
      future: done ? [done, ...history.future] : history.future,
    }),
  };
}

/** Makes the next step again; `undefined` where there is none. */
export function stepForward(history: UndoHistory, present: Graph): Travelled | undefined {
  const [changes, ...future] = history.future;
  if (!changes) return undefined;
  const { graph, conflicts } = travel(history, changes, present);
  const done = conflicts.length === 0 ? changes : changesOf(present, graph);
  return {
    ...{ graph, conflicts },
    history: closed(history, { past: done ? [...history.past, done] : history.past, future }),
  };
}

/**
 * The history where `change` was made in the present and in every state before and after it, as the end of something
 * that an earlier step began. Steps that differ in nothing any more are left out.
 */
export function rewrite(history: UndoHistory, present: Graph, change: (graph: Graph) => Graph): UndoHistory {
  const along = (steps: readonly Delta[], turn: (changes: Delta) => Delta) => {
    let state = present;
    return steps.flatMap((changes) => {
      const next = withChanges(turn(changes), state).graph;
      const [from, to] = [change(state), change(next)];
      const isTouched = from !== state || to !== next;
      state = next;
      const changed = isTouched ? changesOf(from, to) : turn(changes);
      return changed ? [turn(changed)] : [];
    });
  };
  const { open } = history;
  return {
    ...history,
    ...(open ? { open: { ...open, before: change(open.before) } } : {}),
    past: along(history.past.toReversed(), inverted).reverse(),
    future: along(history.future, (changes) => changes),
  };
}

/** As much of a history as fits into this many characters of JSON, the latest steps first. */
export function storedHistory(history: UndoHistory, characters: number): string {
  const { future, isShared } = history;
  let room = characters - JSON.stringify(future).length;
  const from = history.past.findLastIndex((changes) => {
    room -= JSON.stringify(changes).length + 1;
    return room < 0;
  });
  return JSON.stringify({
    past: history.past.slice(from + 1),
    future: room < 0 && from + 1 === history.past.length ? [] : future,
    isShared,
    forgotten: history.forgotten + from + 1,
  });
}

function travel({ isShared }: UndoHistory, changes: Delta, present: Graph): Changed {
  return isShared ? rebased(changes, present) : withChanges(changes, present);
}

function closed(history: UndoHistory, steps: Pick<UndoHistory, "past" | "future">): UndoHistory {
  const { open: _, ...rest } = history;
  const isEmpty = steps.past.length + steps.future.length === 0;
  return { ...rest, ...steps, isShared: rest.isShared && !isEmpty };
}

/** What each step weighs is counted once. */
const weights = new WeakMap<Delta, number>();

function weigh(changes: Delta): number {
  const known = weights.get(changes);
  if (known !== undefined) return known;
  const weight = weightOf(changes);
  weights.set(changes, weight);
  return weight;
}

function bounded(history: UndoHistory): UndoHistory {
  let room = HEAVIEST;
  const from = history.past.findLastIndex((changes) => {
    room -= weigh(changes);
    return room < 0;
  });
  // The last step stays, whatever it weighs.
  const gone = Math.min(from + 1, history.past.length - 1);
  if (gone <= 0) return history;
  return { ...history, past: history.past.slice(gone), forgotten: history.forgotten + gone };
}
