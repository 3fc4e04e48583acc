import { z } from "zod";
import type { RunHistory, RunTotals } from "./run-history.ts";

/** A run whose journal went through damage. Nobody may go on with it: what it sent may be missing there. */
export const DAMAGED = "damaged";

export const runRowSchema = z.object({
  runId: z.string(),
  graphId: z.string(),
  graphName: z.string(),
  scope: z.string(),
  serverLabel: z.string(),
  ownerId: z.string(),
  /** "queued" until it begins, "running", or how it came to rest. */
  status: z.string(),
  startedAt: z.number(),
  settledAt: z.number().optional(),
  steps: z.int(),
  done: z.int(),
  failed: z.int(),
  /** How often it was claimed without `survived` since. */
  resumes: z.int(),
});
export type RunRow = Readonly<z.infer<typeof runRowSchema>>;

/** What a run was started with: enough to go on with it in another process. */
export const runSourceSchema = z.object({
  graphJson: z.string(),
  planJson: z.string(),
  optionsJson: z.string(),
});
type RunSource = Readonly<z.infer<typeof runSourceSchema>>;

export type RunProgress = {
  readonly runId: string;
  readonly status: string;
  readonly settledAt?: number;
  readonly done: number;
  readonly failed: number;
  /** Absent: as it was. */
  readonly totals?: RunTotals;
};

export type RunClaim =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: "missing" }
  | { readonly ok: false; readonly why: "held"; readonly pid: number | undefined };

type RunHolder = "this-process" | "another-process" | "nobody";

export type RunTable = {
  /** Records a run that this process is about to start, or keeps in its queue. */
  add(
    run: Omit<RunRow, "ownerId" | "status" | "settledAt" | "done" | "failed" | "resumes"> &
      RunSource & {
        /** Default: running. */
        readonly status?: "queued" | "running";
        /** What it can be found by besides graph and server: its prompts and captions. */
        readonly searchText?: string;
      },
  ): Promise<void>;
  /** A queued run begins now. */
  begin(runId: string, startedAt: number): Promise<void>;
  /**
   * Makes a run this process's own, unless a living process holds it, and counts that. Of several who ask at once
   * one gets it.
   */
  claim(runId: string): Promise<RunClaim>;
  /** The process that claimed it has lived with it for a while: it is not what crashes. */
  survived(runId: string): Promise<void>;
  get(runId: string): Promise<RunRow | undefined>;
  source(runId: string): Promise<RunSource | undefined>;
  readonly history: RunHistory;
  /** Whose the run is. An unfinished run that nobody holds was interrupted. */
  holder(run: RunRow): Promise<RunHolder>;
  /** The process that holds it, for a message to the person. */
  pidOf(run: RunRow): Promise<number | undefined>;
  /**
   * Takes the run out of every list at once, for good. Its events are still there: `erase` takes them away in steps,
   * and goes on with it after a crash. Media and the ledger stay.
   */
  hide(runId: string): Promise<void>;
  /** The same of those that are at rest still and wait for no person, in one transaction. @returns how many */
  hideResting(runIds: readonly string[]): Promise<number>;
  /** Runs that are hidden and not yet erased, so many at most. */
  hidden(limit: number): Promise<string[]>;
  /** Takes away so many events of a hidden run, and the run with the last. @returns whether there are more */
  erase(runId: string, events: number): Promise<boolean>;
  /** Both at once, for a run of a few events. */
  remove(runId: string): Promise<void>;
};
