import { expect, test } from "vitest";
import { stepsToRetry } from "../../../src/engine/record.ts";
import { createWorld, id, kinds, step } from "../../support/engine-world.ts";

/** What a retry of the failed ones touched, by its events. */
const touched = (world: ReturnType<typeof createWorld>) =>
  new Set(world.eventsOf("step-reset").map(({ stepId }) => stepId));

test("only what failed or was cancelled runs again, with the finished results of the run", async () => {
  const world = createWorld();
  world.rules.jobs.set("b", [{ ends: "failed" }, {}]);
  world.rules.jobs.set("d", [{ ends: "failed" }, {}]);
  const run = world.start([
    step.generate("a"),
    step.generate("b", "a"),
    step.generate("c", "b"),
    step.generate("d"),
    step.generate("apart"),
  ]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "failed", c: "skipped", d: "failed", apart: "succeeded" });
  const before = world.seen.creates.length;
  const shown = stepsToRetry(run.state());
  expect([...shown].sort()).toEqual(["b", "c", "d"]);

  expect(run.retryFailed()).toEqual({ ok: true });
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(touched(world)).toEqual(shown);
  expect(
    world.seen.creates
      .slice(before)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["b", "c", "d"]);
  expect(world.replayed()).toEqual(run.state());
  expect(run.retryFailed()).toMatchObject({ ok: false, reason: { code: "nothing-failed" } });
});

test("a cancelled run goes on where it was: jobs that were made are collected, the rest is made", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 60_000 }]);
  const run = world.start([step.generate("a"), step.generate("b", "a"), step.text("word")]);
  await world.clock.advance(5_000);
  run.cancel();
  await world.settle();
  const shown = stepsToRetry(run.state());
  expect(run.retryFailed()).toEqual({ ok: true });
  await world.settle();
  expect(touched(world)).toEqual(shown);
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded", word: "succeeded" });
  expect(world.createsOf("a")).toHaveLength(1);
});

test("doubts, unfinished posts and posts that went out are left alone", async () => {
  const world = createWorld({ policy: "flag" });
  world.rules.creates.set("doubtful", [{ outcome: "inDoubt" }]);
  world.rules.jobs.set("bad", [{ ends: "failed" }]);
  const run = world.start([
    step.upload("photo"),
    step.publish("out", "photo", "Out"),
    step.generate("doubtful"),
    step.generate("after", "doubtful"),
    step.generate("bad"),
  ]);
  await world.settle();
  const posts = world.createsOf("Out").length;
  expect([...stepsToRetry(run.state())]).toEqual(["bad"]);
  run.retryFailed();
  await world.settle();
  expect(kinds(run)).toMatchObject({
    out: "succeeded",
    doubtful: "in-doubt",
    after: "waiting",
    bad: "failed",
  });
  expect([world.createsOf("Out").length, world.createsOf("doubtful").length]).toEqual([posts, 1]);
});

test("a post that was cancelled after it went out is looked at, never sent again", async () => {
  const world = createWorld({ policy: "flag" });
  world.rules.jobs.set("Out", [{ afterMs: 60_000 }]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo", "Out")]);
  await world.clock.advance(5_000);
  run.cancel();
  await world.settle();
  expect(run.retryFailed()).toEqual({ ok: true });
  await world.settle();
  expect(run.state().steps.get(id("post"))?.status.kind).toBe("succeeded");
  expect(world.createsOf("Out")).toHaveLength(1);
});
