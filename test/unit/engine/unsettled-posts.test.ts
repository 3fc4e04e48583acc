import { describe, expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import { type PostPreview, runCounts, stepActions } from "../../../src/engine/record.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  remoteFailure,
  step,
  stepOf,
  type World,
} from "../../support/engine-world.ts";

// While nobody can say whether a post went out, no other of the same media to the same account and product is sent.

const postOf = (run: Run, name: string): PostPreview => {
  const { status } = stepOf(run, name);
  if (status.kind !== "waiting-for-approval") throw new Error(`${name} is ${status.kind}.`);
  return status.post;
};
const posts = (world: World) => world.seen.creates.filter((create) => create.request.kind === "publish");
const rowOf = (world: World, name: string) => {
  const row = world.seen.ledger.get(name);
  if (!row) throw new Error(`The ledger has no ${name}.`);
  return row;
};
const photoTo = (name: string, caption: string, account?: string) => [
  step.upload("photo"),
  step.publish(name, "photo", caption, account),
];

/** A first run whose post of the photo ended in doubt, or was sent and never heard of. */
async function leftOpen(how: "in doubt" | "unknown", policy: "ask" | "flag" | "sandbox" = "flag") {
  const world = createWorld({ policy });
  if (how === "in doubt") world.rules.creates.set("First", [{ outcome: "inDoubt" }]);
  else world.rules.jobs.set("First", [{ ends: "never" }]);
  const first = world.start(photoTo("first", "First"));
  await world.settle();
  if (policy === "ask") {
    first.approve(id("first"), postOf(first, "first").digest);
    await world.settle();
  }
  expect(kindOf(first, "first")).toBe(how === "in doubt" ? "in-doubt" : "outcome-unknown");
  expect(posts(world)).toHaveLength(1);
  return { world, first };
}

