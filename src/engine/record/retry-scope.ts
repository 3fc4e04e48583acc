import type { StepId } from "../../graph/plan/plan.ts";
import { RESULT_NOT_HERE } from "./failures.ts";
import type { RunState, StepStatus } from "./run-state.ts";
import { offers } from "./step-actions.ts";
import { endedBadly } from "./step-facts.ts";

/**
 * The steps that "only failed" sets going again: those that failed or were cancelled, and what came to rest after
 * them. Pure, so a window can show them before a person presses.
 */
export function stepsToRetry(state: RunState): ReadonlySet<StepId> {
  return withWhatFollows(state, rootsWhere(state, isRetryRoot));
}

/** The steps that going on sets going again in a run at rest: those that only lacked bytes, and what follows them. */
export function stepsWithoutBytes(state: RunState): ReadonlySet<StepId> {
  return withWhatFollows(state, rootsWhere(state, lacksBytes));
}

/** The steps that a retry of this one sets going again: what ended badly before it, and what follows. */
export function stepsOfRetry(state: RunState, stepId: StepId): ReadonlySet<StepId> {
  const roots = new Set([stepId]);
  const above = new Set(roots);
  for (const each of above)
    for (const need of state.steps.get(each)?.needs ?? []) {
      const step = state.steps.get(need);
      if (!step || !endedBadly(step.status.kind)) continue;
      above.add(need);
      if (offers(step, "retry")) roots.add(need);
    }
  return withWhatFollows(state, roots);
}

function rootsWhere(state: RunState, isRoot: (status: StepStatus) => boolean): Set<StepId> {
  return new Set([...state.steps.values()].flatMap(({ stepId, status }) => (isRoot(status) ? [stepId] : [])));
}

function withWhatFollows(state: RunState, roots: ReadonlySet<StepId>): ReadonlySet<StepId> {
  const dependents = new Map<StepId, StepId[]>();
  for (const { stepId, needs } of state.steps.values())
    for (const need of needs) {
      const known = dependents.get(need);
      if (known) known.push(stepId);
      else dependents.set(need, [stepId]);
    }
  const reached = new Set(roots);
  for (const stepId of reached) for (const next of dependents.get(stepId) ?? []) reached.add(next);
  return new Set(
    [...reached].filter((stepId) => {
      const status = state.steps.get(stepId)?.status;
      return roots.has(stepId) || (status && status.kind !== "waiting" && !keepsOwnVerb(status));
    }),
  );
}

export function isRetryRoot({ kind }: StepStatus): boolean {
  return kind === "failed" || kind === "cancelled";
}

/** A step that failed because a result before it had not been fetched; nothing else is wrong with it. */
export function lacksBytes(status: StepStatus): boolean {
  return status.kind === "failed" && status.failure.code === RESULT_NOT_HERE;
}

/** Doubts and posts of unknown outcome: no retry touches them. */
export function keepsOwnVerb(status: StepStatus): boolean {
  return (
    status.kind === "in-doubt" ||
    status.kind === "outcome-unknown" ||
    (status.kind === "skipped" && status.reason.kind === "doubt-skipped")
  );
}
