import { expect, test } from "vitest";
import type { RunEvent, RunEventBody, Scope } from "../../../src/engine/record.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";
import { createRunPrinter } from "../../../src/hosts/terminal/run-printer.ts";

const stepId = (index: number) => `g/t/r${index}` as StepId; // an id like those of a plan
const head = (index: number) => ({
  ...{ stepId: stepId(index), nodeId: "g", itemPath: ["t", `r${index}`], type: "generate" },
  ...{ title: "Picture", needs: [] },
});

function lines(steps: number, bodies: readonly RunEventBody[]): string[] {
  const printer = createRunPrinter(0);
  const started: RunEventBody = {
    ...{ type: "run-started", graphId: "g", graphName: "A", scope: "s" as Scope, serverLabel: "Sandbox" },
    steps: Array.from({ length: steps }, (_, index) => head(index)),
  };
  const told = [started, ...bodies].flatMap((body, index) => {
    const event = { runId: "run", seq: index + 1, at: 1000, ...body } as RunEvent; // body by body as the engine makes them
    return printer.lineOf(event) ?? [];
  });
  return [...told, ...printer.heldLines(), ...printer.heldLines()];
}

const done = (index: number): RunEventBody => ({
  ...{ type: "step-succeeded", stepId: stepId(index), outputs: [], cached: false },
});
const failed: RunEventBody = {
  type: "step-failed",
  stepId: stepId(7),
  failure: { code: "x", message: "No.", remedy: "Retry.", cost: "none", retryable: true },
};

test("a job that cannot be looked at is told with the reason and what to do, in a big run too", () => {
  const failure = {
    code: "x",
    message: "Job not found (HTTP 404).",
    remedy: "Look.",
    cost: "unknown",
  } as const;
  const bodies: RunEventBody[] = [
    { type: "look-failed", stepId: stepId(1), failure: { ...failure, retryable: false } },
    {
      ...{ type: "step-overdue", stepId: stepId(1), job: { kind: "inference", id: "job-1" } },
      failure: { ...failure, retryable: false },
    },
  ];
  for (const steps of [3, 300])
    expect(lines(steps, bodies).slice(1)).toEqual([
      "    1.0s  Picture · r1                  NO ANSWER about the job: Job not found (HTTP 404). Look.",
      "    1.0s  Picture · r1                  NO WORD of job job-1 to the end, as said above. Look. It is not sent again.",
    ]);
});

test("a small run is told step by step, each with its row", () => {
  expect(lines(3, [{ type: "step-started", stepId: stepId(1), attempt: 1 }, done(1)])).toEqual([
    "run run on Sandbox: 3 steps",
    "    1.0s  Picture · r1                  started",
    "    1.0s  Picture · r1                  done",
  ]);
});

test("a big run is told by its progress, and its trouble in full", () => {
  const bodies = Array.from({ length: 500 }, (_, index): RunEventBody[] => [
    { type: "step-started", stepId: stepId(index), attempt: 1 },
    { type: "step-phase", stepId: stepId(index), phase: "remote" },
    index === 7 ? failed : done(index),
  ]).flat();
  const told = lines(500, bodies);
  expect(told).toHaveLength(1 + 100 + 1);
  expect(told[1]).toBe("    1.0s  5 of 500 steps done");
  expect(told).toContain(
    "    1.0s  Picture · r7                  FAILED: No. Retry. (x; nothing was charged)",
  );
  expect(told.at(-1)).toBe("    1.0s  499 of 500 steps done, 1 failed");
});

const lost = (index: number, remedy = "Look."): RunEventBody => ({
  ...{ type: "create-in-doubt", stepId: stepId(index), attempt: 1 },
  failure: { code: "x", message: "No answer.", remedy, cost: "unknown", retryable: false },
});

test("creates in doubt of one cause are told in one line with their number, those of another in one of their own", () => {
  const bodies = [lost(1), done(0), lost(2), lost(5, "Look at the account."), lost(3), lost(4)];
  expect(lines(6, bodies).slice(1)).toEqual([
    "    1.0s  Picture · r0                  done",
    "    1.0s  4 steps (Picture · r1, Picture · r2, Picture · r3 and 1 more)  IN DOUBT: No answer. Look.",
    "    1.0s  Picture · r5                  IN DOUBT: No answer. Look at the account.",
  ]);
  expect(lines(300, [lost(1), lost(2)]).at(-1)).toContain("2 steps (Picture · r1, Picture · r2)");
});

test("a job's status of no known name is told once, as unknown", () => {
  const status = (index: number, word: string): RunEventBody => ({
    ...{ type: "job-status", stepId: stepId(index), status: word, until: Date.UTC(2026, 4, 1, 12) },
  });
  const told = lines(2, [status(0, "queued"), status(0, "baking"), status(1, "baking"), status(0, "baking")]);
  expect(told.filter((line) => line.includes("baking"))).toEqual([
    expect.stringMatching(
      /The server says “baking”, which Catwalk does not know; it is looked at again until 2026-05-01 12:00 UTC$/,
    ),
  ]);
  expect(told.some((line) => line.endsWith("queued"))).toBe(true);
});

test("results that were not fetched are one line for each cause, and what comes later is counted at the end", () => {
  const printer = createRunPrinter(0, [head(1)]);
  const lost = (index: number) => {
    const event = {
      type: "output-not-stored",
      stepId: stepId(1),
      index,
      runId: "run",
      seq: 1,
      at: 1000,
    } as const;
    const failure = {
      code: "gone",
      message: "It is gone.",
      remedy: "Look.",
      cost: "none",
      retryable: true,
    } as const;
    return printer.lineOf({ ...event, failure });
  };
  expect([4, 1, 0, 2].map(lost)).toEqual([undefined, undefined, undefined, undefined]);
  expect(printer.lostLines(false)).toEqual([
    "    1.0s  Picture · r1                  4 results NOT FETCHED (outputs 1, 2, 3 and 1 more): It is gone. They were made and are charged, and are not made again.",
  ]);
  lost(8);
  lost(9);
  expect(printer.lostLines(false)).toEqual([]);
  expect(printer.lostLines(true)).toEqual([
    "    1.0s  Picture · r1                  2 more results NOT FETCHED (outputs 9, 10): It is gone. They were made and are charged, and are not made again.",
  ]);
  expect(printer.lostLines(true)).toEqual([]);
});
