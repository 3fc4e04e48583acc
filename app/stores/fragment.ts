import { ancestors } from "../../src/graph/document/groups.ts";
import { type OpenFailure, parseGraph } from "../../src/graph/document/parse.ts";
import { emptyGraph, type Graph, type GraphEdge, type GraphNode } from "../../src/graph/document/schema.ts";
import { serialise } from "../../src/graph/document/serialise.ts";
import { absolutePosition } from "./apply-edit.ts";

/** Copy and paste: a part of a graph as a small graph file, so that a whole file's text can be pasted too. */

export type Fragment = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };

/** The chosen nodes, all that chosen groups hold, and the wires between them. */
export function partOf(graph: Graph, nodeIds: ReadonlySet<string>): Fragment {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const nodes = graph.nodes.filter(
    (node) => nodeIds.has(node.id) || ancestors(byId, node).some(({ id }) => nodeIds.has(id)),
  );
  const taken = new Set(nodes.map(({ id }) => id));
  return {
    nodes: nodes.map((node) => {
      if (node.parentId === undefined || taken.has(node.parentId)) return node;
      // Its group stays behind, so its place is told from the canvas.
      const { parentId: _, ...rest } = node;
      return { ...rest, position: { ...node.position, ...absolutePosition(byId, node) } };
    }),
    edges: graph.edges.filter(({ source, target }) => taken.has(source) && taken.has(target)),
  };
}

/** @param id a fresh uuid. */
export function fragmentText({ nodes, edges }: Fragment, id: string): string {
  return serialise({ ...emptyGraph(id, "Copied nodes"), nodes: [...nodes], edges: [...edges] });
}

export type ReadFragment =
  | { readonly ok: true; readonly fragment: Fragment }
  | { readonly ok: false; readonly reason: OpenFailure };

export function readFragment(text: string): ReadFragment {
  const opened = parseGraph(text);
  return opened.ok ? { ok: true, fragment: opened.graph } : { ok: false, reason: opened.reason };
}

/** The same nodes and inner wires under new ids: of the nodes as given, of the wires as made by `newId`. */
export function renewed(
  { nodes, edges }: Fragment,
  ids: ReadonlyMap<string, string>,
  newId: () => string,
): Fragment {
  return {
    nodes: nodes.map((node) => {
      const { parentId, ...rest } = { ...node, id: ids.get(node.id) ?? node.id };
      const parent = parentId === undefined ? undefined : ids.get(parentId);
      return parent === undefined ? rest : { ...rest, parentId: parent };
    }),
    edges: edges.flatMap((edge) => {
      const [source, target] = [ids.get(edge.source), ids.get(edge.target)];
      return source && target ? [{ ...edge, id: newId(), source, target }] : [];
    }),
  };
}
