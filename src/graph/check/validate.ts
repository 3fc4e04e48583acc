import { counted } from "../../base/words.ts";
import { type DescribeNode, titleOf } from "../describe/describe.ts";
import { type GraphIndex, indexGraph } from "../describe/graph-index.ts";
import { nameOf, wireFaults } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { Graph, GraphNode } from "../document/schema.ts";
import { isWhole } from "../lists/item-origins.ts";
import { itemsOf } from "../lists/items.ts";
import { longTexts } from "./long-texts.ts";
import { unfitRatios } from "./ratios.ts";
import { type RunSelection, selectNodes } from "./selection.ts";

/**
 * Everything wrong with a graph that can be known without looking at files or accounts. Never throws.
 *
 * @param selection the run it is meant for; default all. A node of unknown type is an error inside it and a warning
 * outside; nothing else depends on it.
 */
export function validate(
  graph: Graph,
  describe: DescribeNode,
  selection: RunSelection = { kind: "all" },
): Problem[] {
  const index = indexGraph(graph, describe);
  return validateIndexed(index, selectNodes(index, selection));
}

export function validateIndexed(index: GraphIndex, selected: ReadonlySet<string>): Problem[] {
  const wires = wireProblems(index);
  const faulty = new Set(wires.map((problem) => problem.edgeId));
  return [
    ...duplicateIds(index),
    ...index.graph.nodes.flatMap((node) => nodeProblems(index, node, selected, faulty)),
    ...wires,
    ...itemsOf(index).problems,
    ...longTexts(index),
    ...unfitRatios(index),
    ...cycles(index),
  ];
}

function duplicateIds({ graph }: GraphIndex): Problem[] {
  const seen = new Set<string>();
  return graph.nodes.flatMap((node): Problem[] => {
    if (!seen.has(node.id)) {
      seen.add(node.id);
      return [];
    }
    return [
      {
        code: "duplicate-id",
        severity: "error",
        message: `Several nodes have the id “${node.id}”.`,
        remedy: "Delete one of them, or give it another id in the file.",
        nodeId: node.id,
      },
    ];
  });
}

function nodeProblems(
  index: GraphIndex,
  node: GraphNode,
  selected: ReadonlySet<string>,
  faulty: ReadonlySet<string | undefined>,
): Problem[] {
  const problems = parentProblems(index, node);
  const description = index.describe(node.id);
  if (!description)
    return [
      ...problems,
      {
        code: "unknown-node-type",
        severity: selected.has(node.id) ? "error" : "warning",
        message: `“${titleOf(node, undefined)}” is of the type “${node.type}”, which this Catwalk does not know.`,
        remedy: "Update Catwalk, or delete the node. Until then it is kept as it is.",
        nodeId: node.id,
      },
    ];
  const title = titleOf(node, description);
  const wired = new Map<string, number>();
  for (const edge of index.incoming(node.id))
    if (!faulty.has(edge.id)) wired.set(edge.targetHandle, (wired.get(edge.targetHandle) ?? 0) + 1);
  const overridden = new Set<string>();
  for (const port of description.ports.inputs) {
    const count = wired.get(port.id) ?? 0;
    if (count > 0 && port.param) overridden.add(port.param);
    const min = Math.max(port.list?.min ?? 0, port.required ? 1 : 0);
    // How many items a wire brings is another question, answered where lists are put together.
    if (count >= min || (count > 0 && isWhole(port) && bringsList(index, node.id, port.id))) continue;
    const where = { nodeId: node.id, portId: port.id, ...(port.param ? { param: port.param } : {}) };
    if (count === 0)
      problems.push({
        code: "missing-input",
        severity: "error",
        message: `“${title}” needs an input for ${port.label}.`,
        remedy: port.param
          ? `Write it on the card, or wire a node to ${port.label}.`
          : `Wire a node to ${port.label}.`,
        ...where,
      });
    else
      problems.push({
        code: "too-few-inputs",
        severity: "error",
        message: `${port.label} of “${title}” needs at least ${counted(min, "wire")}; it has ${count}.`,
        remedy: `Wire ${min - count} more to ${port.label}.`,
        ...where,
      });
  }
  // What a wire brings replaces what is written on the card, faults included.
  const { anyOf } = description.ports;
  if (anyOf?.[0] !== undefined && !anyOf.some((portId) => wired.has(portId)))
    problems.push({
      code: "missing-input",
      severity: "error",
      message: `“${title}” has no input.`,
      remedy: "Wire a node to one of its inputs.",
      nodeId: node.id,
      portId: anyOf[0],
    });
  for (const { code, severity = "error", message, remedy, param } of description.problems)
    if (!overridden.has(param)) problems.push({ code, severity, message, remedy, param, nodeId: node.id });
  return problems;
}

