import type { Journal as EngineJournal, LedgerEntry } from "../../engine/index.ts";
import type { RunEvent, RunState } from "../../engine/record.ts";
import { foldEvents, openFold, type RunFold } from "../../engine/record.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import type { Library, ResultNote, RunProgress } from "../../library/index.ts";
import { createResultNoter } from "../results/step-results.ts";
import { rowChangeOf } from "../results/takes.ts";
import { toRow } from "./run-journal.ts";
import { progressOf, totalsOf } from "./run-record.ts";

/** Writes a run's events, its ledger rows and its progress. */
export function createRunKeeper(
  library: Library,
  /** What the journal has of the run already. */
  earlier: readonly RunEvent[],
  extras: {
    /** A row of the ledger is written. */
    onPost?(post: LedgerEntry): void;
    /** What the run does; without it nothing of the events is noted for the gallery. */
    readonly plan?: Plan;
  } = {},
): EngineJournal {
  const { plan } = extras;
  const before = earlier.length === 0 ? undefined : foldEvents(undefined, earlier);
  let fold: RunFold | undefined = before && openFold(before);
  const resultsOf = plan && createResultNoter(plan, () => fold);
  let status: RunState["status"] = before?.status ?? "running";

  return {
    append: async (events, durability, { ledger, takes } = {}) => {
      const statusBefore = status;
      const results: ResultNote[] = [];
      for (const event of events) {
        status = statusAfter(event) ?? status;
        if (!fold) {
          if (event.type !== "run-started")
            throw new Error(`A run begins with run-started, not ${event.type}.`);
          fold = openFold(event);
        } else fold.push(event);
        if (resultsOf) results.push(...resultsOf(event));
      }
      // Looking at the whole state costs a copy of its steps, so it is done at the few turns of a run only.
      const turned =
        status !== statusBefore ||
        events.some(
          ({ type }) => type === "run-settled" || (type === "output-stored" && status !== "running"),
        );
      const state = turned ? fold?.state() : undefined;
      const progress: RunProgress | undefined = state && {
        runId: state.runId,
        status: state.status,
        ...progressOf(state),
        totals: totalsOf(state),
      };
      await library.journal.append(events.map(toRow), durability, {
        ...(ledger ? { ledger } : {}),
        ...(progress ? { progress } : {}),
        ...(results.length > 0 ? { results } : {}),
        ...(takes ? { takes: takes.map(rowChangeOf) } : {}),
      });
      if (ledger) extras.onPost?.(ledger);
    },
  };
}

/** Whether an event settles a run or sets it going again, as `fold.ts` has it. */
function statusAfter(event: RunEvent): RunState["status"] | undefined {
  if (event.type === "run-settled") return event.outcome;
  const goesOn =
    event.type === "step-started" ||
    event.type === "step-reset" ||
    event.type === "approval-given" ||
    event.type === "run-resumed";
  return goesOn ? "running" : undefined;
}
