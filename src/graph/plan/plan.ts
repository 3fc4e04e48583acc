import { createHeap } from "../../base/heap.ts";
import { type RunSelection, selectNodes } from "../check/selection.ts";
import { validateIndexed } from "../check/validate.ts";
import { type DescribeNode, titleOf } from "../describe/describe.ts";
import { type GraphIndex, indexGraph } from "../describe/graph-index.ts";
import type { OutputPort, PortType } from "../describe/ports.ts";
import type { Table } from "../describe/table.ts";
import { outputTypes } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { Graph } from "../document/schema.ts";
import { isWhole } from "../lists/item-origins.ts";
import { itemsOf } from "../lists/items.ts";
import type { Relation } from "../lists/relations.ts";
import { columnsNamed } from "../lists/templates.ts";
import { expandPlan } from "./expand-plan.ts";
import type { OutlinedItems, PlannedInput, PlannedNode, PlanOutline } from "./plan-outline.ts";
import type { StepId } from "./step-id.ts";

export type { StepId } from "./step-id.ts";

/** What a run will do: the validated part of the graph, in topological order. */
export type Plan = {
  readonly graphId: string;
  readonly graphName: string;
  readonly steps: readonly PlannedStep[];
  /** The rows of each table as they were when the run was planned, by the table's node id. */
  readonly tables?: ReadonlyMap<string, Table>;
  /** What the steps follow from; the form in which a plan is kept. */
  readonly outline?: PlanOutline;
};

export type PlannedStep = {
  readonly stepId: StepId;
  readonly nodeId: string;
  /** Segments of (source node, row key); empty for a step that maps over no list. */
  readonly itemPath: readonly string[];
  readonly type: string;
  readonly title: string;
  /** Parsed by the node's definition: defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  /** In port order, then wire order. */
  readonly inputs: readonly StepInput[];
  /** `locked`: the chosen take, or the one it had last, whatever changes before it. `never`: always a new one. */
  readonly reuse?: "locked" | "never";
  /** The take that a person chose to flow on. */
  readonly take?: string;
  readonly outputs: readonly (Omit<OutputPort, "type"> & { readonly type: PortType })[];
};

export type StepInput = {
  readonly portId: string;
  readonly fromStep: StepId;
  readonly fromPort: string;
  /** Where `fromStep` is a table: the key of the row whose cell comes in. */
  readonly row?: string;
  /** Set on an item of a list that its port takes as a whole: what it means for the step if that item is missing. */
  readonly hole?: "fail" | "use-rest";
};

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * What a run of this part of the graph will do. Steps stand in topological order; where several could come next,
 * the one earlier in the document does. Only errors of nodes in the run stop it. Linear in nodes and wires, but for
 * the order's heap.
 */
export function planRun(graph: Graph, describe: DescribeNode, selection: RunSelection): PlanResult {
  const index = indexGraph(graph, describe);
  const selected = selectNodes(index, selection);
  const problems = validateIndexed(index, selected).filter(
    ({ severity, nodeId, nodeIds }) =>
      severity === "error" &&
      (nodeIds ?? (nodeId === undefined ? [] : [nodeId])).some((id) => selected.has(id)),
  );
  if (problems.length > 0) return { ok: false, problems };
  if (selected.size === 0) return { ok: false, problems: [nothingToRun(selection)] };
  return { ok: true, plan: expandPlan(graph.id, graph.name, outlineOf(index, selected)) };
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

/** Kahn's algorithm over a heap of document places: of all nodes that could come next, the earliest does. */
function topologicalOrder(index: GraphIndex, selected: ReadonlySet<string>): string[] {
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
