import type { Clock } from "../../base/clock.ts";
import type { Run } from "../../engine/index.ts";
import type { Library, RunRow } from "../../library/index.ts";
import { withoutHarm } from "../ground/without-harm.ts";
import type { LocalRuns } from "./local-runs.ts";
import { runParked } from "./run-refusals.ts";

/**
 * Whether resuming a run is what ends its process. A claim counts up before anything starts, and the count is cleared
 * once the run has been lived with for a while, or came to rest before.
 */
export type SurvivalWatch = {
  watch(run: Run): void;
  /** Resolves when all that was watched is known to have been survived. */
  ended(): Promise<void>;
};

/** A resumed run that its process outlives for this long is not what ends it, in milliseconds. */
const SURVIVAL_MS = 60_000;
/** So many resumes in a row that were not survived, and a run is parked. */
const MOST_CRASHES = 3;

export function createSurvivalWatch(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly local: LocalRuns;
}): SurvivalWatch {
  const { library, clock, local } = deps;
  const survivals = new Set<Promise<void>>();

  return {
    watch(run) {
      const survived = async () => {
        clock.clearTimeout(timer);
        if (local.isBroken(run.runId)) return;
        // Else the count stays, and costs at worst one more question.
        await withoutHarm(() => library.runs.survived(run.runId));
      };
      const timer = clock.setTimeout(() => void survived(), SURVIVAL_MS);
      const watched = run.whenSettled().then(survived, survived);
      survivals.add(watched);
      void watched.finally(() => survivals.delete(watched));
    },
    async ended() {
      await Promise.all(survivals);
    },
  };
}

/** Only a person's word resumes it. */
export function isParked(row: RunRow): boolean {
  return row.resumes >= MOST_CRASHES;
}

/** @throws Refused `run-parked` */
export function checkParked(row: RunRow, { evenIfParked }: { readonly evenIfParked: boolean }): void {
  if (isParked(row) && !evenIfParked) throw runParked(row);
}
