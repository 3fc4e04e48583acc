import { type RunState, type StatusGroup, type StepState, statusGroupOf } from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";

/**
 * The steps of a run by node, with counts. Kept up step by step: a batch of events costs what it changed, not what the
 * run has. Pure.
 */
export type NodeSteps = {
  readonly nodeId: string;
  /** In the order of the plan; the same array for the life of the run. */
  readonly stepIds: readonly StepId[];
  /** Tables whose rows its items come from, in the order of item paths. */
  readonly tables: readonly string[];
  readonly counts: StepCounts;
  /** The step whose media arrived last: what the card shows from afar. */
  readonly latest: StepId | undefined;
};

export type StepCounts = { readonly [Kind in StatusGroup]: number };

export const noCounts: StepCounts = {
  waiting: 0,
  running: 0,
  "needs-you": 0,
  done: 0,
  failed: 0,
  "left-out": 0,
};

export function groupByNode(run: RunState): ReadonlyMap<string, NodeSteps> {
  type Open = {
    stepIds: StepId[];
    tables: readonly string[];
    counts: Record<StatusGroup, number>;
    latest: StepId | undefined;
  };
  const groups = new Map<string, Open>();
  for (const step of run.steps.values()) {
    let group = groups.get(step.nodeId);
    if (!group) {
      group = { stepIds: [], tables: tablesOf(step.itemPath), counts: { ...noCounts }, latest: undefined };
      groups.set(step.nodeId, group);
    }
    group.stepIds.push(step.stepId);
    group.counts[statusGroupOf(step)]++;
    // Of a run that is opened nobody saw the order; the times tell it.
    const latest = group.latest && run.steps.get(group.latest);
    if (hasPicture(step) && (step.endedAt ?? 0) >= (latest?.endedAt ?? 0)) group.latest = step.stepId;
  }
  return new Map([...groups].map(([nodeId, group]) => [nodeId, { nodeId, ...group }]));
}

/** @param changed steps that a batch of events spoke of, in their order; a step may be among them twice. */
export function regroup(
  groups: ReadonlyMap<string, NodeSteps>,
  before: RunState,
  now: RunState,
  changed: Iterable<StepId>,
): ReadonlyMap<string, NodeSteps> {
  const next = new Map<string, { counts: Record<StatusGroup, number>; latest: StepId | undefined }>();
  for (const stepId of new Set(changed)) {
    const [old, step] = [before.steps.get(stepId), now.steps.get(stepId)];
    if (!old || !step || old === step) continue;
    const group = groups.get(step.nodeId);
    if (!group) continue;
    let open = next.get(step.nodeId);
    if (!open) {
      open = { counts: { ...group.counts }, latest: group.latest };
      next.set(step.nodeId, open);
    }
    open.counts[statusGroupOf(old)]--;
    open.counts[statusGroupOf(step)]++;
    if (hasPicture(step) && !hasPicture(old)) open.latest = stepId;
    else if (open.latest === stepId && !hasPicture(step)) open.latest = undefined;
  }
  if (next.size === 0) return groups;
  const all = new Map(groups);
  for (const [nodeId, open] of next) {
    const group = groups.get(nodeId);
    if (group) all.set(nodeId, { ...group, ...open });
  }
  return all;
}

function hasPicture({ outputs }: StepState): boolean {
  return outputs.some(({ value }) => value.type === "media" && value.sha256 !== undefined);
}

/** Every second part of an item path is a row key; `#` counts variations and is no table. */
function tablesOf(itemPath: readonly string[]): readonly string[] {
  return itemPath.filter((part, index) => index % 2 === 0 && part !== VARIATION);
}

const VARIATION = "#";

/** Whether a path is of a further variation of an item, which is no item of its own. */
export function isVariation(itemPath: readonly string[]): boolean {
  return itemPath.at(-2) === VARIATION;
}

/** A row of each of some tables: what a person picked to look at. Table → row key. */
export type PickedItem = ReadonlyMap<string, string>;

/** The step of a node that belongs to an item; of several (another table crosses in) the first. */
export function stepOfItem(
  group: NodeSteps,
  item: PickedItem,
  steps: RunState["steps"],
): StepState | undefined {
  const { nodeId, tables, stepIds } = group;
  if (tables.every((table) => item.has(table)))
    return steps.get(
      formatStepId(
        nodeId,
        tables.flatMap((table) => [table, item.get(table) ?? ""]),
      ),
    );
  for (const stepId of stepIds) {
    const step = steps.get(stepId);
    if (step && agrees(step.itemPath, item)) return step;
  }
  return undefined;
}

function agrees(itemPath: readonly string[], item: PickedItem): boolean {
  for (let at = 0; at < itemPath.length; at += 2) {
    const key = item.get(itemPath[at] ?? "");
    if (key !== undefined && key !== itemPath[at + 1]) return false;
  }
  return true;
}

/** The item of a path, without the number of a variation. */
export function itemOf(itemPath: readonly string[]): PickedItem {
  const item = new Map<string, string>();
  for (let at = 0; at + 1 < itemPath.length; at += 2) {
    const [table = "", key = ""] = itemPath.slice(at, at + 2);
    if (table !== VARIATION) item.set(table, key);
  }
  return item;
}

/** As many as a node makes of one item. */
const MOST_VARIATIONS = 8;

/** Whether the run made several of each item. */
export function variesItems({ stepIds }: NodeSteps, steps: RunState["steps"]): boolean {
  // The variations of an item follow each other, so the second step tells.
  const second = stepIds[1];
  return second !== undefined && steps.get(second)?.itemPath.at(-2) === VARIATION;
}

/** The step and the further variations of its item. */
export function variationsOf(
  { nodeId }: NodeSteps,
  step: StepState,
  steps: RunState["steps"],
): readonly StepState[] {
  const all = [step];
  for (let number = 2; number <= MOST_VARIATIONS; number++) {
    const next = steps.get(formatStepId(nodeId, [...step.itemPath, VARIATION, String(number)]));
    if (!next) break;
    all.push(next);
  }
  return all;
}
