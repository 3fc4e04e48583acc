import { z } from "zod";
import { base, command, runRef } from "./base.ts";
import { openResult } from "./documents.ts";
import { shownMedia } from "./media-value.ts";
import { failure, stepId } from "./run-event.ts";
import { stepStatusKind } from "./run-state.ts";
import { runLeftAtServer, runStatus, runSummary } from "./runs.ts";
import { answer, type Shape } from "./shape.ts";

/** Media that steps made: how many, and the first few of them. */
const runOutputs = z.strictObject({ count: z.number(), shown: z.array(shownMedia) });

const pastRun = runSummary
  .extend({
    /** About what it cost, by estimates; jobs that failed without a charge not counted. */
    spentMicrodollars: z.number(),
    outputs: runOutputs,
    /** Steps that wait for a person. */
    needsYou: z.number(),
  })
  .meta({ id: "PastRun" });
export type PastRun = Shape<typeof pastRun>;

const historyQuerySchema = z.object({
  /** Default: runs of every graph. */
  graphId: z.string().optional(),
  /** Words that all occur in the name of the graph, the server, the outcome, a prompt or a caption. */
  text: z.string().max(200).optional(),
  outcomes: z.array(runStatus).optional(),
  /** Started at or after, in milliseconds since the epoch. */
  since: z.number().optional(),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(30),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

const historyPage = z.strictObject({
  /** Newest first. */
  runs: z.array(pastRun),
  /** Set when there are more. */
  next: z.string().exactOptional(),
});
export type HistoryPage = Shape<typeof historyPage>;

/** What a node's steps came to in a run. */
const nodeRecord = z
  .strictObject({
    nodeId: z.string(),
    title: z.string(),
    type: z.string(),
    steps: z.number(),
    /** How many of its steps stand how. */
    statuses: z.partialRecord(stepStatusKind, z.number()),
    /** Of those that succeeded: the ones that took an earlier result. */
    cached: z.number(),
    spentMicrodollars: z.number(),
    /** From the first start to the last end, in milliseconds. */
    tookMs: z.number().exactOptional(),
    outputs: runOutputs,
    /** The first text it made, cut short. */
    text: z.string().exactOptional(),
    /** Of the first step that failed or is in doubt. */
    failure: failure.exactOptional(),
    permalink: z.string().exactOptional(),
    /** Its cancelled steps whose job went on at the server; absent when there are none. */
    collectable: z.array(stepId).exactOptional(),
  })
  .meta({ id: "NodeRecord" });
export type NodeRecord = Shape<typeof nodeRecord>;

const runRecord = z.strictObject({ run: pastRun, nodes: z.array(nodeRecord) });
export type RunRecord = Shape<typeof runRecord>;

/** What a person should know before a run is removed. Its steps and events go; all this stays, or goes on. */
const runRemoval = runLeftAtServer.extend({
  runId: z.string(),
  /** Results that stay in the library, and about what they cost. */
  outputs: z.number(),
  spentMicrodollars: z.number(),
  /** Posts that stay in the ledger. */
  posts: z.number(),
});
export type RunRemoval = Shape<typeof runRemoval>;

/** How long runs are kept; what is absent sets no bound. */
export const retentionSchema = z.object({
  days: z.number().int().min(1).max(3650).optional(),
  /** At most so many runs; the oldest go first. */
  runs: z.number().int().min(1).max(1_000_000).optional(),
});
export type Retention = z.infer<typeof retentionSchema>;

const cleanUpPreview = z.strictObject({
  count: z.number(),
  /** Oldest first; the first few hundred of them. */
  runs: z.array(pastRun),
});
export type CleanUpPreview = Shape<typeof cleanUpPreview>;

export const historyContract = {
  /** Newest first. */
  list: base.input(historyQuerySchema).output(answer(historyPage)),
  run: base.input(runRef).output(answer(runRecord)),
  /** Opens a copy of the graph that made the run, under an id of its own. Becomes the open document. */
  openGraph: base.input(runRef).output(answer(openResult)),
  /** What goes and what stays if this run is removed. */
  removal: base.input(runRef).output(answer(runRemoval)),
  retention: base.output(answer(z.strictObject(retentionSchema.shape))),
  /** Runs outside these bounds are removed once a day and at each start; the first time in a day. */
  setRetention: command.input(retentionSchema),
  /** What a clean-up under these bounds would remove now. Removes nothing. */
  cleanUpPreview: base.input(retentionSchema).output(answer(cleanUpPreview)),
  /** Removes those of these runs that are outside the bounds still. */
  cleanUp: base
    .input(z.object({ retention: retentionSchema, runIds: z.array(z.string()) }))
    .output(answer(z.strictObject({ removed: z.number() }))),
};
