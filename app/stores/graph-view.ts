import { createStore, type StoreApi, useStore } from "zustand";
import { validate } from "../../src/graph/check/validate.ts";
import type { DescribeNode, NodeDescription } from "../../src/graph/describe/describe.ts";
import { type GraphIndex, indexGraph } from "../../src/graph/describe/graph-index.ts";
import type { InputPort, OutputPort, PortType } from "../../src/graph/describe/ports.ts";
import { outputTypes, wireFaults } from "../../src/graph/describe/wires.ts";
import type { Problem, ProblemCode } from "../../src/graph/document/problems.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { told } from "../words/words.ts";
import { graphStore } from "./graph.ts";
import { catalogueNow, serverStore } from "./server.ts";

/** What a card shows of a port. */
export type PortView = {
  readonly id: string;
  readonly label: string;
  readonly type: PortType;
  readonly list: boolean;
  readonly required: boolean;
  readonly wires: number;
  /** The param a wire here overrides. */
  readonly param?: string;
  /** Not a port of the node any more, or not yet: shown for the wires that still name it. */
  readonly missing?: true;
};

export type NodeView = {
  /** `undefined` for a type nobody knows. */
  readonly description: NodeDescription | undefined;
  readonly inputs: readonly PortView[];
  readonly outputs: readonly PortView[];
};

export type EdgeView = { readonly type: PortType; readonly fault?: string };

/** What follows from the document and the catalogue: ports, what flows, what is broken. Recomputed after each edit. */
export type GraphView = {
  readonly describe: DescribeNode;
  readonly index: GraphIndex | undefined;
  /** A view is replaced only when it changed, so a card sleeps while others are edited. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly edges: ReadonlyMap<string, EdgeView>;
  readonly problemsByNode: ReadonlyMap<string, readonly Problem[]>;
};

export const graphViewStore: StoreApi<GraphView> = createStore(() => ({
  describe: describeNode(catalogueNow()),
  index: undefined,
  nodes: new Map(),
  edges: new Map(),
  problemsByNode: new Map(),
}));

export function useNodeView(nodeId: string): NodeView | undefined {
  return useStore(graphViewStore, (state) => state.nodes.get(nodeId));
}

const noProblems: readonly Problem[] = [];

export function useNodeProblems(nodeId: string): readonly Problem[] {
  return useStore(graphViewStore, (state) => state.problemsByNode.get(nodeId) ?? noProblems);
}

export function useEdgeView(edgeId: string): EdgeView | undefined {
  return useStore(graphViewStore, (state) => state.edges.get(edgeId));
}

/** Long enough that typing does not validate at each key, short enough to feel at once. */
const VALIDATE_AFTER_MS = 150;

/** Keeps the view and the problems true while the canvas is there. Returns how to stop. */
export function followGraph(): () => void {
  let describe = graphViewStore.getState().describe;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The document that the problems on show are about. */
  let validated: Graph | undefined;

  const refreshView = () => {
    const { graph } = graphStore.getState();
    const index = graph && indexGraph(graph, describe);
    const before = graphViewStore.getState();
    graphViewStore.setState({
      describe,
      index,
      nodes: index ? keepEqual(before.nodes, nodeViews(index)) : new Map(),
      edges: index ? keepEqual(before.edges, edgeViews(index)) : new Map(),
    });
    clearTimeout(timer);
    timer = setTimeout(refreshProblems, VALIDATE_AFTER_MS);
  };
  const refreshProblems = () => {
    const { graph, problems, setProblems } = graphStore.getState();
    if (!graph) return;
    const found = validate(graph, describe);
    const fromStudio = problems.filter(
      (problem) => foundByStudio.has(problem.code) && unchanged(problem, validated, graph),
    );
    validated = graph;
    setProblems([...found, ...fromStudio]);
  };
  const refreshProblemMap = () => {
    const byNode = new Map<string, Problem[]>();
    for (const problem of graphStore.getState().problems)
      for (const nodeId of problem.nodeIds ?? (problem.nodeId === undefined ? [] : [problem.nodeId]))
        byNode.set(nodeId, [...(byNode.get(nodeId) ?? []), problem]);
    graphViewStore.setState({ problemsByNode: keepEqual(graphViewStore.getState().problemsByNode, byNode) });
  };

  const stopGraph = graphStore.subscribe((state, before) => {
    if (state.graph?.nodes !== before.graph?.nodes || state.graph?.edges !== before.graph?.edges)
      refreshView();
    if (state.problems !== before.problems) refreshProblemMap();
  });
  const stopCatalogue = serverStore.subscribe(({ catalogue }, before) => {
    if (catalogue === before.catalogue) return;
    describe = describeNode(catalogue);
    refreshView();
  });
  refreshView();
  return () => {
    clearTimeout(timer);
    stopGraph();
    stopCatalogue();
  };
}

/** What is merely not filled in yet: no reason to shout at a card that was just added. */
export function isUnset({ code }: Problem): boolean {
  return unset.has(code);
}

const unset: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "missing-input",
  "too-few-inputs",
  "missing-param",
  "file-not-chosen",
  "account-not-chosen",
]);

