import { expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import type { PostPreview } from "../../../src/engine/record.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  kinds,
  remoteFailure,
  step,
  stepOf,
  type World,
} from "../../support/engine-world.ts";

const postOf = (run: Run, name: string): PostPreview => {
  const { status } = stepOf(run, name);
  if (status.kind !== "waiting-for-approval") throw new Error(`${name} is ${status.kind}.`);
  return status.post;
};
const rows = (world: World) => [...world.seen.ledger.values()];
const posts = (world: World) => world.seen.creates.filter((create) => create.request.kind === "publish");

test("a publish waits for a person, who sees exactly what goes out; other branches go on", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.generate("a"), step.publish("post", "a"), step.generate("other")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", post: "waiting-for-approval", other: "succeeded" });
  expect(await run.whenSettled()).toBe("needs-you");
  expect(posts(world)).toEqual([]);
  const post = postOf(run, "post");
  expect(post).toMatchObject({
    platform: "instagram",
    accountId: "account-1",
    accountName: "Test account",
    caption: "Hello",
    media: { sha256: "sha-of-media-job-1", mediaId: "media-job-1" },
  });
  expect(post).not.toHaveProperty("lastSentAt");
  expect(run.approve(id("post"), post.digest)).toEqual({ ok: true });
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(posts(world)).toHaveLength(1);
  expect(world.eventsOf("approval-given")).toMatchObject([{ by: "person", digest: post.digest }]);
});

test("a post is asked for even while its bytes cannot be had; then the server's id stands for them", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.fetches = () => remoteFailure("network");
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  const post = postOf(run, "post");
  expect(post.media).toMatchObject({ mediaId: "media-job-1" });
  expect(post.media).not.toHaveProperty("sha256");
  run.approve(id("post"), post.digest);
  await world.settle();
  expect(rows(world)).toMatchObject([{ mediaSha256: "id:media-job-1", state: "succeeded" }]);
});

test("an approval of anything but this very post is refused", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  expect(run.approve(id("post"), "another digest")).toMatchObject({
    ok: false,
    reason: { code: "approval-void" },
  });
  await world.settle();
  expect(posts(world)).toEqual([]);
});

test("the digest changes with everything that is sent, and with nothing else", async () => {
  const digest = async (name: string, caption: string, account: string) => {
    const world = createWorld({ policy: "ask" });
    const run = world.start([step.upload(name), step.publish("post", name, caption, account)]);
    await world.settle();
    return postOf(run, "post").digest;
  };
  const base = await digest("photo", "Hello", "account-1");
  expect(await digest("photo", "Hello", "account-1")).toBe(base);
  expect(await digest("photo", "Hello!", "account-1")).not.toBe(base);
  expect(await digest("photo", "Hello", "account-2")).not.toBe(base);
  expect(await digest("other", "Hello", "account-1")).not.toBe(base);
});

test("the ledger's row comes with the intent, and follows the post to its end", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.jobs.set("Hello", [{ ends: "never" }]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.clock.advance(60);
  expect(world.eventsOf("create-intended")).toHaveLength(1);
  expect(rows(world)).toMatchObject([
    { state: "intended", attempt: 1, accountId: "account-1", product: "IMAGE", mediaSha256: "sha-photo" },
  ]);
  await world.clock.advance(1000);
  expect(rows(world)).toMatchObject([{ state: "sent", jobId: "job-1" }]);
  await world.settle();
  expect(kindOf(run, "post")).toBe("outcome-unknown");
  expect(rows(world)).toMatchObject([{ state: "unknown", jobId: "job-1" }]);
});

test.each([
  ["refused", { outcome: remoteFailure("forbidden", { status: 403 }) }, "refused"],
  ["not sent", { outcome: { notSent: remoteFailure("unreachable") } }, "not-sent"],
  ["in doubt", { outcome: "inDoubt" }, "in-doubt"],
] as const)("the ledger knows a post that was %s", async (_name, rule, state) => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.creates.set("Hello", [rule]);
  world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(rows(world).map((row) => row.state)).toEqual([state]);
});

test("a post in doubt says where it may have gone, also when nobody was asked", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.creates.set("Hello", [{ outcome: "inDoubt" }]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(stepOf(run, "post").postTo).toEqual({
    platform: "instagram",
    accountId: "account-1",
    accountName: "Test account",
    caption: "Hello",
  });
});