function bringsList(index: GraphIndex, nodeId: string, portId: string): boolean {
  const { broughtBy } = itemsOf(index);
  return index
    .incoming(nodeId)
    .some((edge) => edge.targetHandle === portId && broughtBy(edge)?.tables.length !== 0);
}

function parentProblems(index: GraphIndex, node: GraphNode): Problem[] {
  if (node.parentId === undefined) return [];
  const parent = index.place.get(node.parentId);
  const own = index.place.get(node.id) ?? 0;
  if (parent !== undefined && parent < own) return [];
  return [
    {
      code: "unknown-parent",
      severity: "warning",
      message:
        parent === undefined
          ? `${nameOf(index, node.id)} belongs to a group that is not in the graph.`
          : `${nameOf(index, node.id)} stands before its group in the file.`,
      remedy: "Move the node out of the group, or the group before it.",
      nodeId: node.id,
    },
  ];
}

function wireProblems(index: GraphIndex): Problem[] {
  return wireFaults(index).map(({ edge, code, message, remedy }) => ({
    code,
    // A wire into nothing holds no node up.
    severity: index.nodes.has(edge.target) ? "error" : "warning",
    message,
    remedy,
    edgeId: edge.id,
    ...(index.nodes.has(edge.target) ? { nodeId: edge.target, portId: edge.targetHandle } : {}),
  }));
}

/** One problem per circle, with every node in it. Tarjan's strongly connected components, without recursion. */
function cycles(index: GraphIndex): Problem[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const problems: Problem[] = [];
  for (const root of index.nodes.keys()) {
    if (order.has(root)) continue;
    const work = [{ id: root, next: 0 }];
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const { id } = frame;
      if (frame.next === 0 && !order.has(id)) {
        order.set(id, order.size);
        low.set(id, order.get(id) ?? 0);
        stack.push(id);
        onStack.add(id);
      }
      const target = index.outgoing(id)[frame.next++]?.target;
      if (target !== undefined) {
        if (!index.nodes.has(target)) continue;
        if (!order.has(target)) work.push({ id: target, next: 0 });
        else if (onStack.has(target)) low.set(id, Math.min(low.get(id) ?? 0, order.get(target) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low.set(parent.id, Math.min(low.get(parent.id) ?? 0, low.get(id) ?? 0));
      if (low.get(id) !== order.get(id)) continue;
      const members = stack.splice(stack.lastIndexOf(id));
      for (const member of members) onStack.delete(member);
      const circles = members.length > 1 || index.outgoing(id).some((edge) => edge.target === id);
      if (circles) problems.push(cycleProblem(index, members));
    }
  }
  return problems;
}

const NAMES_SHOWN = 6;

function cycleProblem(index: GraphIndex, members: readonly string[]): Problem {
  const nodeIds = [...members].sort((a, b) => (index.place.get(a) ?? 0) - (index.place.get(b) ?? 0));
  const names = nodeIds.slice(0, NAMES_SHOWN).map((id) => nameOf(index, id));
  const more = nodeIds.length > NAMES_SHOWN ? ` and ${nodeIds.length - NAMES_SHOWN} more` : "";
  return {
    code: "cycle",
    severity: "error",
    message:
      nodeIds.length === 1
        ? `${names[0]} is wired to itself.`
        : `These nodes wait for each other in a circle: ${names.join(", ")}${more}.`,
    remedy: "Remove one wire of the circle.",
    ...(nodeIds[0] === undefined ? {} : { nodeId: nodeIds[0] }),
    nodeIds,
  };
}
