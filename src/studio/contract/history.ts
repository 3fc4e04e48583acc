import { type } from "@orpc/contract";
import { z } from "zod";
import type { MediaKind } from "../../base/media-kind.ts";
import type { Failure, StepStatus } from "../../engine/record.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import { base, runRef } from "./base.ts";
import type { OpenResult } from "./documents.ts";
import type { RunLeftAtServer, RunSummary } from "./runs.ts";

/** Media of the library, as far as a thumbnail needs to know it. */
export type MediaGlance = { readonly sha256: string; readonly kind: MediaKind };

/** Media that steps made: how many, and the first few of them. */
type OutputsGlance = { readonly count: number; readonly shown: readonly MediaGlance[] };

export type PastRun = RunSummary & {
  /** About what it cost, by estimates; jobs that failed without a charge not counted. */
  readonly spentMicrodollars: number;
  readonly outputs: OutputsGlance;
  /** Steps that wait for a person. */
  readonly needsYou: number;
};

const historyQuerySchema = z.object({
  /** Default: runs of every graph. */
  graphId: z.string().optional(),
  /** Words that all occur in the name of the graph, the server, the outcome, a prompt or a caption. */
  text: z.string().max(200).optional(),
  outcomes: z
    .array(z.enum(["queued", "running", "interrupted", "done", "failed", "cancelled", "needs-you"]))
    .optional(),
  /** Started at or after, in milliseconds since the epoch. */
  since: z.number().optional(),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(30),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

export type HistoryPage = {
  /** Newest first. */
  readonly runs: readonly PastRun[];
  /** Set when there are more. */
  readonly next?: string;
};

/** What a node's steps came to in a run. */
export type NodeRecord = {
  readonly nodeId: string;
  readonly title: string;
  readonly type: string;
  readonly steps: number;
  /** How many of its steps stand how. */
  readonly statuses: { readonly [Kind in StepStatus["kind"]]?: number };
  /** Of those that succeeded: the ones that took an earlier result. */
  readonly cached: number;
  readonly spentMicrodollars: number;
  /** From the first start to the last end, in milliseconds. */
  readonly tookMs?: number;
  readonly outputs: OutputsGlance;
  /** The first text it made, cut short. */
  readonly text?: string;
  /** Of the first step that failed or is in doubt. */
  readonly failure?: Failure;
  readonly permalink?: string;
  /** Its cancelled steps whose job went on at the server; absent when there are none. */
  readonly collectable?: readonly StepId[];
};

export type RunRecord = { readonly run: PastRun; readonly nodes: readonly NodeRecord[] };

/** What a person should know before a run is removed. Its steps and events go; all this stays, or goes on. */
export type RunRemoval = RunLeftAtServer & {
  readonly runId: string;
  /** Results that stay in the library, and about what they cost. */
  readonly outputs: number;
  readonly spentMicrodollars: number;
  /** Posts that stay in the ledger. */
  readonly posts: number;
};

/** How long runs are kept; what is absent sets no bound. */
export const retentionSchema = z.object({
  days: z.number().int().min(1).max(3650).optional(),
  /** At most so many runs; the oldest go first. */
  runs: z.number().int().min(1).max(1_000_000).optional(),
});
export type Retention = z.infer<typeof retentionSchema>;

export type CleanUpPreview = {
  readonly count: number;
  /** Oldest first; the first few hundred of them. */
  readonly runs: readonly PastRun[];
};

export const historyContract = {
  list: base.input(historyQuerySchema).output(type<HistoryPage>()),
  run: base.input(runRef).output(type<RunRecord>()),
  /** Opens a copy of the graph that made the run, under an id of its own. Becomes the open document. */
  openGraph: base.input(runRef).output(type<OpenResult>()),
  removal: base.input(runRef).output(type<RunRemoval>()),
  retention: base.output(type<Retention>()),
  setRetention: base.input(retentionSchema),
  /** What a clean-up under these bounds would remove now. Removes nothing. */
  cleanUpPreview: base.input(retentionSchema).output(type<CleanUpPreview>()),
  /** Removes those of these runs that are outside the bounds still. */
  cleanUp: base
    .input(z.object({ retention: retentionSchema, runIds: z.array(z.string()) }))
    .output(type<{ readonly removed: number }>()),
};
