import { useEffect } from "react";
import { createStore, useStore } from "zustand";
import type { Take } from "../../src/engine/record.ts";
import { graphStore, useGraph } from "../stores/graph.ts";
import { useShownSteps } from "../stores/run.ts";
import { called, studio } from "../stores/studio.ts";

/** Takes by node of the open graph, newest first, for the nodes that somebody looks at. */
type TakesState = { readonly byNode: ReadonlyMap<string, readonly Take[]> };

const takesStore = createStore<TakesState>(() => ({ byNode: new Map() }));

const none: readonly Take[] = [];
/** How many look at a node's takes. */
const watchers = new Map<string, number>();
const waiting = new Set<string>();
/** Results come in bursts; what came in one burst is asked for once. */
const ASK_AFTER_MS = 250;

/** The takes this node made or had as its result, newest first; followed while the component lives. */
export function useTakes(nodeId: string): readonly Take[] {
  const graphId = useGraph(({ graph }) => graph?.id);
  // A take begins with its step's end and is whole when its bytes are here; both replace the step.
  const steps = useShownSteps(nodeId);
  const held = steps.some(({ takeId }) => takeId !== undefined) ? steps : undefined;
  useEffect(() => {
    watchers.set(nodeId, (watchers.get(nodeId) ?? 0) + 1);
    return () => {
      const left = (watchers.get(nodeId) ?? 1) - 1;
      if (left > 0) watchers.set(nodeId, left);
      else watchers.delete(nodeId);
    };
  }, [nodeId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed step is the reason to ask again
  useEffect(() => {
    if (graphId !== undefined) askSoon(nodeId);
  }, [nodeId, graphId, held]);
  return useStore(takesStore, ({ byNode }) => byNode.get(nodeId) ?? none);
}

export function askSoon(nodeId: string): void {
  // The first of a burst starts the clock; the question takes all that wait by then.
  if (waiting.size === 0) setTimeout(() => void askAll(), ASK_AFTER_MS);
  waiting.add(nodeId);
}

async function askAll(): Promise<void> {
  const graphId = graphStore.getState().graph?.id;
  const nodeIds = [...waiting].filter((nodeId) => watchers.has(nodeId));
  waiting.clear();
  if (graphId === undefined || !studio.isUp()) return;
  const answers = await Promise.all(
    nodeIds.map(async (nodeId) => {
      const answer = await called(studio.client.takes.ofNode({ graphId, nodeId }));
      // Without an answer the takes known before stay on show; the next result asks again.
      return answer.ok ? ([nodeId, answer.value] as const) : undefined;
    }),
  );
  if (graphStore.getState().graph?.id !== graphId) return;
  const byNode = new Map(takesStore.getState().byNode);
  for (const answer of answers) if (answer) byNode.set(...answer);
  takesStore.setState({ byNode });
}

/** Another graph has other takes; after a lost connection what was missed is asked for. For the life of the window. */
export function followTakes(): void {
  graphStore.subscribe((state, before) => {
    if (state.graph?.id !== before.graph?.id) takesStore.setState({ byNode: new Map() });
  });
  studio.onUp((up) => {
    if (up) for (const nodeId of watchers.keys()) askSoon(nodeId);
  });
}
