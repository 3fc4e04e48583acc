import { createStore, type StoreApi, useStore } from "zustand";
import { isSameContent } from "../../src/graph/changes/changes.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { applyEdit } from "./apply-edit.ts";
import type { GraphEdit } from "./graph-edit.ts";
import {
  emptyHistory,
  record,
  rewrite,
  shared,
  stepBack,
  stepForward,
  storedHistory,
  type UndoHistory,
} from "./undo-history.ts";

/**
 * The open document, its selection and its undo history. Edits are a union and go through one pure `applyEdit`;
 * each edit is one undo step, edits with the same `merge` key within a second are one (typing, dragging).
 */
export type GraphState = {
  /** `undefined` before the first document is opened. Selection and measurements are never in it. */
  readonly graph: Graph | undefined;
  readonly selectedNodeIds: ReadonlySet<string>;
  readonly selectedEdgeIds: ReadonlySet<string>;
  /** From the pure validator, recomputed after edits (debounced), joined with those the studio found (files). */
  readonly problems: readonly Problem[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly unsaved: boolean;
  /** Why undo or redo did not do all that was asked; a new object each time. */
  readonly told: { readonly text: string } | undefined;
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
  /**
   * Makes it the open document. Its undo steps of before are there again; with `historyOf`, those of another document
   * that it is a copy of.
   */
  open(graph: Graph, options: { readonly unsaved: boolean; readonly historyOf?: string | undefined }): void;
  /** Takes in what another hand did to the open document, which is no step of this window's undo; `saved` is what is saved now. */
  mergeIn(graph: Graph, saved: Graph | undefined): void;
  edit(edit: GraphEdit, options?: EditOptions): void;
  undo(): void;
  redo(): void;
  select(nodeIds: Iterable<string>, edgeIds?: Iterable<string>): void;
  setViewport(viewport: { readonly x: number; readonly y: number; readonly zoom: number }): void;
  setProblems(problems: readonly Problem[]): void;
  /** Whether the open document, as it is now, is what was last saved. */
  markSaved(isSaved: boolean): void;
  /** The steps of the open document as text that `restoreHistory` reads, in a later life of this window. */
  history(characters: number): string;
  restoreHistory(history: UndoHistory): void;
};

export type GraphStore = StoreApi<GraphState & GraphActions>;

/** How many documents keep their undo steps while others are open. */
const REMEMBERED = 20;

/** @param now milliseconds, of any clock that never goes back. */
export function createGraphStore(now: () => number): GraphStore {
  /** By document; the last in it is the one that was opened last. */
  const histories = new Map<string, UndoHistory>();
  let history = emptyHistory;
  /** What was last saved; `undefined` when the open document differs from any saved one. */
  let saved: Graph | undefined;

  return createStore((set, get) => {
    const steps = () => ({
      // Where steps were let go, undo ends with words.
      canUndo: history.past.length > 0 || history.forgotten > 0,
      canRedo: history.future.length > 0,
    });
    /** Everything that follows from another content. Selection keeps what is still there. */
    const show = (graph: Graph) => {
      const { selectedNodeIds, selectedEdgeIds } = get();
      set({
        graph,
        selectedNodeIds: keepExisting(selectedNodeIds, graph.nodes),
        selectedEdgeIds: keepExisting(selectedEdgeIds, graph.edges),
        ...steps(),
        unsaved: !saved || saved.id !== graph.id || !isSameContent(saved, graph),
      });
    };
    const travel = (step: typeof stepBack) => {
      const { graph } = get();
      const next = graph && step(history, graph);
      if (next) history = next.history;
      if (next) show(next.graph);
      if (next && next.conflicts.length > 0) set({ told: { text: stands(next.conflicts.length) } });
      if (!next && step === stepBack && history.forgotten > 0)
        set({ told: { text: `Undo ends here: the ${history.forgotten} steps before are not remembered.` } });
    };

    return {
      graph: undefined,
      selectedNodeIds: new Set(),
      selectedEdgeIds: new Set(),
      problems: [],
      canUndo: false,
      canRedo: false,
      unsaved: false,
      told: undefined,
      open(graph, { unsaved, historyOf = graph.id }) {
        const open = get().graph;
        if (open) {
          histories.delete(open.id);
          histories.set(open.id, history);
        }
        const before = histories.get(historyOf) ?? emptyHistory;
        // Other hands may have been at it meanwhile.
        history = historyOf === open?.id ? before : shared(before);
        for (const id of [...histories.keys()].slice(0, -REMEMBERED)) histories.delete(id);
        saved = unsaved ? undefined : graph;
        set({
          graph,
          unsaved,
          selectedNodeIds: new Set(),
          selectedEdgeIds: new Set(),
          problems: [],
          ...steps(),
        });
      },
      mergeIn(graph, savedNow) {
        history = shared(history);
        saved = savedNow;
        show(graph);
      },
      edit(edit, options) {
        const { graph } = get();
        if (!graph) return;
        const next = applyEdit(graph, edit);
        if (options?.follows) {
          history = rewrite(history, graph, (each) => applyEdit(each, edit));
          if (next !== graph) show(next);
          else set(steps());
          return;
        }
        if (next === graph) return;
        history = record(history, { before: graph, after: next, merge: options?.merge }, now());
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
        const { graph } = get();
        if (!graph) return;
        const { x, y, zoom } = graph.viewport;
        if (x === viewport.x && y === viewport.y && zoom === viewport.zoom) return;
        set({ graph: { ...graph, viewport: { ...graph.viewport, ...viewport } } });
      },
      setProblems: (problems) => set({ problems }),
      markSaved(isSaved) {
        const { graph, unsaved } = get();
        if (unsaved !== isSaved) return;
        saved = isSaved ? graph : undefined;
        set({ unsaved: !isSaved });
      },
      history: (characters) => storedHistory(history, characters),
      restoreHistory(stored) {
        history = shared(stored);
        set(steps());
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

function stands(places: number): string {
  return places === 1
    ? "One place stays as it is: another window has changed it since."
    : `${places} places stay as they are: another window has changed them since.`;
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
