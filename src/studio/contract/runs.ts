import { eventIterator, type } from "@orpc/contract";
import { z } from "zod";
import type { RunEvent, RunOutcome, RunSignal, RunSnapshot } from "../../engine/record.ts";
import { graphSchema } from "../../graph/document/schema.ts";
import { base, type Refusal, runRef, stepRef } from "./base.ts";
import type { Preflight } from "./preflight.ts";

export type RunSummary = {
  readonly runId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly serverLabel: string;
  readonly startedAt: number;
  readonly settledAt?: number;
  /** `queued`: waits in a living process, nothing made yet. `interrupted`: unfinished, and no living process holds it. */
  readonly status: "queued" | "running" | "interrupted" | RunOutcome;
  readonly steps: number;
  readonly done: number;
  readonly failed: number;
  /** Remote jobs that were accepted and had not ended, for an interrupted run. */
  readonly openJobs: readonly { readonly stepId: string; readonly kind: string; readonly id: string }[];
  /** Steps of an interrupted run whose create nobody can say arrived: in doubt, or without an answer at the end. */
  readonly doubts: readonly string[];
  /** Set on an interrupted run that ended Catwalk's process each time it was resumed: only a person's word resumes it. */
  readonly parked?: true;
  /** Set on a run that stopped because its journal could not be written: why, and what to do before it is resumed. */
  readonly stopped?: Refusal;
};

/** What goes on at the server, or may, of a run that is discarded. */
export type RunLeftAtServer = Pick<RunSummary, "openJobs" | "doubts">;

/** A subscription begins with a snapshot at seq N; then come the events after N. A slow window gets a new snapshot. */
export type RunMessage =
  | { readonly type: "snapshot"; readonly snapshot: RunSnapshot }
  | { readonly type: "events"; readonly events: readonly RunEvent[] }
  | { readonly type: "signals"; readonly signals: readonly RunSignal[] };

/** Of one of several approvals. A post that has changed since it was seen is void, and asked for again. */
export type ApprovalAnswer =
  | { readonly stepId: string; readonly ok: true }
  | ({ readonly stepId: string; readonly ok: false } & Refusal);

/** Of one of several doubts. One that was settled, or has an answer by now, is refused and says so. */
export type DoubtAnswer =
  | { readonly stepId: string; readonly ok: true }
  | ({ readonly stepId: string; readonly ok: false } & Refusal);

/** A post that waits, of a graph that has changed since: in words, what it still has of before. */
export type OutdatedPost = { readonly stepId: string; readonly message: string };

/** What was found on the server since a create was sent of which nobody heard the end. It settles nothing by itself. */
export type Evidence = {
  /** When the create was sent. */
  readonly since: number;
  readonly lookedAt: number;
  /** Newest first; what is known to be of other steps is left out. */
  readonly found: readonly EvidenceItem[];
  /**
   * The one post with this media on this account since then, where there is exactly one, and nothing else of ours could
   * have made it.
   */
  readonly match?: EvidenceItem;
  /** More was there than was looked at. */
  readonly cutOff?: true;
};

/** Of one of several creates in doubt. What was found may be of any of them. */
export type StepEvidence = Evidence & { readonly stepId: string };

export type EvidenceItem = {
  readonly what: "post" | "image" | "video" | "audio" | "media";
  readonly at?: number;
  /** Of a post: whether it carries this very media. */
  readonly sameMedia?: boolean;
  readonly status?: string;
  readonly caption?: string;
  /** https only. */
  readonly permalink?: string;
};

const doubtDecision = z.enum(["resend", "skip"]);

export const runsContract = {
  /**
   * Starts what `graphs.preflight` looked at. Refused (`preflight-void`) when that is not what would start. Begins at
   * once where the queue has room, else waits there, whatever is edited meanwhile.
   */
  start: base
    .input(z.object({ handle: z.string() }))
    .output(type<{ readonly runId: string; readonly queued: boolean }>()),
  list: base
    .input(z.object({ graphId: z.string().optional(), limit: z.number().int().min(1).max(200).default(50) }))
    .output(type<readonly RunSummary[]>()),
  watch: base.input(runRef).output(eventIterator(type<RunMessage>())),
  /** The event log, a page at a time, oldest first. */
  log: base
    .input(
      runRef.extend({
        afterSeq: z.number().int().default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(type<readonly RunEvent[]>()),
  /** A queued run is taken out as if it had never been: nothing of it was made. */
  cancel: base.input(runRef),
  retry: base.input(stepRef),
  /** Every step that failed or was cancelled, with the finished results of the run. Posts that went out ask again. */
  retryFailed: base.input(runRef),
  checkAgain: base.input(stepRef),
  fetchPreviewAgain: base.input(stepRef),
  /** Which of the posts that wait for an approval this graph, as it is edited just now, would not make like that. */
  outdated: base.input(runRef.extend({ graph: graphSchema })).output(type<readonly OutdatedPost[]>()),
  /** Refused (`post-outdated`) while the document, as it was last kept, would make another post. */
  approve: base.input(stepRef.extend({ digest: z.string() })),
  /** Each is checked on its own: the answers come in the order of the posts. */
  approveMany: base
    .input(
      runRef.extend({
        posts: z
          .array(z.object({ stepId: z.string(), digest: z.string() }))
          .min(1)
          .max(10_000),
      }),
    )
    .output(type<readonly ApprovalAnswer[]>()),
  decline: base.input(stepRef),
  /** `attempt` is the one that was looked at; refused (`wrong-state`) when the step has gone on since. */
  settleDoubt: base.input(stepRef.extend({ attempt: z.number().int(), decision: doubtDecision })),
  /**
   * The same word about several creates in doubt, each on its own: the answers come in the order of the steps. Posts are
   * refused (`one-by-one`). To send again takes the sum the person was told, by estimates; where it would be more,
   * nothing is sent (`sum-changed`).
   */
  settleDoubts: base
    .input(
      runRef.extend({
        doubts: z
          .array(z.object({ stepId: z.string(), attempt: z.number().int() }))
          .min(1)
          .max(10_000),
        word: z.discriminatedUnion("decision", [
          z.object({ decision: z.literal("skip") }),
          z.object({ decision: z.literal("resend"), sumMicrodollars: z.number().int().min(0) }),
        ]),
      }),
    )
    .output(type<readonly DoubtAnswer[]>()),
  /** Looks on the server for what a step in doubt may have made. Creates nothing and settles nothing. */
  evidence: base.input(stepRef).output(type<Evidence>()),
  /** As `evidence` of several creates of one run at once; posts and steps that sent nothing are left out. */
  evidenceOfMany: base
    .input(runRef.extend({ stepIds: z.array(z.string()).min(1).max(10_000) }))
    .output(type<readonly StepEvidence[]>()),
  /** What resuming would still do, cost and post. Creates and uploads nothing. */
  resumePreflight: base.input(runRef).output(type<Preflight>()),
  /**
   * Goes on with an interrupted run, or opens one at rest for commands. `handle`, from `resumePreflight`, is needed
   * on any server but the sandbox for what may still be made. Refused while a living process holds it (`run-held`),
   * on another server or account (`run-other-server`), and after three crashes in a row (`run-parked`).
   */
  resume: base
    .input(runRef.extend({ handle: z.string().optional(), evenIfParked: z.boolean().default(false) }))
    .output(type<{ readonly runId: string }>()),
  /** Ends an interrupted run where it stands. Nothing is asked of the server. */
  discard: base.input(runRef).output(type<RunLeftAtServer>()),
  /** Removes the run, its steps and events. Results and the ledger stay: `history.removal` says which. */
  remove: base.input(runRef),
};
