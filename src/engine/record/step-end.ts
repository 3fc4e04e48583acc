import type { MediaValue } from "../../nodes/definition/work.ts";
import type { JobRef, RemoteMedia } from "../../wondercat/types.ts";
import type { Failure, RunEventBody } from "./events.ts";

/** How a step came to rest, and which of its results the server has: to be fetched, or known for later. */
export type StepEnd = {
  readonly body: Extract<
    RunEventBody,
    {
      type:
        | "step-succeeded"
        | "step-failed"
        | "step-skipped"
        | "step-overdue"
        | "approval-requested"
        | "create-in-doubt";
    }
  >;
  /** The server said that nothing comes of its job: no later step need look at it. */
  readonly jobIsOver?: true;
  readonly toFetch?: readonly {
    readonly index: number;
    readonly mediaId: string;
    readonly value: MediaValue;
    /** The job that made it. */
    readonly job: JobRef;
    /** Where it was a moment ago. */
    readonly remote?: RemoteMedia;
    /** Its bytes are in the library already. */
    readonly isHere?: boolean;
  }[];
  /** What the job made beside its outputs and what cannot be had. */
  readonly missing?: readonly { readonly index: number; readonly failure: Failure }[];
};
