import type { StepId } from "../../graph/plan/plan.ts";
import type { StepOutput } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import type {
  Failure,
  PostPreview,
  RunOutcome,
  Scope,
  SentTo,
  SkipReason,
  StepHead,
  StepPhase,
  Timestamp,
} from "./events.ts";

/** What a card shows of one step; made from events alone by `fold.ts`. */
export type StepState = StepHead & {
  readonly status: StepStatus;
  readonly attempt: number;
  readonly startedAt?: Timestamp;
  readonly endedAt?: Timestamp;
  readonly job?: JobRef;
  readonly outputs: readonly StepOutput[];
  /** Per output index: why its bytes are not here yet. */
  readonly previewFailures: { readonly [index: number]: Failure };
  readonly estimateMicrodollars?: number;
  /** The take it made, or the earlier one it took. */
  readonly takeId?: string;
  /** About what making it anew would have cost, of a cached result. */
  readonly savedMicrodollars?: number;
  /** The job that made it in an earlier run, of a cached result. */
  readonly madeBy?: JobRef;
  /** The take that its last create is to make. */
  readonly making?: { readonly takeKey: string; readonly takeNumber: number };
  /** A person wants a new result although there is one. */
  readonly anew?: true;
  /**
   * About what the step cost so far: the estimates of its creates that were accepted, or may have been, over all
   * attempts. A job that failed and was not charged does not count.
   */
  readonly spentMicrodollars?: number;
  readonly permalink?: string;
  /** When its post goes out: the server has it and waits for that. */
  readonly scheduledFor?: Timestamp;
  /** When a post of this step was last sent, or may have been. Outlives a reset: only a person sends it again. */
  readonly sentAt?: Timestamp;
  /** Where its last post was sent, or may have been. */
  readonly postTo?: SentTo;
  /** A create whose intent is written down and whose answer is not. If its process is gone, it is in doubt. */
  readonly unanswered?: {
    readonly attempt: number;
    readonly jobKind: JobRef["kind"];
    /** What of `spentMicrodollars` is its own. */
    readonly reservedMicrodollars?: number;
  };
  /** The post a person said yes to, while no create has used that up. */
  readonly approved?: PostPreview;
};

export type StepStatus =
  | { readonly kind: "waiting" }
  | {
      readonly kind: "running";
      readonly phase: StepPhase;
      readonly remoteStatus?: string;
      /** With a status of no known meaning: so long the job is looked at again. */
      readonly until?: Timestamp;
      /** Why its job cannot be looked at just now. */
      readonly trouble?: Failure;
      readonly againAt?: Timestamp;
    }
  | { readonly kind: "waiting-for-approval"; readonly post: PostPreview }
  | { readonly kind: "in-doubt"; readonly failure: Failure }
  /** `failure`: why the job could not be looked at. Absent: it was looked at, and went on. */
  | { readonly kind: "overdue"; readonly job: JobRef; readonly failure?: Failure }
  | { readonly kind: "outcome-unknown"; readonly job: JobRef; readonly failure?: Failure }
  | { readonly kind: "succeeded"; readonly cached: boolean }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "skipped"; readonly reason: SkipReason }
  | { readonly kind: "cancelled"; readonly job?: JobRef };

export type RunState = {
  readonly runId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly scope: Scope;
  readonly serverLabel: string;
  readonly seq: number;
  readonly startedAt: Timestamp;
  readonly cancelRequested: boolean;
  /** `running` until it settles; a retry or approval makes it run again. */
  readonly status: "running" | RunOutcome;
  readonly settledAt?: Timestamp;
  /** By estimates, of all steps. */
  readonly spentMicrodollars: number;
  /** What the creates of this run may cost by their estimates. */
  readonly budgetMicrodollars?: number;
  /** By step id. A step's object is replaced when it changes, so it can be compared by identity. */
  readonly steps: ReadonlyMap<StepId, StepState>;
};

/** A `RunState` as JSON: steps as an array in plan order. */
export type RunSnapshot = Omit<RunState, "steps"> & { readonly steps: readonly StepState[] };
