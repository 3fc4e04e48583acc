import type { OutlinedStep, StepOutline } from "../../graph/plan/outline.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { MediaValue, StepOutput } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import type { Said } from "../../words/message.ts";

/** Milliseconds since the epoch. */
export type Timestamp = number;

/** Where remote things are valid: server identity + account + organisation, as one opaque string. */
export type Scope = string & { readonly brand: "Scope" };

/** A failure as data: crosses processes, is journaled, is shown. Holds no secret. */
export type Failure = {
  readonly code: string;
  /** One plain sentence: what happened. */
  readonly message: Said;
  /** What to do about it. */
  readonly remedy: Said;
  /** What it means for the person's money. */
  readonly cost: "none" | "charged" | "unknown";
  /** Whether Retry makes sense as it is. */
  readonly retryable: boolean;
  readonly cause?: Said;
};

/** The account a post goes to. */
export type PostTarget = {
  readonly platform: string;
  readonly accountId: string;
  readonly accountName?: string;
};

/** A post as its card goes on showing it once it is sent. Absent caption: of a journal from before it was noted. */
export type SentTo = PostTarget & { readonly caption?: string };

/** The exact post a person says yes to. If any of it changes, the approval is void. */
export type PostPreview = PostTarget & {
  readonly media: MediaValue;
  readonly caption: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** When the same media last went to the same account and product, if it did. */
  readonly lastSentAt?: Timestamp;
  /** An earlier post of the same media to the same account and product that must be settled before this one may go. */
  readonly blockedBy?: UnsettledPost;
  /** Hash over all of the above and the scope; what an approval is bound to. */
  readonly digest: string;
};

/** A post that may or may not have gone out. */
export type UnsettledPost = {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly state: "intended" | "in-doubt" | "unknown";
  readonly at: Timestamp;
};

/** Who said yes to a post: a person, the sandbox for itself, a flag on the command line, or a setting of this machine. */
export type Approver = "person" | "sandbox" | "flag" | "setting";

/** A step as a run's events know it: what a card and a log line need. */
export type StepHead = OutlinedStep;

/** The steps of a run in plan order: one by one, or in the small form that they follow from. */
export type StepHeads = readonly StepHead[] | StepOutline;

/**
 * What is durable about a run. Journaled before anyone sees it, with a gap-free `seq` per run starting at 1.
 * Events carry ids and small values, never bytes or URLs of the server.
 */
export type RunEvent = {
  readonly runId: string;
  readonly seq: number;
  readonly at: Timestamp;
} & RunEventBody;

