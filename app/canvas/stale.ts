import { createStore, useStore } from "zustand";
import { signatures } from "../../src/graph/signatures.ts";
import { graphStore } from "../stores/graph.ts";
import { runStore } from "../stores/run.ts";

type Stale = { readonly nodeIds: ReadonlySet<string> };

const staleStore = createStore<Stale>(() => ({ nodeIds: new Set() }));

/** Whether the node or what it gets was edited since the run on show began. */
export function useStale(nodeId: string): boolean {
  return useStore(staleStore, ({ nodeIds }) => nodeIds.has(nodeId));
}

/** Each run keeps its own snapshot of the graph; this is the window's short memory of it, good for a reload. */
const key = (runId: string) => `catwalk.signatures.${runId}`;

/** A run older than this when first seen began before this window could look. */
const JUST_STARTED_MS = 10_000;

const COMPARE_AFTER_MS = 200;

export function followStale(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known: { readonly runId: string; readonly signatures: ReadonlyMap<string, string> } | undefined;

  const compare = () => {
    const { graph } = graphStore.getState();
    const { run } = runStore.getState();
    if (!graph || !run || known?.runId !== run.runId) return staleStore.setState({ nodeIds: new Set() });
    const now = signatures(graph);
    const before = known.signatures;
    const changed = [...now].filter(([id, signature]) => before.has(id) && before.get(id) !== signature);
    staleStore.setState({ nodeIds: new Set(changed.map(([id]) => id)) });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(compare, COMPARE_AFTER_MS);
  };
  const remember = () => {
    const { run } = runStore.getState();
    const { graph } = graphStore.getState();
    if (!run || !graph || run.graphId !== graph.id || known?.runId === run.runId) return;
    known = undefined;
    const kept = sessionStorage.getItem(key(run.runId));
    if (kept) {
      // Our own writing; at worst the dot is wrong, and the next run sets it right.
      known = { runId: run.runId, signatures: new Map(JSON.parse(kept) as [string, string][]) };
    } else if (Date.now() - run.startedAt < JUST_STARTED_MS) {
      known = { runId: run.runId, signatures: signatures(graph) };
      keep(key(run.runId), JSON.stringify([...known.signatures]));
    }
    soon();
  };

  const stopRun = runStore.subscribe((state, before) => {
    if (state.run?.runId !== before.run?.runId) remember();
  });
  const stopGraph = graphStore.subscribe((state, before) => {
    if (state.graph?.id !== before.graph?.id) remember();
    if (state.graph?.nodes !== before.graph?.nodes || state.graph?.edges !== before.graph?.edges) soon();
  });
  remember();
  return () => {
    clearTimeout(timer);
    stopRun();
    stopGraph();
  };
}

function keep(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Full: the older runs' memories go. Losing them costs only a dot after a reload.
    sessionStorage.clear();
  }
}
