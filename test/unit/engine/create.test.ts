import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/engine/record.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  kinds,
  remoteFailure,
  step,
  stepOf,
} from "../../support/engine-world.ts";

const limited = remoteFailure("rate_limit_exceeded", { status: 429, retryable: true });
const preparing = remoteFailure("conflict", { status: 409, retryable: true });
const unreachable = remoteFailure("unreachable", { retryable: true });

test("the intent is in the journal before the request leaves, the id before the first look", async () => {
  const world = createWorld({ journalNowMs: 30 });
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  const [sent] = world.createsOf("a");
  const intent = world.seen.journal.findIndex((event) => event.type === "create-intended");
  expect(intent).toBeLessThan(sent?.journaled ?? 0);
  const [accepted] = world.eventsOf("job-accepted");
  expect(world.seen.looks[0]?.at).toBeGreaterThan(accepted?.at ?? Number.POSITIVE_INFINITY);
  expect(world.eventsOf("create-intended")[0]).toMatchObject({
    attempt: 1,
    jobKind: "inference",
    estimateMicrodollars: 4000,
  });
});

test("both wait for the durable commit; the rest does not", async () => {
  const world = createWorld();
  world.start([step.generate("a")]);
  const durable: RunEvent["type"][] = [];
  const { journal } = world.deps;
  const { append } = journal;
  journal.append = (events, durability, ledger) => {
    if (durability === "now") durable.push(...events.map((event) => event.type));
    return append(events, durability, ledger);
  };
  await world.settle();
  expect(durable).toContain("create-intended");
  expect(durable).toContain("job-accepted");
  expect(world.seen.appends.some((each) => each.durability === "soon")).toBe(true);
});

test("a refusal fails the step for nothing and is not sent again", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: remoteFailure("insufficient_credits", { status: 402 }) }]);
  const run = world.start([step.generate("a"), step.generate("b", "a"), step.generate("c")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "failed", b: "skipped", c: "succeeded" });
  expect(failureOf(run, "a")).toMatchObject({ code: "insufficient_credits", cost: "none" });
  expect(world.createsOf("a")).toHaveLength(1);
  expect(world.eventsOf("create-ended")).toMatchObject([{ outcome: "refused", attempt: 1 }]);
});

test.each([
  ["429", limited],
  ["409 while media is prepared", preparing],
])(
  "%s is sent again at the time given, under an intent of its own, and shows when",
  async (_name, failure) => {
    const world = createWorld();
    const at = world.clock.now() + 45_000;
    world.rules.creates.set("a", [{ outcome: { ...failure, retryAtMs: at } }, {}]);
    const run = world.start([step.generate("a")]);
    await world.clock.advance(10_000);
    const againAt = world.eventsOf("create-ended")[0]?.againAt ?? 0;
    expect(againAt).toBeGreaterThanOrEqual(at);
    expect(againAt).toBeLessThan(at + 1000);
    expect(stepOf(run, "a").status).toMatchObject({ kind: "running", againAt });
    await world.settle();
    expect(kindOf(run, "a")).toBe("succeeded");
    expect(world.createsOf("a")[1]?.at).toBeGreaterThanOrEqual(at);
    expect(world.eventsOf("create-intended").map((event) => event.attempt)).toEqual([1, 2]);
  },
);

test("without a time it backs off, eight sends at most", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: limited }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(failureOf(run, "a")).toMatchObject({ code: "rate_limit_exceeded", cost: "none", retryable: true });
  const at = world.createsOf("a").map((create) => create.at);
  expect(at).toHaveLength(8);
  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
});

test("a server that asks to come back tomorrow is not waited for", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: { ...limited, retryAtMs: world.clock.now() + 86_400_000 } }]);
  const run = world.start([step.generate("a")]);
  await world.clock.advance(60_000);
  expect(kindOf(run, "a")).toBe("failed");
});

test("one 429 holds every create of that server back, so a wide fan-out does not spend its tries", async () => {
  const world = createWorld({ limits: { createsInFlight: 4 } });
  const names = Array.from({ length: 50 }, (_, index) => `g${index}`);
  // The server takes four creates every 10 seconds.
  let [windowStart, taken] = [0, 0];
  const { create } = world.deps.server;
  world.deps.server.create = async (request, options) => {
    const now = world.clock.now();
    if (now - windowStart >= 10_000) [windowStart, taken] = [now, 0];
    if (taken++ < 4) return await create(request, options);
    return { outcome: "refused", failure: { ...limited, retryAtMs: windowStart + 10_000 } };
  };
  const run = world.start(names.map((name) => step.generate(name)));
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
});

