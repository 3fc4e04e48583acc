import { expect, test } from "vitest";
import { selectionOf, type VerbPlace, verbIds, verbScope } from "../../app/runs/verbs.ts";
import type { RunState, StepStatus } from "../../src/engine/record.ts";
import { indexGraph } from "../../src/graph/describe/graph-index.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const words = (id: string) => nodeOf(id, "generate", { family: "text", model: "openrouter-completion" });
const graph = graphOf(
  [words("a"), words("b"), words("c"), words("apart"), nodeOf("note", "note", { text: "Hello" })],
  ["a.out > b.prompt", "b.out > c.prompt"],
);
const index = indexGraph(graph, describeNode(builtInCatalogue));

const at = (selected: readonly string[] = [], run?: RunState): VerbPlace => ({ index, selected, run });
const ids = (verb: Parameters<typeof verbScope>[0], place: VerbPlace) =>
  [...verbScope(verb, place).nodeIds].sort();

/** A run of the chain; each step needs the one before it. */
function runOf(statuses: Readonly<Record<string, StepStatus>>, more: Partial<RunState> = {}): RunState {
  const names = Object.keys(statuses);
  return {
    runId: "run",
    graphId: graph.id,
    graphName: "A graph",
    scope: "scope" as RunState["scope"], // a fixture's brand
    serverLabel: "Sandbox",
    seq: 1,
    startedAt: 0,
    cancelRequested: false,
    spentMicrodollars: 0,
    status: "failed",
    steps: new Map(
      names.map((name, place) => {
        const stepId = name as StepId; // as above
        const needs = place === 0 ? [] : [names[place - 1] as StepId];
        const status = statuses[name] ?? { kind: "waiting" };
        const head = { stepId, nodeId: name, itemPath: [], type: "generate", title: name, needs };
        return [stepId, { ...head, status, attempt: 1, outputs: [], previewFailures: {} }];
      }),
    ),
    ...more,
  };
}

const failure = { code: "x", message: "X.", remedy: "Y.", cost: "none", retryable: true } as const;

test("each verb touches the nodes that its run would take, and nothing that never runs", () => {
  expect(ids("run", at())).toEqual(["a", "apart", "b", "c"]);
  expect(ids("run-fresh", at())).toEqual(["a", "apart", "b", "c"]);
  expect(ids("dry-run", at())).toEqual(["a", "apart", "b", "c"]);
  expect(ids("run-selection", at(["b"]))).toEqual(["a", "b"]);
  expect(ids("run-to", at(["c"]))).toEqual(["a", "b", "c"]);
  expect(ids("run-from", at(["b"]))).toEqual(["a", "b", "c"]);
  expect(ids("run-from", at(["apart"]))).toEqual(["apart"]);
});

test("a verb that cannot run says why", () => {
  expect(verbScope("run-to", at()).reason).toBe("Select a node first.");
  expect(verbScope("run-selection", at(["note"])).reason).toBe("Nothing in the selection runs.");
  expect(
    verbScope("run", { ...at(), index: indexGraph(graphOf([], []), describeNode(builtInCatalogue)) }).reason,
  ).toBe("No node of this graph runs.");
  expect(verbScope("run-failed", at()).reason).toBe("There is no run on show.");
  const done = runOf({ a: { kind: "succeeded", cached: false } });
  expect(verbScope("run-failed", at([], done)).reason).toMatch(/No step of the run on show/);
  const cancelling = runOf({ a: { kind: "cancelled" } }, { status: "running", cancelRequested: true });
  expect(verbScope("run-failed", at([], cancelling)).reason).toBe("The run is being cancelled.");
});

test("only what failed takes what came to rest after it, and leaves what is finished or in doubt", () => {
  const run = runOf({
    a: { kind: "succeeded", cached: false },
    b: { kind: "failed", failure },
    c: { kind: "skipped", reason: { kind: "upstream", stepId: "b" as StepId } },
    doubt: { kind: "in-doubt", failure },
  });
  expect(ids("run-failed", at([], run))).toEqual(["b", "c"]);
});

test("a selection is asked for only by the verbs that are about one", () => {
  expect(verbIds.filter((verb) => selectionOf(verb, []) === undefined)).toEqual([
    "run-selection",
    "run-to",
    "run-from",
    "run-failed",
  ]);
});
