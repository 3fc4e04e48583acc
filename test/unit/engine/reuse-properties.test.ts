import fc from "fast-check";
import { expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import {
  type CreateRule,
  createWorld,
  type JobRule,
  remoteFailure,
  type StepSpec,
  step,
  type World,
} from "../../support/engine-world.ts";

/**
 * Runs of one graph and of its copies, at once and after each other, in processes that die and are followed by others:
 * whatever happens, nothing is made twice under one number, and what is there is found again.
 */

type NodeSpec = {
  readonly kind: "generate" | "remote" | "local" | "publish";
  readonly like: number;
  readonly need: number;
};
const node: fc.Arbitrary<NodeSpec> = fc.record({
  kind: fc.constantFrom(
    "generate" as const,
    "generate" as const,
    "remote" as const,
    "local" as const,
    "publish" as const,
  ),
  /** Nodes of the same kind and likeness that need the same are equal. */
  like: fc.nat({ max: 1 }),
  need: fc.nat({ max: 6 }),
});
const createRule: fc.Arbitrary<CreateRule> = fc.record({
  afterMs: fc.integer({ min: 0, max: 3000 }),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant("accepted" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "inDoubt" as const,
        remoteFailure("forbidden", { status: 403 }),
        remoteFailure("throttled", { status: 429, retryable: true }),
        remoteFailure("media_not_found", { status: 404, mediaGone: true }),
      ),
    },
  ),
});
const jobRule: fc.Arbitrary<JobRule> = fc.record({
  ends: fc.constantFrom("succeeded", "succeeded", "succeeded", "failed"),
  afterMs: fc.integer({ min: 0, max: 20_000 }),
});
const told = fc.record({
  nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
  runs: fc.array(
    fc.record({
      /** Since the one before began. */
      afterMs: fc.constantFrom(0, 50, 2000, 60_000, 400_000),
      fresh: fc.boolean(),
      copy: fc.boolean(),
      backwards: fc.boolean(),
      dieAfterMs: fc.option(fc.integer({ min: 0, max: 30_000 })),
      retry: fc.option(fc.nat({ max: 5 })),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  creates: fc.array(createRule, { minLength: 1, maxLength: 4 }),
  jobs: fc.array(jobRule, { minLength: 1, maxLength: 3 }),
  fetchMs: fc.constantFrom(10, 30_000),
});

/** The first makes what the others need; equal ones stand beside each other or one after the other. */
function specsOf(nodes: readonly NodeSpec[], prefix: string, backwards: boolean): StepSpec[] {
  const first: StepSpec = { ...step.generate("source"), name: `${prefix}source`, type: "source" };
  const rest = nodes.map(({ kind, like, need }, at): StepSpec => {
    const type = `${kind}-${like}`;
    const makers = nodes
      .slice(0, at)
      .flatMap((each, index) => (each.kind === "publish" ? [] : [`${prefix}n${index}`]));
    const from = [`${prefix}source`, ...(backwards ? [] : makers)];
    const source = from[need % from.length] ?? `${prefix}source`;
    const make = {
      generate: () => step.generate(type, source),
      remote: () => step.edit(type, "remote", source),
      local: () => step.edit(type, "local", source),
      publish: () => step.publish(type, source, `${prefix}${at}`),
    }[kind];
    return { ...make(), name: `${prefix}n${at}`, type };
  });
  return [first, ...(backwards ? rest.toReversed() : rest)];
}

const done = (run: Run) =>
  [...run.state().steps.values()].filter(({ status }) => status.kind === "succeeded");

function judge(world: World, runs: readonly Run[]): void {
  const intents = new Map<string, string>();
  const accepted = new Map<string, number>();
  const keys = new Map<string, string>();
  for (const event of world.seen.journal) {
    if (event.type === "create-intended" && event.takeKey !== undefined) {
      const number = `${event.takeKey}#${event.takeNumber}`;
      const maker = `${event.runId} ${event.stepId}`;
      expect(intents.get(number) ?? maker, "a number has one maker").toBe(maker);
      intents.set(number, maker);
      keys.set(`${maker} ${event.attempt}`, number);
    } else if (event.type === "create-intended") expect(event.jobKind).toBe("publish");
    if (event.type === "job-accepted") {
      const number = keys.get(`${event.runId} ${event.stepId} ${event.attempt}`);
      if (number === undefined) continue;
      expect(accepted.get(number), `${number} is accepted once`).toBeUndefined();
      accepted.set(number, 1);
    }
  }
  for (const take of world.takes.values()) expect(take.recipe.type).not.toContain("publish");
  for (const run of runs) {
    const own = done(run).flatMap(({ type, takeId }) =>
      takeId && type.startsWith("generate") ? [takeId] : [],
    );
    expect(new Set(own).size, "no two nodes have the same take").toBe(own.length);
    for (const { type, status } of done(run))
      if (type.startsWith("publish")) expect(status).toEqual({ kind: "succeeded", cached: false });
  }
}

test("at most one accepted create per key and number, no take for two equal nodes, and all is found again", async () => {
  await fc.assert(
    fc.asyncProperty(told, async ({ nodes, runs: plans, creates, jobs, fetchMs }) => {
      const world = createWorld({ policy: "skip" });
      world.rules.fetchMs = fetchMs;
      const names = ["source", ...nodes.map(({ kind, like }) => `${kind}-${like}`)];
      for (const name of names) {
        world.rules.creates.set(name, creates);
        world.rules.jobs.set(name, jobs);
      }
      const runs: Run[] = [];
      for (const [nth, plan] of plans.entries()) {
        await world.clock.advance(plan.afterMs);
        const specs = specsOf(nodes, plan.copy ? "copy-" : "", plan.backwards);
        const options = { runId: `run-${nth}x`, fresh: plan.fresh };
        const mortal = world.process();
        runs.push(world.startIn(mortal, specs, options));
        if (plan.dieAfterMs === null) continue;
        await world.clock.advance(plan.dieAfterMs);
        mortal.kill();
        runs.pop();
        runs.push(world.resume(specs, { ...options, inDoubt: "skip" }));
      }
      await world.clock.advance(400_000);
      for (const [nth, { retry }] of plans.entries()) {
        const run = runs[nth];
        const some = run && [...run.state().steps.keys()][retry ?? 0];
        if (retry !== null && some) run.retry(some);
      }
      await world.settle();
      for (const run of runs) expect(run.state().status).not.toBe("running");
      judge(world, runs);

      // With better luck all of it gets made; after that nothing is, in whatever order and in any process.
      for (const name of names) {
        world.rules.creates.set(name, []);
        world.rules.jobs.set(name, []);
      }
      const last = world.startIn(world.process(), specsOf(nodes, "", false), { runId: "last" });
      await world.settle();
      const made = world.seen.creates.length;
      const again = world.startIn(world.process(), specsOf(nodes, "", false), { runId: "again" });
      await world.settle();
      expect(world.seen.creates.length).toBe(made);
      expect(done(again).map(({ stepId, takeId }) => [stepId, takeId])).toEqual(
        done(last).map(({ stepId, takeId }) => [stepId, takeId]),
      );
      judge(world, [last, again]);
    }),
    { numRuns: 150 },
  );
}, 180_000);
