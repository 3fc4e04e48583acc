import type { Plan } from "../graph/plan.ts";
import type { QueueEntry, RunSelection } from "./contract.ts";

/** So many nodes are named; "and 4 more" says the rest better than a list. */
const MOST_TITLES = 12;

export function selectionWords(plan: Plan, selection: RunSelection): QueueEntry["selection"] {
  if (selection.kind === "all") return { kind: "all", titles: [] };
  const chosen = new Set<string>(selection.nodeIds);
  const titles = new Map<string, string>();
  for (const { nodeId, title } of plan.steps)
    if (chosen.has(nodeId) && titles.size < MOST_TITLES) titles.set(nodeId, title);
  return { kind: selection.kind, titles: [...titles.values()] };
}
