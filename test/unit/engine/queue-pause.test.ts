import { expect, test } from "vitest";
import { createWorld, id, kinds, step } from "../../support/engine-world.ts";

const paused = "the queue, which is paused";

test("while creates are held none leaves, and looking, fetching, rendering and saving go on", async () => {
  const world = createWorld();
  world.rules.jobs.set("remote", [{ afterMs: 60_000 }]);
  const run = world.start([
    step.upload("photo"),
    step.generate("remote"),
    step.generate("next", "remote"),
    step.edit("cut", "local", "remote"),
    step.save("kept", "cut"),
  ]);
  await world.clock.advance(2_000);
  world.queue.pause();
  const [creates, looks] = [world.seen.creates.length, world.seen.looks.length];
  await world.clock.advance(30 * 60_000);
  expect(world.seen.creates).toHaveLength(creates);
  expect(world.seen.looks.length).toBeGreaterThan(looks);
  expect(world.seen.fetches).toEqual(["media-job-1"]);
  expect(kinds(run)).toEqual({
    photo: "succeeded",
    remote: "succeeded",
    next: "running",
    cut: "succeeded",
    kept: "succeeded",
  });
  expect(world.seen.signals.findLast(({ stepId }) => stepId === "next")).toMatchObject({
    waitingFor: paused,
  });

  world.queue.resume();
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.createsOf("next")).toHaveLength(1);
});

test("a create that waits for a slot when the pause comes does not leave with it", async () => {
  const world = createWorld({ limits: { createsInFlight: 1 } });
  world.rules.creates.set("first", [{ afterMs: 5_000 }]);
  const run = world.start([step.generate("first"), step.generate("second")]);
  await world.clock.advance(1_000);
  world.queue.pause();
  await world.clock.advance(60_000);
  expect(world.seen.creates.map(({ name }) => name)).toEqual(["first"]);
  world.queue.resume();
  await world.settle();
  expect(kinds(run)).toEqual({ first: "succeeded", second: "succeeded" });
});

test("a create whose connection stands only after the pause came does not leave, and leaves once when it is over", async () => {
  const world = createWorld();
  world.rules.connects = () => ({ afterMs: 5_000 });
  const run = world.start([step.generate("a")]);
  await world.clock.advance(1_000);
  world.queue.pause();
  await world.clock.advance(60_000);
  expect(world.seen.creates).toEqual([]);
  expect(world.eventsOf("create-intended")).toEqual([]);
  world.queue.resume();
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded" });
  expect(world.eventsOf("create-intended").map(({ attempt }) => attempt)).toEqual([1]);
});

test("an approved post is held as well, and asks again when the same went out meanwhile", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  const { status } = run.state().steps.get(id("post")) ?? {};
  if (status?.kind !== "waiting-for-approval") throw new Error("No approval was asked for.");
  world.queue.pause();
  expect(run.approve(id("post"), status.post.digest)).toEqual({ ok: true });
  await world.clock.advance(60_000);
  expect(world.seen.creates).toEqual([]);
  world.seen.ledger.set("elsewhere#1", {
    runId: "another",
    stepId: "elsewhere",
    attempt: 1,
    scope: run.state().scope,
    platform: "instagram",
    accountId: "account-1",
    product: "IMAGE",
    mediaSha256: "sha-photo",
    caption: "Hello",
    paramsJson: "{}",
    digest: "another",
    graphId: "graph-2",
    graphName: "Another",
    nodeId: "elsewhere",
    serverLabel: "Test server",
    mediaKind: "image",
    approvedBy: "person",
    state: "sent",
    at: world.clock.now(),
  });
  world.queue.resume();
  await world.settle();
  expect(world.seen.creates).toEqual([]);
  expect(kinds(run)["post"]).toBe("waiting-for-approval");
});

test("a held step is cancelled at once, and nothing of it was made", async () => {
  const world = createWorld();
  world.queue.pause();
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.clock.advance(60_000);
  run.cancel();
  await world.clock.advance(100);
  expect(kinds(run)).toEqual({ a: "cancelled", b: "cancelled" });
  expect(world.seen.creates).toEqual([]);
  expect(world.eventsOf("create-intended")).toEqual([]);
});
