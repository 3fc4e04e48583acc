import { z } from "zod";
import type { ResultNote } from "./gallery.ts";
import type { LedgerRow } from "./ledger.ts";
import type { RunProgress } from "./runs.ts";
import type { TakeRowChange } from "./takes.ts";

export const journalRowSchema = z.object({
  runId: z.string(),
  seq: z.int().positive(),
  at: z.number(),
  type: z.string(),
  json: z.string(),
});
/** One durable event of a run. `seq` starts at 1 and has no gap. */
export type JournalRow = Readonly<z.infer<typeof journalRowSchema>>;

/** What is committed in the same transaction as the events it comes with. */
export type JournalExtras = {
  readonly ledger?: LedgerRow;
  readonly progress?: RunProgress;
  readonly takes?: readonly TakeRowChange[];
  readonly results?: readonly ResultNote[];
};

export type Journal = {
  /**
   * `now` resolves after a commit with `synchronous=FULL`, `soon` after a group commit within 50 ms. Both go through
   * one queue, so a run's order holds across them.
   *
   * @throws LibraryFailure when the disk did not take it. The run is closed for writing from then on: a later event
   * would leave a gap.
   */
  append(rows: readonly JournalRow[], durability: "now" | "soon", extras?: JournalExtras): Promise<void>;
  /** Oldest first. @param limit default: all. */
  read(
    runId: string,
    options?: { readonly afterSeq?: number; readonly limit?: number },
  ): Promise<JournalRow[]>;
  /** Lets a run be written again after a failure: what was refused is gone, and the next event follows what is there. */
  reopen(runId: string): Promise<void>;
};