test("what was not sent is sent again, three times at most, then fails for nothing", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: { notSent: unreachable } }]);
  world.rules.creates.set("b", [{ outcome: { notSent: unreachable } }, {}]);
  world.rules.creates.set("c", [{ outcome: { notSent: remoteFailure("tls_refused") } }]);
  const run = world.start([step.generate("a"), step.generate("b"), step.generate("c")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "failed", b: "succeeded", c: "failed" });
  expect(failureOf(run, "a").cost).toBe("none");
  expect([world.createsOf("a").length, world.createsOf("c").length]).toEqual([3, 1]);
  expect(world.eventsOf("create-ended", "a").map((event) => event.outcome)).toEqual(
    Array(3).fill("not-sent"),
  );
});

test("a server that cannot be reached leaves no intent, and the budget as it was", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.connects = (_name, turn) => (turn < 2 ? { failure: unreachable } : {});
  const run = world.start([step.generate("a"), step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", photo: "succeeded", post: "succeeded" });
  for (const name of ["a", "post"]) {
    const told = [...world.eventsOf("create-ended", name), ...world.eventsOf("create-intended", name)];
    expect(told.map(({ type, attempt }) => `${type} ${attempt}`)).toEqual([
      "create-ended 1",
      "create-ended 2",
      "create-intended 3",
    ]);
  }
});

test("an intent is written when the connection stands, not before", async () => {
  const world = createWorld();
  world.rules.connects = () => ({ afterMs: 5000 });
  world.start([step.generate("a")]);
  await world.clock.advance(4000);
  expect(world.eventsOf("create-intended")).toEqual([]);
  await world.clock.advance(2000);
  expect(world.eventsOf("create-intended")).toHaveLength(1);
});

test("cancelled while it connects, nothing is sent, owed or in doubt", async () => {
  const world = createWorld();
  world.rules.connects = () => ({ afterMs: 5000 });
  const run = world.start([step.generate("a")]);
  await world.clock.advance(1000);
  run.cancel();
  await world.settle();
  expect(kindOf(run, "a")).toBe("cancelled");
  expect(world.createsOf("a")).toEqual([]);
  expect([...world.eventsOf("create-intended"), ...world.eventsOf("create-ended")]).toEqual([]);
});

test("two that connect together never spend the same money", async () => {
  const world = createWorld();
  world.rules.connects = () => ({ afterMs: 1000 });
  world.rules.estimate = 60;
  const run = world.start([step.generate("a"), step.generate("b")], { budget: { limit: 100 } });
  await world.settle();
  expect(Object.values(kinds(run)).sort()).toEqual(["failed", "succeeded"]);
});

test.each(["inDoubt", "throws"] as const)(
  "an answer that is lost (%s) is a doubt that nothing resends",
  async (outcome) => {
    const world = createWorld();
    world.rules.creates.set("a", [{ outcome }, {}]);
    const run = world.start([step.generate("a"), step.generate("b", "a"), step.generate("c")]);
    await world.settle();
    expect(kinds(run)).toEqual({ a: "in-doubt", b: "waiting", c: "succeeded" });
    expect(failureOf(run, "a").cost).toBe("unknown");
    expect(await run.whenSettled()).toBe("needs-you");
    for (const answer of [run.retry(id("a")), run.checkAgain(id("a")), run.approve(id("a"), "x")])
      expect(answer.ok).toBe(false);
    expect(run.retry(id("a"))).toMatchObject({ reason: { code: "in-doubt" } });
    await world.settle();
    expect(world.createsOf("a")).toHaveLength(1);
  },
);

test("a person may have a doubt sent again, under a new attempt", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: "inDoubt" }, {}]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  expect(run.settleDoubt(id("a"), "resend")).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.eventsOf("create-intended", "a").map((event) => event.attempt)).toEqual([1, 2]);
});

test("a person may leave a doubt; what depends on it is skipped, and only an explicit resend makes it again", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{ outcome: "inDoubt" }, {}]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  expect(run.settleDoubt(id("a"), "skip")).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "skipped", b: "skipped" });
  expect(run.retry(id("a"))).toMatchObject({ ok: false, reason: { code: "in-doubt" } });
  expect(run.retry(id("b"))).toMatchObject({ ok: false });
  expect(world.createsOf("a")).toHaveLength(1);
  expect(run.settleDoubt(id("a"), "resend")).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
});

test("a doubt that was left stays left while steps above it are retried", async () => {
  const world = createWorld();
  world.rules.creates.set("b", [{ outcome: "inDoubt" }, {}]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  run.settleDoubt(id("b"), "skip");
  run.retry(id("a"));
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "skipped" });
  expect(world.createsOf("b")).toHaveLength(1);
});