describe.each(["in doubt", "unknown"] as const)("after a post %s", (how) => {
  test.each(["ask", "flag", "sandbox"] as const)(
    "the same media in another run, whatever its caption, is not sent under policy %s until a person settles it",
    async (policy) => {
      const { world, first } = await leftOpen(how, policy);
      const second = world.start(photoTo("second", "Another caption"), { runId: "run-2" });
      await world.settle();
      const post = postOf(second, "second");
      expect(post.blockedBy).toMatchObject({
        runId: "run-1",
        stepId: "first",
        attempt: 1,
        state: how === "in doubt" ? "in-doubt" : "unknown",
      });
      expect(second.approve(id("second"), post.digest)).toMatchObject({
        ok: false,
        reason: { code: "earlier-unsettled" },
      });
      await world.settle();
      expect(kindOf(second, "second")).toBe("waiting-for-approval");
      expect(world.eventsOf("approval-given", "second")).toEqual([]);
      expect(posts(world)).toHaveLength(1);

      expect(first.settlePost(id("first"), 1, "sent")).toEqual({ ok: true });
      await world.settle();
      expect(kindOf(first, "first")).toBe("succeeded");
      expect(await first.whenSettled()).toBe("done");
      const again = postOf(second, "second");
      expect(again).not.toHaveProperty("blockedBy");
      expect(again.lastSentAt).toBe(rowOf(world, "first#1").at);
      expect(second.approve(id("second"), post.digest)).toMatchObject({ reason: { code: "approval-void" } });
      second.approve(id("second"), again.digest);
      await world.settle();
      expect(kindOf(second, "second")).toBe("succeeded");
      expect(posts(world)).toHaveLength(2);
    },
  );

  test("another account, product or picture is free to go", async () => {
    const { world } = await leftOpen(how);
    const other = world.start(
      [
        step.upload("photo"),
        step.upload("other"),
        step.publish("elsewhere", "photo", "Elsewhere", "account-2"),
        step.publish("else", "other", "Else"),
      ],
      { runId: "run-2" },
    );
    await world.settle();
    expect(kindOf(other, "elsewhere")).toBe("succeeded");
    expect(kindOf(other, "else")).toBe("succeeded");
  });

  test("a person's word is in the ledger with who and when, in the transaction of its event", async () => {
    const { world, first } = await leftOpen(how);
    first.settlePost(id("first"), 1, "sent");
    await world.settle();
    expect(rowOf(world, "first#1")).toMatchObject({
      state: how === "in doubt" ? "in-doubt" : "unknown",
      settled: { as: "sent", by: "person", at: world.eventsOf("doubt-settled")[0]?.at },
    });
    expect(world.seen.appends).toContainEqual(expect.objectContaining({ durability: "now" }));
    expect(world.eventsOf("doubt-settled")).toMatchObject([{ stepId: "first", decision: "sent" }]);
    expect(first.settlePost(id("first"), 1, "not-sent")).toMatchObject({
      reason: { code: "nothing-unsettled" },
    });
    expect(first.retry(id("first"))).toMatchObject({ ok: false });
  });

  test("one that did not go out asks anew, and is sent once by that approval", async () => {
    const { world, first } = await leftOpen(how);
    world.rules.creates.delete("First");
    world.rules.jobs.delete("First");
    expect(first.settlePost(id("first"), 1, "not-sent")).toEqual({ ok: true });
    await world.settle();
    const post = postOf(first, "first");
    expect(post).not.toHaveProperty("lastSentAt");
    expect(post).not.toHaveProperty("blockedBy");
    expect(posts(world)).toHaveLength(1);
    first.approve(id("first"), post.digest);
    await world.settle();
    expect(kindOf(first, "first")).toBe("succeeded");
    expect(posts(world)).toHaveLength(2);
    expect(rowOf(world, "first#1").settled?.as).toBe("not-sent");
  });

  test("left alone by Skip, it still blocks; a look at the wrong attempt settles nothing", async () => {
    const { world, first } = await leftOpen(how);
    if (how === "in doubt") first.settleDoubt(id("first"), "skip");
    await world.settle();
    expect(stepActions(stepOf(first, "first"))).toContain("settle");
    expect(runCounts(first.state()).needsYou).toBe(1);
    const second = world.start(photoTo("second", "Second"), { runId: "run-2" });
    await world.settle();
    expect(postOf(second, "second").blockedBy).toBeDefined();
    expect(first.settlePost(id("first"), 2, "sent")).toMatchObject({ reason: { code: "nothing-unsettled" } });
    expect(second.settlePost(id("second"), 1, "sent")).toMatchObject({
      reason: { code: "nothing-unsettled" },
    });
    expect(first.settlePost(id("first"), 1, "sent")).toEqual({ ok: true });
    await world.settle();
    expect(postOf(second, "second")).not.toHaveProperty("blockedBy");
  });

  test("settled while no process held the run, the run reads it when it is opened", async () => {
    const { world, first } = await leftOpen(how);
    await first.stop();
    const row = rowOf(world, "first#1");
    world.seen.ledger.set("first#1", { ...row, settled: { as: "sent", by: "person", at: 5 } });
    const opened = world.resume(photoTo("first", "First"));
    await world.settle();
    expect(kindOf(opened, "first")).toBe("succeeded");
    expect(await opened.whenSettled()).toBe("done");
    expect(world.eventsOf("doubt-settled")).toHaveLength(1);
    expect(posts(world)).toHaveLength(1);

    const again = world.resume(photoTo("first", "First"));
    await world.settle();
    expect(kindOf(again, "first")).toBe("succeeded");
    expect(world.eventsOf("doubt-settled")).toHaveLength(1);
  });
});

test("the step in doubt itself, sent again, waits for its own earlier post to be settled", async () => {
  const { world, first } = await leftOpen("in doubt", "ask");
  first.settleDoubt(id("first"), "resend");
  await world.settle();
  const post = postOf(first, "first");
  expect(post.blockedBy).toMatchObject({ stepId: "first", attempt: 1 });
  expect(first.approve(id("first"), post.digest)).toMatchObject({ reason: { code: "earlier-unsettled" } });
  first.settlePost(id("first"), 1, "sent");
  await world.settle();
  expect(kindOf(first, "first")).toBe("succeeded");
  expect(posts(world)).toHaveLength(1);
});

test("two doubts of one post are settled one after the other", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.creates.set("First", [{ outcome: "inDoubt" }, { outcome: "inDoubt" }]);
  const run = world.start(photoTo("first", "First"));
  await world.settle();
  run.approve(id("first"), postOf(run, "first").digest);
  await world.settle();
  run.settlePost(id("first"), 1, "not-sent");
  await world.settle();
  run.approve(id("first"), postOf(run, "first").digest);
  await world.settle();
  const other = world.start(photoTo("second", "Second"), { runId: "run-2" });
  await world.settle();
  expect(postOf(other, "second").blockedBy).toMatchObject({ attempt: 2 });
  expect(run.settlePost(id("first"), 2, "sent")).toEqual({ ok: true });
  await world.settle();
  expect(postOf(other, "second")).not.toHaveProperty("blockedBy");
});

