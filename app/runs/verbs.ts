import type { RunState } from "../../src/engine/record.ts";
import { stepsToRetry } from "../../src/engine/record.ts";
import { selectNodes } from "../../src/graph/check/selection.ts";
import type { GraphIndex } from "../../src/graph/describe/graph-index.ts";
import type { RunSelection } from "../../src/studio/contract.ts";

/** The ways to run, in the order in which menus show them. */
export const verbs = {
  run: { label: "Run all", keys: "Mod+Enter", selection: "all", note: undefined },
  "run-selection": { label: "Run selection", keys: "Mod+Shift+Enter", selection: "only", note: undefined },
  "run-to": { label: "Run to here", keys: undefined, selection: "to", note: undefined },
  "run-from": { label: "Run from here", keys: undefined, selection: "from", note: undefined },
  "run-failed": {
    label: "Run only what failed",
    keys: "Alt+Shift+Enter",
    selection: undefined,
    note: "with the finished results of this run",
  },
  "run-fresh": {
    label: "Run everything fresh",
    keys: undefined,
    selection: "all",
    note: "nothing is taken from earlier results",
  },
  "dry-run": {
    label: "Dry run…",
    keys: "Alt+Enter",
    selection: "all",
    note: "what it would do, cost and take",
  },
} as const;

export type VerbId = keyof typeof verbs;
export const verbIds = Object.keys(verbs) as readonly VerbId[]; // the literal above has no other keys

/** What a verb would touch on the canvas. */
export type VerbScope = {
  readonly nodeIds: ReadonlySet<string>;
  /** Why it cannot run now. */
  readonly reason?: string;
};

/** Where a verb is pressed. */
export type VerbPlace = {
  readonly index: GraphIndex | undefined;
  readonly selected: readonly string[];
  readonly run: RunState | undefined;
};

/** Pure, so that a window can show exactly these nodes before anything is pressed. */
export function verbScope(verb: VerbId, { index, selected, run }: VerbPlace): VerbScope {
  const selection = selectionOf(verb, selected);
  if (!selection) return verb === "run-failed" ? failedScope(run) : nothing("Select a node first.");
  if (!index) return nothing("The graph is not open yet.");
  const nodeIds = selectNodes(index, selection);
  if (nodeIds.size > 0) return { nodeIds };
  return nothing(selection.kind === "all" ? "No node of this graph runs." : "Nothing in the selection runs.");
}

/** Undefined where the verb needs a selection and there is none, or is about a run. */
export function selectionOf(verb: VerbId, selected: readonly string[]): RunSelection | undefined {
  const kind = verbs[verb].selection;
  if (kind === undefined) return undefined;
  if (kind === "all") return { kind };
  return selected.length === 0 ? undefined : { kind, nodeIds: [...selected] };
}

function failedScope(run: RunState | undefined): VerbScope {
  if (!run) return nothing("There is no run on show.");
  if (run.status === "running" && run.cancelRequested) return nothing("The run is being cancelled.");
  const steps = stepsToRetry(run);
  if (steps.size === 0) return nothing("No step of the run on show failed or was cancelled.");
  const nodeIds = new Set<string>();
  for (const stepId of steps) nodeIds.add(run.steps.get(stepId)?.nodeId ?? stepId);
  return { nodeIds };
}

const nothing = (reason: string): VerbScope => ({ nodeIds: new Set(), reason });
