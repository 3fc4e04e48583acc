import { createStore, useStore } from "zustand";
import { signatures } from "../../src/graph/changes/signatures.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
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
    const before = known.signatures;
    const kept = keptSignatures(graph, before);
    const now = signatures(graph, undefined, kept);
    const changed = [...now].filter(
      ([id, signature]) => before.has(id) && before.get(id) !== signature && !kept.has(id),
    );
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

/** A take that is kept flows on whatever changes before it; what follows is stale only where the run had another one. */
function keptSignatures(graph: Graph, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const { run, stepsByNode } = runStore.getState();
  return new Map(
    graph.nodes.flatMap(({ id, data }): [string, string][] => {
      if (data.reuse !== "locked") return [];
      const had = new Set(stepsByNode.get(id)?.stepIds.map((stepId) => run?.steps.get(stepId)?.takeId));
      const takes = Object.values(data.takes ?? {});
      return [[id, takes.every((take) => had.has(take)) ? (before.get(id) ?? "") : takes.join()]];
    }),
  );
}

function keep(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Full: the older runs' memories go. Losing them costs only a dot after a reload.
    for (const other of Object.keys(sessionStorage))
      if (other.startsWith(key(""))) sessionStorage.removeItem(other);
  }
}
