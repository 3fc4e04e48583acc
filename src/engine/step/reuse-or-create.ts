import { assertNever } from "../../base/assert-never.ts";
/** A result of a step is made once: what is there, or on its way, is taken instead. */
import type { MediaValue, StepWork } from "../../nodes/definition/work.ts";
import { StepFailed, takesUnreadable, toFailure } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import type { Wanted } from "../takes/take-choice.ts";
import { isDeterministic, type ReusableWork, takeKeys } from "../takes/take-key.ts";
import { type CreateEnd, type CreateOrder, create } from "./create.ts";
import { follow, followAgain } from "./follow.ts";
import type { StepContext } from "./step-context.ts";
import { failed } from "./step-ends.ts";

export function wantedOf(work: ReusableWork, way: "remote" | "local", context: StepContext): Wanted {
  const { step } = context;
  const { deps, setup } = context.run;
  const scope = deps.server.scope;
  const version = setup.versionOf?.(step.type) ?? 1;
  const keys = takeKeys({ type: step.type, version, work, way: way === "local" ? way : { scope } }, (text) =>
    deps.sha256(text),
  );
  return { step, work, keys, shares: isDeterministic(work) };
}

/**
 * As `wantedOf` for a job on the server, with what is known by now of the bytes of its media. A step may have waited for
 * a slot since its media came in: who finds them with their bytes keys them otherwise, and the two would not meet.
 */
async function wantedNow(work: ReusableWork, context: StepContext): Promise<Wanted> {
  const { media, server } = context.run.deps;
  const withBytes = async (each: MediaValue): Promise<MediaValue> => {
    if (each.sha256 !== undefined || each.mediaId === undefined) return each;
    try {
      const sha256 = await media.sha256Of(server.scope, each.mediaId);
      return sha256 === undefined ? each : { ...each, sha256 };
    } catch (error) {
      throw new StepFailed(takesUnreadable(error));
    }
  };
  if (work.kind === "generate") {
    const attachments = await Promise.all(work.attachments.map(withBytes));
    return wantedOf({ ...work, attachments }, "remote", context);
  }
  const inputs = await Promise.all(
    work.inputs.map(async (input) => ({ ...input, media: await withBytes(input.media) })),
  );
  return wantedOf({ ...work, inputs }, "remote", context);
}

/** An earlier result, or a job that makes one; never both, and never a second job for the same take. */
export async function reuseOrCreate(
  work: ReusableWork,
  context: StepContext,
  order: Pick<CreateOrder, "request">,
  onEnd?: (end: CreateEnd) => Promise<StepEnd | undefined>,
): Promise<StepEnd> {
  for (;;) {
    const wanted = await wantedNow(work, context);
    const found = await context.run.reuse.lookUp(wanted, context.signal, (job) =>
      followAgain(work, job, context),
    );
    if (found) return found;
    const end = await create(context, { ...order, wanted: () => wantedNow(work, context) });
    if (end.kind === "look-again") continue;
    return (await onEnd?.(end)) ?? (await endOfCreate(end, work, context));
  }
}

/** What the end of a create means for its step. */
export async function endOfCreate(end: CreateEnd, work: StepWork, context: StepContext): Promise<StepEnd> {
  const { stepId } = context.step;
  switch (end.kind) {
    case "accepted":
      return await follow(work, end.job, context);
    case "in-doubt":
      return {
        body: { type: "create-in-doubt", stepId, attempt: end.attempt, failure: toFailure(end.failure) },
      };
    case "not-made":
      return failed(stepId, toFailure(end.failure));
    case "not-allowed":
      return failed(stepId, end.failure);
    case "not-admitted":
    case "look-again":
      throw new Error(`A create ended as ${end.kind}, which its caller should have handled.`);
    default:
      return assertNever(end);
  }
}
