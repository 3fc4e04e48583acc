import { foldEvents } from "../engine/fold.ts";
import type { RunState } from "../engine/run-state.ts";
import type { Library } from "../library/library.ts";
import type { EarlierDoubts } from "./contract.ts";
import { readEvents } from "./run-journal.ts";

/** So many of a graph's runs are looked through; older ones that nobody settled are in the history. */
const RUNS_LOOKED_AT = 5;

/**
 * Tells of a graph which of its earlier runs have creates of which nobody knows whether they arrived: run again, it
 * would make them anew. Posts are told with the posts. Asked after every edit, so of a journal it has read it reads
 * only what is new.
 */
export function createEarlierDoubts(
  library: Pick<Library, "runs" | "journal">,
): (graphId: string, scope: string) => readonly EarlierDoubts[] {
  let read = new Map<string, RunState>();
  return (graphId, scope) => {
    const waiting = library.runs.history
      .find({ graphId, statuses: ["needs-you", "interrupted"], limit: RUNS_LOOKED_AT })
      .filter(({ row }) => row.scope === scope);
    const states = new Map<string, RunState>();
    const found = waiting.flatMap(({ row: { runId, startedAt } }): EarlierDoubts[] => {
      const before = read.get(runId);
      const events = readEvents(library, { runId, afterSeq: before?.seq ?? 0, limit: -1 });
      const state = events.length === 0 ? before : foldEvents(before, events);
      if (!state) return [];
      states.set(runId, state);
      const steps = [...state.steps.values()].filter(
        ({ type, status, unanswered }) =>
          type !== "publish" && (status.kind === "in-doubt" || unanswered !== undefined),
      );
      const titles = [...new Set(steps.map(({ title }) => title))].slice(0, 3);
      return steps.length === 0 ? [] : [{ runId, startedAt, steps: steps.length, titles }];
    });
    read = states;
    return found;
  };
}
