import fc from "fast-check";
import { expect, test } from "vitest";
import type { Run, RunSetup } from "../../../src/engine/index.ts";
import { takeIdOf } from "../../../src/engine/takes/take-key.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  remoteFailure,
  type StepSpec,
  step,
  stepOf,
  type World,
} from "../../support/engine-world.ts";

/**
 * A job that the server accepted is out, whatever becomes of the run that sent it: an equal step of a later run looks at
 * it, and makes none of its own.
 */

const chain = [step.generate("a"), step.edit("b", "remote", "a"), step.generate("c", "b")];

async function runOf(
  world: World,
  specs: readonly StepSpec[],
  options: Partial<RunSetup> = {},
): Promise<Run> {
  const run = world.startIn(world.process(), specs, { runId: "second", ...options });
  await world.settle();
  return run;
}

/** A first run that is left with a job out at the server, in the way that is asked for. */
const leave: Record<string, (world: World, specs: readonly StepSpec[]) => Promise<void>> = {
  async "was cancelled"(world, specs) {
    const run = world.startIn(world.process(), specs);
    await world.clock.advance(1000);
    run.cancel();
    await world.clock.advance(1000);
  },
  async "was past its deadline"(world, specs) {
    const run = world.startIn(world.process(), specs);
    await world.clock.advance(10 * 60_000);
    expect(kindOf(run, "a")).toBe("overdue");
  },
  async "lost its process"(world, specs) {
    const mortal = world.process();
    world.startIn(mortal, specs);
    await world.clock.advance(1000);
    mortal.kill();
  },
  async "was cancelled before the answer came"(world, specs) {
    world.rules.creates.set("a", [{ afterMs: 40_000 }]);
    const run = world.startIn(world.process(), specs);
    await world.clock.advance(1000);
    run.cancel();
    await world.clock.advance(60_000);
    expect(kindOf(run, "a")).toBe("cancelled");
  },
};

const worldOf = () => {
  const world = createWorld({
    limits: { deadlineMs: 300_000 },
  });
  world.rules.jobs.set("a", [{ afterMs: 11 * 60_000 - 10_000 }]);
  return world;
};

test.each(Object.keys(leave))(
  "of a run that %s an equal later run looks at the job, and makes none",
  async (how) => {
    const world = worldOf();
    await leave[how]?.(world, chain);
    world.rules.creates.clear();
    const run = world.startIn(world.process(), chain, { runId: "second" });
    await world.clock.advance(5000);
    expect(stepOf(run, "a")).toMatchObject({
      status: { kind: "running", phase: "remote" },
      job: { id: "job-1" },
    });
    expect(stepOf(run, "a").spentMicrodollars).toBeUndefined();
    // It is past the deadline once more before the job ends; each run looks at it for as long as it may.
    await world.settle();
    let last = run;
    for (const runId of ["third", "fourth"]) last = await runOf(world, chain, { runId });
    expect(world.createsOf("a")).toHaveLength(1);
    expect([kindOf(last, "a"), kindOf(last, "b"), kindOf(last, "c")]).toEqual([
      "succeeded",
      "succeeded",
      "succeeded",
    ]);
    expect([...world.takes.values()].find(({ nodeId }) => nodeId === "a")).toMatchObject({
      job: { id: "job-1" },
      estimateMicrodollars: 4000,
    });
  },
);

test("a fresh run and a node that always makes its own leave a job alone that is out", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "never" }, {}]);
  await leave["was cancelled"]?.(world, [step.generate("a")]);
  const fresh = await runOf(world, [step.generate("a")], { fresh: true });
  expect(kindOf(fresh, "a")).toBe("succeeded");
  const never = await runOf(world, [{ ...step.generate("a"), reuse: "never" }], { runId: "third" });
  expect(kindOf(never, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(3);
});

