import { createStore, type StoreApi, useStore } from "zustand";
import type { Problem } from "../../src/graph/problems.ts";
import type { Graph } from "../../src/graph/schema.ts";
import { applyEdit } from "./apply-edit.ts";
import type { GraphEdit } from "./graph-edit.ts";
import { emptyHistory, record, rewrite, stepBack, stepForward, type UndoHistory } from "./undo-history.ts";

/**
 * The open document, its selection and its undo history. Edits are a union and go through one pure `applyEdit`;
 * each edit is one undo step, edits with the same `merge` key within a second are one (typing, dragging).
 */
export type GraphState = {
  /** `undefined` before the first document is opened. Selection and measurements are never in it. */
  readonly graph: Graph | undefined;
  /** Grows with each change; what `documents.keep` sends. */
  readonly revision: number;
  readonly selectedNodeIds: ReadonlySet<string>;
  readonly selectedEdgeIds: ReadonlySet<string>;
  /** From the pure validator, recomputed after edits (debounced), joined with those the studio found (files). */
  readonly problems: readonly Problem[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly unsaved: boolean;
};

export type EditOptions = {
  readonly merge?: string;
  /**
   * The end of what an earlier edit began, as when the file of a new node has arrived: no step of its own. It is
   * made in every step of the history, so that the node has its file before and after whatever came in between.
   */
  readonly follows?: true;
};

export type GraphActions = {
  open(graph: Graph, options: { readonly revision: number; readonly unsaved: boolean }): void;
  edit(edit: GraphEdit, options?: EditOptions): void;
  undo(): void;
  redo(): void;
  select(nodeIds: Iterable<string>, edgeIds?: Iterable<string>): void;
  setViewport(viewport: { readonly x: number; readonly y: number; readonly zoom: number }): void;
  setProblems(problems: readonly Problem[]): void;
  markSaved(): void;
};

export type GraphStore = StoreApi<GraphState & GraphActions>;

/** @param now milliseconds, of any clock that never goes back. */
export function createGraphStore(now: () => number): GraphStore {
  let history: UndoHistory<Graph> = emptyHistory;
  /** What was last saved; `undefined` when the open document differs from any saved one. */
  let saved: Graph | undefined;

  return createStore((set, get) => {
    /** Everything that follows from another content. Selection keeps what is still there. */
    const show = (graph: Graph) => {
      const { selectedNodeIds, selectedEdgeIds, revision } = get();
      set({
        graph,
        revision: revision + 1,
        selectedNodeIds: keepExisting(selectedNodeIds, graph.nodes),
        selectedEdgeIds: keepExisting(selectedEdgeIds, graph.edges),
        canUndo: history.past.length > 0,
        canRedo: history.future.length > 0,
        unsaved: !saved || !sameContent(saved, graph),
      });
    };
    const travel = (step: typeof stepBack) => {
      const { graph } = get();
      const next = graph && step(history, graph);
      if (!next) return;
      history = next.history;
      // The viewport is where a person looks, not what they made: it stays.
      show({ ...next.present, viewport: graph.viewport });
    };

    return {
      graph: undefined,
      revision: 0,
      selectedNodeIds: new Set(),
      selectedEdgeIds: new Set(),
      problems: [],
      canUndo: false,
      canRedo: false,
      unsaved: false,
      open(graph, { revision, unsaved }) {
        history = emptyHistory;
        saved = unsaved ? undefined : graph;
        set({
          graph,
          revision,
          unsaved,
          selectedNodeIds: new Set(),
          selectedEdgeIds: new Set(),
          problems: [],
          canUndo: false,
          canRedo: false,
        });
      },
      edit(edit, options) {
        const { graph } = get();
        if (!graph) return;
        const next = applyEdit(graph, edit);
        if (options?.follows) {
          history = rewrite(history, next, (step) => applyEdit(step, edit), sameGraph);
          const { past, future } = history;
          if (next !== graph) show(next);
          else set({ canUndo: past.length > 0, canRedo: future.length > 0 });
          return;
        }
        if (next === graph) return;
        history = record(history, graph, options?.merge, now());
        show(next);
      },
      undo: () => travel(stepBack),
      redo: () => travel(stepForward),
      select(nodeIds, edgeIds = []) {
        const { selectedNodeIds, selectedEdgeIds } = get();
        const [nodes, edges] = [new Set(nodeIds), new Set(edgeIds)];
        if (sameSet(nodes, selectedNodeIds) && sameSet(edges, selectedEdgeIds)) return;
        set({ selectedNodeIds: nodes, selectedEdgeIds: edges });
      },
      setViewport(viewport) {
        const { graph, revision } = get();
        if (!graph) return;
        const { x, y, zoom } = graph.viewport;
        if (x === viewport.x && y === viewport.y && zoom === viewport.zoom) return;
        set({ graph: { ...graph, viewport: { ...graph.viewport, ...viewport } }, revision: revision + 1 });
      },
      setProblems: (problems) => set({ problems }),
      markSaved() {
        const { graph } = get();
        saved = graph;
        set({ unsaved: false });
      },
    };
  });
}

export const graphStore: GraphStore = createGraphStore(() => performance.now());

export function useGraph<T>(select: (state: GraphState & GraphActions) => T): T {
  return useStore(graphStore, select);
}

/** Whether only places, sizes and the view differ. */
export function sameWork(a: Graph | undefined, b: Graph | undefined): boolean {
  if (!a || !b || a.edges !== b.edges || a.nodes.length !== b.nodes.length) return false;
  return a.nodes.every((node, index) => {
    const other = b.nodes[index];
    return node.id === other?.id && node.type === other.type && node.data === other.data;
  });
}

/** Whatever an edit can change; the viewport does not make a document unsaved. */
function sameContent(a: Graph, b: Graph): boolean {
  return a.nodes === b.nodes && a.edges === b.edges && a.name === b.name && a.id === b.id;
}

/** The same by what is in it, for documents that share their nodes. */
function sameGraph(a: Graph, b: Graph): boolean {
  const same = <T>(left: readonly T[], right: readonly T[]) =>
    left.length === right.length && left.every((each, index) => each === right[index]);
  return a.name === b.name && same(a.nodes, b.nodes) && same(a.edges, b.edges);
}

function keepExisting(
  ids: ReadonlySet<string>,
  items: readonly { readonly id: string }[],
): ReadonlySet<string> {
  if (ids.size === 0) return ids;
  const kept = new Set(items.flatMap(({ id }) => (ids.has(id) ? [id] : [])));
  return kept.size === ids.size ? ids : kept;
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
