import { z } from "zod";
import { base, command, stepRef, textFile } from "./base.ts";
import { mediaKind } from "./media-value.ts";
import { answer, type Shape } from "./shape.ts";

/**
 * What a person needs to know of a post. `open`: nobody can say whether it went out, and until somebody does, no equal
 * one is sent. `accepted`: the server took it and has not said how it ended. `scheduled`: it took it, and
 * posts it when its time comes. `not-posted`: refused, never sent or failed.
 */
const postStanding = z.enum([
  "sending",
  "accepted",
  "scheduled",
  "posted",
  "open",
  "said-sent",
  "said-not-sent",
  "not-posted",
]);
export type PostStatus = Shape<typeof postStanding>;

/** One attempt to publish, as the ledger keeps it when its run is long gone. */
const ledgerPost = z
  .strictObject({
    runId: z.string(),
    stepId: z.string(),
    attempt: z.number(),
    graphId: z.string(),
    graphName: z.string(),
    nodeId: z.string(),
    serverLabel: z.string(),
    platform: z.string(),
    accountId: z.string(),
    accountName: z.string().exactOptional(),
    product: z.string(),
    caption: z.string(),
    mediaKind,
    /** Absent where only the server had its bytes. */
    mediaSha256: z.string().exactOptional(),
    standing: postStanding,
    approvedBy: z.enum(["person", "sandbox", "flag", "setting"]),
    at: z.number(),
    /** When it was told to go out, if it was. */
    scheduledFor: z.number().exactOptional(),
    settledAt: z.number().exactOptional(),
    jobId: z.string().exactOptional(),
    /** https only. */
    permalink: z.string().exactOptional(),
    /** Whether its run is still kept. */
    hasRun: z.boolean(),
  })
  .meta({ id: "LedgerPost" });
export type LedgerPost = Shape<typeof ledgerPost>;

const postFilter = z.object({
  /** In caption, account and the graph's name. */
  search: z.string().max(200).optional(),
  standing: z.enum(["posted", "accepted", "open", "settled", "not-posted"]).optional(),
  platform: z.string().optional(),
  accountId: z.string().optional(),
});
export type PostFilter = z.infer<typeof postFilter>;

const postPage = z.strictObject({
  posts: z.array(ledgerPost),
  /** Of all pages. */
  total: z.number(),
  /** For the page after this one; absent at the end. */
  cursor: z.string().exactOptional(),
});
export type PostPage = Shape<typeof postPage>;

const postAccount = ledgerPost.pick({ platform: true, accountId: true, accountName: true });
export type PostAccount = Shape<typeof postAccount>;

/** A node of a graph whose posts to an account go out without asking. Kept on this machine, never in a file. */
const unaskedRule = z
  .strictObject({
    ruleId: z.string(),
    graphId: z.string(),
    graphName: z.string(),
    nodeId: z.string(),
    title: z.string(),
    platform: z.string(),
    accountId: z.string(),
    accountName: z.string(),
    serverLabel: z.string(),
    at: z.number(),
  })
  .meta({ id: "UnaskedRule" });
export type UnaskedRule = Shape<typeof unaskedRule>;

const postRef = stepRef.extend({ attempt: z.int() });

export const ledgerContract = {
  /** Newest first. */
  list: base
    .input(
      postFilter.extend({
        cursor: z.string().max(1000).optional(),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .output(answer(postPage)),
  accounts: base.output(answer(z.array(postAccount))),
  /** What a person found out about a post of which nobody could say whether it went out. */
  settle: command.input(postRef.extend({ as: z.enum(["sent", "not-sent"]) })),
  /** All posts that the filter finds, as a file: no secret, no path. */
  exportText: base.input(postFilter.extend({ format: z.enum(["csv", "json"]) })).output(answer(textFile)),
};

/** Which posts go out without asking, on this machine. One that may repeat an earlier one asks even so. */
export const unaskedContract = {
  list: base.output(answer(z.array(unaskedRule))),
  /** For the node and the account of this step, which waits for an approval. */
  add: command.input(stepRef),
  /** Such posts ask again. */
  remove: command.input(z.object({ ruleId: z.string() })),
};
