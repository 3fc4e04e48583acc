import { isDeepStrictEqual } from "node:util";
import { signatures } from "../../graph/changes/signatures.ts";
import type { DescribeNode } from "../../graph/describe/describe.ts";
import { indexGraph, reach } from "../../graph/describe/graph-index.ts";
import { cellAtPort, type Table, type TableRow } from "../../graph/describe/table.ts";
import type { Graph, GraphNode } from "../../graph/document/schema.ts";
import type { Plan, PlannedStep, StepId, StepInput } from "../../graph/plan/plan.ts";
import { planRun } from "../../graph/plan/plan-run.ts";
import { isTable } from "../../nodes/definitions.ts";

/** What a step would be made of now that it was not made of before. */
export type StepChange = {
  /** Its own params, by name; none that a wire overrides. */
  readonly params: readonly string[];
  /** Its ports at which something else comes in, or the same made of something else. */
  readonly ports: readonly string[];
  /** Nothing makes it any more. */
  readonly isGone?: true;
};

export type MadeStep = {
  readonly stepId: StepId;
  readonly nodeId: string;
};

/**
 * Which steps of a run are of a graph that has changed since, and what of them. Row by row: another cell changes the
 * steps of its row alone. Places, titles and what does not reach a step change nothing.
 *
 * @param before as the run has it.
 * @param takeOf the take that a step of the run made or took.
 */
export function stepChanges(
  steps: readonly MadeStep[],
  before: Graph,
  now: Graph,
  describe: DescribeNode,
  takeOf: (stepId: StepId) => string | undefined,
): ReadonlyMap<StepId, StepChange> {
  const changes = new Map<StepId, StepChange>();
  const [signedBefore, signedNow] = [signatures(before, decisive), signatures(now, decisive)];
  const isSame = (nodeId: string) => signedBefore.get(nodeId) === signedNow.get(nodeId);
  if (before.nodes.every(({ id }) => isSame(id)) && now.nodes.every(({ id }) => isSame(id))) return changes;
  // A text that names a column gets its table's cells without a wire.
  const areTablesSame = [...before.nodes, ...now.nodes].every(({ id, type }) => !isTable(type) || isSame(id));
  for (const [nodeId, ofNode] of Map.groupBy(steps, (step) => step.nodeId)) {
    const stepIds = ofNode.map(({ stepId }) => stepId);
    const [old, latest] = [plannedPost(nodeId, before, describe), plannedPost(nodeId, now, describe)];
    if (!(old && latest) && isSame(nodeId) && areTablesSame) continue;
    // A graph with problems has no plan to look into; that something differs is known.
    const changeOf = old && latest ? comparison(stepIds, old, latest, takeOf) : roughly(nodeId, before, now);
    for (const stepId of stepIds) {
      const change = changeOf(stepId);
      if (change) changes.set(stepId, change);
    }
  }
  return changes;
}

/** Whatever of a node may decide what it gives. */
function decisive({ data }: GraphNode): unknown {
  const { params, items, variations, reuse, takes } = data;
  return [params, items, variations, reuse, takes];
}

type PlannedPost = {
  readonly plan: Plan;
  readonly steps: ReadonlyMap<StepId, PlannedStep>;
  /** What comes in from a table, as far as it decides anything. */
  cellOf(input: StepInput): string;
  /** Params of a node that wires override. */
  overridden(nodeId: string): ReadonlySet<string>;
};

