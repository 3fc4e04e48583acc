import fc from "fast-check";
import { expect, test } from "vitest";
import type { DoubtPolicy, Run } from "../../../src/engine/index.ts";
import type { RunState } from "../../../src/engine/record.ts";
import { foldEvents, foldRun } from "../../../src/engine/record.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";
import {
  type CreateRule,
  createWorld,
  id,
  type JobRule,
  kindOf,
  kinds,
  remoteFailure,
  type StepSpec,
  step,
  stepOf,
  type World,
} from "../../support/engine-world.ts";
import type { MortalProcess } from "../../support/mortal-process.ts";
import { nameOf, nodeSpecs, specsOf } from "../../support/node-specs.ts";

/** Runs until the world shows what is asked for, then kills the process. */
async function killWhen(world: World, mortal: MortalProcess, isReached: () => boolean): Promise<void> {
  for (let turn = 0; !isReached(); turn++) {
    if (turn > 10_000) throw new Error("It never came to that.");
    await world.clock.advance(10);
  }
  mortal.kill();
}

const bodies = (world: World) => world.seen.journal.map((event) => event.type);

test("a job that was accepted is looked at again, and what follows from it goes on", async () => {
  const world = createWorld();
  const specs = [step.generate("a"), step.edit("b", "remote", "a"), step.save("c", "b")];
  const mortal = world.process();
  world.startIn(mortal, specs);
  await killWhen(world, mortal, () => world.eventsOf("job-accepted", "b").length > 0);
  const run = world.resume(specs);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
  expect(world.seen.creates).toHaveLength(2);
  expect(world.seen.saved).toHaveLength(1);
  expect(bodies(world).filter((type) => type === "run-resumed")).toHaveLength(1);
  expect(world.seen.journal.map((event) => event.seq)).toEqual(world.seen.journal.map((_, at) => at + 1));
  expect(world.replayed()).toEqual(run.state());
});

/** A process that dies after the server took the create of this name and before it heard so. */
async function killedInFlight(
  specs: readonly StepSpec[],
  name: string,
  policy: "sandbox" | "flag" = "sandbox",
): Promise<World> {
  const world = createWorld({ policy });
  const mortal = world.process();
  world.startIn(mortal, specs);
  await killWhen(world, mortal, () => world.createsOf(name).length > 0);
  expect(world.eventsOf("create-intended")).not.toEqual([]);
  expect(world.eventsOf("job-accepted")).toEqual([]);
  return world;
}

test("an intent without an answer is in doubt: a person decides, nothing else", async () => {
  const specs = [step.generate("a"), step.save("b", "a")];
  const world = await killedInFlight(specs, "a");
  const run = world.resume(specs);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "in-doubt", b: "waiting" });
  expect(await run.whenSettled()).toBe("needs-you");
  expect(run.retry(id("a"))).toMatchObject({ ok: false, reason: { code: "in-doubt" } });
  expect(world.seen.creates).toHaveLength(1);
  expect(run.settleDoubt(id("a"), "resend")).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.seen.creates).toHaveLength(2);
});

test("a doubt may be skipped or sent again by policy", async () => {
  const specs = [step.generate("a"), step.save("b", "a"), step.generate("other")];
  for (const [inDoubt, a, creates] of [
    ["skip", "skipped", 1],
    ["retry", "succeeded", 2],
  ] as const) {
    const world = await killedInFlight(specs, "a");
    const run = world.resume(specs, { inDoubt });
    await world.settle();
    expect(kindOf(run, "a")).toBe(a);
    expect(world.createsOf("a")).toHaveLength(creates);
    expect(world.replayed()).toEqual(run.state());
  }
});

test.each(["sandbox", "flag"] as const)(
  "a post in doubt is never sent again by policy %s: it asks, and the ledger says when it may have gone out",
  async (policy) => {
    const specs = [step.upload("photo"), step.publish("post", "photo")];
    const world = await killedInFlight(specs, "Hello", policy);
    const run = world.resume(specs, { inDoubt: "retry" });
    await world.settle();
    expect(kindOf(run, "post")).toBe("waiting-for-approval");
    expect(world.createsOf("Hello")).toHaveLength(1);
    expect([...world.seen.ledger.values()]).toMatchObject([{ state: "in-doubt" }]);
    const { status } = stepOf(run, "post");
    if (status.kind !== "waiting-for-approval") throw new Error("It does not ask.");
    expect(status.post).toMatchObject({
      lastSentAt: expect.any(Number),
      blockedBy: { stepId: "post", attempt: 1 },
    });
    expect(run.approve(id("post"), status.post.digest)).toMatchObject({
      reason: { code: "earlier-unsettled" },
    });
    run.settlePost(id("post"), 1, "not-sent");
    await world.settle();
    expect(world.createsOf("Hello")).toHaveLength(1);
    run.approve(id("post"), postIn(run).digest);
    await world.settle();
    expect(kindOf(run, "post")).toBe("succeeded");
    expect(world.createsOf("Hello")).toHaveLength(2);
  },
);