test("the sandbox approves by itself; skip makes no request; a declined post is skipped", async () => {
  const sandbox = createWorld({ policy: "sandbox" });
  const own = sandbox.start([step.upload("photo"), step.publish("post", "photo")]);
  await sandbox.settle();
  expect(await own.whenSettled()).toBe("done");
  expect(sandbox.eventsOf("approval-given")).toMatchObject([{ by: "sandbox" }]);

  const skipping = createWorld({ policy: "skip" });
  const skipped = skipping.start([step.upload("photo"), step.publish("post", "photo")]);
  await skipping.settle();
  expect(stepOf(skipped, "post").status).toMatchObject({ reason: { kind: "publish-not-allowed" } });
  expect(await skipped.whenSettled()).toBe("needs-you");

  const asking = createWorld({ policy: "ask" });
  const declined = asking.start([step.upload("photo"), step.publish("post", "photo")]);
  await asking.settle();
  declined.declineApproval(id("post"));
  await asking.settle();
  expect(stepOf(declined, "post").status).toMatchObject({ reason: { kind: "declined" } });
  expect(await declined.whenSettled()).toBe("done");
  expect(posts(asking)).toEqual([]);
});

test("a flag approves the first post, but the same media to the same account asks, whatever the caption", async () => {
  const world = createWorld({ policy: "flag" });
  const first = world.start([step.upload("photo"), step.publish("post", "photo", "One")]);
  await world.settle();
  expect(await first.whenSettled()).toBe("done");
  const second = world.start(
    [
      step.upload("photo"),
      step.publish("again", "photo", "Two"),
      step.publish("elsewhere", "photo", "Two", "account-2"),
    ],
    { runId: "run-2" },
  );
  await world.settle();
  expect(kinds(second)).toEqual({
    photo: "succeeded",
    again: "waiting-for-approval",
    elsewhere: "succeeded",
  });
  expect(postOf(second, "again").lastSentAt).toBeGreaterThan(0);
  expect(await second.whenSettled()).toBe("needs-you");
});

test("two equal posts in one run: a flag sends one of them and asks for the other", async () => {
  const world = createWorld({ policy: "flag", journalNowMs: 30 });
  const run = world.start([
    step.upload("photo"),
    step.publish("x", "photo", "X"),
    step.publish("y", "photo", "Y"),
  ]);
  await world.settle();
  expect(Object.values(kinds(run)).sort()).toEqual(["succeeded", "succeeded", "waiting-for-approval"]);
  expect(posts(world)).toHaveLength(1);
});

test("an approval given before an equal post went out asks again, and says when that was", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([
    step.upload("photo"),
    step.publish("x", "photo", "X"),
    step.publish("y", "photo", "Y"),
  ]);
  await world.settle();
  run.approve(id("x"), postOf(run, "x").digest);
  run.approve(id("y"), postOf(run, "y").digest);
  await world.settle();
  expect(posts(world)).toHaveLength(1);
  const waiting = kindOf(run, "x") === "waiting-for-approval" ? "x" : "y";
  const post = postOf(run, waiting);
  expect(post.lastSentAt).toBeGreaterThan(0);
  run.approve(id(waiting), post.digest);
  await world.settle();
  expect(posts(world)).toHaveLength(2);
});

test("a publish past its deadline is of unknown outcome; checking again only looks", async () => {
  const world = createWorld({ policy: "sandbox" });
  let isDown = true;
  world.rules.looks = () => (isDown ? remoteFailure("network", { retryable: true }) : undefined);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(kindOf(run, "post")).toBe("outcome-unknown");
  expect(run.retry(id("post")).ok).toBe(false);
  isDown = false;
  expect(run.checkAgain(id("post"))).toEqual({ ok: true });
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
  expect(posts(world)).toHaveLength(1);
  expect(rows(world)).toMatchObject([{ state: "succeeded" }]);
});

test("a post that is out is never sent again by retry, whatever the policy", async () => {
  const world = createWorld({ policy: "sandbox" });
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(run.retry(id("post"))).toMatchObject({ ok: false, reason: { code: "already-published" } });
  for (const answer of [
    run.checkAgain(id("post")),
    run.settleDoubt(id("post"), "resend"),
    run.approve(id("post"), world.eventsOf("approval-given")[0]?.digest ?? ""),
  ])
    expect(answer.ok).toBe(false);
  await world.settle();
  expect(posts(world)).toHaveLength(1);
});

test.each(["ask", "flag", "sandbox"] as const)(
  "after a retry above it, a post that is out asks again under policy %s",
  async (policy) => {
    const world = createWorld({ policy });
    const run = world.start([step.generate("a"), step.publish("post", "a")]);
    await world.settle();
    if (policy === "ask") run.approve(id("post"), postOf(run, "post").digest);
    await world.settle();
    expect(kindOf(run, "post")).toBe("succeeded");
    expect(run.retry(id("a"))).toEqual({ ok: true });
    await world.settle();
    expect(kindOf(run, "post")).toBe("waiting-for-approval");
    expect(posts(world)).toHaveLength(1);
    run.approve(id("post"), postOf(run, "post").digest);
    await world.settle();
    expect(posts(world)).toHaveLength(2);
  },
);

