import { expect, test } from "vitest";
import { createWorld, id, kindOf, kinds, remoteFailure, step, stepOf } from "../../support/engine-world.ts";

// ── Retry ──────────────────────────────────────────────────────────────────────────────────────────────────

test("a retry runs the step and what depends on it, and makes no request above or beside it", async () => {
  const world = createWorld();
  world.rules.jobs.set("b", [{ ends: "failed" }, {}]);
  const run = world.start([
    step.upload("photo"),
    step.generate("a", "photo"),
    step.generate("b", "a"),
    step.generate("c", "b"),
    step.generate("beside", "a"),
  ]);
  await world.settle();
  expect(await run.whenSettled()).toBe("failed");
  const before = world.seen.creates.length;
  expect(run.retry(id("b"))).toEqual({ ok: true });
  expect(await Promise.race([run.whenSettled(), Promise.resolve("not yet")])).toBe("not yet");
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.creates.slice(before).map((create) => create.name)).toEqual(["b", "c"]);
  expect(world.seen.uploads).toHaveLength(1);
  expect(world.eventsOf("create-intended", "b").map((event) => event.attempt)).toEqual([1, 2]);
  expect(world.replayed()).toEqual(run.state());
});

test("a retry of a skipped step retries the one to blame", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "failed" }, {}]);
  const run = world.start([step.generate("a"), step.generate("b", "a"), step.generate("c", "b")]);
  await world.settle();
  expect(run.retry(id("c"))).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
});

test("a retry of one culprit leaves what another still blocks skipped, and says by whom", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "failed" }, {}]);
  world.rules.jobs.set("b", [{ ends: "failed" }]);
  const run = world.start([step.generate("a"), step.generate("b"), step.generate("c", "a", "b")]);
  await world.settle();
  run.retry(id("a"));
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "failed", c: "skipped" });
  expect(stepOf(run, "c").status).toMatchObject({ reason: { kind: "upstream", stepId: "b" } });
});

test("a retry of a succeeded step makes a fresh take and carries it down", async () => {
  const world = createWorld();
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  expect(run.retry(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.createsOf("b").map((create) => create.request.body)).toMatchObject([
    { attachmentMediaIds: ["media-job-1"] },
    { attachmentMediaIds: ["media-job-3"] },
  ]);
  expect(stepOf(run, "a").outputs[0]?.value).toMatchObject({
    mediaId: "media-job-3",
    sha256: "sha-of-media-job-3",
  });
});

test("a retry is refused while something still runs with the old result", async () => {
  const world = createWorld();
  world.rules.jobs.set("b", [{ ends: "never" }]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.clock.advance(20_000);
  expect(run.retry(id("a"))).toMatchObject({ ok: false, reason: { code: "dependants-running" } });
  expect(run.retry(id("b"))).toMatchObject({ ok: false, reason: { code: "wrong-state" } });
  expect(run.retry(id("nobody"))).toMatchObject({ ok: false, reason: { code: "unknown-step" } });
});

test("results of an earlier take that arrive late change nothing", async () => {
  const world = createWorld();
  world.rules.fetchMs = 60_000;
  const run = world.start([step.generate("a")]);
  await world.clock.advance(10_000);
  expect(kindOf(run, "a")).toBe("succeeded");
  expect(run.retry(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(world.eventsOf("output-stored")).toMatchObject([{ media: { mediaId: "media-job-2" } }]);
  expect(world.eventsOf("output-not-stored")).toEqual([]);
});

test("a branch may be retried while another still runs", async () => {
  const world = createWorld();
  world.rules.jobs.set("slow", [{ afterMs: 600_000 }]);
  world.rules.jobs.set("bad", [{ ends: "failed" }, {}]);
  const run = world.start([step.generate("slow"), step.generate("bad")]);
  await world.clock.advance(30_000);
  expect(run.retry(id("bad"))).toEqual({ ok: true });
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.eventsOf("run-settled")).toHaveLength(1);
});

// ── Cancel ─────────────────────────────────────────────────────────────────────────────────────────────────

test("cancel ends waiting and remote work at once and keeps the ids of jobs that go on", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 600_000 }]);
  const run = world.start([step.generate("a"), step.generate("b", "a"), step.text("done")]);
  await world.clock.advance(10_000);
  expect(run.cancel()).toEqual({ ok: true });
  await world.clock.advance(100);
  expect(kinds(run)).toEqual({ a: "cancelled", b: "cancelled", done: "succeeded" });
  expect(stepOf(run, "a").status).toEqual({ kind: "cancelled", job: { kind: "inference", id: "job-1" } });
  expect(await run.whenSettled()).toBe("cancelled");
  const looks = world.seen.looks.length;
  await world.settle();
  expect(world.seen.looks).toHaveLength(looks);
  expect(world.clock.pendingTimers).toBe(0);
  expect(run.cancel()).toMatchObject({ ok: false, reason: { code: "not-running" } });
});

