import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";

/** Which step of a run has a take, or is to have it, so that two steps that differ never have the same one. */
export type Claims = {
  /** The step has this take from now on, and no other. */
  claim(stepId: StepId, takeId: string): void;
  unclaim(stepId: StepId): void;
  hasClaim(stepId: StepId): boolean;
  /** Whether the step may have the take: no other has it, and a person chose it for no other. */
  isFree(takeId: string, stepId: StepId): boolean;
};

export function createClaims(steps: ReadonlyMap<StepId, { readonly planned: PlannedStep }>): Claims {
  const stepOf = new Map<string, StepId>();
  const takeOf = new Map<StepId, string>();
  let chosen: Map<string, StepId> | undefined;

  function unclaim(stepId: StepId): void {
    const held = takeOf.get(stepId);
    if (held !== undefined && stepOf.get(held) === stepId) stepOf.delete(held);
    takeOf.delete(stepId);
  }

  /** The step that a person chose this take for, unless it has another one by now. */
  function chosenBy(takeId: string): StepId | undefined {
    if (!chosen) {
      chosen = new Map();
      for (const { planned } of steps.values())
        if (planned.take !== undefined) chosen.set(planned.take, planned.stepId);
    }
    const stepId = chosen.get(takeId);
    return stepId !== undefined && !takeOf.has(stepId) ? stepId : undefined;
  }

  return {
    claim(stepId, takeId) {
      unclaim(stepId);
      stepOf.set(takeId, stepId);
      takeOf.set(stepId, takeId);
    },
    unclaim,
    hasClaim: (stepId) => takeOf.has(stepId),
    isFree: (takeId, stepId) =>
      (stepOf.get(takeId) ?? stepId) === stepId && (chosenBy(takeId) ?? stepId) === stepId,
  };
}
