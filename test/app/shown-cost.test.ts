import { expect, test } from "vitest";
import { shownCost } from "../../app/runs/shown-cost.ts";
import type { Failure } from "../../src/engine/events.ts";
import type { StepState } from "../../src/engine/run-state.ts";

const costOf = (status: StepState["status"], estimateMicrodollars?: number) =>
  // Only these two are looked at.
  shownCost({ status, ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }) } as StepState);
const failed = (cost: Failure["cost"]): StepState["status"] => ({
  kind: "failed",
  failure: { code: "x", message: "It did not work.", remedy: "Try again.", cost, retryable: false },
});
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