test("cancel waits for a create in flight and writes its id down; no second create follows", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ afterMs: 20_000 }]);
  const run = world.start([step.generate("a")]);
  await world.clock.advance(1000);
  run.cancel();
  await world.clock.advance(10_000);
  expect(kindOf(run, "a")).toBe("running");
  expect(run.retry(id("a"))).toMatchObject({ reason: { code: "stopping" } });
  await world.settle();
  expect(stepOf(run, "a").status).toMatchObject({ kind: "cancelled", job: { id: "job-1" } });
  expect(world.eventsOf("job-accepted")).toHaveLength(1);
});

test("only a create that stays silent is in doubt, after 30 s", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: "silent" }]);
  const run = world.start([step.generate("a"), step.generate("b")]);
  await world.clock.advance(1000);
  run.cancel();
  await world.clock.advance(30_100);
  expect(kinds(run)).toEqual({ a: "in-doubt", b: "cancelled" });
  expect(await run.whenSettled()).toBe("cancelled");
  expect(run.retry(id("a"))).toMatchObject({ reason: { code: "in-doubt" } });
});

test("an answer after that settles the doubt", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ afterMs: 60_000 }]);
  const run = world.start([step.generate("a")]);
  await world.clock.advance(1000);
  run.cancel();
  await world.clock.advance(31_000);
  expect(kindOf(run, "a")).toBe("in-doubt");
  await world.settle();
  expect(stepOf(run, "a").status).toMatchObject({ kind: "cancelled", job: { id: "job-1" } });
  expect(world.replayed()).toEqual(run.state());
});

test("a cancelled step with a job is collected, not paid for again; only a retry goes on after it", async () => {
  for (const [verb, after] of [
    ["retry", "succeeded"],
    ["checkAgain", "cancelled"],
  ] as const) {
    const world = createWorld();
    world.rules.jobs.set("a", [{ afterMs: 60_000 }]);
    const run = world.start([step.generate("a"), step.generate("b", "a")]);
    await world.clock.advance(5000);
    run.cancel();
    await world.settle();
    expect(run[verb](id("a"))).toEqual({ ok: true });
    await world.clock.advance(120_000);
    expect(kinds(run)).toEqual({ a: "succeeded", b: after });
    expect(world.createsOf("a")).toHaveLength(1);
    expect(world.createsOf("b")).toHaveLength(after === "succeeded" ? 1 : 0);
    expect(run.state().cancelRequested).toBe(false);
    // What was only collected can still be gone on from.
    if (verb === "checkAgain") expect(run.retry(id("b"))).toEqual({ ok: true });
    await world.settle();
    expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  }
});

test("cancel kills local renders and begins nothing that waits for a slot", async () => {
  const world = createWorld({ limits: { rendersInFlight: 1 } });
  const run = world.start([
    step.upload("photo"),
    step.edit("one", "local", "photo"),
    step.edit("two", "local", "photo"),
  ]);
  await world.clock.advance(500);
  run.cancel();
  await world.clock.advance(100);
  expect(kinds(run)).toEqual({ photo: "succeeded", one: "cancelled", two: "cancelled" });
  expect([world.seen.renders.length, world.seen.killedRenders]).toEqual([1, 1]);
});

