import fc from "fast-check";
import { expect, test } from "vitest";
import { type Run, resumeRun, startRun } from "../../../src/engine/index.ts";
import type { RunEvent } from "../../../src/engine/record.ts";
import { foldEvents, foldRun, runCounts } from "../../../src/engine/record.ts";
import type { Graph, GraphNode } from "../../../src/graph/document/schema.ts";
import type { Plan, PlannedStep } from "../../../src/graph/plan/plan.ts";
import { planRun } from "../../../src/graph/plan/plan-run.ts";
import { openStoredPlan, storedPlan } from "../../../src/graph/plan/stored-plan.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { workOf } from "../../../src/nodes/executors.ts";
import { batchGraph } from "../../support/batch-arbitraries.ts";
import { type CreateRule, createWorld, remoteFailure, type World } from "../../support/engine-world.ts";
import { said } from "../../support/in-english.ts";

/** Random batches × random luck, cancels and crashes: every row is accounted for, and items meet only their own. */

const describe = describeNode(builtInCatalogue);
const runId = "run-1";

const luck: fc.Arbitrary<readonly CreateRule[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 5_000 }),
    outcome: fc.oneof(
      { weight: 8, arbitrary: fc.constant("accepted" as const) },
      { weight: 2, arbitrary: fc.constant(remoteFailure("forbidden", { status: 403 })) },
      { weight: 1, arbitrary: fc.constant("inDoubt" as const) },
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

function planned(graph: Graph): Plan | undefined {
  const result = planRun(graph, describe, { kind: "all" });
  if (result.ok) return result.plan;
  const expected = new Set([
    "items-unmatched",
    "zip-unequal",
    "combine-unsaid",
    "too-few-items",
    "too-many-items",
  ]);
  for (const problem of result.problems) expect(expected, said(problem.message)).toContain(problem.code);
  return undefined;
}

function worldWith(rules: readonly CreateRule[]): World {
  const world = createWorld();
  let turn = 0;
  world.rules.otherCreates = () => rules[turn++ % rules.length];
  return world;
}

const rowsOf = ({ itemPath }: Pick<PlannedStep, "itemPath">): ReadonlyMap<string, string> => {
  const rows = new Map<string, string>();
  for (let at = 0; at < itemPath.length && itemPath[at] !== "#"; at += 2)
    rows.set(itemPath[at] ?? "", itemPath[at + 1] ?? "");
  return rows;
};
const agree = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
  [...a].every(([table, row]) => !b.has(table) || b.get(table) === row);

/** By the paths alone, without any of the arithmetic that made them. */
function judgePlan(graph: Graph, plan: Plan): void {
  const steps = new Map(plan.steps.map((step) => [step.stepId, step]));
  expect(steps.size, "no two steps alike").toBe(plan.steps.length);
  const seen = new Set<string>();
  for (const step of plan.steps) {
    const own = rowsOf(step);
    for (const { fromStep, row, portId, hole } of step.inputs) {
      expect(seen.has(fromStep), `${fromStep} stands before ${step.stepId}`).toBe(true);
      if (row !== undefined) {
        if (own.has(fromStep)) expect(own.get(fromStep)).toBe(row);
        continue;
      }
      const from = rowsOf(steps.get(fromStep) ?? { itemPath: [] });
      expect(agree(from, own), `${fromStep} meets ${step.stepId} at ${portId}`).toBe(true);
      if (!hole) for (const table of from.keys()) expect(own.has(table)).toBe(true);
    }
    // A list has every item that agrees, not just some.
    const lists = step.inputs.filter(({ hole }) => hole);
    const sources = new Set(lists.map(({ fromStep }) => steps.get(fromStep)?.nodeId));
    const all = plan.steps.filter(
      (other) => sources.has(other.nodeId) && !other.itemPath.includes("#") && agree(rowsOf(other), own),
    );
    expect(new Set(lists.map(({ fromStep }) => fromStep))).toEqual(new Set(all.map(({ stepId }) => stepId)));
    seen.add(step.stepId);
  }
  // No row is left out: a node that maps over a table at all maps over each of its rows.
  for (const { id } of graph.nodes) {
    const items = plan.steps.filter(({ nodeId }) => nodeId === id).map(rowsOf);
    for (const table of new Set(items.flatMap((rows) => [...rows.keys()])))
      expect(new Set(items.map((rows) => rows.get(table))).size).toBe(plan.tables?.get(table)?.rows.length);
  }
}

function judgeRun(plan: Plan, world: World, run: Run): void {
  const { journal } = world.seen;
  const state = run.state();
  expect(foldEvents(undefined, journal)).toEqual(state);
  expect(journal.reduce<typeof state | undefined>(foldRun, undefined)).toEqual(state);
  expect(state.status).not.toBe("running");
  expect(world.clock.pendingTimers).toBe(0);

  // Every row is accounted for.
  expect([...state.steps.keys()]).toEqual(plan.steps.map(({ stepId }) => stepId));
  const counts = runCounts(state);
  expect(counts.running).toBe(0);
  expect(
    counts.waiting + counts.done + counts.failed + counts.skipped + counts.cancelled + counts.needsYou,
  ).toBe(plan.steps.length);

  const steps = new Map(plan.steps.map((step) => [step.stepId, step]));
  let seen: typeof state | undefined;
  const accepted = new Map<string, number>();
  for (const event of journal) {
    if (event.type === "step-started")
      for (const { fromStep, hole } of steps.get(event.stepId)?.inputs ?? []) {
        const kind = seen?.steps.get(fromStep)?.status.kind ?? "unknown";
        const isThere = kind === "succeeded" || (hole === "use-rest" && isBad(kind));
        expect(isThere, `${event.stepId} started while ${fromStep} was ${kind}`).toBe(true);
      }
    if (event.type === "job-accepted") {
      const key = `${event.stepId}#${event.attempt}`;
      accepted.set(key, (accepted.get(key) ?? 0) + 1);
    }
    if (isHoleFailure(event)) {
      const lists = (steps.get(event.stepId)?.inputs ?? []).filter(({ hole }) => hole);
      const kinds = lists.map(({ fromStep }) => seen?.steps.get(fromStep)?.status.kind ?? "unknown");
      expect(
        kinds.every((kind) => kind === "succeeded" || isBad(kind)),
        "every item had ended",
      ).toBe(true);
      expect(kinds.some(isBad)).toBe(true);
    }
    seen = foldRun(seen, event);
  }
  for (const [key, times] of accepted) expect(times, key).toBe(1);

  // Who still waits, waits for a step that waits for a person.
  for (const { status, needs, stepId } of state.steps.values())
    if (status.kind === "waiting")
      expect(
        needs.some((need) => {
          const kind = state.steps.get(need)?.status.kind ?? "";
          return kind === "waiting" || kind === "in-doubt";
        }),
        `${stepId} waits for nobody`,
      ).toBe(true);
}

const isBad = (kind: string) => kind === "failed" || kind === "skipped" || kind === "cancelled";
const isHoleFailure = (event: RunEvent): event is Extract<RunEvent, { type: "step-failed" }> =>
  event.type === "step-failed" && event.failure.code === "items-missing";

test("items meet only items of the same rows, lists are whole, and no row is left out", () => {
  let plans = 0;
  fc.assert(
    fc.property(batchGraph, (graph) => {
      const plan = planned(graph);
      if (!plan) return;
      plans++;
      judgePlan(graph, plan);
      expect(openStoredPlan(storedPlan(plan))).toEqual(plan);
    }),
    { numRuns: 400 },
  );
  // The graphs are not so wild that hardly any of them runs.
  expect(plans).toBeGreaterThan(150);
});

test("whatever fails, each step of a batch ends in one state, and the events tell the whole of it", async () => {
  await fc.assert(
    fc.asyncProperty(
      batchGraph,
      luck,
      fc.option(fc.integer({ min: 0, max: 20_000 })),
      fc.boolean(),
      async (graph, rules, cancelAfterMs, retries) => {
        const plan = planned(graph);
        if (!plan) return;
        const world = worldWith(rules);
        const run = startRun({ runId, plan, workOf }, world.deps);
        if (cancelAfterMs !== null) {
          await world.clock.advance(cancelAfterMs);
          if (run.cancel().ok) {
            let isQuiet = false;
            void run.whenSettled().then(() => {
              isQuiet = true;
            });
            await world.clock.advance(31_000);
            expect(isQuiet, "cancel reached quiet").toBe(true);
          }
        }
        await world.settle();
        judgeRun(plan, world, run);
        if (!retries) return;
        run.retryFailed();
        await world.settle();
        judgeRun(plan, world, run);
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

test("a batch that is cut off goes on from its stored plan, and makes no item twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      batchGraph,
      luck,
      fc.array(fc.nat({ max: 120 }), { minLength: 1, maxLength: 3 }),
      async (graph, rules, deaths) => {
        const plan = planned(graph);
        if (!plan) return;
        const world = worldWith(rules);
        const stored = storedPlan(plan);
        const begin = (deps: World["deps"]): Run => {
          const setup = { runId, plan: openStoredPlan(stored), workOf };
          const events = [...world.seen.journal];
          if (events.length === 0) return startRun(setup, deps);
          return resumeRun(setup, { events, posts: [], inDoubt: "skip" }, deps);
        };
        for (const death of deaths) {
          const mortal = world.process(death);
          begin(mortal.deps);
          await world.settle();
          mortal.kill();
        }
        const run = begin(world.process().deps);
        await world.settle();
        judgeRun(plan, world, run);
        // What was in doubt was skipped, so nothing was sent again but what the server had refused.
        const sent = new Map<string, number>();
        for (const event of world.seen.journal)
          if (event.type === "job-accepted") sent.set(event.stepId, (sent.get(event.stepId) ?? 0) + 1);
        for (const [stepId, times] of sent) expect(times, stepId).toBe(1);
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

test("the table's node counts as one step and every item of a node is a step of it", () => {
  fc.assert(
    fc.property(batchGraph, (graph) => {
      const plan = planned(graph);
      if (!plan) return;
      for (const node of graph.nodes.filter(({ type }) => type === "table"))
        expect(stepsOf(plan, node)).toBe(1);
    }),
  );
});

function stepsOf(plan: Plan, { id }: GraphNode): number {
  return plan.steps.filter(({ nodeId }) => nodeId === id).length;
}