/** What is posted is rendered here, so it goes up between the yes and the create: time enough to be killed in. */
const posting = [step.upload("photo"), step.edit("cut", "local", "photo"), step.publish("post", "cut")];

function postIn(run: Run) {
  const { status } = stepOf(run, "post");
  if (status.kind !== "waiting-for-approval") throw new Error(`It is ${status.kind} and does not ask.`);
  return status.post;
}

async function killedAfterYes(world: World, mortal: MortalProcess, run: Run): Promise<void> {
  world.rules.uploadMs = 60_000;
  run.approve(id("post"), postIn(run).digest);
  await killWhen(world, mortal, () => world.eventsOf("approval-given").length > 0);
  expect(world.seen.creates).toEqual([]);
  world.rules.uploadMs = 50;
}

test("what waits for approval still does, and a yes that was given is kept for exactly that post", async () => {
  const world = createWorld({ policy: "ask" });
  const first = world.process();
  world.startIn(first, posting);
  await world.settle();
  first.kill();

  const second = world.process();
  await killedAfterYes(world, second, world.resume(posting, { mortal: second }));

  const run = world.resume(posting);
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
  expect(world.createsOf("Hello")).toHaveLength(1);
  expect(world.eventsOf("approval-requested")).toHaveLength(1);
});

test("a yes is void when the same media went out meanwhile", async () => {
  const world = createWorld({ policy: "ask" });
  const mortal = world.process();
  const run = world.startIn(mortal, posting);
  await world.settle();
  const { media } = postIn(run);
  await killedAfterYes(world, mortal, run);
  world.seen.ledger.set("elsewhere#1", {
    ...{ runId: "run-2", stepId: "elsewhere", attempt: 1, scope: world.deps.server.scope },
    ...{ platform: "instagram", accountId: "account-1", product: "IMAGE", mediaSha256: media.sha256 ?? "" },
    ...{ caption: "Other", paramsJson: "{}", digest: "d", state: "sent", at: world.clock.now() },
    ...{ graphId: "graph-2", graphName: "Another", nodeId: "elsewhere", serverLabel: "Test server" },
    ...{ mediaKind: "video", approvedBy: "person" },
  });
  const resumed = world.resume(posting);
  await world.settle();
  expect(kindOf(resumed, "post")).toBe("waiting-for-approval");
  expect(world.seen.creates).toEqual([]);
});

test("results that had not arrived are fetched by a look at the job, renders and saves start again", async () => {
  const world = createWorld();
  world.rules.fetchMs = 60_000;
  const specs = [step.generate("a"), step.edit("b", "local", "a"), step.save("c", "b")];
  const first = world.process();
  world.startIn(first, specs);
  await killWhen(world, first, () => world.eventsOf("step-succeeded", "a").length > 0);
  world.rules.fetchMs = 50;
  const second = world.process();
  world.resume(specs, { mortal: second });
  await killWhen(world, second, () => world.seen.renders.length > 0);
  const run = world.resume(specs);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
  expect(stepOf(run, "a").outputs[0]?.value).toHaveProperty("sha256");
  expect(world.seen.creates).toHaveLength(1);
  expect(world.seen.renders).toHaveLength(2);
  expect(stepOf(run, "b").attempt).toBe(3);
});

test("a run at rest is opened for commands: nothing is written or sent until a person says so", async () => {
  const specs = [step.generate("a"), step.save("b", "a")];
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "failed" }, {}]);
  const mortal = world.process();
  world.startIn(mortal, specs);
  await world.settle();
  mortal.kill();
  const before = world.seen.journal.length;
  const run = world.resume(specs, { inDoubt: "retry" });
  await world.settle();
  expect(await run.whenSettled()).toBe("failed");
  expect(world.seen.journal).toHaveLength(before);
  expect(run.retry(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.seen.creates).toHaveLength(2);
});

