import { z } from "zod";
import type {
  Failure,
  PostPreview,
  RunEvent,
  RunOutcome,
  RunSignal,
  Scope,
  StepHead,
} from "../../engine/record.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import { words } from "./base.ts";
import { jobRef, mediaValue, stepOutput } from "./media-value.ts";
import { branded, exactly } from "./shape.ts";

/** How a run tells of itself. What the fields mean is said where the engine states the types. */

export const scope = branded<Scope>();
export const stepId = branded<StepId>();
export const timestamp = z.number();

export const failure = exactly<Failure>("Failure")(
  z.strictObject({
    code: z.string(),
    message: words,
    remedy: words,
    cost: z.enum(["none", "charged", "unknown"]),
    retryable: z.boolean(),
    cause: words.exactOptional(),
  }),
);

export const runOutcome = exactly<RunOutcome>("RunOutcome")(
  z.enum(["done", "failed", "cancelled", "needs-you"]),
);

const postTarget = z.strictObject({
  platform: z.string(),
  accountId: z.string(),
  accountName: z.string().exactOptional(),
});

export const sentTo = postTarget.extend({ caption: z.string().exactOptional() });

export const postPreview = exactly<PostPreview>("PostPreview")(
  postTarget.extend({
    media: mediaValue,
    caption: z.string(),
    params: z.record(z.string(), z.unknown()),
    lastSentAt: timestamp.exactOptional(),
    blockedBy: z
      .strictObject({
        runId: z.string(),
        stepId: z.string(),
        attempt: z.number(),
        state: z.enum(["intended", "in-doubt", "unknown"]),
        at: timestamp,
      })
      .exactOptional(),
    digest: z.string(),
  }),
);

export const stepHead = exactly<StepHead>("StepHead")(
  z.strictObject({
    stepId,
    nodeId: z.string(),
    itemPath: z.array(z.string()),
    type: z.string(),
    title: z.string(),
    needs: z.array(stepId),
  }),
);

const stepOutline = z.strictObject({
  tables: z.array(z.strictObject({ nodeId: z.string(), rowKeys: z.array(z.string()) })),
  items: z.array(z.strictObject({ tables: z.array(z.string()), rows: z.array(z.number()).exactOptional() })),
  nodes: z.array(
    z.strictObject({
      nodeId: z.string(),
      type: z.string(),
      title: z.string(),
      items: z.number().exactOptional(),
      variations: z.number().exactOptional(),
      needs: z.array(z.string()),
    }),
  ),
});

export const stepPhase = z.enum(["uploading", "creating", "remote", "rendering", "fetching", "saving"]);

export const skipReason = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("upstream"), stepId }),
  z.strictObject({ kind: z.literal("publish-not-allowed") }),
  z.strictObject({ kind: z.literal("declined") }),
  z.strictObject({ kind: z.literal("doubt-skipped") }),
]);

function event<const Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return z.strictObject({
    runId: z.string(),
    seq: z.number(),
    at: timestamp,
    type: z.literal(type),
    ...fields,
  });
}

function stepEvent<const Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return event(type, { stepId, ...fields });
}

const attempt = z.number();
const microdollars = z.number();

export const runEvent = exactly<RunEvent>("RunEvent")(
  z.discriminatedUnion("type", [
    event("run-started", {
      graphId: z.string(),
      graphName: z.string(),
      scope,
      serverLabel: z.string(),
      budgetMicrodollars: microdollars.exactOptional(),
      steps: z.union([z.array(stepHead), stepOutline]),
    }),
    stepEvent("step-started", { attempt }),
    stepEvent("step-phase", { phase: stepPhase }),
    stepEvent("create-intended", {
      attempt,
      jobKind: jobRef.shape.kind,
      requestDigest: z.string(),
      estimateMicrodollars: microdollars.exactOptional(),
      assumedMicrodollars: microdollars.exactOptional(),
      takeKey: z.string().exactOptional(),
      takeNumber: z.number().exactOptional(),
      postTo: sentTo.exactOptional(),
    }),
    stepEvent("job-accepted", { attempt, job: jobRef }),
    stepEvent("job-adopted", {
      attempt,
      job: jobRef,
      takeKey: z.string(),
      takeNumber: z.number(),
      estimateMicrodollars: microdollars.exactOptional(),
    }),
    stepEvent("create-ended", {
      attempt,
      outcome: z.enum(["refused", "not-sent"]),
      failure,
      againAt: timestamp.exactOptional(),
    }),
    stepEvent("create-in-doubt", { attempt, failure }),
    stepEvent("job-status", { status: z.string(), until: timestamp.exactOptional() }),
    stepEvent("look-failed", { failure }),
    stepEvent("approval-requested", { post: postPreview }),
    stepEvent("approval-given", {
      digest: z.string(),
      by: z.enum(["person", "sandbox", "flag", "setting"]),
    }),
    stepEvent("step-succeeded", {
      outputs: z.array(stepOutput),
      cached: z.boolean(),
      estimateMicrodollars: microdollars.exactOptional(),
      takeId: z.string().exactOptional(),
      savedMicrodollars: microdollars.exactOptional(),
      madeBy: jobRef.exactOptional(),
      permalink: z.string().exactOptional(),
      scheduledFor: timestamp.exactOptional(),
    }),
    stepEvent("output-stored", { index: z.number(), media: mediaValue }),
    stepEvent("output-not-stored", { index: z.number(), failure }),
    stepEvent("step-failed", { failure }),
    stepEvent("step-skipped", { reason: skipReason }),
    stepEvent("step-cancelled", { job: jobRef.exactOptional() }),
    stepEvent("step-overdue", { job: jobRef, failure: failure.exactOptional() }),
    stepEvent("step-reset", { because: z.enum(["retry", "upstream-retry", "check-again", "doubt-resend"]) }),
    stepEvent("doubt-settled", { decision: z.enum(["resend", "skip", "sent", "not-sent"]) }),
    event("cancel-requested", {}),
    event("run-resumed", {}),
    event("run-settled", { outcome: runOutcome }),
  ]),
);

export const runSignal = exactly<RunSignal>("RunSignal")(
  z.strictObject({
    runId: z.string(),
    stepId,
    fraction: z.number().exactOptional(),
    detail: words.exactOptional(),
    lastPollAt: timestamp.exactOptional(),
    eta: z.strictObject({ endsAt: timestamp, lateAt: timestamp }).exactOptional(),
    waitingFor: words.exactOptional(),
  }),
);
