import { graphStore, sameWork } from "../stores/graph.ts";
import { createLatest } from "../stores/latest.ts";
import { runStore } from "../stores/run.ts";
import { called, studio } from "../stores/studio.ts";
import { runControlStore } from "./run-control.ts";

/** The forecast is asked for this long after the last edit that could change it, in milliseconds. */
const ASK_AFTER_MS = 700;

const question = createLatest(ASK_AFTER_MS, async (isLatest) => {
  const { graph } = graphStore.getState();
  if (!graph || graph.nodes.length === 0) return runControlStore.setState({ forecast: undefined });
  if (!studio.isUp()) return;
  const answer = await called(studio.client.graphs.forecast({ graph, selection: { kind: "all" } }));
  if (!isLatest() || !answer.ok) return;
  const { problems, steps } = answer.value;
  // Of a graph that cannot be planned no step is counted: that is not known, and neither none nor free.
  const isCounted = steps > 0 || !problems.some(({ severity }) => severity === "error");
  runControlStore.setState({ forecast: isCounted ? answer.value : undefined });
  graphStore.getState().setProblems(problems);
});

/** Asks again soon what a run would do, e.g. after an edit or after another server was chosen. */
export const refreshForecast = (): void => question.soon();

/** Keeps the forecast and the problems only the studio can find (files, accounts) true while a person edits. */
export function watchForecast(): void {
  graphStore.subscribe((state, before) => {
    // A forecast of another document is no answer for this one, and no stale answer may come after it.
    if (state.graph?.id !== before.graph?.id || state.graph?.nodes.length === 0) {
      question.drop();
      runControlStore.setState({ forecast: undefined });
    }
    if (state.graph !== before.graph && !sameWork(state.graph, before.graph)) question.soon();
  });
  // What is settled, or comes to be in doubt, is said before the next run.
  runStore.subscribe(({ run: now }, { run: before }) => {
    if (now?.status !== before?.status) question.soon();
  });
  studio.onUp((up) => up && question.soon());
}