test("cancel during a back-off sends nothing more", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [
    {
      outcome: remoteFailure("throttled", {
        status: 429,
        retryable: true,
        retryAtMs: world.clock.now() + 60_000,
      }),
    },
  ]);
  const run = world.start([step.generate("a")]);
  await world.clock.advance(5000);
  run.cancel();
  await world.clock.advance(100);
  expect(stepOf(run, "a").status).toEqual({ kind: "cancelled" });
  expect(world.createsOf("a")).toHaveLength(1);
  expect(world.clock.pendingTimers).toBe(0);
  run.retry(id("a"));
  await world.settle();
  expect(world.createsOf("a").length).toBeGreaterThan(1);
});

test("a cancel between the intent and its send takes the intent back", async () => {
  const world = createWorld({ journalNowMs: 100 });
  const run = world.start([step.generate("a")]);
  await world.clock.advance(50);
  run.cancel();
  await world.settle();
  expect(world.createsOf("a")).toEqual([]);
  expect(world.eventsOf("create-intended")).toHaveLength(1);
  expect(world.eventsOf("create-ended")).toMatchObject([{ outcome: "not-sent" }]);
  expect(stepOf(run, "a").status).toEqual({ kind: "cancelled" });
});

test("a result that is being fetched when the run is cancelled is given its time", async () => {
  const world = createWorld();
  world.rules.fetchMs = 10_000;
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.clock.advance(6000);
  run.cancel();
  await world.settle();
  expect(stepOf(run, "a").outputs[0]?.value).toMatchObject({ sha256: "sha-of-media-job-1" });
});

// ── Quitting ─────────────────────────────────────────────────────────────────────────────────────────────

test("stopping for a quit leaves the run unfinished with its job ids, and tells no end", async () => {
  const world = createWorld();
  world.rules.creates.set("flying", [{ afterMs: 5000 }]);
  world.rules.jobs.set("remote", [{ ends: "never" }]);
  const run = world.start([
    step.generate("remote"),
    step.generate("flying"),
    step.generate("next", "remote"),
  ]);
  await world.clock.advance(2000);
  let isQuiet = false;
  void run.stop().then(() => {
    isQuiet = true;
  });
  await world.clock.advance(1000);
  expect(isQuiet).toBe(false);
  await world.settle();
  expect(isQuiet).toBe(true);
  expect(kinds(run)).toEqual({ remote: "running", flying: "running", next: "waiting" });
  expect(stepOf(run, "remote").job).toEqual({ kind: "inference", id: "job-1" });
  expect(stepOf(run, "flying").job).toEqual({ kind: "inference", id: "job-2" });
  expect(run.state().status).toBe("running");
  expect(world.eventsOf("cancel-requested")).toEqual([]);
  expect(world.clock.pendingTimers).toBe(0);
  await expect(run.whenSettled()).rejects.toMatchObject({ code: "run_stopped" });
  expect(run.retry(id("remote"))).toMatchObject({ reason: { code: "stopped" } });
  expect(world.replayed()).toEqual(run.state());
});

test("stopping a run that has settled changes nothing about how it ended", async () => {
  const world = createWorld();
  const run = world.start([step.text("a")]);
  await world.settle();
  await run.stop();
  expect(await run.whenSettled()).toBe("done");
});

test("an answer that comes after a retry further up leaves nobody waiting for it", async () => {
  const world = createWorld();
  world.rules.creates.set("b", [{ afterMs: 31_001 }]);
  const run = world.start([step.upload("a"), step.generate("b", "a"), step.text("c", "b")]);
  await world.clock.advance(150);
  run.cancel();
  await world.clock.advance(30_500);
  expect(kindOf(run, "b")).toBe("in-doubt");
  run.retry(id("a"));
  await world.clock.advance(100);
  expect(kindOf(run, "c")).toBe("waiting");
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "cancelled", c: "skipped" });
  expect(run.state().status).toBe("cancelled");
  expect(world.replayed()).toEqual(run.state());
});
