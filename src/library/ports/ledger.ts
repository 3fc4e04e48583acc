import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";

const postStates = [
  "intended",
  "sent",
  "refused",
  "not-sent",
  "in-doubt",
  "succeeded",
  "failed",
  "unknown",
] as const;

const settlementSchema = z.object({
  as: z.enum(["sent", "not-sent"]),
  by: z.literal("person"),
  at: z.number(),
});
type Settlement = Readonly<z.infer<typeof settlementSchema>>;

export const ledgerRowSchema = z.object({
  runId: z.string(),
  stepId: z.string(),
  attempt: z.int(),
  scope: z.string(),
  platform: z.string(),
  accountId: z.string(),
  accountName: z.string().optional(),
  product: z.string(),
  mediaSha256: z.string(),
  mediaKind: z.enum(mediaKinds),
  caption: z.string(),
  paramsJson: z.string(),
  digest: z.string(),
  graphId: z.string(),
  graphName: z.string(),
  nodeId: z.string(),
  serverLabel: z.string(),
  approvedBy: z.enum(["person", "sandbox", "flag", "setting"]),
  state: z.enum(postStates),
  jobId: z.string().optional(),
  permalink: z.string().optional(),
  at: z.number(),
  /** What a person found out about a post of which nobody could say whether it went out. */
  settled: settlementSchema.optional(),
});
/** What is remembered of one attempt to publish; a later state of the same attempt replaces the earlier. */
export type LedgerRow = Readonly<z.infer<typeof ledgerRowSchema>>;

export type LedgerRowId = Pick<LedgerRow, "runId" | "stepId" | "attempt">;

export type PostKey = {
  readonly scope: string;
  readonly accountId: string;
  readonly product: string;
  /** Any name of it: `namesOf`. */
  readonly mediaSha256: string;
};

type PostHistory = {
  /** When this media last went, or may have gone, to this account and product. */
  readonly lastSentAt?: number;
  /** Nobody can say whether they went out, newest first. Those on their way are among them. */
  readonly unsettled: readonly LedgerRow[];
};

/** What a person looks for among posts. */
export type LedgerStatus = "posted" | "accepted" | "open" | "settled" | "not-posted";

export type LedgerFilter = {
  /** In caption, account or the graph's name; upper and lower case are one. */
  readonly search?: string | undefined;
  readonly standing?: LedgerStatus | undefined;
  readonly platform?: string | undefined;
  readonly accountId?: string | undefined;
};

/** Where a row stands in the list. */
export type LedgerPlace = LedgerRowId & { readonly at: number };

/** The part of the list after one row, and up to another. */
export type LedgerSlice = {
  readonly after?: LedgerPlace | undefined;
  readonly until?: LedgerPlace | undefined;
};

export type LedgerTable = {
  /** Whether rows were lost with damage: then it can no longer say that something was never sent. */
  hasHoles(): Promise<boolean>;
  get(id: LedgerRowId): Promise<LedgerRow | undefined>;
  /**
   * Every name under which this media may have been posted in the scope, the one that counts first: its hash where that
   * is known, then `id:` with each id that the server had for it.
   */
  namesOf(scope: string, mediaSha256: string): Promise<readonly [string, ...string[]]>;
  history(key: PostKey): Promise<PostHistory>;
  /** Every attempt to send this media to this account and product, newest first. */
  ofPost(key: PostKey): Promise<LedgerRow[]>;
  /** Newest first. */
  list(query: LedgerFilter & LedgerSlice & { readonly limit: number }): Promise<LedgerRow[]>;
  count(filter: LedgerFilter & LedgerSlice): Promise<number>;
  /** Where so many rows after this one end, among all of them; undefined when there are fewer. */
  boundary(count: number, after?: LedgerPlace): Promise<LedgerPlace | undefined>;
  /** Every account the ledger knows, by platform and name. */
  accounts(): Promise<Pick<LedgerRow, "platform" | "accountId" | "accountName">[]>;
  /** Whether one of our own posts is known to have made this job. */
  hasJob(scope: string, jobId: string): Promise<boolean>;
  /** Oldest attempt first. */
  ofRun(runId: string): Promise<LedgerRow[]>;
  /** Writes down what a person says of a row that nobody settled yet; durable when it returns. Whether it did. */
  settle(id: LedgerRowId, settlement: Settlement, permalink?: string): Promise<boolean>;
  /** Takes this post for this process, unless a living one has it. */
  tryHold(post: string): Promise<boolean>;
  letGo(post: string): Promise<void>;
};
