import type { CommandAnswer, Run } from "../../engine/index.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { ApprovalAnswer, DoubtAnswer, RunLeftAtServer } from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";
import type { HeldRuns } from "./held-runs.ts";
import type { RestingRuns } from "./resting-runs.ts";
import { runElsewhere, runMissing, runOver, runQueued } from "./run-refusals.ts";
import { isUnfinished } from "./run-summary.ts";
import { type DoubtsWord, settleDoubts } from "./settle-doubts.ts";
import type { QueueOfRuns } from "./studio-queue.ts";

/** What a person tells a run that is there. */
export type RunCommands = {
  /** @throws Refused when this process does not hold the run, or the run refuses. */
  command(runId: string, act: (run: Run) => CommandAnswer): void;
  /** A queued run is forgotten; one that goes on is told to stop. @throws Refused as `command` */
  cancel(runId: string): void;
  /**
   * Approves each post that is still as it was seen, and says of each whether it was.
   *
   * @throws Refused when this process does not hold the run.
   */
  approveMany(
    runId: string,
    seen: readonly { readonly stepId: string; readonly digest: string }[],
  ): readonly ApprovalAnswer[];
  /** @throws Refused when this process does not hold the run, or `sum-changed`: then nothing is settled. */
  settleDoubts(runId: string, said: DoubtsWord): readonly DoubtAnswer[];
  /** Ends an interrupted run where it stands. @throws Refused */
  discard(runId: string): Promise<RunLeftAtServer>;
  /** Takes a run that no process works on out of every list. @throws Refused `run-running` */
  hide(runId: string): void;
  /** Takes those that are at rest out of every list, for a clean-up. @returns how many */
  hideResting(runIds: readonly string[]): number;
};

export function createRunCommands(deps: {
  readonly library: Library;
  readonly held: HeldRuns;
  readonly resting: RestingRuns;
  readonly queue: QueueOfRuns;
  onChange(): void;
}): RunCommands {
  const { library, held, resting, queue, onChange } = deps;

  function command(runId: string, act: (run: Run) => CommandAnswer): void {
    const answer = act(heldRun(runId));
    if (!answer.ok) throw new Refused(answer.reason.code, answer.reason.message, answer.reason.remedy);
    onChange();
    queue.advance();
  }

  /** @throws Refused, with where it is instead */
  function heldRun(runId: string): Run {
    const found = held.get(runId);
    if (found) return found.run;
    const row = library.runs.get(runId);
    if (!row) throw runMissing();
    if (queue.isWaiting(runId)) throw runQueued();
    if (library.runs.holder(row) === "another-process") throw runElsewhere(library.runs.pidOf(row));
    throw runOver();
  }

  return {
    command,
    cancel(runId) {
      if (!queue.take(runId)) return command(runId, (run) => run.cancel());
      library.runs.remove(runId);
      onChange();
    },
    approveMany(runId, seen) {
      const run = heldRun(runId);
      const answers = seen.map(({ stepId, digest }): ApprovalAnswer => {
        const answer = run.approve(stepId as StepId, digest); // a wrong one is refused by the run
        return answer.ok ? { stepId, ok: true } : { stepId, ok: false, ...answer.reason };
      });
      onChange();
      return answers;
    },
    settleDoubts(runId, said) {
      const answers = settleDoubts(heldRun(runId), said);
      onChange();
      queue.advance();
      return answers;
    },
    async discard(runId) {
      const left = await resting.discard(runId);
      onChange();
      return left;
    },
    hide(runId) {
      const row = library.runs.get(runId);
      if (!row) return;
      const found = held.get(runId);
      const isRunning = found ? held.isUnderWay(found.run) : isUnfinished(row) && !held.isBroken(runId);
      if (isRunning && library.runs.holder(row) !== "nobody")
        throw new Refused("run-running", "This run is under way.", "Cancel it first.");
      held.forget(runId);
      library.runs.hide(runId);
    },
    hideResting(runIds) {
      for (const runId of runIds) held.forget(runId);
      return library.runs.hideResting(runIds);
    },
  };
}
