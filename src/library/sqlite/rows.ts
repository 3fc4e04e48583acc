import type { SQLOutputValue } from "node:sqlite";

/** SQLite has NULL where our types have an absent key; rows come with a null prototype besides. */
export function withoutNulls(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