test("jobs out go to the nodes that sent them, wherever these stand by now", async () => {
  const world = createWorld();
  const equals = (names: readonly string[]) =>
    names.map((name): StepSpec => ({ ...step.generate("equal"), name, type: "equal" }));
  await leave["was cancelled"]?.(world, equals(["x", "y", "z"]));
  const jobs = new Map(
    world.eventsOf("job-accepted").map(({ stepId, job }) => [String(stepId), job.id] as const),
  );
  const again = await runOf(world, equals(["z", "new", "x", "y"]));
  for (const name of ["x", "y", "z"]) expect(stepOf(again, name).job?.id).toBe(jobs.get(name));
  expect(kindOf(again, "new")).toBe("succeeded");
  expect(world.seen.creates).toHaveLength(4);
});

test("of two processes that find a job out one looks at it, and the other waits for the result", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 20_000 }]);
  const specs = [step.generate("a")];
  await leave["lost its process"]?.(world, specs);
  const two = world.startIn(world.process(), specs, { runId: "two" });
  const three = world.startIn(world.process(), specs, { runId: "three" });
  await world.settle();
  expect(world.eventsOf("job-adopted")).toHaveLength(1);
  expect([kindOf(two, "a"), kindOf(three, "a")]).toEqual(["succeeded", "succeeded"]);
  expect(world.createsOf("a")).toHaveLength(1);
});

test("when the one who looks goes, the next one looks at the same job", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 60_000 }]);
  const specs = [step.generate("a")];
  for (const runId of ["one", "two", "three", "four"]) {
    const mortal = world.process();
    world.startIn(mortal, specs, { runId });
    await world.clock.advance(3000);
    mortal.kill();
  }
  const resumed = world.resume(specs, { runId: "three" });
  await world.settle();
  expect(kindOf(resumed, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(1);
});

test("a job that turns out to have failed is made again only by a later word", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "failed", afterMs: 5000 }, {}]);
  const specs = [step.generate("a")];
  await leave["was cancelled"]?.(world, specs);
  const run = await runOf(world, specs);
  expect(failureOf(run, "a").code).toBe("job_failed");
  expect(world.createsOf("a")).toHaveLength(1);
  run.retry(id("a"));
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(2);
});

test("a job that succeeded and shows its result some looks later is not made again", async () => {
  const world = createWorld();
  const specs = [step.generate("a")];
  world.rules.jobs.set("a", [{ outputsAfterMs: 12_000 }]);
  const run = await runOf(world, specs);
  expect(kindOf(run, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(1);
});

test("a job that succeeded without a result is looked at again by Retry and by later runs, which pay for nothing", async () => {
  const world = createWorld();
  const specs = [step.generate("a")];
  world.rules.jobs.set("a", [{ outputsAfterMs: 3_600_000 }]);
  const first = await runOf(world, specs, { runId: "first" });
  expect(failureOf(first, "a")).toMatchObject({ code: "no_output", cost: "charged" });
  first.retry(id("a"));
  await world.settle();
  expect(failureOf(first, "a").code).toBe("no_output");
  const later = await runOf(world, specs);
  expect(failureOf(later, "a").code).toBe("no_output");
  await world.clock.advance(3_600_000);
  later.retry(id("a"));
  await world.settle();
  expect(kindOf(later, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(1);
});

// ── Doubts ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A first process that dies between the intent and the answer. */
async function leaveDoubt(world: World, specs: readonly StepSpec[]): Promise<string> {
  world.rules.creates.set("a", [{ outcome: "silent" }, {}]);
  const mortal = world.process();
  world.startIn(mortal, specs);
  await world.clock.advance(1000);
  mortal.kill();
  const [intent] = world.eventsOf("create-intended", "a");
  return takeIdOf(intent?.takeKey ?? "", intent?.takeNumber ?? 0, world.deps.sha256);
}

test("what an earlier run may have made is not made again before somebody was told, and then by their word", async () => {
  const world = createWorld();
  const specs = [step.generate("a")];
  await leaveDoubt(world, specs);
  const run = await runOf(world, specs);
  expect(failureOf(run, "a")).toMatchObject({ code: "equal_in_doubt", cost: "none", retryable: true });
  expect(failureOf(run, "a").message).toContain("run-1");
  expect(world.createsOf("a")).toHaveLength(1);
  run.retry(id("a"));
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  expect(world.createsOf("a")).toHaveLength(2);
});

test("a run whose person was told of the doubt makes it beside it, once for each that was told", async () => {
  const world = createWorld();
  const takeId = await leaveDoubt(world, [step.generate("a")]);
  const equals = ["a", "b"].map((name): StepSpec => ({ ...step.generate("a"), name, type: "a" }));
  const run = await runOf(world, equals, { toldDoubts: new Set([takeId]) });
  expect([kindOf(run, "a"), kindOf(run, "b")]).toEqual(["succeeded", "succeeded"]);
});

test("a step that waited for one which went in doubt does not make it in its place", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: "inDoubt", afterMs: 1000 }, {}]);
  const specs = [step.generate("a")];
  const one = world.startIn(world.process(), specs, { runId: "one" });
  await world.clock.advance(300);
  const two = await runOf(world, specs);
  expect(kindOf(one, "a")).toBe("in-doubt");
  expect(failureOf(two, "a").code).toBe("equal_in_doubt");
  // Left out by a person's word, it is in doubt for nobody any more.
  one.settleDoubt(id("a"), "skip");
  await world.settle();
  const three = await runOf(world, specs, { runId: "three" });
  expect(kindOf(three, "a")).toBe("succeeded");
});

