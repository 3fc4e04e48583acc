/** The steps of a plan, each linked with what it needs and what needs it. */
import type { Plan, PlannedStep, StepId } from "../../graph/plan/plan.ts";
import { headsOf } from "../../graph/plan/plan-outline.ts";
import type { StepHead, StepHeads } from "../record/events.ts";
import type { RunFold } from "../record/fold.ts";
import type { StepState, StepStatus } from "../record/run-state.ts";
import { offers } from "../record/step-actions.ts";
import { endedBadly } from "../record/step-facts.ts";

export type StepNode = {
  readonly planned: PlannedStep;
  readonly needs: readonly StepNode[];
  readonly dependents: StepNode[];
  /** Items of lists that come in as a whole: if one of them ends badly, the others are still waited for. */
  readonly items?: ReadonlySet<StepNode>;
  /** Steps it still waits for. */
  missing: number;
  /** Its process is gone: it starts over although it is under way by the journal. */
  interrupted?: true;
  execution?: { readonly stop: AbortController; readonly giveUp: AbortController };
};

export type StepNodes = ReadonlyMap<StepId, StepNode>;

/** How the steps stand by what has been recorded so far. */
export type StepStates = {
  stateOf(node: StepNode): StepState;
  statusOf(node: StepNode): StepStatus;
};

export function statesIn(fold: RunFold): StepStates {
  return {
    stateOf: (node) => fold.step(node.planned.stepId),
    statusOf: (node) => fold.step(node.planned.stepId).status,
  };
}

export function linkNodes(plan: Plan): StepNodes {
  const nodes = new Map<StepId, StepNode>();
  for (const planned of plan.steps) {
    const needs = distinct(
      planned.inputs.map(({ fromStep }) => {
        const need = nodes.get(fromStep);
        if (need) return need;
        throw new Error(`Step ${planned.stepId} needs ${fromStep}, which is not planned before it.`);
      }),
    );
    const items = itemsOf(planned, nodes);
    const node: StepNode = {
      ...{ planned, needs, dependents: [], missing: needs.length },
      ...(items ? { items } : {}),
    };
    for (const need of needs) need.dependents.push(node);
    if (nodes.has(planned.stepId)) throw new Error(`Two steps are called ${planned.stepId}.`);
    nodes.set(planned.stepId, node);
  }
  return nodes;
}

function distinct<Item>(list: readonly Item[]): readonly Item[] {
  return list.length < 2 ? list : [...new Set(list)];
}

/** Steps of which every input is an item of a list; one that also comes in by itself cannot be done without. */
function itemsOf(planned: PlannedStep, nodes: StepNodes): ReadonlySet<StepNode> | undefined {
  if (!planned.inputs.some(({ hole }) => hole)) return undefined;
  const items = new Set<StepNode>();
  for (const { fromStep, hole } of planned.inputs) {
    const node = nodes.get(fromStep);
    if (node && hole) items.add(node);
  }
  for (const { fromStep, hole } of planned.inputs) {
    const node = nodes.get(fromStep);
    if (node && !hole) items.delete(node);
  }
  return items;
}

/** In the small form where nodes have more steps than one. */
export function headsIn({ outline }: Plan, nodes: StepNodes): StepHeads {
  return outline && outline.nodes.length < nodes.size ? headsOf(outline) : [...nodes.values()].map(headOf);
}

function headOf({ planned, needs }: StepNode): StepHead {
  const { stepId, nodeId, itemPath, type, title } = planned;
  return { stepId, nodeId, itemPath, type, title, needs: needs.map((need) => need.planned.stepId) };
}

/** Counts anew what the step still waits for; a hole in a list is waited for no more. */
export function countMissing(node: StepNode, { statusOf }: StepStates): void {
  node.missing = 0;
  for (const need of node.needs) {
    const status = statusOf(need);
    if (status.kind !== "succeeded" && !(node.items?.has(need) && endedBadly(status.kind))) node.missing++;
  }
}

/** Of a step that cannot be done because something before it ended badly: the step that is to blame. */
export function culpritOf(node: StepNode, { statusOf }: StepStates): StepId | undefined {
  const bad = node.needs.find((need) => !node.items?.has(need) && endedBadly(statusOf(need).kind));
  if (!bad) return undefined;
  const status = statusOf(bad);
  return status.kind === "skipped" && status.reason.kind === "upstream"
    ? status.reason.stepId
    : bad.planned.stepId;
}

/** The steps above that ended badly and can be tried again, but for holes that the step can do with. */
export function culpritsAbove(node: StepNode, { stateOf }: StepStates): readonly StepNode[] {
  const found = new Set<StepNode>();
  const visited = new Set<StepNode>();
  const toVisit = missedNeeds(node);
  for (let next = toVisit.pop(); next; next = toVisit.pop()) {
    if (visited.has(next)) continue;
    visited.add(next);
    const state = stateOf(next);
    if (offers(state, "retry")) found.add(next);
    if (endedBadly(state.status.kind)) toVisit.push(...missedNeeds(next));
  }
  return [...found];
}

/** Needs without which the step cannot do. */
function missedNeeds({ planned, needs, items }: StepNode): StepNode[] {
  if (!items) return [...needs];
  const usesRest = planned.inputs.some(({ hole }) => hole === "use-rest");
  return needs.filter((need) => !usesRest || !items.has(need));
}
