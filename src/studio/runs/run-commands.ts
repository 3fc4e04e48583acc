import type { CommandAnswer, Run } from "../../engine/index.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { Library } from "../../library/index.ts";
import type { ApprovalAnswer, DoubtAnswer, RunLeftAtServer } from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";
import { inAllTurns, type Turns } from "../ground/turns.ts";
import type { LocalRuns } from "./local-runs.ts";
import type { RestingRuns } from "./resting-runs.ts";
import { runElsewhere, runMissing, runOver, runQueued } from "./run-refusals.ts";
import { isUnfinished } from "./run-summary.ts";
import { type DoubtsWord, settleDoubts } from "./settle-doubts.ts";
import type { QueueOfRuns } from "./studio-queue.ts";

/** What a person tells a run that is there. */
export type RunCommands = {
  /** @throws Refused when this process does not hold the run, or the run refuses. */
  command(runId: string, act: (run: Run) => CommandAnswer): Promise<void>;
  /** A queued run is forgotten; one that goes on is told to stop. @throws Refused as `command` */
  cancel(runId: string): Promise<void>;
  /**
   * Approves each post that is still as it was seen, and says of each whether it was.
   *
   * @throws Refused when this process does not hold the run.
   */
  approveMany(
    runId: string,
    seen: readonly { readonly stepId: string; readonly digest: string }[],
  ): Promise<readonly ApprovalAnswer[]>;
  /** @throws Refused when this process does not hold the run, or `sum-changed`: then nothing is settled. */
  settleDoubts(runId: string, said: DoubtsWord): Promise<readonly DoubtAnswer[]>;
  /** Ends an interrupted run where it stands. @throws Refused */
  discard(runId: string): Promise<RunLeftAtServer>;
  /** Takes a run that no process works on out of every list. @throws Refused `run-running` */
  hide(runId: string): Promise<void>;
  /** Takes those that are at rest out of every list, for a clean-up. @returns how many */
  hideResting(runIds: readonly string[]): Promise<number>;
};

export function createRunCommands(deps: {
  readonly library: Library;
  readonly local: LocalRuns;
  readonly resting: RestingRuns;
  readonly queue: QueueOfRuns;
  readonly turns: Turns;
  onChange(): void;
}): RunCommands {
  const { library, local, resting, queue, turns, onChange } = deps;

  async function command(runId: string, act: (run: Run) => CommandAnswer): Promise<void> {
    const answer = act(local.get(runId)?.run ?? (await notLocal(runId)));
    if (!answer.ok) throw new Refused(answer.reason.code, answer.reason.message, answer.reason.remedy);
    onChange();
    await queue.advance();
  }

  /** @throws Refused, with where it is instead */
  async function notLocal(runId: string): Promise<never> {
    const row = await library.runs.get(runId);
    if (!row) throw runMissing();
    if (queue.isWaiting(runId)) throw runQueued();
    if ((await library.runs.holder(row)) === "another-process")
      throw runElsewhere(await library.runs.pidOf(row));
    throw runOver();
  }

  return {
    command,
    async cancel(runId) {
      // In one go with the look: a run that begins meanwhile is told to stop.
      const wasWaiting = await turns(runId, async () => {
        if (!queue.take(runId)) return false;
        await library.runs.remove(runId);
        return true;
      });
      if (!wasWaiting) return await command(runId, (run) => run.cancel());
      onChange();
    },
    async approveMany(runId, seen) {
      const run = local.get(runId)?.run ?? (await notLocal(runId));
      const answers = seen.map(({ stepId, digest }): ApprovalAnswer => {
        const answer = run.approve(stepId as StepId, digest); // a wrong one is refused by the run
        return answer.ok ? { stepId, ok: true } : { stepId, ok: false, ...answer.reason };
      });
      onChange();
      return answers;
    },
    async settleDoubts(runId, said) {
      const answers = settleDoubts(local.get(runId)?.run ?? (await notLocal(runId)), said);
      onChange();
      await queue.advance();
      return answers;
    },
    async discard(runId) {
      const left = await turns(runId, () => resting.discard(runId));
      onChange();
      return left;
    },
    hide: (runId) =>
      turns(runId, async () => {
        const row = await library.runs.get(runId);
        if (!row) return;
        const holder = await library.runs.holder(row);
        // From this look to the forgetting nothing waits: what is forgotten takes no command.
        const found = local.get(runId);
        const isRunning = found ? local.isUnderWay(found.run) : isUnfinished(row) && !local.isBroken(runId);
        if (isRunning && holder !== "nobody")
          throw new Refused("run-running", "This run is under way.", "Cancel it first.");
        local.forget(runId);
        await library.runs.hide(runId);
      }),
    hideResting: (runIds) =>
      inAllTurns(turns, runIds, async () => {
        const resting = runIds.filter((runId) => {
          const found = local.get(runId);
          return !found || !local.isUnderWay(found.run);
        });
        for (const runId of resting) local.forget(runId);
        return await library.runs.hideResting(resting);
      }),
  };
}
