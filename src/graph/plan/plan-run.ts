import { type RunSelection, selectNodes } from "../check/selection.ts";
import { validateIndexed } from "../check/validate.ts";
import { type DescribeNode, titleOf } from "../describe/describe.ts";
import { type GraphIndex, indexGraph, topologicalOrder } from "../describe/graph-index.ts";
import { outputTypes } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { Graph } from "../document/schema.ts";
import { isWhole } from "../lists/item-origins.ts";
import { itemsOf } from "../lists/items.ts";
import type { Relation } from "../lists/relations.ts";
import { columnsNamed } from "../lists/templates.ts";
import { expandPlan } from "./expand-plan.ts";
import type { OutlinedItems } from "./outline.ts";
import type { Plan } from "./plan.ts";
import type { PlannedInput, PlannedNode, PlanOutline } from "./plan-outline.ts";

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * What a run of this part of the graph will do. Steps stand in topological order; where several could come next,
 * the one earlier in the document does. Only errors of nodes in the run stop it. Linear in nodes and wires, but for
 * the order's heap.
 */
export function planRun(graph: Graph, describe: DescribeNode, selection: RunSelection): PlanResult {
  return validateAndPlan(graph, describe, selection).planned;
}

/** As `planRun`, with all that is wrong with the graph: it is indexed and validated once. */
export function validateAndPlan(
  graph: Graph,
  describe: DescribeNode,
  selection: RunSelection,
): {
  readonly planned: PlanResult;
  /** Nodes of the run. */
  readonly selected: ReadonlySet<string>;
  readonly problems: readonly Problem[];
} {
  const index = indexGraph(graph, describe);
  const selected = selectNodes(index, selection);
  const problems = validateIndexed(index, selected);
  return { planned: planOf(index, selected, selection, problems), selected, problems };
}

function planOf(
  index: GraphIndex,
  selected: ReadonlySet<string>,
  selection: RunSelection,
  found: readonly Problem[],
): PlanResult {
  const { id, name } = index.graph;
  const problems = found.filter(
    ({ severity, nodeId, nodeIds }) =>
      severity === "error" &&
      (nodeIds ?? (nodeId === undefined ? [] : [nodeId])).some((id) => selected.has(id)),
  );
  if (problems.length > 0) return { ok: false, problems };
  if (selected.size === 0) return { ok: false, problems: [nothingToRun(selection)] };
  return { ok: true, plan: expandPlan(id, name, outlineOf(index, selected)) };
}

/** @param selected nodes without a problem. */
function outlineOf(index: GraphIndex, selected: ReadonlySet<string>): PlanOutline {
  const { tables, relations, of } = itemsOf(index);
  const typeOf = outputTypes(index);
  const items: OutlinedItems[] = [];
  const places = new Map<Relation, number>();
  const placeOf = (relation: Relation): number => {
    const known = places.get(relation);
    if (known !== undefined) return known;
    const isProduct = relation.count === relations.productCount(relation.tables.map(relations.whole));
    items.push({ tables: relation.tables, ...(isProduct ? {} : { rows: Array.from(relation.rows) }) });
    places.set(relation, items.length - 1);
    return items.length - 1;
  };
  const nodes = topologicalOrder(index, selected).flatMap((nodeId): PlannedNode[] => {
    const node = index.nodes.get(nodeId);
    const description = index.describe(nodeId);
    const mapped = of(nodeId);
    if (!node || !description || !mapped) return [];
    const { relation, templated, columns } = mapped;
    const { variations = 1, reuse, takes } = node.data;
    const keyed = description.namesItems.filter(
      (param) => columnsNamed(description.params, [param]).length === 0,
    );
    return [
      {
        nodeId,
        type: node.type,
        title: titleOf(node, description),
        ...(relation.tables.length > 0 ? { items: placeOf(relation) } : {}),
        ...(variations > 1 && description.varies ? { variations } : {}),
        ...(reuse ? { reuse } : {}),
        ...(takes ? { takes } : {}),
        // The rows are kept once, with the plan.
        params: description.table ? {} : description.params,
        templated,
        columns: [...columns],
        ...(keyed.length > 0 && relation.tables.length > 0 ? { keyed } : {}),
        inputs: inputsOf(index, nodeId, relation),
        // The shape of what comes out matters to checks alone.
        outputs: description.ports.outputs.map(({ ratio: _ratio, ratioOf: _ratioOf, ...port }) => ({
          ...port,
          type: typeOf(nodeId, port.id),
        })),
      },
    ];
  });
  const used = new Set([
    ...items.flatMap((each) => each.tables),
    ...nodes.flatMap(({ inputs }) => inputs.map(({ fromNode }) => fromNode)),
  ]);
  return {
    // Only rows that some step reads or is named after: a table on its own adds nothing to a run.
    tables: [...tables].flatMap(([nodeId, { columns, rows }]) =>
      used.has(nodeId) ? [{ nodeId, columns, rows }] : [],
    ),
    items,
    nodes,
  };
}

function inputsOf(index: GraphIndex, nodeId: string, relation: Relation): PlannedInput[] {
  const { tables, broughtBy } = itemsOf(index);
  const wires = index.incoming(nodeId);
  const { holes = "fail" } = index.nodes.get(nodeId)?.data.items ?? {};
  return (index.describe(nodeId)?.ports.inputs ?? []).flatMap((port) =>
    wires
      .filter((edge) => edge.targetHandle === port.id)
      .map((edge): PlannedInput => {
        const brought = broughtBy(edge)?.tables ?? [];
        const isGathered = isWhole(port) && brought.some((table) => !relation.tables.includes(table));
        return {
          portId: port.id,
          fromNode: edge.source,
          fromPort: edge.sourceHandle,
          // A cell is always there; an item that a step makes may not be.
          ...(isGathered && !tables.has(edge.source) ? { hole: holes } : {}),
        };
      }),
  );
}

function nothingToRun(selection: RunSelection): Problem {
  return {
    code: "nothing-to-run",
    severity: "error",
    message:
      selection.kind === "all"
        ? "There is nothing to run in this graph."
        : "There is nothing to run in this selection.",
    remedy: "Add a node that makes something, for example Generate image.",
  };
}
