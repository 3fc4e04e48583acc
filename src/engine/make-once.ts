import { assertNever } from "../base/assert-never.ts";
/** A result of a step is made once: what is there, or on its way, is taken instead. */
import type { StepWork } from "../nodes/definition/work.ts";
import { type CreateEnd, type CreateOrder, create } from "./create.ts";
import { toFailure } from "./failures.ts";
import { follow, followAgain } from "./follow.ts";
import type { StepContext, StepEnd } from "./step-context.ts";
import { failed } from "./step-ends.ts";
import type { Wanted } from "./take-choice.ts";
import { isDeterministic, type ReusableWork, takeKeys } from "./take-key.ts";

export function wantedOf(work: ReusableWork, way: "remote" | "local", context: StepContext): Wanted {
  const { deps, step, executorVersion: version } = context;
  const scope = deps.server.scope;
  const keys = takeKeys({ type: step.type, version, work, way: way === "local" ? way : { scope } }, (text) =>
    deps.sha256(text),
  );
  return { step, work, keys, shares: isDeterministic(work) };
}

/** An earlier result, or a job that makes one; never both, and never a second job for the same take. */
export async function makeOnce(
  wanted: Wanted,
  context: StepContext,
  order: Pick<CreateOrder, "request">,
  onEnd?: (end: CreateEnd) => Promise<StepEnd | undefined>,
): Promise<StepEnd> {
  for (;;) {
    const found = await context.reuse.lookUp(wanted, context.signal, (job) =>
      followAgain(wanted.work, job, context),
    );
    if (found) return found;
    const end = await create(context, { ...order, wanted });
    if (end.kind === "look-again") continue;
    return (await onEnd?.(end)) ?? (await conclude(end, wanted.work, context));
  }
}

/** What the end of a create means for its step. */
export async function conclude(end: CreateEnd, work: StepWork, context: StepContext): Promise<StepEnd> {
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
      throw new Error(`Whoever asked for it does not know what ${end.kind} means.`);
    default:
      return assertNever(end);
  }
}
