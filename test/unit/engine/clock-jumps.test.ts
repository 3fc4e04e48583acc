import { expect, test } from "vitest";
import { createSlots } from "../../../src/engine/limits/limits.ts";
import { createWorld, id, kinds, remoteFailure, step, stepOf } from "../../support/engine-world.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

/** Somebody sets the clock by a day, or a time server does, in the middle of whatever is under way. */

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

test.each([-DAY_MS, DAY_MS])(
  "set by %i ms at any moment, a run ends as it would have, in about the same time, and nothing is made twice",
  async (jumpMs) => {
    for (let at = 0; at <= 12_000; at += 750) {
      const world = createWorld();
      world.rules.creates.set("limited", [
        { outcome: remoteFailure("throttled", { status: 429, retryable: true }) },
        {},
      ]);
      const run = world.start([
        step.upload("photo"),
        step.generate("limited", "photo"),
        step.edit("cut", "local", "limited"),
        step.publish("post", "cut"),
        step.save("keep", "cut"),
      ]);
      await world.clock.advance(at);
      world.clock.jump(jumpMs);
      await world.clock.advance(2 * MINUTE_MS);
      expect(kinds(run)).toEqual({
        ...{ photo: "succeeded", limited: "succeeded", cut: "succeeded" },
        ...{ post: "succeeded", keep: "succeeded" },
      });
      expect(world.seen.creates.filter(({ job }) => job)).toHaveLength(2);
      expect(world.replayed()).toEqual(run.state());
      expect(world.seen.journal.map(({ seq }) => seq)).toEqual(
        world.seen.journal.map((_, index) => index + 1),
      );
    }
  },
);

test("a job that is far from done when the clock is set forward is looked at on, and not given up", async () => {
  const world = createWorld();
  world.rules.jobs.set("clip", [{ afterMs: 40 * MINUTE_MS }]);
  const run = world.start([step.video("clip")]);
  await world.clock.advance(10 * MINUTE_MS);
  world.clock.jump(DAY_MS);
  await world.clock.advance(35 * MINUTE_MS);
  expect(kinds(run)).toEqual({ clip: "succeeded" });
});

test.each([-DAY_MS, DAY_MS])(
  "a run resumed after the clock was set by %i ms goes on at once",
  async (jumpMs) => {
    const world = createWorld();
    world.rules.creates.set("a", [
      {
        outcome: remoteFailure("throttled", {
          status: 429,
          retryable: true,
          retryAtMs: world.clock.now() + MINUTE_MS,
        }),
      },
      {},
    ]);
    const specs = [step.generate("a"), step.save("b", "a")];
    const mortal = world.process();
    world.startIn(mortal, specs);
    await world.clock.advance(5_000);
    mortal.kill();
    world.clock.jump(jumpMs);
    const run = world.resume(specs);
    await world.clock.advance(31 * MINUTE_MS);
    expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
    expect(world.seen.creates.filter(({ job }) => job)).toHaveLength(1);
  },
);

test("a time to come back that is past by our clock is no reason to ask again at once", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [
    {
      outcome: remoteFailure("throttled", {
        status: 429,
        retryable: true,
        retryAtMs: world.clock.now() - DAY_MS,
      }),
    },
  ]);
  world.start([step.generate("a")]);
  await world.clock.advance(10_000);
  expect(world.seen.creates.length).toBeLessThanOrEqual(5);
  await world.settle();
});

test("a pause of all creates ends in its time when the clock is set back during it", async () => {
  const clock = createVirtualClock();
  const slots = createSlots(clock, 1);
  slots.pauseUntil(clock.now() + 10_000);
  let isGiven = false;
  void slots.acquire(new AbortController().signal).then(() => {
    isGiven = true;
  });
  await clock.advance(5_000);
  clock.jump(-DAY_MS);
  await clock.advance(11_000);
  expect(isGiven).toBe(true);
});

test("what is posted again after the clock was set back is the later one in the ledger", async () => {
  const world = createWorld();
  const specs = [step.upload("photo"), step.publish("post", "photo")];
  world.start(specs);
  await world.settle();
  world.clock.jump(-DAY_MS);
  const again = world.start(specs, { runId: "run-2" });
  await world.settle();
  const { status } = stepOf(again, "post");
  if (status.kind === "waiting-for-approval") again.approve(id("post"), status.post.digest);
  await world.settle();
  const rows = [...world.seen.ledger.values()];
  const at = (runId: string) => rows.find((row) => row.runId === runId)?.at ?? Number.NaN;
  expect(at("run-2")).toBeGreaterThan(at("run-1"));
});
