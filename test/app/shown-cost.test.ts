import { expect, test } from "vitest";
import { shownCost, shownSum } from "../../app/words/shown-cost.ts";
import type { Failure, RunEventBody, Scope, StepState } from "../../src/engine/record.ts";
import { foldEvents } from "../../src/engine/record.ts";
import { formatStepId, type StepId } from "../../src/graph/plan/step-id.ts";

const costOf = (status: StepState["status"], estimateMicrodollars?: number) =>
  // Only these two are looked at.
  shownCost({ status, ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }) } as StepState);
const failureOf = (cost: Failure["cost"]): Failure => ({
  ...{ code: "x", message: "It did not work.", remedy: "Try again.", cost, retryable: false },
});
const failed = (cost: Failure["cost"]): StepState["status"] => ({ kind: "failed", failure: failureOf(cost) });
const done: StepState["status"] = { kind: "succeeded", cached: false };

test("a step that was refused cost nothing, so no cost stands on its card", () => {
  expect(costOf(failed("none"), 120_000)).toBeUndefined();
  expect(costOf(failed("unknown"), 120_000)).toBe("about $0.12");
  expect(costOf(failed("charged"), 120_000)).toBe("about $0.12");
});

test("what is done shows its estimate, where there is one", () => {
  expect(costOf(done, 4000)).toBe("less than $0.01");
  expect(costOf(done)).toBeUndefined();
});

test("an item's sum counts every create that may have cost something, and none that was refused", () => {
  const steps = ["a", "b", "c"].map((nodeId) => formatStepId(nodeId, []));
  const [refused, retried, made] = steps;
  if (!refused || !retried || !made) throw new Error("There are three.");
  const intent = (stepId: StepId, attempt: number): RunEventBody => ({
    ...{ type: "create-intended", stepId, attempt, jobKind: "inference", requestDigest: "d" },
    estimateMicrodollars: 100_000,
  });
  const job = { kind: "inference", id: "job" } as const;
  const bodies: RunEventBody[] = [
    intent(refused, 1),
    { type: "create-ended", stepId: refused, attempt: 1, outcome: "refused", failure: failureOf("none") },
    { type: "step-failed", stepId: refused, failure: failureOf("none") },
    intent(retried, 1),
    { type: "job-accepted", stepId: retried, attempt: 1, job },
    { type: "step-failed", stepId: retried, failure: failureOf("charged") },
    intent(retried, 2),
    { type: "job-accepted", stepId: retried, attempt: 2, job },
    intent(made, 1),
    { type: "job-accepted", stepId: made, attempt: 1, job },
  ];
  const heads = steps.map((stepId) => ({
    ...{ stepId, nodeId: stepId, itemPath: [], type: "generate", title: stepId },
    needs: [],
  }));
  const state = foldEvents(undefined, [
    {
      ...{
        type: "run-started",
        runId: "r",
        seq: 1,
        at: 0,
        graphId: "g",
        graphName: "G",
        scope: "s" as Scope,
      },
      ...{ serverLabel: "Test", steps: heads },
    },
    ...bodies.map((body, index) => ({ ...body, runId: "r", seq: index + 2, at: 1 })),
  ]);
  const sums = steps.map((stepId) =>
    shownSum([...state.steps.values()].filter((step) => step.stepId === stepId)),
  );
  expect(sums).toEqual([undefined, "about $0.20", "about $0.10"]);
  expect(shownSum([...state.steps.values()])).toBe("about $0.30");
});
