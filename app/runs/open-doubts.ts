import { allDoubts, type StepState } from "../../src/engine/record.ts";
import { runStore } from "../stores/run.ts";
import { runControlStore } from "./run-control.ts";

function doubtsOnShow(): readonly StepState[] {
  const { run } = runStore.getState();
  return run ? allDoubts(run) : [];
}

/** Opens what is in doubt in the run on show, if anything is: one alone, several as a list. */
export function reviewDoubts(): void {
  const [first, ...others] = doubtsOnShow();
  if (first && others.length === 0) runControlStore.setState({ doubt: first.stepId, doubts: false });
  else if (first) runControlStore.setState({ doubt: undefined, doubts: true });
}

export function hasDoubts(): boolean {
  return doubtsOnShow().length > 0;
}
