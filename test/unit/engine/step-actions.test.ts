import { expect, test } from "vitest";
import {
  isPostOpen,
  needsPerson,
  runCounts,
  type StepAction,
  type StepState,
  type StepStatus,
  statusGroupOf,
  stepActions,
  stepFacts,
} from "../../../src/engine/record.ts";

const failure = {
  code: "x",
  message: "It did not work.",
  remedy: "Try again.",
  cost: "unknown",
  retryable: false,
} as const;
const job = { kind: "inference", id: "job" } as const;
const step = (status: StepStatus, more: Partial<StepState> = {}): StepState =>
  // Only these are looked at.
  ({
    type: "generate",
    status,
    attempt: 1,
    outputs: [],
    previewFailures: {},
    ...more,
  }) as unknown as StepState;

const offered: readonly (readonly [string, StepState, readonly StepAction[]])[] = [
  ["waits", step({ kind: "waiting" }), []],
  ["runs", step({ kind: "running", phase: "remote" }), []],
  ["is a create in doubt", step({ kind: "in-doubt", failure }), ["look-into", "leave-out"]],
  ["is a post in doubt", step({ kind: "in-doubt", failure }, { type: "publish" }), ["look-into", "settle"]],
  ["is past its deadline", step({ kind: "overdue", job }), ["check"]],
  [
    "is a post of unknown outcome",
    step({ kind: "outcome-unknown", job }, { type: "publish" }),
    ["check", "settle", "look-into"],
  ],
  ["is done", step({ kind: "succeeded", cached: false }), ["make-anew"]],
  ["is a post that is out", step({ kind: "succeeded", cached: false }, { sentAt: 1 }), []],
  [
    "has results at the server alone",
    step({ kind: "succeeded", cached: false }, { previewFailures: { 0: failure } }),
    ["fetch", "make-anew"],
  ],
  [
    "is a post that our own mistake cut off after it was sent",
    step(
      { kind: "failed", failure: { ...failure, code: "internal_error" } },
      { type: "publish", postTo: { platform: "instagram", accountId: "a" } },
    ),
    ["settle", "look-into", "retry"],
  ],
  [
    "is such a post of a journal from before it was noted where a post goes",
    step(
      { kind: "failed", failure: { ...failure, code: "internal_error" } },
      { type: "publish", job: { kind: "publish", id: "job" } },
    ),
    ["settle", "look-into", "retry"],
  ],
  [
    "is a post that our own mistake ended before it was sent",
    step({ kind: "failed", failure: { ...failure, code: "internal_error" } }, { type: "publish" }),
    ["retry"],
  ],
  [
    "is a post that was left out in doubt",
    step({ kind: "skipped", reason: { kind: "doubt-skipped" } }, { type: "publish" }),
    ["settle", "look-into"],
  ],
  ["failed", step({ kind: "failed", failure }), ["retry"]],
  ["was cancelled", step({ kind: "cancelled" }), ["retry"]],
  ["was cancelled with a job", step({ kind: "cancelled", job }), ["collect", "retry"]],
  ["was declined", step({ kind: "skipped", reason: { kind: "declined" } }), ["retry"]],
  ["must not publish", step({ kind: "skipped", reason: { kind: "publish-not-allowed" } }), []],
  [
    "is a create that was left out in doubt",
    step({ kind: "skipped", reason: { kind: "doubt-skipped" } }),
    [],
  ],
];

for (const [how, given, actions] of offered)
  test(`a step that ${how} offers ${actions.join(", ") || "nothing"}, wherever it is shown`, () => {
    expect(stepActions(given)).toEqual(actions);
  });

test("what a step cost counts each create that may have been charged, and no refused one", () => {
  const costOf = (given: StepState) => stepFacts(given).costMicrodollars;
  const made: StepStatus = { kind: "succeeded", cached: false };
  expect(costOf(step(made, { estimateMicrodollars: 100, spentMicrodollars: 200 }))).toBe(200);
  expect(costOf(step(made, { estimateMicrodollars: 100 }))).toBe(100);
  const refused: StepStatus = { kind: "failed", failure: { ...failure, cost: "none" } };
  expect(costOf(step(refused, { estimateMicrodollars: 100 }))).toBeUndefined();
  expect(costOf(step(refused, { estimateMicrodollars: 100, spentMicrodollars: 50 }))).toBe(50);
});

test("a post whose fate nobody knows needs a person wherever steps are counted, until it is settled", () => {
  for (const [how, given, actions] of offered) {
    const isOpen = actions.includes("settle");
    expect([how, isPostOpen(given)]).toEqual([how, isOpen]);
    if (isOpen) expect([how, needsPerson(given)]).toEqual([how, true]);
    if (isOpen && given.status.kind !== "failed")
      expect([how, statusGroupOf(given)]).toEqual([how, "needs-you"]);
    const { needsYou } = runCounts({ steps: new Map([[given.stepId, given]]) });
    expect([how, needsYou]).toEqual([how, Number(needsPerson(given))]);
  }
});
