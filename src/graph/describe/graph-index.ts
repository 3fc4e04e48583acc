import { createHeap } from "../../base/heap.ts";
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

/**
 * The nodes of a part of the graph, each after those it gets something from; of those that could come next, the
 * earliest in the document does. Leaves out what is in a circle or behind one.
 */
export function topologicalOrder(
  index: GraphIndex,
  selected: ReadonlySet<string> = new Set(index.nodes.keys()),
): string[] {
  const waitsFor = new Map<string, number>();
  for (const nodeId of selected)
    waitsFor.set(nodeId, index.incoming(nodeId).filter((edge) => selected.has(edge.source)).length);
  const ready = createHeap<number>((place) => place);
  const order: string[] = [];
  for (const [nodeId, count] of waitsFor) if (count === 0) ready.push(index.place.get(nodeId) ?? 0);
  for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
    const nodeId = index.graph.nodes[place]?.id ?? "";
    order.push(nodeId);
    for (const { target } of index.outgoing(nodeId)) {
      const left = (waitsFor.get(target) ?? 0) - 1;
      if (!waitsFor.has(target)) continue;
      waitsFor.set(target, left);
      if (left === 0) ready.push(index.place.get(target) ?? 0);
    }
  }
  return order;
}
