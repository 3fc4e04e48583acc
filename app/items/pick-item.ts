import { runStore } from "../stores/run.ts";
import { rowOfItem } from "../stores/run-items.ts";

/** Goes through the items of the run on show, one on or one back; from none to the first or the last. */
export function pickNextItem(by: 1 | -1): void {
  const { items, item, pick } = runStore.getState();
  if (!items || items.rows.length === 0) return;
  const { length } = items.rows;
  const at = item ? rowOfItem(items, item) : -1;
  const to = at < 0 ? (by > 0 ? 0 : length - 1) : (at + by + length) % length;
  pick(items.rows[to]?.item);
}

export const hasItems = (): boolean => (runStore.getState().items?.rows.length ?? 0) > 0;

export function pickNoItem(): void {
  runStore.getState().pick(undefined);
}
