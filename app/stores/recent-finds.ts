import { preferencesStore, setPreference, usePreference } from "./preferences.ts";

const NAME = "recent-finds";
/** Older ones say nothing of what is wanted now. */
const MOST = 30;

/** Ids of what was picked from a searched list, the last one first; one memory for all lists. */
export function useRecentFinds(): readonly string[] {
  return usePreference(NAME, parse);
}

export function rememberFind(id: string): void {
  const before = parse(preferencesStore.getState().values[NAME]);
  setPreference(NAME, [id, ...before.filter((each) => each !== id)].slice(0, MOST));
}

const none: readonly string[] = [];
const parsed = new WeakMap<object, readonly string[]>();

/** The same list for the same value, so that what reads it sleeps. */
function parse(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return none;
  const ids = parsed.get(value) ?? value.filter((id): id is string => typeof id === "string");
  parsed.set(value, ids);
  return ids;
}
