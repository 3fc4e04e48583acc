import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { itemsOfRun, rowOfItem, stepIdOfRow, updateItems } from "../../app/stores/run-items.ts";
import { groupByNode, itemOf, type NodeSteps, regroup, stepOfItem } from "../../app/stores/run-steps.ts";
import type { RunEvent, RunEventBody, RunState, Scope, StepHead } from "../../src/engine/record.ts";
import { emptyRun, openFold } from "../../src/engine/record.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";

const head = (nodeId: string, itemPath: readonly string[] = []): StepHead => ({
  ...{ stepId: formatStepId(nodeId, itemPath), nodeId, itemPath, type: "generate", title: nodeId },
  needs: [],
});

function runOf(steps: readonly StepHead[]): RunState {
  const scope = "s" as Scope; // opaque, and compared with nothing here
  return emptyRun({
    ...{ runId: "r", seq: 1, at: 0, type: "run-started", graphId: "g", graphName: "A", scope },
    ...{ serverLabel: "Sandbox", steps },
  });
}

const eventOf = (seq: number, body: RunEventBody): RunEvent => ({ runId: "r", seq, at: seq, ...body });
const rows = ["a", "b", "c"];
const grid = runOf([
  head("t"),
  ...rows.map((row) => head("g", ["t", row])),
  ...rows.flatMap((row) => ["1", "2"].map((size) => head("x", ["t", row, "u", size]))),
  ...["1", "2"].map((size) => head("p", ["u", size])),
]);
const groupsOf = (run: RunState) => groupByNode(run);
const groupOf = (run: RunState, nodeId: string): NodeSteps => {
  const group = groupsOf(run).get(nodeId);
  if (!group) throw new Error(`No steps of ${nodeId}.`);
  return group;
};

describe("the items of a run", () => {
  test("are the paths that no longer one goes beyond; nodes with shorter ones show in all they belong to", () => {
    const items = itemsOfRun(grid, groupsOf(grid));
    expect(items?.rows.map(({ label }) => label)).toEqual([
      "a · 1",
      "a · 2",
      "b · 1",
      "b · 2",
      "c · 1",
      "c · 2",
    ]);
    expect(items?.nodeIds).toEqual(["g", "x", "p"]);
    const last = items?.rows.at(-1);
    if (!last) throw new Error("There are rows.");
    expect(stepIdOfRow(groupOf(grid, "g"), last)).toBe("g/t/c");
    expect(stepIdOfRow(groupOf(grid, "x"), last)).toBe("x/t/c/u/2");
    expect(stepIdOfRow(groupOf(grid, "t"), last)).toBe("t");
  });

  test("of a run without tables there are none", () => {
    const plain = runOf([head("a"), head("b")]);
    expect(itemsOfRun(plain, groupsOf(plain))).toBeUndefined();
  });

  test("variations of an item are one row", () => {
    const run = runOf([head("g", ["t", "a"]), head("g", ["t", "a", "#", "2"]), head("g", ["t", "b"])]);
    expect(itemsOfRun(run, groupsOf(run))?.rows.map(({ stepIds }) => stepIds)).toEqual([
      ["g/t/a", "g/t/a/#/2"],
      ["g/t/b"],
    ]);
  });

  test("a picked item names the step of each node, also where another table crosses in", () => {
    const item = itemOf(["t", "b"]);
    expect(stepOfItem(groupOf(grid, "g"), item, grid.steps)?.stepId).toBe("g/t/b");
    expect(stepOfItem(groupOf(grid, "x"), item, grid.steps)?.stepId).toBe("x/t/b/u/1");
    expect(stepOfItem(groupOf(grid, "p"), item, grid.steps)?.stepId).toBe("p/u/1");
    const items = itemsOfRun(grid, groupsOf(grid));
    expect(items && rowOfItem(items, itemOf(["t", "c", "u", "1"]))).toBe(4);
    expect(items && rowOfItem(items, itemOf(["t", "gone"]))).toBe(-1);
  });

  test("kept up event by event they are what a fresh look finds, whatever happens in whatever order", () => {
    const stepIds = [...grid.steps.keys()];
    const failure = { code: "x", message: "No.", remedy: "Retry.", cost: "none", retryable: true } as const;
    const media = { type: "media", kind: "image", sha256: "a".repeat(64) } as const;
    const body = fc
      .record({ stepId: fc.constantFrom(...stepIds), kind: fc.integer({ min: 0, max: 4 }) })
      .map(({ stepId, kind }): RunEventBody => {
        if (kind === 0) return { type: "step-started", stepId, attempt: 1 };
        if (kind === 1) return { type: "step-failed", stepId, failure };
        if (kind === 2) return { type: "step-skipped", stepId, reason: { kind: "declined" } };
        if (kind === 3) return { type: "step-reset", stepId, because: "retry" };
        return { type: "step-succeeded", stepId, outputs: [{ portId: "out", value: media }], cached: false };
      });
    fc.assert(
      fc.property(fc.array(fc.array(body, { maxLength: 6 }), { maxLength: 12 }), (batches) => {
        let run = grid;
        let groups = groupsOf(run);
        let items = itemsOfRun(run, groups);
        for (const batch of batches) {
          const before = run;
          const fold = openFold(run);
          for (const [index, each] of batch.entries()) fold.push(eventOf(before.seq + 1 + index, each));
          run = fold.state();
          const changed = batch.flatMap((each) => ("stepId" in each ? [each.stepId] : []));
          groups = regroup(groups, before, run, changed);
          items = items && updateItems(items, run, changed);
          const fresh = groupsOf(run);
          for (const [nodeId, { counts }] of fresh) {
            const group = groups.get(nodeId);
            expect(group?.counts).toEqual(counts);
            if (group?.latest) expect(run.steps.get(group.latest)?.outputs).toHaveLength(1);
          }
          const again = itemsOfRun(run, fresh);
          expect(items?.statusGroups).toEqual(again?.statusGroups);
          expect(items?.counts).toEqual(again?.counts);
        }
      }),
    );
  });
});