test("an unfinished preview of a run at rest is fetched when asked for", async () => {
  const specs = [step.generate("a")];
  const world = createWorld();
  world.rules.fetches = () => remoteFailure("network");
  const mortal = world.process();
  world.startIn(mortal, specs);
  await world.settle();
  mortal.kill();
  world.rules.fetches = () => undefined;
  const run = world.resume(specs);
  await world.settle();
  expect(stepOf(run, "a").outputs[0]?.value).not.toHaveProperty("sha256");
  expect(run.fetchPreviewAgain(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(stepOf(run, "a").outputs[0]?.value).toHaveProperty("sha256");
});

test("a run that was being cancelled ends as cancelled and names the job that goes on", async () => {
  const specs = [step.generate("a"), step.generate("b"), step.save("c", "a")];
  const world = createWorld();
  world.rules.creates.set("b", [{ afterMs: 5000 }]);
  const mortal = world.process();
  const run = world.startIn(mortal, specs);
  await killWhen(world, mortal, () => {
    if (world.eventsOf("job-accepted", "a").length > 0) run.cancel();
    return world.eventsOf("cancel-requested").length > 0;
  });
  const resumed = world.resume(specs);
  await world.settle();
  expect(await resumed.whenSettled()).toBe("cancelled");
  expect(stepOf(resumed, "a").status).toMatchObject({ kind: "cancelled", job: { id: "job-1" } });
  expect(kinds(resumed)).toMatchObject({ b: "in-doubt", c: "cancelled" });
  expect(world.seen.creates).toHaveLength(2);
});

test("what a quitting app had not sent is sent, and a pause the server asked for is kept", async () => {
  const specs = [step.generate("a")];
  const world = createWorld();
  const busy = remoteFailure("throttled", { status: 429, retryable: true, retryAtMs: 0 });
  world.rules.creates.set("a", [
    { outcome: { ...busy, retryAtMs: world.clock.now() + 60_000 } },
    { outcome: "accepted" },
  ]);
  const mortal = world.process();
  world.startIn(mortal, specs);
  await killWhen(world, mortal, () => world.eventsOf("create-ended", "a").length > 0);
  const before = world.clock.now();
  const run = world.resume(specs);
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  const [, second] = world.createsOf("a");
  expect(second?.at).toBeGreaterThanOrEqual(before + 50_000);
  expect(stepOf(run, "a").attempt).toBe(2);
});

test("ten thousand unfinished steps are resumed", async () => {
  const specs = Array.from({ length: 10_000 }, (_, at) =>
    at === 0 ? step.upload("s0") : step.text(`s${at}`, `s${at - 1}`),
  );
  const world = createWorld();
  const mortal = world.process();
  world.startIn(mortal, specs);
  await killWhen(world, mortal, () => world.eventsOf("step-started", "s0").length > 0);
  const run = world.resume(specs);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
});

// ── Any graph, any luck, any moment ──────────────────────────────────────────────────────────────────────────

const createRule: fc.Arbitrary<CreateRule> = fc.record({
  afterMs: fc.integer({ min: 0, max: 5000 }),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant("accepted" as const) },
    { weight: 1, arbitrary: fc.constantFrom("inDoubt" as const, "throws" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        remoteFailure("forbidden", { status: 403 }),
        remoteFailure("throttled", { status: 429, retryable: true }),
        { notSent: remoteFailure("unreachable", { retryable: true }) },
        remoteFailure("media_not_found", { status: 404, mediaGone: true }),
      ),
    },
  ),
});
const jobRule: fc.Arbitrary<JobRule> = fc.record({
  ends: fc.constantFrom("succeeded", "succeeded", "succeeded", "succeeded", "failed", "never"),
  afterMs: fc.integer({ min: 0, max: 60_000 }),
});
const graph = nodeSpecs({ most: 8, create: createRule, job: jobRule });
const story = fc.record({
  nodes: graph,
  /** How many moments each process lives; then comes one that lives on. */
  lives: fc.array(fc.nat({ max: 120 }), { minLength: 1, maxLength: 4 }),
  inDoubt: fc.constantFrom<DoubtPolicy>("ask", "retry", "skip"),
  policy: fc.constantFrom("ask" as const, "flag" as const, "sandbox" as const, "skip" as const),
  createsInFlight: fc.constantFrom(1, 8),
  journalNowMs: fc.constantFrom(0, 20),
  cancels: fc.boolean(),
  /** Before each life somebody sets the clock by so many hours, or not. */
  clockHours: fc.array(fc.constantFrom(0, 0, -30, 30), { minLength: 5, maxLength: 5 }),
  /** Connections that take a second, or never stand, by the order in which they are made. */
  connects: fc.array(fc.constantFrom("at-once", "slow", "never"), { maxLength: 12 }),
  /** Files that are deleted between two lives, by the order in which they were fetched. */
  lost: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

async function play(told: Story): Promise<{ world: World; run: Run }> {
  const { policy, createsInFlight, journalNowMs } = told;
  const world = createWorld({ policy, journalNowMs, limits: { createsInFlight } });
  told.nodes.forEach((node, index) => {
    world.rules.creates.set(nameOf(index), node.creates);
    world.rules.jobs.set(nameOf(index), node.jobs);
  });
  let connections = 0;
  world.rules.connects = () => {
    const way = told.connects[connections++];
    return {
      afterMs: way === "slow" ? 1000 : 0,
      ...(way === "never" ? { failure: remoteFailure("unreachable", { retryable: true }) } : {}),
    };
  };
  // Rendered here, because the server names edits by their media and so could not tell two of them apart.
  const specs = specsOf(told.nodes, "local");
  for (const [life, moments] of told.lives.entries()) {
    const mortal = world.process(moments);
    const run = life === 0 ? world.startIn(mortal, specs) : world.resume(specs, { ...told, mortal });
    if (told.cancels && life === told.lives.length - 1) {
      await world.clock.advance(3000);
      run.cancel();
    }
    // It dies by itself, or it has come to rest and is ended there.
    await world.settle();
    mortal.kill();
    world.clock.jump((told.clockHours[life] ?? 0) * 3_600_000);
    for (const place of told.lost) {
      const mediaId = world.seen.fetches[place];
      if (mediaId !== undefined) world.rules.lost.add(`sha-of-${mediaId}`);
    }
  }
  const run = world.resume(specs, told);
  await world.settle();
  return { world, run };
}

const needsOf = (state: RunState, stepId: StepId) => state.steps.get(stepId)?.needs ?? [];

/** Judges as an outsider would: by the journal and the requests that were seen, nothing else. */
function judge(told: Story, world: World, run: Run): void {
  const { journal, creates } = world.seen;
  const state = run.state();
  expect(journal.map((event) => event.seq)).toEqual(journal.map((_, at) => at + 1));
  expect(foldEvents(undefined, journal)).toEqual(state);
  expect(state.status).not.toBe("running");
  expect(world.clock.pendingTimers).toBe(0);
  const waitsForPerson = new Set([
    "waiting",
    "waiting-for-approval",
    "in-doubt",
    "overdue",
    "outcome-unknown",
  ]);
  for (const { status, stepId, needs, unanswered } of state.steps.values()) {
    expect(status.kind, stepId).not.toBe("running");
    expect(unanswered, stepId).toBeUndefined();
    if (status.kind === "waiting")
      expect(needs.some((need) => waitsForPerson.has(state.steps.get(need)?.status.kind ?? ""))).toBe(true);
  }

  // One intent for each attempt, one request for each intent, one id for each request.
  const intents = new Set<string>();
  const ids = new Set<string>();
  let seen: typeof state | undefined;
  for (const event of journal) {
    if (event.type === "step-started")
      for (const need of needsOf(state, event.stepId))
        expect(seen?.steps.get(need)?.status.kind, `${event.stepId} before ${need}`).toBe("succeeded");
    seen = foldRun(seen, event);
    if (event.type !== "create-intended" && event.type !== "job-accepted") continue;
    const key = `${event.stepId}#${event.attempt}`;
    const keys = event.type === "create-intended" ? intents : ids;
    expect(keys.has(key), `a second ${event.type} of ${key}`).toBe(false);
    keys.add(key);
    expect(intents.has(key)).toBe(true);
  }
  const sent = new Set<string>();
  for (const { name, journaled } of creates) {
    const before = journal.slice(0, journaled);
    const intent = before.findLast((event) => event.type === "create-intended" && event.stepId === name);
    if (intent?.type !== "create-intended") throw new Error(`${name} was sent without an intent.`);
    const key = `${name}#${intent.attempt}`;
    expect(sent.has(key), `${key} was sent twice`).toBe(false);
    sent.add(key);
    const doubtAt = before.findLastIndex(
      (event) => event.type === "create-in-doubt" && event.stepId === name,
    );
    const settled = before
      .slice(doubtAt + 1)
      .some(
        (event) => event.type === "doubt-settled" && event.stepId === name && event.decision === "resend",
      );
    if (doubtAt >= 0) expect(settled, `${name} was sent while in doubt`).toBe(true);
  }
  for (const node of state.steps.keys()) {
    const made = creates.filter((create) => create.name === node && create.job);
    const resends = journal.filter(
      (event) => event.type === "doubt-settled" && event.stepId === node && event.decision === "resend",
    );
    expect(made.length, `${node} was made again without a word`).toBeLessThanOrEqual(1 + resends.length);
    const isPost = made.some((create) => create.request.kind === "publish");
    if (isPost) expect(made.length, `${node} was posted again`).toBe(1); // nobody approves in this story
  }

  // What was accepted and written down has its result, unless the run was cancelled.
  for (const { stepId, job, status, outputs } of state.steps.values()) {
    if (!job || told.cancels) continue;
    expect(["succeeded", "failed", "overdue", "outcome-unknown"], stepId).toContain(status.kind);
    if (status.kind === "succeeded")
      for (const { value } of outputs)
        expect(value).toHaveProperty(value.type === "media" ? "sha256" : "text");
  }
}

test("killed at any moment, any number of times, a run comes to one rest and nothing is made twice", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const { world, run } = await play(told);
      judge(told, world, run);
    }),
    { numRuns: 400 },
  );
}, 120_000);
