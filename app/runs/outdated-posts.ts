import type { RunState } from "../../src/engine/record.ts";
import { graphStore, sameWork } from "../stores/graph.ts";
import { createLatest } from "../stores/latest.ts";
import { runStore } from "../stores/run.ts";
import { called, studio } from "../stores/studio.ts";
import { say } from "../words/words.ts";
import { runControlStore, useRunControl } from "./run-control.ts";

const none: ReadonlyMap<string, string> = new Map();

/** By step id: what the posts that wait still have of before the graph was changed. */
export function useOutdated(): ReadonlyMap<string, string> {
  return useRunControl(({ outdated }) => outdated);
}

/** Why this post cannot be approved as it is; undefined when nothing has changed. */
export function useOutdatedPost(stepId: string): string | undefined {
  return useRunControl(({ outdated }) => outdated.get(stepId));
}

/** How long after the last edit it is asked for, in milliseconds. */
const LOOK_DELAY_MS = 150;

const question = createLatest(LOOK_DELAY_MS, async (isLatest) => {
  const { graph } = graphStore.getState();
  const { run } = runStore.getState();
  if (!graph || !run || run.graphId !== graph.id || waitingKeys(run) === "")
    return runControlStore.setState({ outdated: none });
  const answer = await called(studio.client.runs.outdated({ runId: run.runId, graph }));
  // Without an answer what is known stays: the studio looks again before it approves anything.
  if (!isLatest() || !answer.ok) return;
  runControlStore.setState({
    outdated: new Map(answer.value.map(({ stepId, message }) => [stepId, say(message)])),
  });
});

/** Asks the studio now. */
export const lookForOutdated = (): Promise<void> => question.now();

/** Keeps it true while a person edits and posts begin or cease to wait. */
export function watchOutdated(): void {
  let waiting = "";
  graphStore.subscribe(({ graph }, before) => {
    if (graph !== before.graph && waiting !== "" && !sameWork(graph, before.graph)) question.soon();
  });
  runStore.subscribe(({ run }, before) => {
    if (run === before.run) return;
    const keys = run ? waitingKeys(run) : "";
    if (keys === waiting) return;
    waiting = keys;
    question.soon();
  });
  studio.onUp((up) => up && waiting !== "" && question.soon());
}

function waitingKeys({ runId, steps }: RunState): string {
  let keys = "";
  for (const { stepId, status } of steps.values())
    if (status.kind === "waiting-for-approval") keys += `${runId} ${stepId} ${status.post.digest}\n`;
  return keys;
}
