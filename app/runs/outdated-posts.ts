import { createStore, useStore } from "zustand";
import type { RunState } from "../../src/engine/record.ts";
import { graphStore, sameWork } from "../stores/graph.ts";
import { createLatest } from "../stores/latest.ts";
import { runStore } from "../stores/run.ts";
import { called, studio } from "../stores/studio.ts";

/**
 * Posts of the run on show that wait although the graph was changed since, by step id: in words, what they still have
 * of before. The studio says so, and approves none of them; here it is only known in time to show it.
 */
type OutdatedPosts = { readonly messages: ReadonlyMap<string, string> };

const none: OutdatedPosts["messages"] = new Map();

const outdatedStore = createStore<OutdatedPosts>(() => ({ messages: none }));

export function useOutdated(): OutdatedPosts["messages"] {
  return useStore(outdatedStore, ({ messages }) => messages);
}

/** Why this post cannot be approved as it is; undefined when nothing has changed. */
export function useOutdatedPost(stepId: string): string | undefined {
  return useStore(outdatedStore, ({ messages }) => messages.get(stepId));
}

/** How long after the last edit it is asked for, in milliseconds. */
const LOOK_DELAY_MS = 150;

const question = createLatest(LOOK_DELAY_MS, async (isLatest) => {
  const { graph } = graphStore.getState();
  const { run } = runStore.getState();
  if (!graph || !run || run.graphId !== graph.id || waitingKeys(run) === "")
    return outdatedStore.setState({ messages: none });
  const answer = await called(studio.client.runs.outdated({ runId: run.runId, graph }));
  // Without an answer what is known stays: the studio looks again before it approves anything.
  if (!isLatest() || !answer.ok) return;
  outdatedStore.setState({ messages: new Map(answer.value.map(({ stepId, message }) => [stepId, message])) });
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
