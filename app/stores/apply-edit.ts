import { ancestors, parentsFirst } from "../../src/graph/document/groups.ts";
import type { Graph, GraphNode } from "../../src/graph/document/schema.ts";
import type { GraphEdit } from "./graph-edit.ts";

/**
 * The document after one edit. Pure; what an edit does not name stays as it is, unknown keys included. An edit that
 * changes nothing gives back the same object, so it makes no undo step.
 */
export function applyEdit(graph: Graph, edit: GraphEdit): Graph {
  const changed = apply(graph, edit);
  if (changed.nodes === graph.nodes) return changed;
  const nodes = parentsFirst(changed.nodes);
  return nodes === changed.nodes ? changed : { ...changed, nodes };
}

function apply(graph: Graph, edit: GraphEdit): Graph {
  switch (edit.type) {
    case "add": {
      const nodeIds = new Set(graph.nodes.map(({ id }) => id));
      const edgeIds = new Set(graph.edges.map(({ id }) => id));
      const nodes = edit.nodes.filter(({ id }) => !nodeIds.has(id));
      const edges = edit.edges.filter(({ id }) => !edgeIds.has(id));
      if (nodes.length + edges.length === 0) return graph;
      return {
        ...graph,
        nodes: nodes.length > 0 ? [...graph.nodes, ...nodes] : graph.nodes,
        edges: edges.length > 0 ? [...graph.edges, ...edges] : graph.edges,
      };
    }
    case "remove":
      return remove(graph, new Set(edit.nodeIds), new Set(edit.edgeIds));
    case "move": {
      const places = new Map(edit.positions.map((place) => [place.id, place]));
      return updateNodes(graph, (node) => {
        const place = places.get(node.id);
        return place ? movedTo(node, place.x, place.y) : node;
      });
    }
    case "resize":
      return resize(graph, edit);
    case "connect": {
      const ends = [edit.edge.source, edit.edge.target];
      if (!ends.every((end) => graph.nodes.some(({ id }) => id === end))) return graph;
      const replaced = new Set(edit.replaces);
      const edges = graph.edges.filter(({ id }) => !replaced.has(id) && id !== edit.edge.id);
      return { ...graph, edges: [...edges, edit.edge] };
    }
    case "params":
      return updateNodes(graph, (node) => {
        if (node.id !== edit.id || node.data.params === edit.params) return node;
        if (edit.was && JSON.stringify(node.data.params) !== JSON.stringify(edit.was)) return node;
        return { ...node, data: { ...node.data, params: { ...edit.params } } };
      });
    case "title":
      return updateNodes(graph, (node) => {
        if (node.id !== edit.id || node.data.title === edit.title) return node;
        const { title: _, ...data } = node.data;
        return { ...node, data: edit.title === undefined ? data : { ...data, title: edit.title } };
      });
    case "data":
      return updateNodes(graph, (node) => {
        if (node.id !== edit.id) return node;
        const data = { ...node.data, ...edit.data };
        const kept = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
        if (JSON.stringify(kept) === JSON.stringify(node.data)) return node;
        return { ...node, data: { ...kept, params: node.data.params } };
      });
    case "parent":
      return setParent(graph, new Set(edit.ids), edit.parentId);
    case "rename-graph":
      return graph.name === edit.name ? graph : { ...graph, name: edit.name };
    default:
      return edit satisfies never;
  }
}

/** Where a node stands on the canvas: positions of nodes in a group are relative to it. */
export function absolutePosition(
  nodes: ReadonlyMap<string, GraphNode>,
  node: GraphNode,
): { readonly x: number; readonly y: number } {
  let { x, y } = node.position;
  for (const group of ancestors(nodes, node)) {
    x += group.position.x;
    y += group.position.y;
  }
  return { x, y };
}

function remove(graph: Graph, nodeIds: ReadonlySet<string>, edgeIds: ReadonlySet<string>): Graph {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const gone = new Set([...nodeIds].filter((id) => byId.has(id)));
  const edges = graph.edges.filter(
    ({ id, source, target }) => !edgeIds.has(id) && !gone.has(source) && !gone.has(target),
  );
  const nodes =
    gone.size === 0
      ? graph.nodes
      : graph.nodes
          .filter(({ id }) => !gone.has(id))
          // What stays of a removed group keeps its place on the canvas.
          .map((node) => {
            if (node.parentId === undefined || !gone.has(node.parentId)) return node;
            const heir = ancestors(byId, node).find(({ id }) => !gone.has(id));
            return adopted(byId, node, heir);
          });
  if (nodes === graph.nodes && edges.length === graph.edges.length) return graph;
  return { ...graph, nodes, edges };
}

/** What a frame holds keeps its place on the canvas: its own place is relative to the corner that moves. */
function resize(graph: Graph, edit: Extract<GraphEdit, { type: "resize" }>): Graph {
  const frame = graph.nodes.find(({ id }) => id === edit.id);
  if (!frame) return graph;
  const { x = frame.position.x, y = frame.position.y, width, height } = edit;
  const [dx, dy] = [x - frame.position.x, y - frame.position.y];
  return updateNodes(graph, (node) => {
    if (node.parentId === edit.id) return movedTo(node, node.position.x - dx, node.position.y - dy);
    if (node !== frame) return node;
    const placed = movedTo(node, x, y);
    if (placed.width === width && placed.height === height) return placed;
    return { ...placed, width, height };
  });
}

function setParent(graph: Graph, ids: ReadonlySet<string>, parentId: string | undefined): Graph {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const parent = parentId === undefined ? undefined : byId.get(parentId);
  if (parentId !== undefined && !parent) return graph;
  // A group cannot go into itself or into what it holds.
  const line = new Set(parent ? [parent.id, ...ancestors(byId, parent).map(({ id }) => id)] : []);
  return updateNodes(graph, (node) =>
    ids.has(node.id) && node.parentId !== parentId && !line.has(node.id) ? adopted(byId, node, parent) : node,
  );
}

/** The node under another parent, at the same place on the canvas. */
function adopted(
  nodes: ReadonlyMap<string, GraphNode>,
  node: GraphNode,
  parent: GraphNode | undefined,
): GraphNode {
  const place = absolutePosition(nodes, node);
  const origin = parent ? absolutePosition(nodes, parent) : { x: 0, y: 0 };
  const { parentId: _, ...rest } = movedTo(node, place.x - origin.x, place.y - origin.y);
  return parent ? { ...rest, parentId: parent.id } : rest;
}

function movedTo(node: GraphNode, x: number, y: number): GraphNode {
  return node.position.x === x && node.position.y === y
    ? node
    : { ...node, position: { ...node.position, x, y } };
}

function updateNodes(graph: Graph, update: (node: GraphNode) => GraphNode): Graph {
  let changed = false;
  const nodes = graph.nodes.map((node) => {
    const next = update(node);
    if (next !== node) changed = true;
    return next;
  });
  return changed ? { ...graph, nodes } : graph;
}
