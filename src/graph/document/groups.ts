import type { GraphNode } from "./schema.ts";

/** The groups a node is in, nearest first. Ends at a missing one and at a circle. */
export function ancestors(nodes: ReadonlyMap<string, GraphNode>, node: GraphNode): readonly GraphNode[] {
  const found: GraphNode[] = [];
  let parent = node.parentId === undefined ? undefined : nodes.get(node.parentId);
  while (parent && parent !== node && !found.includes(parent)) {
    found.push(parent);
    parent = parent.parentId === undefined ? undefined : nodes.get(parent.parentId);
  }
  return found;
}

/** React Flow needs groups before what they hold. Moves only what has to move. */
export function parentsFirst(nodes: GraphNode[]): GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<string>();
  const ordered: GraphNode[] = [];
  const place = (node: GraphNode) => {
    if (placed.has(node.id)) return;
    placed.add(node.id);
    ordered.push(node);
  };
  for (const node of nodes) {
    for (const group of [...ancestors(byId, node)].reverse()) place(group);
    place(node);
  }
  return ordered.length === nodes.length && ordered.every((node, index) => node === nodes[index])
    ? nodes
    : ordered;
}
