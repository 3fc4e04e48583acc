import type { RunState, StepState } from "../../engine/record.ts";
import { isReused, offers, runCounts, spentBy } from "../../engine/record.ts";
import { inResultOrder } from "../../graph/plan/result-order.ts";
import type { RunTotals } from "../../library/index.ts";
import { definitionOf, isNodeType } from "../../nodes/definitions.ts";
import type { NodeRecord } from "../contract/history.ts";
import type { ShownMedia } from "../contract/media-value.ts";

/** So many thumbnails stand for a run or a node in a list. */
const SHOWN_OUTPUTS = 8;
/** So much of a text that a step made is shown, in characters. */
const SHOWN_TEXT = 600;

/** How far it is, as its row has it. */
export function progressOf(state: RunState): {
  readonly done: number;
  readonly failed: number;
  readonly settledAt?: number;
} {
  const { done, failed } = runCounts(state);
  return { done, failed, ...(state.settledAt === undefined ? {} : { settledAt: state.settledAt }) };
}

/** What the list of runs shows of this one. The last results come first: they are what the run was for. */
export function totalsOf(state: RunState): RunTotals {
  const steps = [...state.steps.values()];
  return {
    spentMicrodollars: spentBy(steps),
    needsYou: runCounts(state).needsYou,
    outputs: mediaOf(inResultOrder(steps)),
  };
}

/** A run by its nodes, in the order of the plan: a batch has few nodes and many steps. */
export function nodeRecords(state: RunState): readonly NodeRecord[] {
  return [...Map.groupBy(state.steps.values(), (step) => step.nodeId)].map(([nodeId, steps]) =>
    nodeRecord(nodeId, steps),
  );
}

function nodeRecord(nodeId: string, steps: readonly StepState[]): NodeRecord {
  const { title = nodeId, type = "" } = steps[0] ?? {};
  const starts = steps.flatMap(({ startedAt }) => (startedAt === undefined ? [] : [startedAt]));
  const ends = steps.flatMap(({ endedAt }) => (endedAt === undefined ? [] : [endedAt]));
  const failure = steps.map(({ status }) => ("failure" in status ? status.failure : undefined)).find(Boolean);
  const text = steps.flatMap(({ outputs }) => outputs).find(({ value }) => value.type === "text")?.value;
  const permalink = steps.find((step) => step.permalink !== undefined)?.permalink;
  const statuses: Record<string, number> = {};
  for (const { status } of steps) statuses[status.kind] = (statuses[status.kind] ?? 0) + 1;
  const collectable = steps.flatMap((step) => (offers(step, "collect") ? [step.stepId] : []));
  const cached = steps.filter(isReused).length;
  return {
    ...{ nodeId, title, type, statuses, cached },
    steps: steps.length,
    spentMicrodollars: spentBy(steps),
    ...(starts.length > 0 && ends.length > 0 ? { tookMs: last(ends) - first(starts) } : {}),
    outputs: mediaOf(steps),
    ...(text?.type === "text" ? { text: text.text.slice(0, SHOWN_TEXT) } : {}),
    ...(failure ? { failure } : {}),
    ...(permalink === undefined ? {} : { permalink }),
    ...(collectable.length > 0 ? { collectable } : {}),
  };
}

/** Media that steps made, each once. What a person brought in is no result. */
function mediaOf(steps: readonly StepState[]): RunTotals["outputs"] {
  const found = new Map<string, ShownMedia>();
  for (const { type, outputs } of steps) {
    if (isNodeType(type) && definitionOf(type).family === "input") continue;
    for (const { value } of outputs)
      if (value.type === "media" && value.sha256 !== undefined)
        found.set(value.sha256, { sha256: value.sha256, kind: value.kind });
  }
  return { count: found.size, shown: [...found.values()].slice(0, SHOWN_OUTPUTS) };
}

function first(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b));
}

function last(times: readonly number[]): number {
  return times.reduce((a, b) => Math.max(a, b));
}