test("an answer that came while the machine slept is heard before a cancelled run gives it up", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ afterMs: 35_000 }]);
  const run = world.start([step.generate("a")]);
  await world.clock.advance(1000);
  run.cancel();
  world.clock.sleepThrough(60_000);
  await world.settle();
  expect(stepOf(run, "a").status).toEqual({ kind: "cancelled", job: { kind: "inference", id: "job-1" } });
  expect(world.eventsOf("create-in-doubt")).toEqual([]);
});

// ── Whatever happens ─────────────────────────────────────────────────────────────────────────────────────────

const told = fc.record({
  runs: fc.array(
    fc.record({
      /** Since the one before began. */
      afterMs: fc.constantFrom(0, 50, 800, 5000, 60_000, 400_000),
      ends: fc.constantFrom("by itself", "cancel", "kill", "kill and resume", "cancel and go on"),
      endsAfterMs: fc.integer({ min: 0, max: 40_000 }),
      resumesAfterMs: fc.constantFrom(0, 10_000, 100_000),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  creates: fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 40_000 }),
      outcome: fc.oneof(
        { weight: 5, arbitrary: fc.constant("accepted" as const) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "inDoubt" as const,
            "silent" as const,
            "throws" as const,
            remoteFailure("throttled", { status: 429, retryable: true }),
          ),
        },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  jobMs: fc.constantFrom(100, 3000, 30_000, 500_000),
  outputsAfterMs: fc.constantFrom(0, 0, 5000, 600_000),
  journalNowMs: fc.constantFrom(0, 30),
});

test("in whatever order runs of a graph begin, end, die and go on: what was sent once is not sent again", async () => {
  await fc.assert(
    fc.asyncProperty(told, async ({ runs, creates, jobMs, outputsAfterMs, journalNowMs }) => {
      const world = createWorld({ journalNowMs });
      for (const name of ["a", "c"]) {
        world.rules.creates.set(name, creates);
        world.rules.jobs.set(name, [{ afterMs: jobMs, outputsAfterMs }]);
      }
      for (const [nth, { afterMs, ends, endsAfterMs, resumesAfterMs }] of runs.entries()) {
        await world.clock.advance(afterMs);
        const runId = `run-${nth}x`;
        const mortal = world.process();
        const run = world.startIn(mortal, chain, { runId });
        if (ends === "by itself") continue;
        await world.clock.advance(endsAfterMs);
        if (ends === "kill" || ends === "kill and resume") mortal.kill();
        else run.cancel();
        if (ends === "kill and resume") {
          await world.clock.advance(resumesAfterMs);
          world.resume(chain, { runId });
        }
        if (ends === "cancel and go on") {
          await world.clock.advance(resumesAfterMs);
          run.retryLeft();
        }
      }
      // Not until nothing happens: a create that never answers is waited for by the others for days.
      await world.clock.advance(3_600_000);
      const counts = new Map<string, number>();
      for (const { name, mayBeMade } of world.seen.creates)
        if (mayBeMade) counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const [name, count] of counts) expect(count, `${name} is sent once`).toBe(1);
    }),
    { numRuns: 60 },
  );
}, 120_000);
