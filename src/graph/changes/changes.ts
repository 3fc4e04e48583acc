import { ancestors, parentsFirst } from "../document/groups.ts";
import type { Graph, GraphEdge, GraphNode } from "../document/schema.ts";
import { applied, type Delta, difference, isSame } from "./delta.ts";

/** What became of a graph, and the places where somebody else's change stood in the way; those are as they were. */
export type Changed = { readonly graph: Graph; readonly conflicts: readonly string[] };

/** What differs in two states of a graph, but for its id and where a person looks. `undefined` where nothing does. */
export function changesOf(from: Graph, to: Graph): Delta | undefined {
  return difference(contentOf(from), contentOf(to));
}

/** Whether two graphs are the same work: id and viewport do not count. */
export function isSameContent(a: Graph, b: Graph): boolean {
  return isSame(contentOf(a), contentOf(b));
}

/** A graph after changes. The id and the viewport of `onto` stay, and what does not change keeps its object. */
export function withChanges(changes: Delta, onto: Graph): Changed {
  const conflicts: string[] = [];
  const content = applied(changes, contentOf(onto), conflicts);
  // A difference of two graphs, applied to a third one, changes only what both had: the shape stays a graph's.
  return { graph: { ...(content as Graph), id: onto.id, viewport: onto.viewport }, conflicts };
}

/**
 * As `withChanges`, where somebody else may have changed `onto` since: a group or the end of a new wire that one hand
 * has removed is not left out from under the other's.
 */
export function rebased(changes: Delta, onto: Graph): Changed {
  const { graph, conflicts } = withChanges(changes, onto);
  const [whole, broken] = withEnds(graph, onto);
  const nodes = parentsFirst(whole.nodes);
  if (hasCircle(nodes)) return { graph: onto, conflicts: [...conflicts, "nodes"] };
  return {
    graph: nodes === whole.nodes ? whole : { ...whole, nodes },
    conflicts: [...conflicts, ...broken],
  };
}

/** Brings back what a wire or a member of `onto` still needs, and leaves out new wires whose end is gone. */
function withEnds(graph: Graph, onto: Graph): readonly [Graph, readonly string[]] {
  const there = new Set(graph.nodes.map(({ id }) => id));
  const before = new Set(onto.edges.map(({ id }) => id));
  const conflicts: string[] = [];
  const needed = new Set<string>();
  const need = (id: string) => {
    if (!there.has(id)) needed.add(id);
  };
  const edges = graph.edges.filter((edge) => {
    const { id, source, target } = edge;
    const isNew = !before.has(id);
    if (isNew && !(there.has(source) && there.has(target))) {
      conflicts.push(`edges.${id}`);
      return false;
    }
    need(source);
    need(target);
    return true;
  });
  for (const { parentId } of graph.nodes) if (parentId !== undefined) need(parentId);
  const back = withParents(onto, needed, there);
  if (back.length + conflicts.length === 0) return [graph, []];
  return [
    {
      ...graph,
      nodes: back.length === 0 ? graph.nodes : [...graph.nodes, ...back],
      edges: edges.length === graph.edges.length ? graph.edges : edges,
    },
    [...conflicts, ...back.map(({ id }) => `nodes.${id}`)],
  ];
}

/** The needed nodes as they were, each with the groups it was in. */
function withParents(
  onto: Graph,
  needed: ReadonlySet<string>,
  there: ReadonlySet<string>,
): readonly GraphNode[] {
  if (needed.size === 0) return [];
  const byId = new Map(onto.nodes.map((node) => [node.id, node]));
  const back = new Set<GraphNode>();
  for (const id of needed) {
    const node = byId.get(id);
    if (!node) continue;
    for (const each of [node, ...ancestors(byId, node)]) if (!there.has(each.id)) back.add(each);
  }
  return [...back];
}

function hasCircle(nodes: readonly GraphNode[]): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.some((node) => {
    const line = ancestors(byId, node);
    const top = line.at(-1) ?? node;
    const next = top.parentId === undefined ? undefined : byId.get(top.parentId);
    return next !== undefined && (next === node || line.includes(next));
  });
}

function contentOf(graph: Graph): Omit<Graph, "id" | "viewport"> & { readonly edges: readonly GraphEdge[] } {
  const { id: _id, viewport: _viewport, ...content } = graph;
  return content;
}