export type RunEventBody =
  | {
      readonly type: "run-started";
      readonly graphId: string;
      readonly graphName: string;
      readonly scope: Scope;
      /** What the person reads as the server: "Sandbox", "Live", or the origin. */
      readonly serverLabel: string;
      /** What the creates of this run may cost by their estimates. */
      readonly budgetMicrodollars?: number;
      readonly steps: StepHeads;
    }
  | { readonly type: "step-started"; readonly stepId: StepId; readonly attempt: number }
  | { readonly type: "step-phase"; readonly stepId: StepId; readonly phase: StepPhase }
  /** FULL: committed before the request leaves. */
  | {
      readonly type: "create-intended";
      readonly stepId: StepId;
      readonly attempt: number;
      readonly jobKind: JobRef["kind"];
      /** What was sent, by digest; the request itself is rebuilt from plan and journal. */
      readonly requestDigest: string;
      readonly estimateMicrodollars?: number;
      /** What it counts as in the run's budget where its price is not known. */
      readonly assumedMicrodollars?: number;
      /** The take this create is to make, by key and number. At most one accepted create has them. Absent: a post. */
      readonly takeKey?: string;
      readonly takeNumber?: number;
      /** Where a post goes. Absent: no post, or of a journal from before it was noted. */
      readonly postTo?: SentTo;
    }
  /** FULL: committed before the id is used. */
  | { readonly type: "job-accepted"; readonly stepId: StepId; readonly attempt: number; readonly job: JobRef }
  /** FULL. A job of an earlier run is out, and this step has its result: nothing is created. */
  | {
      readonly type: "job-adopted";
      readonly stepId: StepId;
      readonly attempt: number;
      readonly job: JobRef;
      readonly takeKey: string;
      readonly takeNumber: number;
      /** About what it cost the run that created it. */
      readonly estimateMicrodollars?: number;
    }
  | {
      readonly type: "create-ended";
      readonly stepId: StepId;
      readonly attempt: number;
      readonly outcome: "refused" | "not-sent";
      readonly failure: Failure;
      /** Set when the engine will send again by itself, at this time. */
      readonly againAt?: Timestamp;
    }
  | {
      readonly type: "create-in-doubt";
      readonly stepId: StepId;
      readonly attempt: number;
      readonly failure: Failure;
    }
  | {
      readonly type: "job-status";
      readonly stepId: StepId;
      readonly status: string;
      /** With a status of no known meaning: so long the job is looked at again. */
      readonly until?: Timestamp;
    }
  /** The job could not be looked at, and it may stay so; the next `job-status` or end says that it can be again. */
  | { readonly type: "look-failed"; readonly stepId: StepId; readonly failure: Failure }
  | {
      readonly type: "approval-requested";
      readonly stepId: StepId;
      readonly post: PostPreview;
    }
  | {
      readonly type: "approval-given";
      readonly stepId: StepId;
      readonly digest: string;
      readonly by: Approver;
    }
  | {
      readonly type: "step-succeeded";
      readonly stepId: StepId;
      readonly outputs: readonly StepOutput[];
      readonly cached: boolean;
      readonly estimateMicrodollars?: number;
      /** The take it made, or the earlier one it took. */
      readonly takeId?: string;
      /** About what making it anew would have cost, of a cached result. */
      readonly savedMicrodollars?: number;
      /** The job that made it in an earlier run, of a cached result. */
      readonly madeBy?: JobRef;
      readonly permalink?: string;
      /** The server has the post and sends it then. */
      readonly scheduledFor?: Timestamp;
    }
  /** The bytes of an output are in the library now; windows can show it. */
  | {
      readonly type: "output-stored";
      readonly stepId: StepId;
      readonly index: number;
      readonly media: MediaValue;
    }
  | {
      readonly type: "output-not-stored";
      readonly stepId: StepId;
      readonly index: number;
      readonly failure: Failure;
    }
  | { readonly type: "step-failed"; readonly stepId: StepId; readonly failure: Failure }
  | { readonly type: "step-skipped"; readonly stepId: StepId; readonly reason: SkipReason }
  | { readonly type: "step-cancelled"; readonly stepId: StepId; readonly job?: JobRef }
  /** Past its deadline: the job keeps its id; "Check again" only looks. */
  | {
      readonly type: "step-overdue";
      readonly stepId: StepId;
      readonly job: JobRef;
      /** Why it is not known how the job stands, where looking at it failed to the last. */
      readonly failure?: Failure;
    }
  /** The step and what depends on it start over, inside the same run. */
  | {
      readonly type: "step-reset";
      readonly stepId: StepId;
      readonly because: "retry" | "upstream-retry" | "check-again" | "doubt-resend";
    }
  /** `sent` and `not-sent`: a person found out what became of a post. */
  | {
      readonly type: "doubt-settled";
      readonly stepId: StepId;
      readonly decision: "resend" | "skip" | "sent" | "not-sent";
    }
  | { readonly type: "cancel-requested" }
  /** A later process goes on with a run whose own process is gone. */
  | { readonly type: "run-resumed" }
  | { readonly type: "run-settled"; readonly outcome: RunOutcome };

/** What a running step is busy with. `job-status` tells the API's own word while `remote`. */
export type StepPhase = "uploading" | "creating" | "remote" | "rendering" | "fetching" | "saving";

export type SkipReason =
  | { readonly kind: "upstream"; readonly stepId: StepId }
  | { readonly kind: "publish-not-allowed" }
  | { readonly kind: "declined" }
  | { readonly kind: "doubt-skipped" };

/**
 * How a run came to rest. `needs-you`: something waits for a person (approval, doubt, overdue, outcome unknown,
 * skipped publish) and nothing failed. A settled run may go on by retry, approval or "Check again".
 */
export type RunOutcome = "done" | "failed" | "cancelled" | "needs-you";

/** Latest wins per step, at most 4 per second and step; never stored, no `seq`. */
export type RunSignal = {
  readonly runId: string;
  readonly stepId: StepId;
  /** 0 to 1, where it is known. */
  readonly fraction?: number;
  /** "1.2 of 3.4 MB", "74 of 150 frames". */
  readonly detail?: Said;
  readonly lastPollAt?: Timestamp;
  /** When the job probably ends, and from when on it takes longer than usual; by how long its kind took before. */
  readonly eta?: { readonly endsAt: Timestamp; readonly lateAt: Timestamp };
  /** What a step that is ready waits for: "a free upload slot", "the server, until 12:04". */
  readonly waitingFor?: Said;
};
