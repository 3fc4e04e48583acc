import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { base, command, graph, refusal, runRef, stepRef, words } from "./base.ts";
import { mediaKind } from "./media-value.ts";
import { preflight } from "./preflight.ts";
import { runEvent, runOutcome, runSignal } from "./run-event.ts";
import { runSnapshot } from "./run-state.ts";
import { answer, type Shape } from "./shape.ts";

/** `queued`: waits in a living process, nothing made yet. `interrupted`: unfinished, and no living process holds it. */
export const runStatus = z.enum(["queued", "running", "interrupted", ...runOutcome.options]);

export const runSummary = z
  .strictObject({
    runId: z.string(),
    graphId: z.string(),
    graphName: z.string(),
    serverLabel: z.string(),
    startedAt: z.number(),
    settledAt: z.number().exactOptional(),
    status: runStatus,
    steps: z.number(),
    done: z.number(),
    failed: z.number(),
    /** Remote jobs that were accepted and had not ended, for an interrupted run. */
    openJobs: z.array(z.strictObject({ stepId: z.string(), kind: z.string(), id: z.string() })),
    /** Steps of an interrupted run whose create nobody can say arrived: in doubt, or without an answer at the end. */
    doubts: z.array(z.string()),
    /** Set on an interrupted run that ended Catwalk's process each time it was resumed: only a person's word resumes it. */
    parked: z.literal(true).exactOptional(),
    /** Set on a run that stopped because its journal could not be written: why, and what to do before it is resumed. */
    stopped: refusal.exactOptional(),
  })
  .meta({ id: "RunSummary" });
export type RunSummary = Shape<typeof runSummary>;

/** What goes on at the server, or may, of a run that is discarded. */
export const runLeftAtServer = runSummary.pick({ openJobs: true, doubts: true });
export type RunLeftAtServer = Shape<typeof runLeftAtServer>;

/** A subscription begins with a snapshot at seq N; then come the events after N. A slow window gets a new snapshot. */
const runMessage = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("snapshot"), snapshot: runSnapshot }),
    z.strictObject({ type: z.literal("events"), events: z.array(runEvent) }),
    z.strictObject({ type: z.literal("signals"), signals: z.array(runSignal) }),
  ])
  .meta({ id: "RunMessage" });
export type RunMessage = Shape<typeof runMessage>;

/** Of one of several steps: done, or refused and why. */
const stepAnswer = z
  .discriminatedUnion("ok", [
    z.strictObject({ stepId: z.string(), ok: z.literal(true) }),
    refusal.extend({ stepId: z.string(), ok: z.literal(false) }),
  ])
  .meta({ id: "StepAnswer" });

/** Of one of several approvals. A post that has changed since it was seen is void, and asked for again. */
export type ApprovalAnswer = Shape<typeof stepAnswer>;

/** Of one of several doubts. One that was settled, or has an answer by now, is refused and says so. */
export type DoubtAnswer = Shape<typeof stepAnswer>;

/** A post that waits, of a graph that has changed since: in words, what it still has of before. */
const outdatedPost = z.strictObject({ stepId: z.string(), message: words });
export type OutdatedPost = Shape<typeof outdatedPost>;

const evidenceItem = z.strictObject({
  what: z.enum(["post", ...mediaKind.options, "media"]),
  at: z.number().exactOptional(),
  /** Of a post: whether it carries this very media. */
  sameMedia: z.boolean().exactOptional(),
  status: z.string().exactOptional(),
  caption: z.string().exactOptional(),
  /** https only. */
  permalink: z.string().exactOptional(),
});
export type EvidenceItem = Shape<typeof evidenceItem>;

/** What was found on the server since a create was sent of which nobody heard the end. It settles nothing by itself. */
const evidence = z
  .strictObject({
    /** When the create was sent. */
    since: z.number(),
    lookedAt: z.number(),
    /** Newest first; what is known to be of other steps is left out. */
    found: z.array(evidenceItem),
    /**
     * The one post with this media on this account since then, where there is exactly one, and nothing else of ours could
     * have made it.
     */
    match: evidenceItem.exactOptional(),
    /** More was there than was looked at. */
    cutOff: z.literal(true).exactOptional(),
  })
  .meta({ id: "Evidence" });
