import type { RunEvent, RunState } from "../../engine/record.ts";
import { foldEvents } from "../../engine/record.ts";
import type { JournalRow, Library, RunRow } from "../../library/index.ts";
import { readingRun, runMissing } from "./run-refusals.ts";

/** A run as the library has it, whoever works on it. */
export type JournaledRun = {
  readonly row: RunRow;
  readonly events: readonly RunEvent[];
  /** Undefined when its process went before the first event was written. */
  readonly state: RunState | undefined;
};

/**
 * The run that was read last, by library, as long as memory is not needed elsewhere: to look at a run, claim it and
 * resume it then folds its journal once, and reads what another process has written since.
 */
const lastRead = new WeakMap<Library, WeakRef<JournaledRun>>();

/** Reads its whole journal. @throws Refused `run-missing` */
export async function readRun(library: Library, runId: string): Promise<JournaledRun> {
  const row = await library.runs.get(runId);
  if (!row) throw runMissing();
  const last = lastRead.get(library)?.deref();
  const known = last?.row.runId === runId ? last : undefined;
  const news = await readEvents(library, { runId, afterSeq: known?.state?.seq ?? 0, limit: -1 });
  const events = known ? [...known.events, ...news] : news;
  const state = news.length === 0 ? known?.state : await readingRun(() => foldEvents(known?.state, news));
  const found = { row, events, state };
  lastRead.set(library, new WeakRef(found));
  return found;
}

/** @param query.limit -1: all of them. */
export async function readEvents(
  library: Pick<Library, "journal">,
  query: { readonly runId: string; readonly afterSeq: number; readonly limit: number },
): Promise<readonly RunEvent[]> {
  return await readingRun(async () => (await library.journal.read(query.runId, query)).map(parseEvent));
}

export function toRow({ runId, seq, at, type, ...rest }: RunEvent): JournalRow {
  return { runId, seq, at, type, json: JSON.stringify(rest) };
}

export function parseEvent({ runId, seq, at, type, json }: JournalRow): RunEvent {
  // Written by `toRow` alone, in a database whose rows were parsed; the fold refuses what does not fit.
  return { ...JSON.parse(json), runId, seq, at, type } as RunEvent;
}