test("an answer that comes after all settles it by itself", async () => {
  const { world, first } = await leftOpen("unknown");
  const second = world.start(photoTo("second", "Second"), { runId: "run-2" });
  await world.settle();
  expect(postOf(second, "second").blockedBy).toBeDefined();
  // The job ends at last, and somebody looks.
  const { look } = world.deps.server;
  world.deps.server.look = async (job, options) => {
    const view = await look(job, options);
    return job.id === "job-1" ? { ...view, status: "succeeded", ended: "succeeded" } : view;
  };
  first.checkAgain(id("first"));
  await world.settle();
  expect(rowOf(world, "first#1").state).toBe("succeeded");
  expect(postOf(second, "second")).not.toHaveProperty("blockedBy");
  expect(postOf(second, "second").lastSentAt).toBeGreaterThan(0);
});

test("our own mistake after a send blocks as well, and a person's word ends it", async () => {
  const world = createWorld({ policy: "flag" });
  world.deps.server.look = async () => JSON.parse("null");
  const run = world.start(photoTo("first", "First"));
  await world.settle();
  expect(failureOf(run, "first").code).toBe("internal_error");
  expect(stepActions(stepOf(run, "first"))).toEqual(["settle", "look-into", "retry"]);
  expect(runCounts(run.state())).toMatchObject({ failed: 1, needsYou: 1 });
  run.retry(id("first"));
  await world.settle();
  expect(postOf(run, "first").blockedBy).toMatchObject({ state: "unknown" });
  run.settlePost(id("first"), 1, "sent");
  await world.settle();
  expect(kindOf(run, "first")).toBe("succeeded");
  expect(posts(world)).toHaveLength(1);
});

test("our own mistake is settled where it stands, too, and not-sent asks anew", async () => {
  const world = createWorld({ policy: "flag" });
  const { look } = world.deps.server;
  world.deps.server.look = async () => JSON.parse("null");
  const run = world.start(photoTo("first", "First"));
  await world.settle();
  world.deps.server.look = look;
  expect(run.settlePost(id("first"), 1, "not-sent")).toEqual({ ok: true });
  await world.settle();
  expect(postOf(run, "first")).not.toHaveProperty("blockedBy");
  expect(posts(world)).toHaveLength(1);
});

test("our own mistake after a create that was refused leaves nothing to settle", async () => {
  const world = createWorld({ policy: "flag" });
  world.rules.creates.set("First", [{ outcome: { notSent: remoteFailure("refused_here") } }]);
  const run = world.start(photoTo("first", "First"));
  await world.settle();
  expect(stepOf(run, "first").status.kind).not.toBe("in-doubt");
  expect(stepOf(run, "first").postTo).toBeUndefined();
  expect(stepActions(stepOf(run, "first"))).not.toContain("settle");
});

test("an intent whose process is gone blocks other runs, too", async () => {
  const world = createWorld({ policy: "flag" });
  world.rules.creates.set("First", [{ outcome: "silent" }]);
  const mortal = world.process();
  world.startIn(mortal, photoTo("first", "First"));
  await world.clock.advance(500);
  expect(rowOf(world, "first#1").state).toBe("intended");

  const waiting = world.start(photoTo("second", "Second"), { runId: "run-2" });
  await world.clock.advance(500);
  // It is on its way: said, but not yet a doubt.
  expect(postOf(waiting, "second")).not.toHaveProperty("blockedBy");
  expect(postOf(waiting, "second").lastSentAt).toBeGreaterThan(0);
  mortal.kill();

  waiting.approve(id("second"), postOf(waiting, "second").digest);
  await world.settle();
  expect(postOf(waiting, "second").blockedBy).toMatchObject({ runId: "run-1", state: "intended" });
  expect(posts(world)).toHaveLength(1);
});

