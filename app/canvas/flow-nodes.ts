import { type DescribeNode, titleOf } from "../../src/graph/describe/describe.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import type { Shifts } from "../stores/settle.ts";
import { t } from "../words/words.ts";
import type { FlowEdge, FlowNode } from "./flow-types.ts";

/**
 * The document as React Flow wants it. What did not change keeps its object, so its card sleeps; measurements are
 * React Flow's own and are carried over.
 *
 * @param shifts how far nodes are shown from their places in the document.
 */
export function toFlowNodes(
  graph: Graph,
  selected: ReadonlySet<string>,
  before: readonly FlowNode[],
  shifts: Shifts,
): FlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const groups = new Set(graph.nodes.map(({ id }) => id));
  return graph.nodes.map((node) => {
    const kept = old.get(node.id);
    const isSelected = selected.has(node.id);
    const shift = shifts.get(node.id);
    const shown = shift?.dy ? { ...node.position, y: node.position.y + shift.dy } : node.position;
    // What hangs at the pointer stays there until it is let go.
    const isHeld = kept?.dragging || kept?.resizing;
    const { width, height } = shift?.size ?? node;
    const isPlaced =
      kept?.position.x === shown.x &&
      kept.position.y === shown.y &&
      (shapeOf(node.type) !== "frame" || (kept.width === width && kept.height === height));
    if (kept?.data.node === node && kept.selected === isSelected && (isHeld || isPlaced)) return kept;
    const type = shapeOf(node.type);
    const parentId = node.parentId !== undefined && groups.has(node.parentId) ? node.parentId : undefined;
    return {
      id: node.id,
      type,
      position: isHeld ? kept.position : shown,
      dragging: kept?.dragging ?? false,
      resizing: kept?.resizing ?? false,
      data: kept?.data.node === node ? kept.data : { node },
      selected: isSelected,
      ...(parentId === undefined ? {} : { parentId }),
      // A card is as tall as what it shows; only frames and notes have a size of their own.
      ...(type === "card" || !width || !height ? {} : { width, height }),
      ...(kept?.measured ? { measured: kept.measured } : {}),
      // Frames lie behind everything; what is selected comes to the front of what overlaps it.
      zIndex: type === "frame" ? -1 : isSelected ? 2 : 0,
    };
  });
}

/** @param describe tells the titles by which a wire is announced. */
export function toFlowEdges(
  graph: Graph,
  selected: ReadonlySet<string>,
  before: readonly FlowEdge[],
  describe: DescribeNode,
): FlowEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const title = (id: string) => {
    const node = nodes.get(id);
    return node ? titleOf(node, describe(node)) : id;
  };
  return graph.edges
    .filter(({ source, target }) => nodes.has(source) && nodes.has(target))
    .map(({ id, source, sourceHandle, target, targetHandle }) => {
      const kept = old.get(id);
      const isSelected = selected.has(id);
      const ariaLabel = t("canvas.wireFromTo", { from: title(source), to: title(target) });
      const same =
        kept?.ariaLabel === ariaLabel &&
        kept.source === source &&
        kept.target === target &&
        kept.sourceHandle === sourceHandle &&
        kept.targetHandle === targetHandle &&
        kept.selected === isSelected;
      if (same) return kept;
      return {
        id,
        type: "wire",
        ...{ source, sourceHandle, target, targetHandle },
        selected: isSelected,
        ariaLabel,
      };
    });
}
