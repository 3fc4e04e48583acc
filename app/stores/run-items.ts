import { type RunState, type StatusGroup, statusGroupOf } from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { formatItemPath, formatStepId, rowKeysOf } from "../../src/graph/plan/step-id.ts";
import {
  isVariation,
  itemOf,
  type NodeSteps,
  noCounts,
  type PickedItem,
  type StepCounts,
} from "./run-steps.ts";

/**
 * A run as its items: one row for each item path that no longer one goes beyond. Rows stay for the life of the run;
 * where they stand is kept up step by step. Pure.
 */
export type RunItems = {
  readonly rows: readonly ItemRow[];
  /** Nodes that map over something, in the order of the plan. */
  readonly nodeIds: readonly string[];
  /** By row. */
  readonly statusGroups: readonly StatusGroup[];
  readonly counts: StepCounts;
  /** Which row a step of exactly that item belongs to, by the item's path. */
  readonly rowByPath: ReadonlyMap<string, number>;
};

export type ItemRow = {
  readonly item: PickedItem;
  /** The keys of its rows: how a person knows it. */
  readonly label: string;
  /** Its own steps, in the order of the plan. */
  readonly stepIds: readonly StepId[];
};

/** `undefined` for a run without items. */
export function itemsOfRun(run: RunState, groups: ReadonlyMap<string, NodeSteps>): RunItems | undefined {
  const mapped = [...groups.values()].filter(({ tables }) => tables.length > 0);
  if (mapped.length === 0) return undefined;
  const sets = mapped.map(({ tables }) => tables);
  const isFinest = (tables: readonly string[]) =>
    !sets.some((other) => other.length > tables.length && tables.every((table) => other.includes(table)));
  const rowByPath = new Map<string, number>();
  const rows: { item: PickedItem; label: string; stepIds: StepId[] }[] = [];
  for (const { tables, stepIds } of mapped) {
    if (!isFinest(tables)) continue;
    for (const stepId of stepIds) {
      const path = pathOf(run.steps.get(stepId)?.itemPath ?? []);
      const name = formatItemPath(path);
      const at = rowByPath.get(name);
      if (at === undefined) {
        rowByPath.set(name, rows.length);
        rows.push({ item: itemOf(path), label: rowKeysOf(path).join(" · "), stepIds: [stepId] });
      } else rows[at]?.stepIds.push(stepId);
    }
  }
  const statusGroups = rows.map(({ stepIds }) => statusGroupOfRow(run, stepIds));
  const counts: Record<StatusGroup, number> = { ...noCounts };
  for (const group of statusGroups) counts[group]++;
  return { rows, nodeIds: mapped.map(({ nodeId }) => nodeId), statusGroups, counts, rowByPath };
}

/** @param changed steps that a batch of events spoke of. */
export function updateItems(items: RunItems, run: RunState, changed: Iterable<StepId>): RunItems {
  let statusGroups: StatusGroup[] | undefined;
  let counts: Record<StatusGroup, number> | undefined;
  for (const stepId of new Set(changed)) {
    const at = items.rowByPath.get(formatItemPath(pathOf(run.steps.get(stepId)?.itemPath ?? [])));
    const row = at === undefined ? undefined : items.rows[at];
    if (at === undefined || !row) continue;
    const [before, now] = [(statusGroups ?? items.statusGroups)[at], statusGroupOfRow(run, row.stepIds)];
    if (before === undefined || before === now) continue;
    statusGroups ??= [...items.statusGroups];
    counts ??= { ...items.counts };
    statusGroups[at] = now;
    counts[before]--;
    counts[now]++;
  }
  return statusGroups && counts ? { ...items, statusGroups, counts } : items;
}

/** Worst first: what a person has to look at says where the item stands. */
const gravest: readonly StatusGroup[] = ["failed", "needs-you", "running"];

function statusGroupOfRow(run: RunState, stepIds: readonly StepId[]): StatusGroup {
  const seen = new Set<StatusGroup>();
  for (const stepId of stepIds) {
    const step = run.steps.get(stepId);
    if (step) seen.add(statusGroupOf(step));
  }
  const grave = gravest.find((group) => seen.has(group));
  if (grave) return grave;
  // Part of it is done and the rest waits: it is on its way.
  if (seen.has("waiting")) return seen.has("done") ? "running" : "waiting";
  return seen.has("left-out") ? "left-out" : "done";
}

function pathOf(itemPath: readonly string[]): readonly string[] {
  return isVariation(itemPath) ? itemPath.slice(0, -2) : itemPath;
}

/** Where the picked item stands among the rows; −1 where it does not. */
export function rowOfItem({ rowByPath, rows }: RunItems, item: PickedItem): number {
  const path = rowByPath.get(formatItemPath([...item].flat()));
  return path ?? rows.findIndex((row) => [...item].every(([table, key]) => row.item.get(table) === key));
}

/** The step of a node for a row, by its own tables; `undefined` where the node maps over others. */
export function stepIdOfRow({ nodeId, tables }: NodeSteps, { item }: ItemRow): StepId | undefined {
  const path: string[] = [];
  for (const table of tables) {
    const key = item.get(table);
    if (key === undefined) return undefined;
    path.push(table, key);
  }
  return formatStepId(nodeId, path);
}