test("after a retry above it that gives the same media, it says when that was last sent", async () => {
  const world = createWorld({ policy: "sandbox" });
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  run.retry(id("photo"));
  await world.settle();
  expect(postOf(run, "post").lastSentAt).toBe(rows(world)[0]?.at);
  expect(posts(world)).toHaveLength(1);
});

test("a publish whose job failed is asked for again before it is sent again", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.jobs.set("Hello", [{ ends: "failed" }, {}]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  run.approve(id("post"), postOf(run, "post").digest);
  await world.settle();
  expect(failureOf(run, "post").message).toBe('The job failed on the server, which says: "It went wrong".');
  expect(rows(world)).toMatchObject([{ state: "failed" }]);
  expect(run.retry(id("post"))).toEqual({ ok: true });
  await world.settle();
  const post = postOf(run, "post");
  expect(post).not.toHaveProperty("lastSentAt");
  expect(posts(world)).toHaveLength(1);
  run.approve(id("post"), post.digest);
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
  expect(rows(world).map((row) => [row.attempt, row.state])).toEqual([
    [1, "failed"],
    [2, "succeeded"],
  ]);
});

test("a post in doubt is asked for again before it is sent again; a flag does not answer for it", async () => {
  for (const policy of ["ask", "flag"] as const) {
    const world = createWorld({ policy });
    world.rules.creates.set("Hello", [{ outcome: "inDoubt" }, {}]);
    const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
    await world.settle();
    if (policy === "ask") run.approve(id("post"), postOf(run, "post").digest);
    await world.settle();
    expect(kindOf(run, "post")).toBe("in-doubt");
    run.settleDoubt(id("post"), "resend");
    await world.settle();
    expect(postOf(run, "post").lastSentAt).toBeGreaterThan(0);
    expect(run.approve(id("post"), postOf(run, "post").digest)).toMatchObject({
      reason: { code: "earlier-unsettled" },
    });
    expect(run.settlePost(id("post"), 1, "not-sent")).toEqual({ ok: true });
    await world.settle();
    const post = postOf(run, "post");
    expect(post).not.toHaveProperty("lastSentAt");
    expect(posts(world)).toHaveLength(1);
    run.approve(id("post"), post.digest);
    await world.settle();
    expect(kindOf(run, "post")).toBe("succeeded");
  }
});

test("a doubtful post stays in doubt while steps above it are retried", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.creates.set("Hello", [{ outcome: "inDoubt" }]);
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  expect(run.retry(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", post: "in-doubt" });
  expect(posts(world)).toHaveLength(1);
});

test("a post that is put off by the server needs no second approval", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.creates.set("Hello", [
    { outcome: remoteFailure("throttled", { status: 429, retryable: true }) },
    {},
  ]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  run.approve(id("post"), postOf(run, "post").digest);
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
  expect(rows(world).map((row) => row.state)).toEqual(["refused", "succeeded"]);
  expect(world.eventsOf("approval-given")).toHaveLength(1);
});

test("cancelling voids what waits for approval; a retry asks anew", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  const { digest } = postOf(run, "post");
  expect(run.cancel()).toEqual({ ok: true });
  await world.settle();
  expect(kindOf(run, "post")).toBe("cancelled");
  expect(run.approve(id("post"), digest).ok).toBe(false);
  run.retry(id("post"));
  await world.settle();
  expect(kindOf(run, "post")).toBe("waiting-for-approval");
  expect(posts(world)).toEqual([]);
});

test("a ledger that cannot be read lets nothing out", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.deps.ledger.history = async () => {
    throw new Error("The ledger is damaged.");
  };
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(failureOf(run, "post")).toMatchObject({
    code: "ledger_unreadable",
    message: "The ledger is damaged.",
    cost: "none",
  });
  expect(posts(world)).toEqual([]);
});

test("a retry above a post that waits for approval voids it; the new media is asked for", async () => {
  const world = createWorld({ policy: "ask" });
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  const old = postOf(run, "post").digest;
  run.retry(id("a"));
  expect(run.approve(id("post"), old).ok).toBe(false);
  await world.settle();
  expect(postOf(run, "post").digest).not.toBe(old);
  expect(run.approve(id("post"), old)).toMatchObject({ reason: { code: "approval-void" } });
  await world.settle();
  expect(posts(world)).toEqual([]);
});

