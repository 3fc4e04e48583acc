import { expect, test } from "vitest";
import {
  createWorld,
  failureOf,
  id,
  kinds,
  remoteFailure,
  step,
  stepOf,
} from "../../support/engine-world.ts";

/** Files of the library are deleted behind the engine's back, between a step and those that need its result. */

test("what the server still has is fetched again for whoever needs it, and nothing is made again", async () => {
  const world = createWorld();
  const run = world.start([
    step.generate("a"),
    step.edit("cut", "local", "a"),
    step.save("keep", "a", "cut"),
  ]);
  while (world.seen.renders.length === 0) await world.clock.advance(100);
  world.rules.lost.add("sha-of-media-job-1");
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", cut: "succeeded", keep: "succeeded" });
  expect(world.seen.fetches).toEqual(["media-job-1", "media-job-1"]);
  expect(world.seen.creates).toHaveLength(1);
  expect(world.seen.saved[0]?.items).toHaveLength(2);
});

test("after a restart it is fetched again by the job that made it", async () => {
  const world = createWorld();
  const specs = [step.generate("a"), step.edit("cut", "local", "a"), step.save("keep", "cut")];
  const mortal = world.process();
  world.startIn(mortal, specs);
  while (world.seen.renders.length === 0) await world.clock.advance(100);
  mortal.kill();
  world.rules.lost.add("sha-of-media-job-1");
  const run = world.resume(specs);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", cut: "succeeded", keep: "succeeded" });
  expect(world.seen.creates).toHaveLength(1);
});

test("what the server lost as well: the step says which one must run again and about what that costs", async () => {
  const world = createWorld();
  world.rules.estimate = 40_000;
  world.rules.fetches = (_mediaId, turn) => (turn > 0 ? remoteFailure("not_found") : undefined);
  const run = world.start([
    step.generate("a"),
    step.edit("cut", "local", "a"),
    step.save("keep", "a", "cut"),
  ]);
  while (world.seen.renders.length === 0) await world.clock.advance(100);
  world.rules.lost.add("sha-of-media-job-1");
  await world.settle();
  expect(failureOf(run, "keep")).toMatchObject({
    code: "media_missing",
    message: "The file that “a” gave is no longer in the library.",
    remedy: "Retry “a”, which makes and charges it anew: about $0.04.",
    cause: "not_found.",
  });
  expect(world.seen.creates).toHaveLength(1);
  // Nothing upstream runs by itself; a retry of what failed tries the server once more.
  world.rules.fetches = () => undefined;
  expect(run.retry(id("keep"))).toEqual({ ok: true });
  await world.settle();
  expect(stepOf(run, "keep").status.kind).toBe("succeeded");
  expect(world.seen.creates).toHaveLength(1);
});

test("a render that is gone says that rendering it again is free, an upload that the file must be chosen", async () => {
  for (const [specs, lost, remedy] of [
    [
      [
        step.upload("photo"),
        step.edit("cut", "local", "photo"),
        step.write("words"),
        step.save("keep", "cut", "words"),
      ],
      "sha-of-/tmp/render-1-from-sha-photo",
      "Retry “cut”: it is rendered here again and costs nothing.",
    ],
    [
      [step.upload("upload"), step.write("words"), step.save("keep", "upload", "words")],
      "sha-upload",
      "Choose the file again, then run this step again.",
    ],
  ] as const) {
    const world = createWorld();
    world.rules.jobs.set("words", [{ afterMs: 60_000, outputs: [{ type: "value", value: "Words" }] }]);
    const run = world.start(specs);
    await world.clock.advance(30_000);
    world.rules.lost.add(lost);
    await world.settle();
    expect(failureOf(run, "keep")).toMatchObject({ code: "media_missing", remedy });
  }
});

test("a post whose file is gone goes out by the server's id, once", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  const { status } = stepOf(run, "post");
  if (status.kind !== "waiting-for-approval") throw new Error("It does not ask.");
  world.rules.lost.add("sha-of-media-job-1");
  world.rules.fetches = () => remoteFailure("not_found");
  run.approve(id("post"), status.post.digest);
  await world.settle();
  expect(kinds(run)["post"]).toBe("succeeded");
  expect(world.createsOf("Hello")).toHaveLength(1);
});
