import { expect, test } from "vitest";
import type { Failure, RunEvent, RunEventBody } from "../../../src/engine/record.ts";
import {
  emptyRun,
  foldEvents,
  foldRun,
  fromSnapshot,
  openFold,
  outcomeOf,
  runCounts,
  toSnapshot,
} from "../../../src/engine/record.ts";
import { id, scope } from "../../support/engine-world.ts";

const failure: Failure = { code: "x", message: "X.", remedy: "Y.", cost: "none", retryable: true };
const job = { kind: "inference", id: "job-1" } as const;
const post = { kind: "publish", id: "job-2" } as const;

function started(names: readonly string[]): Extract<RunEvent, { type: "run-started" }> {
  const steps = names.map((name) => ({
    ...{ stepId: id(name), nodeId: name, itemPath: [], type: "generate", title: name },
    needs: [],
  }));
  return {
    ...{ type: "run-started", runId: "run-1", seq: 1, at: 1000, graphId: "g", graphName: "G", scope },
    ...{ serverLabel: "Test", steps },
  };
}

function events(names: readonly string[], ...bodies: readonly RunEventBody[]): RunEvent[] {
  return [
    started(names),
    ...bodies.map((body, index) => ({ ...body, runId: "run-1", seq: index + 2, at: 2000 + index })),
  ];
}

test("a new run has every step waiting", () => {
  const state = emptyRun(started(["a", "b"]));
  expect(state.status).toBe("running");
  expect([...state.steps.values()].map((step) => step.status.kind)).toEqual(["waiting", "waiting"]);
});

test("only the step an event is about gets a new object", () => {
  const before = emptyRun(started(["a", "b"]));
  const after = foldRun(before, {
    ...{ type: "step-started", stepId: id("a"), attempt: 1, runId: "run-1", seq: 2, at: 5 },
  });
  expect(after.steps.get(id("b"))).toBe(before.steps.get(id("b")));
  expect(after.steps.get(id("a"))?.status).toEqual({ kind: "running", phase: "creating" });
  expect(before.steps.get(id("a"))?.status).toEqual({ kind: "waiting" });
});

test("a state that was handed out never changes while the fold goes on", () => {
  const [first, second] = events(["a"], { type: "step-started", stepId: id("a"), attempt: 1 });
  if (first?.type !== "run-started" || !second) throw new Error("Test is wrong.");
  const fold = openFold(first);
  const before = fold.state();
  fold.push(second);
  expect(before.steps.get(id("a"))?.status.kind).toBe("waiting");
  expect(fold.state().steps.get(id("a"))?.status.kind).toBe("running");
});

test("events that are in already change nothing, a gap is a bug", () => {
  const all = events(
    ["a"],
    { type: "step-started", stepId: id("a"), attempt: 1 },
    { type: "cancel-requested" },
  );
  const state = foldEvents(undefined, all);
  expect(foldEvents(state, all)).toEqual(state);
  expect(() =>
    foldEvents(
      undefined,
      [all[0], all[2]].filter((event) => !!event),
    ),
  ).toThrow(/lacks the events/);
});

test("a snapshot survives JSON and goes on folding", () => {
  const state = foldEvents(undefined, events(["a"], { type: "step-started", stepId: id("a"), attempt: 1 }));
  const back = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(state))));
  expect(back).toEqual(state);
  const more: RunEvent = { type: "cancel-requested", runId: "run-1", seq: 3, at: 9 };
  expect(foldRun(back, more)).toEqual(foldRun(state, more));
});

test("10,000 steps with 6 events each fold", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `step-${index}`);
  const all = events(
    names,
    ...names.flatMap((name): RunEventBody[] => [
      { type: "step-started", stepId: id(name), attempt: 1 },
      { type: "create-intended", stepId: id(name), attempt: 1, jobKind: "inference", requestDigest: "d" },
      { type: "job-accepted", stepId: id(name), attempt: 1, job },
      { type: "job-status", stepId: id(name), status: "in_progress" },
      { type: "job-status", stepId: id(name), status: "succeeded" },
      { type: "step-succeeded", stepId: id(name), outputs: [], cached: false },
    ]),
  );
  const state = foldEvents(undefined, all);
  expect(runCounts(state).done).toBe(10_000);
});

test("a publish past its deadline is of unknown outcome, any other job is overdue", () => {
  const state = foldEvents(
    undefined,
    events(
      ["a", "b"],
      { type: "job-accepted", stepId: id("a"), attempt: 1, job },
      { type: "step-overdue", stepId: id("a"), job },
      { type: "job-accepted", stepId: id("b"), attempt: 1, job: post },
      { type: "step-overdue", stepId: id("b"), job: post },
    ),
  );
  expect(state.steps.get(id("a"))?.status.kind).toBe("overdue");
  expect(state.steps.get(id("b"))?.status.kind).toBe("outcome-unknown");
});