test("a post that was put off is looked up again before it is sent: meanwhile an equal one may have gone", async () => {
  const world = createWorld({ policy: "ask" });
  world.rules.creates.set("X", [
    {
      outcome: remoteFailure("conflict", {
        status: 409,
        retryable: true,
        retryAtMs: world.clock.now() + 60_000,
      }),
    },
    {},
  ]);
  const run = world.start([
    step.upload("photo"),
    step.publish("x", "photo", "X"),
    step.publish("y", "photo", "Y"),
  ]);
  await world.clock.advance(1000);
  run.approve(id("x"), postOf(run, "x").digest);
  await world.clock.advance(10_000);
  run.approve(id("y"), postOf(run, "y").digest);
  await world.settle();
  expect(kinds(run)).toMatchObject({ x: "waiting-for-approval", y: "succeeded" });
  expect(postOf(run, "x").lastSentAt).toBeGreaterThan(0);
});

test("an approval holds for the media as it was shown, even if its bytes arrive only then", async () => {
  const world = createWorld({ policy: "ask" });
  let isDown = true;
  world.rules.fetches = () => (isDown ? remoteFailure("network") : undefined);
  const run = world.start([step.generate("a"), step.publish("post", "a")]);
  await world.settle();
  isDown = false;
  run.approve(id("post"), postOf(run, "post").digest);
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
});

test("our own mistake after a send never makes the ledger say that nothing went out", async () => {
  const world = createWorld({ policy: "flag" });
  // No view at all: our code trips over it.
  world.deps.server.look = async () => JSON.parse("null");
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(failureOf(run, "post").code).toBe("internal_error");
  expect(rows(world)).toMatchObject([{ state: "unknown" }]);
  run.retry(id("post"));
  await world.settle();
  expect(kindOf(run, "post")).toBe("waiting-for-approval");
  expect(posts(world)).toHaveLength(1);
});

test("a post that the server sends later ends well as scheduled, and an equal one asks first", async () => {
  const world = createWorld({ policy: "flag" });
  const at = world.clock.now() + 3 * 24 * 3_600_000;
  const scheduledAt = new Date(at).toISOString();
  world.rules.jobs.set("Hello", [{ ends: "never", statuses: ["scheduled"] }]);
  const later = step.publish("post", "photo", "Hello", "account-1", { scheduledAt });
  const run = world.start([step.upload("photo"), later]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(stepOf(run, "post")).toMatchObject({ status: { kind: "succeeded" }, scheduledFor: at });
  // Taken by the server, with the time in its params; nothing says that it is out.
  expect(rows(world)).toMatchObject([{ state: "sent", paramsJson: expect.stringContaining(scheduledAt) }]);
  const again = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(postOf(again, "post")).toMatchObject({ lastSentAt: expect.any(Number) });
  expect(posts(world)).toHaveLength(1);
});

test("a server that says something else of a post that waits for its time leaves no doubt at the deadline", async () => {
  const world = createWorld({ policy: "flag" });
  const at = world.clock.now() + 3 * 24 * 3_600_000;
  world.rules.jobs.set("Hello", [{ ends: "never", statuses: ["queued"] }]);
  const scheduledAt = new Date(at).toISOString();
  const run = world.start([
    step.upload("photo"),
    step.publish("post", "photo", "Hello", "account-1", { scheduledAt }),
  ]);
  await world.settle();
  expect(stepOf(run, "post")).toMatchObject({ status: { kind: "succeeded" }, scheduledFor: at });
});

test("a status “scheduled” of a post without a time is no end", async () => {
  const world = createWorld({ policy: "flag" });
  world.rules.jobs.set("Hello", [{ afterMs: 9000, statuses: ["scheduled"] }]);
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(stepOf(run, "post")).toMatchObject({ permalink: expect.any(String) });
  expect(stepOf(run, "post")).not.toHaveProperty("scheduledFor");
});

test("a yes that comes after the time to post is sent nowhere", async () => {
  const world = createWorld({ policy: "ask" });
  const scheduledAt = new Date(world.clock.now() + 600_000).toISOString();
  const later = step.publish("post", "photo", "Hello", "account-1", { scheduledAt });
  const run = world.start([step.upload("photo"), later]);
  await world.settle();
  const post = postOf(run, "post");
  await world.clock.advance(700_000);
  expect(run.approve(id("post"), post.digest)).toEqual({ ok: true });
  await world.settle();
  expect(failureOf(run, "post")).toMatchObject({ code: "schedule_past", cost: "none" });
  expect(posts(world)).toEqual([]);
});
