import { type GraphIndex, reach } from "../describe/graph-index.ts";
import { tablesNamedBy } from "../lists/item-origins.ts";

/**
 * Which part of a graph a run takes. `to`: the nodes and all they need. `from`: the nodes, all that depends on them,
 * and what those need. `only`: the nodes and what they need, nothing after them. A group stands for its children.
 */
export type RunSelection =
  | { readonly kind: "all" }
  | { readonly kind: "to"; readonly nodeIds: readonly string[] }
  | { readonly kind: "from"; readonly nodeIds: readonly string[] }
  | { readonly kind: "only"; readonly nodeIds: readonly string[] };

/** The ids a run takes: nodes that run, and nodes of unknown type, since nobody can say that they do not. */
export function selectNodes(index: GraphIndex, selection: RunSelection): ReadonlySet<string> {
  const runs = (nodeId: string) => index.describe(nodeId)?.runs ?? true;
  if (selection.kind === "all") return new Set([...index.nodes.keys()].filter(runs));
  // A text that names a column needs its table as a wire from there would.
  const tablesOf = tablesNamedBy(index);
  const namedBy = new Map<string, string[]>();
  for (const nodeId of index.nodes.keys())
    for (const table of tablesOf(nodeId)) {
      const namers = namedBy.get(table);
      if (namers) namers.push(nodeId);
      else namedBy.set(table, [nodeId]);
    }
  const upstream = (nodeId: string) => [
    ...index
      .incoming(nodeId)
      .map((edge) => edge.source)
      .filter((source) => index.nodes.has(source)),
    ...tablesOf(nodeId),
  ];
  const downstream = (nodeId: string) => [
    ...index
      .outgoing(nodeId)
      .map((edge) => edge.target)
      .filter((target) => index.nodes.has(target)),
    ...(namedBy.get(nodeId) ?? []),
  ];
  const children = new Map<string, string[]>();
  for (const { id, parentId } of index.graph.nodes) {
    const siblings = parentId === undefined ? [] : children.get(parentId);
    if (siblings) siblings.push(id);
    else if (parentId !== undefined) children.set(parentId, [id]);
  }
  const chosen = reach(
    selection.nodeIds.filter((nodeId) => index.nodes.has(nodeId)),
    (nodeId) => (index.describe(nodeId)?.runs === false ? (children.get(nodeId) ?? []) : []),
  );
  const started = selection.kind === "from" ? reach(chosen, downstream) : chosen;
  return new Set([...reach(started, upstream)].filter(runs));
}
