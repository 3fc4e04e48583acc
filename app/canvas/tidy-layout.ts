import type { ElkNode } from "elkjs/lib/elk-api.js";
import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphEdge, GraphNode } from "../../src/graph/document/schema.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import { absolutePosition } from "../stores/apply-edit.ts";
import type { GraphEdit } from "../stores/graph-edit.ts";
import { type Box, boxAround, boxesOf, frameAround, landing } from "../stores/placement.ts";
import type { Size } from "../stores/stage.ts";

/** What is tidied, as the layout takes it, and what becomes of the answer. Pure. */

export type TidyTask = {
  /** The nodes that are laid out beside each other; what groups hold goes along. */
  readonly roots: readonly GraphNode[];
  readonly nodes: readonly GraphNode[];
  readonly boxes: ReadonlyMap<string, Box>;
  /** Only a part of the graph: the rest keeps its place and is not covered. */
  readonly isPart: boolean;
  readonly question: ElkNode;
};

/**
 * Two or more selected nodes, or one selected group, are tidied alone; else the whole graph is. Notes stay where they
 * are: they belong to a place and not to a wire.
 *
 * @returns `undefined` where there is nothing to lay out.
 */
export function tidyTask(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  selected: ReadonlySet<string>,
  sizeOf: (node: GraphNode) => Size,
): TidyTask | undefined {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isTop = (node: GraphNode, among: ReadonlySet<string>) =>
    shapeOf(node.type) !== "note" &&
    among.has(node.id) &&
    !ancestors(byId, node).some(({ id }) => among.has(id));
  const chosen = nodes.filter((node) => isTop(node, selected));
  const isPart = chosen.length > 1 || (chosen[0] !== undefined && shapeOf(chosen[0].type) === "frame");
  const all = new Set(byId.keys());
  const roots = isPart ? chosen : nodes.filter((node) => isTop(node, all));

  const members = Map.groupBy(
    nodes.filter(({ type }) => shapeOf(type) !== "note"),
    ({ parentId }) => parentId,
  );
  const taken = new Set<string>();
  const asked = (node: GraphNode): ElkNode => {
    taken.add(node.id);
    const children = shapeOf(node.type) === "frame" ? (members.get(node.id) ?? []).map(asked) : [];
    return children.length > 0
      ? { id: node.id, children, layoutOptions: groupOptions }
      : { id: node.id, ...sizeOf(node) };
  };
  const children = roots.map(asked);
  if (taken.size < 2) return undefined;
  const wires = edges
    .filter(({ source, target }) => taken.has(source) && taken.has(target))
    .map(({ id, source, target }) => ({ id, sources: [source], targets: [target] }));
  const question = { id: "graph", layoutOptions: optionsFor(taken.size), children, edges: wires };
  return { roots, nodes, boxes: boxesOf(nodes, sizeOf), isPart, question };
}

/**
 * Where everything goes.
 *
 * @param isAsItWas whether a node has been left alone since the question was asked; the others are left as they are.
 */
export function tidyEdits(
  { roots, nodes: before, boxes, isPart }: TidyTask,
  answer: ElkNode,
  isAsItWas: (nodeId: string) => boolean,
): readonly GraphEdit[] {
  const placed = new Map((answer.children ?? []).map((each) => [each.id, each]));
  const laid = roots.flatMap(({ id }) => {
    const { x = 0, y = 0, width = 0, height = 0 } = placed.get(id) ?? {};
    return placed.has(id) ? [{ id, x, y, width, height }] : [];
  });
  if (laid.length === 0) return [];
  const block = boxAround(laid);
  const corner = boxAround(roots.flatMap(({ id }) => boxes.get(id) ?? []));
  const origin = isPart ? spotFor(before, boxes, roots, { ...corner, ...sizeOnly(block) }) : corner;

  const byId = new Map(before.map((node) => [node.id, node]));
  const positions: { readonly id: string; readonly x: number; readonly y: number }[] = [];
  const frames: GraphEdit[] = [];
  const follow = (each: ElkNode, x: number, y: number) => {
    if (isAsItWas(each.id)) positions.push({ id: each.id, x: Math.round(x), y: Math.round(y) });
    const { children = [], width, height } = each;
    for (const child of children) follow(child, child.x ?? 0, child.y ?? 0);
    if (children.length > 0 && width && height)
      frames.push({ type: "resize", id: each.id, width: Math.round(width), height: Math.round(height) });
  };
  for (const root of roots) {
    const each = placed.get(root.id);
    if (!each) continue;
    const parent = root.parentId === undefined ? undefined : byId.get(root.parentId);
    const from = parent ? absolutePosition(byId, parent) : { x: 0, y: 0 };
    follow(each, (each.x ?? 0) - block.x + origin.x - from.x, (each.y ?? 0) - block.y + origin.y - from.y);
  }
  const around = isPart ? framesAround(before, boxes, roots, { ...origin, ...sizeOnly(block) }) : [];
  return [{ type: "move", positions }, ...frames, ...around];
}

const sizeOnly = ({ width, height }: Box): Size => ({ width, height });

/** The group that all of them are in, if there is one. */
function sharedGroup(nodes: readonly GraphNode[], roots: readonly GraphNode[]): GraphNode | undefined {
  const [parentId, ...others] = new Set(roots.map((root) => root.parentId));
  return others.length === 0 ? nodes.find(({ id }) => id === parentId) : undefined;
}

/** A part takes more room than before; it goes where it covers none of the rest. */
function spotFor(
  nodes: readonly GraphNode[],
  boxes: ReadonlyMap<string, Box>,
  roots: readonly GraphNode[],
  wanted: Box,
) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const moving = new Set(roots.map(({ id }) => id));
  const around = new Set(roots.flatMap((root) => ancestors(byId, root)));
  const rest = nodes.filter(
    (node) =>
      !moving.has(node.id) && !around.has(node) && !ancestors(byId, node).some(({ id }) => moving.has(id)),
  );
  const group = sharedGroup(nodes, roots);
  return landing(group ? [group, ...rest] : rest, boxes, wanted, { group: group ?? "none" }).at;
}

/** The frames around a part grow where it has outgrown them. */
function framesAround(
  nodes: readonly GraphNode[],
  boxes: ReadonlyMap<string, Box>,
  roots: readonly GraphNode[],
  block: Box,
): readonly GraphEdit[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const group = sharedGroup(nodes, roots);
  const edits: GraphEdit[] = [];
  let inner = block;
  for (const each of group ? [group, ...ancestors(byId, group)] : []) {
    const frame = boxes.get(each.id);
    if (!frame) continue;
    const grown = frameAround(frame, [inner]);
    const { x, y } = each.position;
    edits.push({
      type: "resize",
      id: each.id,
      x: Math.round(x + grown.x - frame.x),
      y: Math.round(y + grown.y - frame.y),
      width: Math.round(grown.width),
      height: Math.round(grown.height),
    });
    inner = grown;
  }
  return edits;
}

const groupOptions = { "elk.padding": "[top=52,left=24,bottom=24,right=24]" };

/** The finest placement takes seconds for hundreds of nodes; a coarser one is a fraction of that and nearly as good. */
function optionsFor(count: number): Readonly<Record<string, string>> {
  return {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.spacing.nodeNode": "40",
    "elk.layered.spacing.nodeNodeBetweenLayers": "96",
    "elk.spacing.componentComponent": "80",
    ...(count <= FINE_UP_TO
      ? {
          "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
          "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
        }
      : { "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF", "elk.layered.thoroughness": "1" }),
  };
}

const FINE_UP_TO = 120;
