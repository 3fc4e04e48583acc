import { z } from "zod";
import type { RunSnapshot, StepState, StepStatus } from "../../engine/record.ts";
import { jobRef, stepOutput } from "./media-value.ts";
import {
  failure,
  postPreview,
  runOutcome,
  scope,
  sentTo,
  skipReason,
  stepHead,
  stepPhase,
  timestamp,
} from "./run-event.ts";
import { exactly } from "./shape.ts";

/** How a run stands. What the fields mean is said where the engine states the types. */

const endWithJob = { job: jobRef, failure: failure.exactOptional() };

const stepStatus = exactly<StepStatus>("StepStatus")(
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("waiting") }),
    z.strictObject({
      kind: z.literal("running"),
      phase: stepPhase,
      remoteStatus: z.string().exactOptional(),
      until: timestamp.exactOptional(),
      trouble: failure.exactOptional(),
      againAt: timestamp.exactOptional(),
    }),
    z.strictObject({ kind: z.literal("waiting-for-approval"), post: postPreview }),
    z.strictObject({ kind: z.literal("in-doubt"), failure }),
    z.strictObject({ kind: z.literal("overdue"), ...endWithJob }),
    z.strictObject({ kind: z.literal("outcome-unknown"), ...endWithJob }),
    z.strictObject({ kind: z.literal("succeeded"), cached: z.boolean() }),
    z.strictObject({ kind: z.literal("failed"), failure }),
    z.strictObject({ kind: z.literal("skipped"), reason: skipReason }),
    z.strictObject({ kind: z.literal("cancelled"), job: jobRef.exactOptional() }),
  ]),
);

export const stepStatusKind = exactly<StepStatus["kind"]>("StepStatusKind")(
  z.enum([
    "waiting",
    "running",
    "waiting-for-approval",
    "in-doubt",
    "overdue",
    "outcome-unknown",
    "succeeded",
    "failed",
    "skipped",
    "cancelled",
  ]),
);

const stepState = exactly<StepState>("StepState")(
  stepHead.extend({
    status: stepStatus,
    attempt: z.number(),
    startedAt: timestamp.exactOptional(),
    endedAt: timestamp.exactOptional(),
    job: jobRef.exactOptional(),
    outputs: z.array(stepOutput),
    previewFailures: z.record(z.number(), failure),
    estimateMicrodollars: z.number().exactOptional(),
    takeId: z.string().exactOptional(),
    savedMicrodollars: z.number().exactOptional(),
    madeBy: jobRef.exactOptional(),
    making: z.strictObject({ takeKey: z.string(), takeNumber: z.number() }).exactOptional(),
    anew: z.literal(true).exactOptional(),
    spentMicrodollars: z.number().exactOptional(),
    permalink: z.string().exactOptional(),
    scheduledFor: timestamp.exactOptional(),
    sentAt: timestamp.exactOptional(),
    postTo: sentTo.exactOptional(),
    unanswered: z
      .strictObject({
        attempt: z.number(),
        jobKind: jobRef.shape.kind,
        reservedMicrodollars: z.number().exactOptional(),
      })
      .exactOptional(),
    approved: postPreview.exactOptional(),
  }),
);

export const runSnapshot = exactly<RunSnapshot>("RunSnapshot")(
  z.strictObject({
    runId: z.string(),
    graphId: z.string(),
    graphName: z.string(),
    scope,
    serverLabel: z.string(),
    seq: z.number(),
    startedAt: timestamp,
    cancelRequested: z.boolean(),
    status: z.enum(["running", ...runOutcome.options]),
    settledAt: timestamp.exactOptional(),
    spentMicrodollars: z.number(),
    budgetMicrodollars: z.number().exactOptional(),
    steps: z.array(stepState),
  }),
);
