import type { StoreApi } from "zustand";
import type { Problem } from "../../src/graph/problems.ts";
import type { Graph, GraphEdge, GraphNode } from "../../src/graph/schema.ts";

/**
 * The open document, its selection and its undo history. Edits are a union and go through one pure `applyEdit`;
 * each edit is one undo step, edits with the same `merge` key within a second are one (typing, dragging).
 */
export type GraphEdit =
  | { readonly type: "add"; readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  | { readonly type: "remove"; readonly nodeIds: readonly string[]; readonly edgeIds: readonly string[] }
  | { readonly type: "move"; readonly positions: readonly { readonly id: string; readonly x: number; readonly y: number }[] }
  | { readonly type: "resize"; readonly id: string; readonly width: number; readonly height: number; readonly x?: number; readonly y?: number }
  /** `replaces` are the wires that had the port before. */
  | { readonly type: "connect"; readonly edge: GraphEdge; readonly replaces: readonly string[] }
  | { readonly type: "params"; readonly id: string; readonly params: Readonly<Record<string, unknown>> }
  | { readonly type: "title"; readonly id: string; readonly title: string | undefined }
  | { readonly type: "parent"; readonly ids: readonly string[]; readonly parentId: string | undefined }
  | { readonly type: "rename-graph"; readonly name: string };

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

export type GraphActions = {
  open(graph: Graph, options: { readonly revision: number; readonly unsaved: boolean }): void;
  edit(edit: GraphEdit, options?: { readonly merge?: string }): void;
  undo(): void;
  redo(): void;
  select(nodeIds: Iterable<string>, edgeIds?: Iterable<string>): void;
  setViewport(viewport: { readonly x: number; readonly y: number; readonly zoom: number }): void;
  setProblems(problems: readonly Problem[]): void;
  markSaved(): void;
};

export type GraphStore = StoreApi<GraphState & GraphActions>;