export type Evidence = Shape<typeof evidence>;

/** Of one of several creates in doubt. What was found may be of any of them. */
const stepEvidence = evidence.extend({ stepId: z.string() }).meta({ id: "StepEvidence" });
export type StepEvidence = Shape<typeof stepEvidence>;

const doubtDecision = z.enum(["resend", "skip"]);

export const runsContract = {
  /**
   * Starts what `graphs.preflight` looked at. Refused (`preflight-void`) when that is not what would start. Begins at
   * once where the queue has room, else waits there, whatever is edited meanwhile.
   */
  start: base
    .input(z.object({ handle: z.string() }))
    .output(answer(z.strictObject({ ...runRef.shape, queued: z.boolean() }))),
  /** Newest first. */
  list: base
    .input(z.object({ graphId: z.string().optional(), limit: z.number().int().min(1).max(200).default(50) }))
    .output(answer(z.array(runSummary))),
  /** The run as it is, then its events as they come. */
  watch: base.input(runRef).output(eventIterator(answer(runMessage))),
  /** The event log, a page at a time, oldest first. */
  log: base
    .input(
      runRef.extend({
        afterSeq: z.number().int().default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(answer(z.array(runEvent))),
  /** A queued run is taken out as if it had never been: nothing of it was made. */
  cancel: command.input(runRef),
  /** Starts a step that failed or was cancelled over, and what depends on it. A post asks again. */
  retry: command.input(stepRef),
  /** Every step that failed or was cancelled, with the finished results of the run. Posts that went out ask again. */
  retryFailed: command.input(runRef),
  /** Looks at the job of a step that is past its deadline. Makes nothing. */
  checkAgain: command.input(stepRef),
  /** Fetches results that could not be fetched. Makes nothing. */
  fetchPreviewAgain: command.input(stepRef),
  /** Which of the posts that wait for an approval this graph, as it is edited just now, would not make like that. */
  outdated: base.input(runRef.extend({ graph })).output(answer(z.array(outdatedPost))),
  /** Refused (`post-outdated`) while the document, as it was last kept, would make another post. */
  approve: command.input(stepRef.extend({ digest: z.string() })),
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
    .output(answer(z.array(stepAnswer))),
  /** The post is not sent. */
  decline: command.input(stepRef),
  /** `attempt` is the one that was looked at; refused (`wrong-state`) when the step has gone on since. */
  settleDoubt: command.input(stepRef.extend({ attempt: z.number().int(), decision: doubtDecision })),
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
    .output(answer(z.array(stepAnswer))),
  /** Looks on the server for what a step in doubt may have made. Creates nothing and settles nothing. */
  evidence: base.input(stepRef).output(answer(evidence)),
  /** As `evidence` of several creates of one run at once; posts and steps that sent nothing are left out. */
  evidenceOfMany: base
    .input(runRef.extend({ stepIds: z.array(z.string()).min(1).max(10_000) }))
    .output(answer(z.array(stepEvidence))),
  /** What resuming would still do, cost and post. Creates and uploads nothing. */
  resumePreflight: base.input(runRef).output(answer(preflight)),
  /**
   * Goes on with an interrupted run, or opens one at rest for commands. `handle`, from `resumePreflight`, is needed
   * on any server but the sandbox for what may still be made. Refused while a living process holds it (`run-held`),
   * on another server or account (`run-other-server`), and after three crashes in a row (`run-parked`).
   */
  resume: base
    .input(runRef.extend({ handle: z.string().optional(), evenIfParked: z.boolean().default(false) }))
    .output(answer(z.strictObject(runRef.shape))),
  /** Ends an interrupted run where it stands. Nothing is asked of the server. */
  discard: base.input(runRef).output(answer(runLeftAtServer)),
  /** Removes the run, its steps and events. Results and the ledger stay: `history.removal` says which. */
  remove: command.input(runRef),
};
