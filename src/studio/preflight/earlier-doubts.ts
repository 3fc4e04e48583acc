import type { RunState } from "../../engine/record.ts";
import { foldEvents, isPost, lacksAnswer } from "../../engine/record.ts";
import type { Library } from "../../library/index.ts";
import type { EarlierDoubts } from "../contract/preflight.ts";
import { readEvents } from "../runs/run-journal.ts";
import type { FoundDoubt } from "./expected-steps.ts";

/** So many of a graph's runs are looked through; older ones that nobody settled are in the history. */
const RUNS_LOOKED_AT = 5;
const TITLES_SHOWN = 3;

/**
 * Tells which earlier runs have creates of which nobody knows whether they arrived: run again, the same would be made
 * anew. Posts are told with the posts.
 */
type DoubtTeller = {
  /**
   * Of a graph, and of steps of other runs and graphs that are equal to its own. Asked after every edit, so of a journal
   * it has read it reads only what is new.
   */
  of(graphId: string, scope: string, equal: readonly FoundDoubt[]): readonly EarlierDoubts[];
  ofSteps(equal: readonly FoundDoubt[]): readonly EarlierDoubts[];
};

export function createEarlierDoubts(library: Pick<Library, "runs" | "journal">): DoubtTeller {
  let read = new Map<string, RunState>();

  function ofGraph(graphId: string, scope: string): readonly Omit<EarlierDoubts, "again">[] {
    const waiting = library.runs.history
      .find({ graphId, statuses: ["needs-you", "interrupted"], limit: RUNS_LOOKED_AT })
      .filter(({ row }) => row.scope === scope);
    const states = new Map<string, RunState>();
    const found = waiting.flatMap(({ row: { runId, startedAt } }): Omit<EarlierDoubts, "again">[] => {
      const before = read.get(runId);
      const events = readEvents(library, { runId, afterSeq: before?.seq ?? 0, limit: -1 });
      const state = events.length === 0 ? before : foldEvents(before, events);
      if (!state) return [];
      states.set(runId, state);
      const steps = [...state.steps.values()].filter((step) => !isPost(step) && lacksAnswer(step));
      return steps.length === 0 ? [] : [{ runId, startedAt, steps: steps.length, titles: titlesOf(steps) }];
    });
    read = states;
    return found;
  }

  function ofSteps(equal: readonly FoundDoubt[]): readonly EarlierDoubts[] {
    return [...Map.groupBy(equal, ({ runId }) => runId)]
      .flatMap(([runId, steps]): EarlierDoubts[] => {
        // A run that a person removed is over for them, and its doubts with it.
        const row = library.runs.get(runId);
        if (!row) return [];
        const { length } = steps;
        return [{ runId, startedAt: row.startedAt, steps: length, again: length, titles: titlesOf(steps) }];
      })
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  return {
    of(graphId, scope, equal) {
      const again = Map.groupBy(equal, ({ runId }) => runId);
      const known = ofGraph(graphId, scope).map((each) => ({
        ...each,
        again: again.get(each.runId)?.length ?? 0,
      }));
      const others = ofSteps(equal).filter(({ runId }) => !known.some((each) => each.runId === runId));
      return [...known, ...others];
    },
    ofSteps,
  };
}

function titlesOf(steps: readonly { readonly title: string }[]): readonly string[] {
  return [...new Set(steps.map(({ title }) => title))].slice(0, TITLES_SHOWN);
}
