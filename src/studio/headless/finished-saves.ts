import { createInputs } from "../../engine/index.ts";
import type { RunState } from "../../engine/record.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { WorkOf } from "../../nodes/definition/work.ts";
import { workOf } from "../../nodes/executors.ts";

/** What the Save steps of a run have saved in an earlier process, as they were asked to. */
export function finishedSaves(plan: Plan, state: RunState): WorkOf<"save">[] {
  const gather = createInputs(plan);
  return plan.steps.flatMap((step) => {
    if (state.steps.get(step.stepId)?.status.kind !== "succeeded") return [];
    const inputs = gather(step, (needed) => state.steps.get(needed)?.outputs ?? []);
    const work = workOf(step.type, step.params, inputs);
    return work.kind === "save" ? [work] : [];
  });
}