test("when the server no longer has a media, its bytes are sent once more under a new intent", async () => {
  const world = createWorld();
  const gone = remoteFailure("media_not_found", { status: 404, mediaGone: true });
  world.rules.creates.set("a", [{ outcome: gone }, { outcome: limited }, {}]);
  world.rules.creates.set("b", [{ outcome: gone }]);
  const run = world.start([step.upload("photo"), step.generate("a", "photo"), step.generate("b", "photo")]);
  await world.settle();
  expect(kinds(run)).toEqual({ photo: "succeeded", a: "succeeded", b: "failed" });
  expect(world.seen.uploads.filter((upload) => upload.again)).toHaveLength(2);
  // What was sent anew is what every later send names.
  expect(world.createsOf("a").map((create) => create.request.body)).toMatchObject([
    { attachmentMediaIds: ["media-of-sha-photo"] },
    { attachmentMediaIds: ["media-of-sha-photo-again"] },
    { attachmentMediaIds: ["media-of-sha-photo-again"] },
  ]);
  expect(world.createsOf("b")).toHaveLength(2);
});

test("an unknown price is no obstacle", async () => {
  const world = createWorld();
  world.deps.server.estimate = async () => {
    throw new Error("No prices today.");
  };
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  expect(world.eventsOf("create-intended")[0]).not.toHaveProperty("estimateMicrodollars");
});

// ── The journal ────────────────────────────────────────────────────────────────────────────────────────────

test("without an intent in the journal nothing is sent, and the run stops loudly", async () => {
  const world = createWorld();
  world.rules.journalFails = (event) => event.type === "create-intended" && event.stepId === "b";
  world.rules.jobs.set("a", [{ afterMs: 60_000 }]);
  const run = world.start([
    step.generate("a"),
    step.text("t"),
    step.generate("b", "t"),
    step.generate("c", "a"),
  ]);
  const settled = run.whenSettled();
  settled.catch(() => {});
  await world.settle();
  await expect(settled).rejects.toMatchObject({
    code: "journal_failed",
    message: expect.stringContaining("disk is full"),
  });
  expect(world.createsOf("b")).toEqual([]);
  expect(world.createsOf("c")).toEqual([]);
  expect(run.retry(id("b"))).toMatchObject({ ok: false, reason: { code: "stopped" } });
  expect(run.cancel()).toMatchObject({ ok: false, reason: { code: "stopped" } });
  // Nobody was told anything that the journal does not have.
  expect(world.seen.events).toEqual(world.seen.journal);
  expect(world.clock.pendingTimers).toBe(0);
});

test("an accepted id that cannot be written down is kept and named", async () => {
  const world = createWorld();
  world.rules.journalFails = (event) => event.type === "job-accepted";
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  await expect(run.whenSettled()).rejects.toMatchObject({
    code: "journal_failed",
    lostJobs: [{ kind: "inference", id: "job-1" }],
    message: expect.stringContaining("inference job job-1"),
  });
  expect(world.seen.creates).toHaveLength(1);
  expect(world.seen.looks).toEqual([]);
});

test("when the journal fails, creates in flight are still waited for and their ids named", async () => {
  const world = createWorld();
  world.rules.creates.set("slow", [{ afterMs: 5000 }]);
  world.rules.journalFails = (event) => event.type === "job-accepted";
  const run = world.start([step.generate("slow"), step.generate("quick")]);
  await world.settle();
  await expect(run.whenSettled()).rejects.toMatchObject({
    lostJobs: expect.arrayContaining([
      { kind: "inference", id: "job-1" },
      { kind: "inference", id: "job-2" },
    ]),
  });
});

test("events are numbered without a gap, told in order, and only what the journal has", async () => {
  const world = createWorld({ journalNowMs: 20 });
  const told: boolean[] = [];
  const { onEvents } = world.deps;
  world.deps.onEvents = (events) => {
    told.push(events.every((event) => world.seen.journal.includes(event)));
    onEvents(events);
  };
  world.start([
    step.upload("photo"),
    step.generate("a", "photo"),
    step.generate("b"),
    step.save("files", "a", "b"),
  ]);
  await world.settle();
  expect(world.seen.events.map((event) => event.seq)).toEqual(world.seen.events.map((_, index) => index + 1));
  expect(world.seen.events).toEqual(world.seen.journal);
  expect(told.every(Boolean)).toBe(true);
});

test("what happens together is written together", async () => {
  const world = createWorld();
  world.start(Array.from({ length: 100 }, (_, index) => step.text(`${index}`)));
  await world.settle();
  expect(world.seen.journal).toHaveLength(202);
  expect(world.seen.appends.length).toBeLessThan(5);
});
