import type { Graph, GraphEdge, GraphNode } from "../document/schema.ts";
import type { DescribeNode, NodeDescription } from "./describe.ts";

/** A graph with what the other files of this room look up again and again. Built in one pass, never changed. */
export type GraphIndex = {
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Position in the document; breaks ties everywhere. */
  readonly place: ReadonlyMap<string, number>;
  /** `undefined` for an unknown type and for an unknown id. Each node is described once. */
  describe(nodeId: string): NodeDescription | undefined;
  /** Wires at a node's inputs, in wire order: `data.order`, then document order. */
  incoming(nodeId: string): readonly GraphEdge[];
  outgoing(nodeId: string): readonly GraphEdge[];
};

const none: readonly GraphEdge[] = [];

export function indexGraph(graph: Graph, describe: DescribeNode): GraphIndex {
  const nodes = new Map<string, GraphNode>();
  const place = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    if (nodes.has(node.id)) return;
    nodes.set(node.id, node);
    place.set(node.id, index);
  });
  const incoming = new Map<string, GraphEdge[]>();
  const outgoing = new Map<string, GraphEdge[]>();
  const put = (map: Map<string, GraphEdge[]>, key: string, edge: GraphEdge) => {
    const list = map.get(key);
    if (list) list.push(edge);
    else map.set(key, [edge]);
  };
  for (const edge of graph.edges) {
    put(incoming, edge.target, edge);
    put(outgoing, edge.source, edge);
  }
  // Array sort is stable, so document order stays where `order` is equal or missing.
  for (const edges of incoming.values()) edges.sort((a, b) => (a.data?.order ?? 0) - (b.data?.order ?? 0));
  const descriptions = new Map<string, NodeDescription | undefined>();
  return {
    graph,
    nodes,
    place,
    describe(nodeId) {
      if (!descriptions.has(nodeId)) {
        const node = nodes.get(nodeId);
        descriptions.set(nodeId, node && describe(node));
      }
      return descriptions.get(nodeId);
    },
    incoming: (nodeId) => incoming.get(nodeId) ?? none,
    outgoing: (nodeId) => outgoing.get(nodeId) ?? none,
  };
}

/** The nodes reached from `start` by following wires, `start` included. Not recursive. */
export function reach(start: Iterable<string>, next: (nodeId: string) => Iterable<string>): Set<string> {
  const reached = new Set(start);
  // A set iterates what is added to it on the way.
  for (const nodeId of reached) for (const neighbour of next(nodeId)) reached.add(neighbour);
  return reached;
}
