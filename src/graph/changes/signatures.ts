import type { Graph, GraphNode } from "../document/schema.ts";

/**
 * What a result of each node depends on, as one short string per node: type, params and everything upstream. Place,
 * title and other nodes do not count. For telling "changed since", not for security.
 *
 * @param decides what of a node counts beside its type and wires. Default: its params.
 * @param fixed of nodes that sign like this whatever stands in them or comes before them.
 */
export function signatures(
  graph: Graph,
  decides: (node: GraphNode) => unknown = ({ data }) => data.params,
  fixed: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const incoming = new Map<string, Graph["edges"]>();
  for (const edge of graph.edges) {
    const wires = incoming.get(edge.target);
    if (wires) wires.push(edge);
    else incoming.set(edge.target, [edge]);
  }
  const known = new Map(fixed);
  /** Depth first without recursion; a circle signs as what is known of it so far. */
  for (const root of nodes.keys()) {
    const stack = [root];
    const open = new Set<string>();
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      const wires = incoming.get(id) ?? [];
      const waiting = wires.filter(
        ({ source }) => !known.has(source) && !open.has(source) && nodes.has(source),
      );
      if (!known.has(id) && !open.has(id) && waiting.length > 0) {
        open.add(id);
        stack.push(...waiting.map(({ source }) => source));
        continue;
      }
      stack.pop();
      if (known.has(id)) continue;
      const node = nodes.get(id);
      const inputs = wires
        .map(({ source, sourceHandle, targetHandle, data }) => [
          targetHandle,
          data?.order ?? 0,
          sourceHandle,
          known.get(source) ?? "",
        ])
        .sort();
      known.set(id, hash(JSON.stringify([node?.type, sortKeys(node && decides(node)), inputs])));
    }
  }
  return known;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sortKeys(child)]),
  );
}

/** 53 bits: two rounds of multiply and mix (cyrb53). */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
