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
  of(graphId: string, scope: string, equal: readonly FoundDoubt[]): Promise<readonly EarlierDoubts[]>;
  ofSteps(equal: readonly FoundDoubt[]): Promise<readonly EarlierDoubts[]>;
};

export function createEarlierDoubts(library: Pick<Library, "runs" | "journal">): DoubtTeller {
  let read = new Map<string, RunState>();

  async function ofGraph(graphId: string, scope: string): Promise<readonly Omit<EarlierDoubts, "again">[]> {
    const statuses = ["needs-you", "interrupted"];
    const waiting = await library.runs.history.find({ graphId, statuses, limit: RUNS_LOOKED_AT });
    const states = new Map<string, RunState>();
    const found: Omit<EarlierDoubts, "again">[] = [];
    for (const { row } of waiting) {
      const { runId, startedAt } = row;
      if (row.scope !== scope) continue;
      const before = read.get(runId);
      const events = await readEvents(library, { runId, afterSeq: before?.seq ?? 0, limit: -1 });
      const state = events.length === 0 ? before : foldEvents(before, events);
      if (!state) continue;
      states.set(runId, state);
      const steps = [...state.steps.values()].filter((step) => !isPost(step) && lacksAnswer(step));
      if (steps.length > 0) found.push({ runId, startedAt, steps: steps.length, titles: titlesOf(steps) });
    }
    read = states;
    return found;
  }

  async function ofSteps(equal: readonly FoundDoubt[]): Promise<readonly EarlierDoubts[]> {
    const found: EarlierDoubts[] = [];
    for (const [runId, steps] of Map.groupBy(equal, (doubt) => doubt.runId)) {
      // A run that a person removed is over for them, and its doubts with it.
      const row = await library.runs.get(runId);
      const { length } = steps;
      if (row)
        found.push({
          runId,
          startedAt: row.startedAt,
          steps: length,
          again: length,
          titles: titlesOf(steps),
        });
    }
    return found.sort((a, b) => b.startedAt - a.startedAt);
  }

  return {
    async of(graphId, scope, equal) {
      const again = Map.groupBy(equal, ({ runId }) => runId);
      const known = (await ofGraph(graphId, scope)).map((each) => ({
        ...each,
        again: again.get(each.runId)?.length ?? 0,
      }));
      const others = (await ofSteps(equal)).filter(
        ({ runId }) => !known.some((each) => each.runId === runId),
      );
      return [...known, ...others];
    },
    ofSteps,
  };
}

function titlesOf(steps: readonly { readonly title: string }[]): readonly string[] {
  return [...new Set(steps.map(({ title }) => title))].slice(0, TITLES_SHOWN);
}
