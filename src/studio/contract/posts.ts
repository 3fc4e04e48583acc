import { type } from "@orpc/contract";
import { z } from "zod";
import { base, stepRef } from "./base.ts";

/**
 * What a person needs to know of a post. `open`: nobody can say whether it went out, and until somebody does, no equal
 * one is sent. `accepted`: the server took it and has not said how it ended. `scheduled`: it took it, and
 * posts it when its time comes. `not-posted`: refused, never sent or failed.
 */
export type PostStanding =
  | "sending"
  | "accepted"
  | "scheduled"
  | "posted"
  | "open"
  | "said-sent"
  | "said-not-sent"
  | "not-posted";

/** One attempt to publish, as the ledger keeps it when its run is long gone. */
export type LedgerPost = {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly serverLabel: string;
  readonly platform: string;
  readonly accountId: string;
  readonly accountName?: string;
  readonly product: string;
  readonly caption: string;
  readonly mediaKind: "image" | "video" | "audio";
  /** Absent where only the server had its bytes. */
  readonly mediaSha256?: string;
  readonly standing: PostStanding;
  readonly approvedBy: "person" | "sandbox" | "flag" | "setting";
  readonly at: number;
  /** When it was told to go out, if it was. */
  readonly scheduledFor?: number;
  readonly settledAt?: number;
  readonly jobId?: string;
  /** https only. */
  readonly permalink?: string;
  /** Whether its run is still kept. */
  readonly hasRun: boolean;
};

const postFilter = z.object({
  /** In caption, account and the graph's name. */
  search: z.string().max(200).optional(),
  standing: z.enum(["posted", "accepted", "open", "settled", "not-posted"]).optional(),
  platform: z.string().optional(),
  accountId: z.string().optional(),
});
export type PostFilter = z.infer<typeof postFilter>;

export type PostPage = {
  readonly posts: readonly LedgerPost[];
  /** Of all pages. */
  readonly total: number;
  /** For the page after this one; absent at the end. */
  readonly cursor?: string;
};

export type PostAccount = {
  readonly platform: string;
  readonly accountId: string;
  readonly accountName?: string;
};

/** A node of a graph whose posts to an account go out without asking. Kept on this machine, never in a file. */
export type UnaskedRule = {
  readonly ruleId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly title: string;
  readonly platform: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly serverLabel: string;
  readonly at: number;
};

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
    .output(type<PostPage>()),
  accounts: base.output(type<readonly PostAccount[]>()),
  /** What a person found out about a post of which nobody could say whether it went out. */
  settle: base.input(postRef.extend({ as: z.enum(["sent", "not-sent"]) })),
  /** All posts that the filter finds, as a file: no secret, no path. */
  exportText: base
    .input(postFilter.extend({ format: z.enum(["csv", "json"]) }))
    .output(type<{ readonly text: string; readonly fileName: string }>()),
};

/** Which posts go out without asking, on this machine. One that may repeat an earlier one asks even so. */
export const unaskedContract = {
  list: base.output(type<readonly UnaskedRule[]>()),
  /** For the node and the account of this step, which waits for an approval. */
  add: base.input(stepRef),
  remove: base.input(z.object({ ruleId: z.string() })),
};