test("an approval given while an equal post is on its way is void when that one ends in doubt", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.creates.set("X", [{ outcome: "inDoubt", afterMs: 5000 }]);
  const run = world.start([
    step.upload("photo"),
    step.publish("x", "photo", "X"),
    step.publish("y", "photo", "Y"),
  ]);
  await world.settle();
  run.approve(id("x"), postOf(run, "x").digest);
  await world.clock.advance(1000);
  // What it asks by now says that the same picture is on its way; the person says yes to that.
  run.approve(id("y"), postOf(run, "y").digest);
  await world.settle();
  expect(kindOf(run, "x")).toBe("in-doubt");
  expect(postOf(run, "y").blockedBy).toMatchObject({ stepId: "x" });
  expect(posts(world)).toHaveLength(1);
});

test.each(["sandbox", "flag"] as const)(
  "of two equal posts of one run under policy %s the second waits for the first, and is not sent when that is in doubt",
  async (policy) => {
    const world = createWorld({ policy });
    for (const name of ["X", "Y"]) world.rules.creates.set(name, [{ outcome: "inDoubt", afterMs: 5000 }]);
    const run = world.start([
      step.upload("photo"),
      step.publish("x", "photo", "X"),
      step.publish("y", "photo", "Y"),
    ]);
    await world.settle();
    expect([kindOf(run, "x"), kindOf(run, "y")].sort()).toEqual(["in-doubt", "waiting-for-approval"]);
    expect(posts(world)).toHaveLength(1);
  },
);

test("who was asked before an equal post went out has not said yes to a repeat", async () => {
  const world = createWorld({ policy: "ask" });
  const first = world.start(photoTo("first", "First"));
  const second = world.start(photoTo("second", "Second"), { runId: "run-2" });
  await world.settle();
  const seen = postOf(second, "second").digest;
  first.approve(id("first"), postOf(first, "first").digest);
  await world.settle();
  expect(second.approve(id("second"), seen)).toMatchObject({ reason: { code: "approval-void" } });
  expect(postOf(second, "second").lastSentAt).toBeGreaterThan(0);
});

describe("a setting of this machine", () => {
  const unasked = (world: World, node = "first") => world.seen.unasked.add(`graph-1 ${node} account-1`);

  test("answers for its graph, node and account, and the ledger says so", async () => {
    const world = createWorld({ policy: "ask" });
    unasked(world);
    const run = world.start(photoTo("first", "First"));
    await world.settle();
    expect(kindOf(run, "first")).toBe("succeeded");
    expect(world.eventsOf("approval-given")).toMatchObject([{ by: "setting" }]);
    expect(rowOf(world, "first#1").approvedBy).toBe("setting");
  });

  test("answers for no other node or account", async () => {
    const world = createWorld({ policy: "ask" });
    unasked(world);
    const run = world.start([
      step.upload("photo"),
      step.publish("first", "photo", "A", "account-2"),
      step.publish("other", "photo", "B"),
    ]);
    await world.settle();
    expect([kindOf(run, "first"), kindOf(run, "other")]).toEqual([
      "waiting-for-approval",
      "waiting-for-approval",
    ]);
  });

  test("does not answer for media that went there before, that is in doubt, or whose bytes nobody has", async () => {
    const repeat = createWorld({ policy: "ask" });
    unasked(repeat);
    repeat.start(photoTo("first", "First"));
    await repeat.settle();
    const again = repeat.start(photoTo("first", "Second"), { runId: "run-2" });
    await repeat.settle();
    expect(postOf(again, "first").lastSentAt).toBeGreaterThan(0);

    const doubt = createWorld({ policy: "ask" });
    unasked(doubt);
    doubt.rules.creates.set("First", [{ outcome: "inDoubt" }]);
    doubt.start(photoTo("first", "First"));
    await doubt.settle();
    const blocked = doubt.start(photoTo("first", "Second"), { runId: "run-2" });
    await doubt.settle();
    expect(postOf(blocked, "first").blockedBy).toBeDefined();

    const unknown = createWorld({ policy: "ask" });
    unasked(unknown);
    unknown.rules.fetches = () => remoteFailure("network");
    const run = unknown.start([step.generate("a"), step.publish("first", "a")]);
    await unknown.settle();
    expect(kindOf(run, "first")).toBe("waiting-for-approval");
  });

  test("never turns a run that must not publish into one that may", async () => {
    const world = createWorld({ policy: "skip" });
    unasked(world);
    const run = world.start(photoTo("first", "First"));
    await world.settle();
    expect(kindOf(run, "first")).toBe("skipped");
    expect(posts(world)).toEqual([]);
  });
});