/** Problems that only the studio can find; the pure validator must not wipe them off. */
const foundByStudio: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  "file-missing",
  "file-unreadable",
  "file-incomplete",
  "file-too-large",
  "file-changed",
  "account-missing",
]);

/** Whether what the problem is about is as it was when the problem was found. */
function unchanged(problem: Problem, before: Graph | undefined, now: Graph): boolean {
  const paramsIn = (graph: Graph | undefined) =>
    graph?.nodes.find(({ id }) => id === problem.nodeId)?.data.params;
  const params = paramsIn(now);
  return params !== undefined && (before === undefined || paramsIn(before) === params);
}

function nodeViews(index: GraphIndex): Map<string, NodeView> {
  const typeOf = outputTypes(index);
  const views = new Map<string, NodeView>();
  for (const { id } of index.graph.nodes) {
    const description = index.describe(id);
    const wires = (handles: readonly string[]) => {
      const counts = new Map<string, number>();
      for (const handle of handles) counts.set(handle, (counts.get(handle) ?? 0) + 1);
      return counts;
    };
    const into = wires(index.incoming(id).map((edge) => edge.targetHandle));
    const outOf = wires(index.outgoing(id).map((edge) => edge.sourceHandle));
    const inputs = (description?.ports.inputs ?? []).map((port) => inputView(port, into.get(port.id) ?? 0));
    const outputs = (description?.ports.outputs ?? []).map((port) =>
      outputView(port, typeOf(id, port.id), outOf.get(port.id) ?? 0),
    );
    views.set(id, {
      description,
      inputs: [...inputs, ...wiredButUnknown(into, inputs, description)],
      outputs: [...outputs, ...wiredButUnknown(outOf, outputs, description)],
    });
  }
  return views;
}

function inputView(port: InputPort, wires: number): PortView {
  return {
    id: port.id,
    label: port.label,
    type: port.type,
    list: port.list !== undefined,
    required: port.required ?? false,
    wires,
    ...(port.param === undefined ? {} : { param: port.param }),
  };
}

function outputView(port: OutputPort, type: PortType, wires: number): PortView {
  return { id: port.id, label: port.label, type, list: port.list ?? false, required: false, wires };
}

/** Ports that only wires speak of: gone from a known node; of an unknown type nobody can say. */
function wiredButUnknown(
  wires: ReadonlyMap<string, number>,
  ports: readonly PortView[],
  description: NodeDescription | undefined,
): PortView[] {
  const known = new Set(ports.map(({ id }) => id));
  return [...wires]
    .filter(([id]) => !known.has(id))
    .map(([id, count]) => ({
      id,
      label: id,
      type: "media",
      list: false,
      required: false,
      wires: count,
      ...(description ? { missing: true as const } : {}),
    }));
}

function edgeViews(index: GraphIndex): Map<string, EdgeView> {
  const typeOf = outputTypes(index);
  const faults = new Map(wireFaults(index).map((fault) => [fault.edge.id, told(fault)]));
  return new Map(
    index.graph.edges.map((edge) => {
      const fault = faults.get(edge.id);
      const known = index.describe(edge.source) !== undefined;
      const type = known ? typeOf(edge.source, edge.sourceHandle) : "media";
      return [edge.id, { type, ...(fault === undefined ? {} : { fault }) }];
    }),
  );
}

/** The new map with the old objects where they say the same. */
function keepEqual<T>(before: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map(
    [...now].map(([id, value]) => {
      const old = before.get(id);
      return [id, old !== undefined && isEqual(old, value) ? old : value];
    }),
  );
}

/** Deep for the plain data of views; descriptions are kept per params object, so identity says enough of them. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    left.length === right.size &&
    left.every(([key, value]) =>
      key === "description" ? value === right.get(key) : right.has(key) && isEqual(value, right.get(key)),
    )
  );
}
