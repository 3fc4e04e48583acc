import type { Clock } from "../../base/clock.ts";
import { discardEvents } from "../../engine/index.ts";
import { foldEvents } from "../../engine/record.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import { openStoredPlan } from "../../graph/plan/stored-plan.ts";
import { DAMAGED, type Library } from "../../library/index.ts";
import type { RunLeftAtServer } from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";
import type { Server } from "../server/connection.ts";
import type { LocalRuns } from "./local-runs.ts";
import { type JournaledRun, readRun } from "./run-journal.ts";
import { createRunKeeper } from "./run-keeper.ts";
import { openStoredOptions, type RunOptions } from "./run-options.ts";
import { readingRun, runDamaged, runHeld, runMissing, runOnOtherServer, runQueued } from "./run-refusals.ts";
import { isUnfinished, leftBy, nothingLeft } from "./run-summary.ts";

/** A run that nobody works on, as the library has it. */
export type RestingRun = JournaledRun & RunOptions & { readonly plan: Plan };

/** Runs that nobody works on: looked at, claimed for this process, or ended where they stand. */
export type RestingRuns = {
  /** @throws Refused when somebody works on it (`run-held`), or when it is not this server's (`run-other-server`). */
  get(runId: string, server: Server): Promise<RestingRun>;
  /** From here on it is this process's alone. Only in the run's turn. @throws Refused when somebody else was faster (`run-held`) */
  claim(runId: string): Promise<RestingRun>;
  /** Ends an interrupted run in its journal. Only in the run's turn. @throws Refused */
  discard(runId: string): Promise<RunLeftAtServer>;
};

export function createRestingRuns(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly local: LocalRuns;
  /** Whether the run waits in this process's queue. */
  isWaiting(runId: string): boolean;
}): RestingRuns {
  const { library, clock, local } = deps;

  async function unheld(runId: string): Promise<RestingRun> {
    const found = await readRun(library, runId);
    if (deps.isWaiting(runId)) throw runQueued();
    if (local.get(runId) && !local.isBroken(runId)) throw runHeld(process.pid);
    if (found.row.status === DAMAGED) throw runDamaged();
    if ((await library.runs.holder(found.row)) === "another-process")
      throw runHeld(await library.runs.pidOf(found.row));
    const source = await library.runs.source(runId);
    if (!source) throw runMissing();
    return await readingRun(() => ({
      ...found,
      ...openStoredOptions(source.optionsJson),
      plan: openStoredPlan(source.planJson),
    }));
  }

  async function claim(runId: string): Promise<RestingRun> {
    const claimed = await library.runs.claim(runId);
    if (!claimed.ok) throw claimed.why === "held" ? runHeld(claimed.pid) : runMissing();
    // Read after the claim: another process may have worked on it until then.
    const found = await unheld(runId);
    // What this process could not write is gone for good; the run goes on from what is there.
    if (local.isBroken(runId)) {
      await library.takes.leaveAll(runId);
      await library.journal.reopen(runId);
      local.mend(runId);
    }
    local.get(runId)?.feed.close();
    local.forget(runId);
    return found;
  }

  return {
    async get(runId, server) {
      const found = await unheld(runId);
      if (found.row.scope !== server.scope) throw runOnOtherServer(found.row, server);
      return found;
    },
    claim,
    async discard(runId) {
      const { row } = await unheld(runId);
      if (!isUnfinished(row))
        throw new Refused("run-over", "This run has come to rest.", "There is nothing to discard.");
      const { events, state } = await claim(runId);
      if (!state) {
        await library.runs.remove(runId);
        return nothingLeft;
      }
      const keeper = createRunKeeper(library, events);
      const ending = discardEvents(events, clock.now());
      await keeper.append(ending, "now");
      await library.runs.survived(runId);
      return leftBy(foldEvents(state, ending));
    },
  };
}
