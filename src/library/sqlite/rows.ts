import type { SQLOutputValue } from "node:sqlite";
import type { z } from "zod";
import { libraryFailure } from "../ports/failure.ts";

/** SQLite has NULL where our types have an absent key; rows come with a null prototype besides. */
export function withoutNulls(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

/** A row of values that no Catwalk has written went through damage. @throws LibraryFailure `damaged` */
export function parseRow<Row>(schema: z.ZodType<Row>, values: unknown): Row {
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw libraryFailure("damaged", parsed.error);
  return parsed.data;
}
