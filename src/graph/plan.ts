import { type DescribeNode, titleOf } from "./describe.ts";
import { type GraphIndex, indexGraph } from "./graph-index.ts";
import type { OutputPort, PortType } from "./ports.ts";
import type { Problem } from "./problems.ts";
import type { Graph } from "./schema.ts";
import { type RunSelection, selectNodes } from "./selection.ts";
import type { Table } from "./table.ts";
import { validateIndexed } from "./validate.ts";
import { outputTypes } from "./wires.ts";

/** What a run will do: the validated part of the graph, in topological order. */
export type Plan = {
  readonly graphId: string;
  readonly graphName: string;
  readonly steps: readonly PlannedStep[];
  /** The rows of each table as they were when the run was planned, by the table's node id. */
  readonly tables?: Readonly<Record<string, Table>>;
};

/** One node × one item path. Never used as a node id. */
export type StepId = string & { readonly brand: "StepId" };

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
  readonly outputs: readonly (Omit<OutputPort, "type"> & { readonly type: PortType })[];
};

export type StepInput = {
  readonly portId: string;
  readonly fromStep: StepId;
  readonly fromPort: string;
  /** Where `fromStep` is a table: the key of the row whose cell comes in. */
  readonly row?: string;
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
  const typeOf = outputTypes(index);
  const steps = topologicalOrder(index, selected).map((nodeId) => planStep(index, nodeId, typeOf));
  return {
    ok: true,
    plan: { graphId: graph.id, graphName: graph.name, steps: steps.filter((step) => !!step) },
  };
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

function planStep(
  index: GraphIndex,
  nodeId: string,
  typeOf: (nodeId: string, portId: string) => PortType,
): PlannedStep | undefined {
  const node = index.nodes.get(nodeId);
  const description = index.describe(nodeId);
  if (!node || !description) return undefined;
  const wires = index.incoming(nodeId);
  return {
    stepId: formatStepId(nodeId, []),
    nodeId,
    itemPath: [],
    type: node.type,
    title: titleOf(node, description),
    params: description.params,
    inputs: description.ports.inputs.flatMap((port) =>
      wires
        .filter((edge) => edge.targetHandle === port.id)
        .map((edge) => ({
          portId: port.id,
          fromStep: formatStepId(edge.source, []),
          fromPort: edge.sourceHandle,
        })),
    ),
    outputs: description.ports.outputs.map((port) => ({ ...port, type: typeOf(nodeId, port.id) })),
  };
}

/** Kahn's algorithm over a heap of document places: of all nodes that could come next, the earliest does. */
function topologicalOrder(index: GraphIndex, selected: ReadonlySet<string>): string[] {
  const waitsFor = new Map<string, number>();
  for (const nodeId of selected)
    waitsFor.set(nodeId, index.incoming(nodeId).filter((edge) => selected.has(edge.source)).length);
  const ready = minHeap();
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

function minHeap(): { push(value: number): void; pop(): number | undefined } {
  const heap: number[] = [];
  const at = (index: number) => heap[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  return {
    push(value) {
      heap.push(value);
      for (let index = heap.length - 1; index > 0; ) {
        const parent = (index - 1) >> 1;
        if (at(parent) <= at(index)) return;
        swap(index, parent);
        index = parent;
      }
    },
    pop() {
      const least = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return least;
      heap[0] = last;
      for (let index = 0; ; ) {
        const left = 2 * index + 1;
        const child = at(left + 1) < at(left) ? left + 1 : left;
        if (at(child) >= at(index)) return least;
        swap(index, child);
        index = child;
      }
    },
  };
}

/** Node id and item path in one string: parts joined by `/`, with `%` and `/` inside a part written as `%25`, `%2F`. */
export function formatStepId(nodeId: string, itemPath: readonly string[]): StepId {
  const parts = [nodeId, ...itemPath].map((part) => part.replaceAll("%", "%25").replaceAll("/", "%2F"));
  return parts.join("/") as StepId; // the one place that makes the brand
}

export function parseStepId(stepId: StepId): {
  readonly nodeId: string;
  readonly itemPath: readonly string[];
} {
  const [nodeId = "", ...itemPath] = stepId
    .split("/")
    .map((part) => part.replaceAll("%2F", "/").replaceAll("%25", "%"));
  return { nodeId, itemPath };
}