function plannedPost(nodeId: string, graph: Graph, describe: DescribeNode): PlannedPost | undefined {
  const planned = planRun(graph, describe, { kind: "to", nodeIds: [nodeId] });
  if (!planned.ok) return undefined;
  const { plan } = planned;
  const index = indexGraph(graph, describe);
  const rows = new Map([...(plan.tables ?? [])].map(([id, table]) => [id, rowsByKey(table)]));
  return {
    plan,
    steps: new Map(plan.steps.map((step) => [step.stepId, step])),
    cellOf({ fromStep: table, fromPort, row }) {
      const found = row === undefined ? undefined : rows.get(table)?.get(row);
      const cell = found && cellAtPort(found, fromPort);
      return typeof cell === "object" ? cell.sha256 : (cell ?? "");
    },
    overridden(id) {
      const wired = new Set(index.incoming(id).map(({ targetHandle }) => targetHandle));
      const ports = index.describe(id)?.ports.inputs ?? [];
      return new Set(ports.flatMap(({ id: port, param }) => (param && wired.has(port) ? [param] : [])));
    },
  };
}

const rowsByKey = ({ rows }: Table): ReadonlyMap<string, TableRow> =>
  new Map(rows.map((row) => [row.key, row]));

function roughly(nodeId: string, before: Graph, now: Graph): () => StepChange {
  const [old, latest] = [before, now].map(({ nodes }) => nodes.find(({ id }) => id === nodeId));
  const change = latest
    ? { params: differing(old?.data.params ?? {}, latest.data.params), ports: [] }
    : { params: [], ports: [], isGone: true as const };
  return () => change;
}

function comparison(
  stepIds: readonly StepId[],
  old: PlannedPost,
  latest: PlannedPost,
  takeOf: (stepId: StepId) => string | undefined,
): (stepId: StepId) => StepChange | undefined {
  const known = new Map<StepId, StepChange | undefined>();

  function changeOf(step: PlannedStep): StepChange | undefined {
    const { stepId, nodeId, reuse, take } = step;
    const earlier = old.steps.get(stepId);
    if (earlier?.type !== step.type) return { params: [], ports: [], isGone: true };
    const made = takeOf(stepId);
    const isTheTake = take === undefined || take === made;
    // What is locked flows on whatever changes before it.
    if (reuse === "locked" && made !== undefined && isTheTake) return undefined;
    if (!isTheTake && take !== earlier.take) return { params: ["take"], ports: [] };
    const overridden = latest.overridden(nodeId);
    const params = differing(plain(earlier.params), plain(step.params)).filter(
      (name) => !overridden.has(name),
    );
    const ports = changedPorts(earlier, step);
    return params.length + ports.length === 0 ? undefined : { params, ports };
  }

  function changedPorts(earlier: PlannedStep, step: PlannedStep): readonly string[] {
    const [before, now] = [earlier, step].map(({ inputs }) => Map.groupBy(inputs, ({ portId }) => portId));
    const ports = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])]);
    return [...ports].filter((portId) => {
      const [was, is] = [before?.get(portId) ?? [], now?.get(portId) ?? []];
      return was.length !== is.length || is.some((input, at) => isOther(was[at], input));
    });
  }

  function isOther(was: StepInput | undefined, is: StepInput): boolean {
    if (was?.fromStep !== is.fromStep || was.fromPort !== is.fromPort) return true;
    if (is.row === undefined && was.row === undefined) return known.get(is.fromStep) !== undefined;
    return old.cellOf(was) !== latest.cellOf(is);
  }

  const needs = (id: string) => latest.steps.get(id as StepId)?.inputs.map(({ fromStep }) => fromStep) ?? []; // only ids of steps come in
  const needed = reach(stepIds, needs);
  // In the order of the plan, so what a step needs is known before it.
  for (const step of latest.plan.steps) if (needed.has(step.stepId)) known.set(step.stepId, changeOf(step));
  return (stepId) => (latest.steps.has(stepId) ? known.get(stepId) : { params: [], ports: [], isGone: true });
}

/** A file is its bytes, wherever it lies and whatever it is called. */
function plain(params: PlannedStep["params"]): PlannedStep["params"] {
  const { file } = params;
  return typeof file === "object" && file !== null && "sha256" in file
    ? { ...params, file: file.sha256 }
    : params;
}

function differing(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], now[name]));
}
