import type { RunState } from "../engine/run-state.ts";
import type { Plan } from "../graph/plan.ts";
import { workOf } from "../nodes/executors.ts";
import type { StepValue, StepWork } from "../nodes/work.ts";

/** What the Save steps of a run have saved in an earlier process, as they were asked to. */
export function finishedSaves(plan: Plan, state: RunState): Extract<StepWork, { kind: "save" }>[] {
  return plan.steps.flatMap((step) => {
    if (state.steps.get(step.stepId)?.status.kind !== "succeeded") return [];
    const inputs: Record<string, StepValue[]> = {};
    for (const { portId, fromStep, fromPort } of step.inputs) {
      inputs[portId] ??= [];
      for (const output of state.steps.get(fromStep)?.outputs ?? [])
        if (output.portId === fromPort) inputs[portId].push(output.value);
    }
    const work = workOf(step.type, step.params, inputs);
    return work.kind === "save" ? [work] : [];
  });
}