test("that a post went out outlives a reset, everything else starts over", () => {
  const state = foldEvents(
    undefined,
    events(
      ["a"],
      { type: "step-started", stepId: id("a"), attempt: 1 },
      { type: "job-accepted", stepId: id("a"), attempt: 1, job: post },
      { type: "step-succeeded", stepId: id("a"), outputs: [], cached: false, permalink: "https://x.test" },
      { type: "run-settled", outcome: "done" },
      { type: "step-reset", stepId: id("a"), because: "upstream-retry" },
    ),
  );
  expect(state.status).toBe("running");
  expect(state.settledAt).toBeUndefined();
  const step = state.steps.get(id("a"));
  expect(step).toMatchObject({ status: { kind: "waiting" }, attempt: 1, sentAt: 2002, outputs: [] });
  expect(step).not.toHaveProperty("job");
});

test("checking again keeps the job", () => {
  const state = foldEvents(
    undefined,
    events(
      ["a"],
      { type: "job-accepted", stepId: id("a"), attempt: 1, job },
      { type: "step-overdue", stepId: id("a"), job },
      { type: "step-reset", stepId: id("a"), because: "check-again" },
    ),
  );
  expect(state.steps.get(id("a"))).toMatchObject({ status: { kind: "running", phase: "remote" }, job });
});

const doubt: RunEventBody = { type: "create-in-doubt", stepId: id("a"), attempt: 1, failure };
test.each<[string, RunEventBody[], string]>([
  ["done", [{ type: "step-succeeded", stepId: id("a"), outputs: [], cached: true }], "done"],
  ["failed before needs you", [{ type: "step-failed", stepId: id("b"), failure }, doubt], "failed"],
  ["needs you for a doubt", [doubt], "needs-you"],
  [
    "needs you for a publish that was not allowed",
    [{ type: "step-skipped", stepId: id("a"), reason: { kind: "publish-not-allowed" } }],
    "needs-you",
  ],
  [
    "done when a person declined",
    [{ type: "step-skipped", stepId: id("a"), reason: { kind: "declined" } }],
    "done",
  ],
  ["cancelled before all", [{ type: "cancel-requested" }, doubt], "cancelled"],
])("a run comes to rest as: %s", (_name, bodies, outcome) => {
  expect(outcomeOf(foldEvents(undefined, events(["a", "b"], ...bodies)))).toBe(outcome);
});

test("counts say how many steps are where", () => {
  const counts = runCounts(
    foldEvents(
      undefined,
      events(["a", "b", "c"], doubt, { type: "step-succeeded", stepId: id("b"), outputs: [], cached: true }),
    ),
  );
  expect(counts).toMatchObject({
    steps: 3,
    waiting: 1,
    done: 1,
    cached: 1,
    inDoubt: 1,
    needsYou: 1,
    failed: 0,
  });
});

test("what a step cost adds up over its attempts, without creates that came to nothing or were not charged", () => {
  const stepId = id("a");
  const intended = (attempt: number): RunEventBody => ({
    ...{ type: "create-intended", stepId, attempt, jobKind: "inference", requestDigest: "d" },
    estimateMicrodollars: 40_000,
  });
  const accepted = (attempt: number): RunEventBody => ({ type: "job-accepted", stepId, attempt, job });
  const spent = (...bodies: readonly RunEventBody[]) =>
    foldEvents(undefined, events(["a"], ...bodies)).steps.get(stepId)?.spentMicrodollars;
  const failed = (cost: Failure["cost"]): RunEventBody => ({
    ...{ type: "step-failed", stepId, failure: { ...failure, cost } },
  });
  const again: RunEventBody = { type: "step-reset", stepId, because: "retry" };

  expect(spent({ type: "step-started", stepId, attempt: 1 })).toBeUndefined();
  expect(spent(intended(1))).toBe(40_000);
  expect(spent(intended(1), { type: "create-in-doubt", stepId, attempt: 1, failure })).toBe(40_000);
  const refused: RunEventBody = { type: "create-ended", stepId, attempt: 1, outcome: "refused", failure };
  expect(spent(intended(1), refused, failed("none"))).toBe(0);
  expect(spent(intended(1), accepted(1), failed("none"))).toBe(0);
  expect(spent(intended(1), accepted(1), failed("charged"), again, intended(2), accepted(2))).toBe(80_000);
});
