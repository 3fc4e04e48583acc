import type { StepId } from "../../graph/plan/plan.ts";
import { isPost, isPostOpen } from "./open-posts.ts";
import type { RunState, StepState } from "./run-state.ts";

/** What is in doubt in a run, and what it may have cost. Pure, so that a window says the same as the studio checks. */

export type DoubtDecision = "resend" | "skip";

/** A create in doubt as it was looked at. The step may have gone on since, and be in doubt about another create. */
export type DoubtRef = { readonly stepId: StepId; readonly attempt: number };

/** Creates in doubt, in plan order. Posts are another matter: see `openPostDoubts`. */
export function openDoubts({ steps }: RunState): readonly StepState[] {
  return [...steps.values()].filter((step) => step.status.kind === "in-doubt" && !isPost(step));
}

/** Posts that may or may not have gone out, in plan order. */
export function openPostDoubts({ steps }: RunState): readonly StepState[] {
  return [...steps.values()].filter(isPostOpen);
}

/** Both, creates first: what a person is told of as being in doubt. */
export function allDoubts(state: RunState): readonly StepState[] {
  return [...openDoubts(state), ...openPostDoubts(state)];
}

export type DoubtSum = {
  readonly microdollars: number;
  /** Steps whose price is not known; they are not in the sum. */
  readonly unpriced: number;
};

/** By estimates: what was spent if all of these were made, and about what it costs to make them once more. */
export function sumOfDoubts(doubts: readonly Pick<StepState, "estimateMicrodollars">[]): DoubtSum {
  let [microdollars, unpriced] = [0, 0];
  for (const { estimateMicrodollars: estimate } of doubts)
    if (estimate === undefined) unpriced++;
    else microdollars += estimate;
  return { microdollars, unpriced };
}

/** Those of a run that are still in doubt about the very create that was looked at. */
export function stillInDoubt(state: RunState, seen: readonly DoubtRef[]): readonly StepState[] {
  const attempts = new Map(seen.map(({ stepId, attempt }) => [stepId, attempt]));
  return openDoubts(state).filter(({ stepId, attempt }) => attempts.get(stepId) === attempt);
}
