import { expect, test } from "vitest";
import { stepActions } from "../../../src/engine/record.ts";
import type { JobOutput } from "../../../src/wondercat/types.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  kinds,
  remoteFailure,
  remoteMedia,
  step,
  stepOf,
} from "../../support/engine-world.ts";
import { said } from "../../support/in-english.ts";

test("a chain of every kind of work runs to its end", async () => {
  const world = createWorld();
  const run = world.start([
    step.upload("photo"),
    step.generate("poster", "photo"),
    step.edit("cut", "auto", "poster"),
    step.publish("post", "cut"),
    step.save("files", "cut"),
  ]);
  await world.settle();
  expect(kinds(run)).toEqual({
    photo: "succeeded",
    poster: "succeeded",
    cut: "succeeded",
    post: "succeeded",
    files: "succeeded",
  });
  expect(await run.whenSettled()).toBe("done");
  expect(world.replayed()).toEqual(run.state());
  expect(stepOf(run, "post").permalink).toMatch(/^https:/);
  expect(world.seen.creates.map((create) => create.name)).toEqual(["poster", "trim media-job-1", "Hello"]);
  expect(world.seen.creates[0]?.request).toMatchObject({
    body: { attachmentMediaIds: ["media-of-sha-photo"] },
  });
});

test("a plan without steps is done at once", async () => {
  const world = createWorld();
  const run = world.start([]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
});

test("branches run side by side; a step starts as soon as its own inputs are there", async () => {
  const world = createWorld();
  world.rules.jobs.set("slow", [{ afterMs: 60_000 }]);
  const run = world.start([
    step.generate("slow"),
    step.generate("quick"),
    step.generate("after quick", "quick"),
    step.generate("after both", "slow", "quick"),
  ]);
  await world.clock.advance(30_000);
  expect(kinds(run)).toEqual({
    slow: "running",
    quick: "succeeded",
    "after quick": "succeeded",
    "after both": "waiting",
  });
  await world.settle();
  expect(kindOf(run, "after both")).toBe("succeeded");
});

test("a failed step skips only what depends on it and says whose fault it was", async () => {
  const world = createWorld();
  world.rules.jobs.set("bad", [{ ends: "failed" }]);
  const run = world.start([
    step.generate("bad"),
    step.generate("child", "bad"),
    step.generate("grandchild", "child"),
    step.generate("other"),
  ]);
  await world.settle();
  expect(kinds(run)).toEqual({ bad: "failed", child: "skipped", grandchild: "skipped", other: "succeeded" });
  expect(stepOf(run, "grandchild").status).toMatchObject({ reason: { kind: "upstream", stepId: "bad" } });
  expect(failureOf(run, "bad")).toMatchObject({
    message: 'The job failed on the server, which says: "It went wrong".',
    cost: "unknown",
  });
  expect(await run.whenSettled()).toBe("failed");
});

test("a job that the server cancels fails its step", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "canceled" }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(failureOf(run, "a").code).toBe("job_canceled");
});

test("work that cannot be done fails with its own words and makes no request", async () => {
  const world = createWorld();
  const run = world.start([step.impossible("a")]);
  await world.settle();
  expect(failureOf(run, "a")).toMatchObject({ message: "No media came in.", cost: "none" });
  expect(world.seen.creates).toEqual([]);
});

test("a chain of 10,000 steps does not grow the stack", async () => {
  const world = createWorld();
  const names = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const run = world.start(
    names.map((name, index) => step.text(name, ...names.slice(Math.max(0, index - 1), index))),
  );
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
});

test("a fan-out of 1,000 creates keeps to the limit of creates in flight, first come, first served", async () => {
  const world = createWorld({ limits: { createsInFlight: 8, pollsPerSecond: 1000 } });
  const names = Array.from({ length: 1000 }, (_, index) => `g${index}`);
  const run = world.start(names.map((name) => step.generate(name)));
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.mostCreatesInFlight).toBe(8);
  expect(world.seen.creates.map((create) => create.name)).toEqual(names);
  expect(
    world.seen.signals.some((signal) => said(signal.waitingFor ?? "") === "a free slot on the server"),
  ).toBe(true);
});

test("two runs on one server share its limits and its poller's budget", async () => {
  const world = createWorld({ limits: { createsInFlight: 2, pollsPerSecond: 5 } });
  const traffic = world.createTraffic();
  const specs = Array.from({ length: 20 }, (_, index) => step.generate(`g${index}`));
  const others = specs.map((_, index) => step.generate(`h${index}`));
  const runs = [
    world.start(specs, { runId: "one", traffic }),
    world.start(others, { runId: "two", traffic }),
  ];
  await world.settle();
  expect(await Promise.all(runs.map((run) => run.whenSettled()))).toEqual(["done", "done"]);
  expect(world.seen.mostCreatesInFlight).toBe(2);
  const times = world.seen.looks.map((look) => look.at);
  for (let index = 5; index < times.length; index++)
    expect((times[index] ?? 0) - (times[index - 5] ?? 0)).toBeGreaterThanOrEqual(1000);
});

// ── Uploads ────────────────────────────────────────────────────────────────────────────────────────────────

test("two steps that need the same bytes share one upload; a remembered one counts as cached", async () => {
  const world = createWorld();
  const first = world.start([step.upload("photo")]);
  await world.settle();
  expect(stepOf(first, "photo").status).toEqual({ kind: "succeeded", cached: false });
  const second = world.start([step.upload("photo")], { runId: "run-2" });
  await world.settle();
  expect(stepOf(second, "photo").status).toEqual({ kind: "succeeded", cached: true });
  expect(world.seen.uploads).toHaveLength(1);
});

test("an upload that may be tried again is, at the time given", async () => {
  const world = createWorld();
  world.rules.uploads = (_sha, turn) =>
    turn === 0
      ? remoteFailure("throttled", { retryable: true, retryAtMs: world.clock.now() + 20_000 })
      : undefined;
  const run = world.start([step.upload("photo")]);
  await world.clock.advance(15_000);
  expect(world.seen.uploads).toHaveLength(1);
  await world.settle();
  expect(kindOf(run, "photo")).toBe("succeeded");
  expect(world.seen.uploads).toHaveLength(2);
});

test.each([
  ["no answer to a whole file is sent once more and not five times", true, undefined, 2],
  ["a server that says it is busy is tried again as before", true, 503, 5],
  ["a file that broke off on the way is tried again as before", false, undefined, 5],
])("%s", async (_name, arrives, status, sends) => {
  const world = createWorld();
  world.rules.uploadsArrive = arrives;
  world.rules.uploads = () =>
    remoteFailure("trouble", { retryable: true, ...(status === undefined ? {} : { status }) });
  const run = world.start([step.upload("photo")]);
  await world.settle();
  expect(kindOf(run, "photo")).toBe("failed");
  expect(world.seen.uploads).toHaveLength(sends);
});

test("an upload that is refused fails its step, free of charge", async () => {
  const world = createWorld();
  world.rules.uploads = () => remoteFailure("unsupported_type");
  const run = world.start([step.upload("photo"), step.generate("a", "photo")]);
  await world.settle();
  expect(kinds(run)).toEqual({ photo: "failed", a: "skipped" });
  expect(failureOf(run, "photo")).toMatchObject({ code: "unsupported_type", cost: "none" });
  expect(world.seen.uploads).toHaveLength(1);
});

// ── Edits ──────────────────────────────────────────────────────────────────────────────────────────────────

test("an edit asks the server first, learns from its 410 and renders here; the next one does so at once", async () => {
  const world = createWorld({ editing: "unknown" });
  world.rules.creates.set("trim media-job-1", [{ outcome: remoteFailure("gone", { status: 410 }) }]);
  const run = world.start([
    step.video("clip"),
    step.edit("cut", "auto", "clip"),
    step.edit("cut again", "auto", "cut"),
    step.generate("styled", "cut again"),
  ]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.creates.map((create) => create.request.kind)).toEqual([
    "inference",
    "editor",
    "inference",
  ]);
  expect(world.seen.renders.map((render) => render.paths)).toEqual([
    ["/library/sha-of-media-job-1"],
    ["/library/sha-of-/tmp/render-1-from-sha-of-media-job-1"],
  ]);
  // Only the render that the server needs was uploaded, when it was needed.
  expect(world.seen.uploads).toHaveLength(1);
  expect(stepOf(run, "cut").outputs[0]?.value).not.toHaveProperty("mediaId");
});

test("an edit that is forced to the server fails with the migration hint", async () => {
  const world = createWorld({ editing: "unknown" });
  const hint = remoteFailure("gone", { status: 410, message: "Edits moved to the command line." });
  world.rules.creates.set("trim media-job-1", [{ outcome: hint }]);
  const run = world.start([step.video("clip"), step.edit("cut", "remote", "clip")]);
  await world.settle();
  expect(failureOf(run, "cut")).toMatchObject({ code: "gone", message: "Edits moved to the command line." });
  expect(world.seen.renders).toEqual([]);
});

test("an edit that is forced to this machine asks nobody", async () => {
  const world = createWorld({ editing: "remote" });
  const run = world.start([step.upload("photo"), step.edit("cut", "local", "photo")]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.creates).toEqual([]);
});

test("a render that fails says so and costs nothing; a file that is gone is named", async () => {
  const world = createWorld();
  world.rules.render = () => Object.assign(new Error("No such codec."), { code: "codec_missing" });
  const run = world.start([step.upload("photo"), step.upload("gone"), ...both()]);
  function both() {
    return [step.edit("cut", "local", "photo"), step.edit("lost", "local", "gone")];
  }
  await world.settle();
  expect(failureOf(run, "cut")).toMatchObject({
    code: "codec_missing",
    message: "No such codec.",
    cost: "none",
  });
  expect(failureOf(run, "lost")).toMatchObject({ code: "media_missing" });
});

// ── Results ────────────────────────────────────────────────────────────────────────────────────────────────

test("results are fetched at once and the step is done before they are here", async () => {
  const world = createWorld();
  world.rules.fetchMs = 20_000;
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.clock.advance(6000);
  expect(stepOf(run, "a")).toMatchObject({
    status: { kind: "succeeded" },
    outputs: [{ portId: "out", value: { mediaId: "media-job-1", kind: "image" } }],
  });
  expect(world.createsOf("b")).toHaveLength(1);
  expect(run.state().status).toBe("running");
  await world.settle();
  expect(stepOf(run, "a").outputs[0]?.value).toMatchObject({
    mediaId: "media-job-1",
    sha256: "sha-of-media-job-1",
  });
});

test("a fetch that fails leaves the step succeeded, makes no create, and can be tried again", async () => {
  const world = createWorld();
  world.rules.fetches = (_id, turn) => (turn === 0 ? remoteFailure("network") : undefined);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(stepOf(run, "a")).toMatchObject({
    status: { kind: "succeeded" },
    previewFailures: { 0: { code: "network", cost: "none" } },
  });
  expect(await run.whenSettled()).toBe("done");
  expect(run.fetchPreviewAgain(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(stepOf(run, "a").previewFailures).toEqual({});
  expect(stepOf(run, "a").outputs[0]?.value).toMatchObject({ sha256: "sha-of-media-job-1" });
  expect(run.fetchPreviewAgain(id("a"))).toMatchObject({ ok: false, reason: { code: "nothing-to-fetch" } });
  expect(world.seen.creates).toHaveLength(1);
});

test("a fetch is tried several times, each but the first with a fresh link from the job", async () => {
  const world = createWorld();
  const cut = remoteFailure("body_cut_off", { retryable: true });
  world.rules.fetches = (_id, turn) => (turn < 3 ? cut : undefined);
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.fetches).toHaveLength(4);
  const looks = world.seen.looks.length;
  const plain = createWorld();
  plain.start([step.generate("a"), step.save("files", "a")]);
  await plain.settle();
  expect(looks - plain.seen.looks.length).toBe(3);
  expect(world.seen.creates).toHaveLength(1);
});

test("a look for a fresh link is shared, and ends with the last fetch that waits for it", async () => {
  const world = createWorld();
  world.rules.fetches = () => remoteFailure("body_cut_off", { retryable: true });
  const { look } = world.deps.server;
  const left: AbortSignal[] = [];
  world.deps.server.look = async (ref, options) => {
    const isForLink = world.seen.fetches.length > 0;
    if (!isForLink) return await look(ref, options);
    left.push(options.signal);
    return await new Promise(() => {});
  };
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(left.map(({ aborted }) => aborted)).toEqual([false]);
  run.cancel();
  await world.settle();
  expect(left.map(({ aborted }) => aborted)).toEqual([true]);
});

test("a fetch that goes on failing is given up after five tries, and says so", async () => {
  const world = createWorld();
  world.rules.fetches = () => remoteFailure("result_unfit", { retryable: true });
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(world.seen.fetches).toHaveLength(5);
  expect(stepOf(run, "a")).toMatchObject({
    status: { kind: "succeeded" },
    previewFailures: { 0: { code: "result_unfit", message: "result_unfit. (tried 5 times)", cost: "none" } },
  });
});

test("a fetch that the server puts off is tried again when it said", async () => {
  const world = createWorld();
  const retryAtMs = world.clock.now() + 120_000;
  world.rules.fetches = (_id, turn) =>
    turn === 0 ? remoteFailure("rate_limit_exceeded", { retryable: true, retryAtMs }) : undefined;
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.eventsOf("output-stored")[0]?.at).toBeGreaterThanOrEqual(retryAtMs);
});

test("a cancel ends the wait before the next try of a fetch", async () => {
  const world = createWorld();
  world.rules.fetches = () =>
    remoteFailure("throttled", { retryable: true, retryAtMs: world.clock.now() + 1_000_000 });
  const run = world.start([step.generate("a")]);
  await world.clock.advance(10_000);
  expect(world.seen.fetches).toHaveLength(1);
  run.cancel();
  await world.settle();
  expect(world.seen.fetches).toHaveLength(1);
  expect(stepOf(run, "a").previewFailures[0]).toMatchObject({ code: "fetch_stopped" });
});

/** More outputs than are fetched at once, each of which takes a while. */
const manyOutputs = Array.from(
  { length: 40 },
  (_, at): JobOutput => ({ type: "media", media: remoteMedia(`many-${at}`) }),
);

test("a job's outputs are fetched within its deadline all together; the rest stays for a fetch by hand", async () => {
  const world = createWorld({
    limits: { deadlineMs: 10_000, fetchesInFlight: 1 },
  });
  world.rules.jobs.set("a", [{ outputs: manyOutputs }]);
  world.rules.fetchMs = 4000;
  const run = world.start([step.generate("a")]);
  await world.settle();
  // The third was on its way when the time was over.
  expect(world.seen.fetches).toHaveLength(3);
  expect(await run.whenSettled()).toBe("done");
  expect(Object.keys(stepOf(run, "a").previewFailures)).toHaveLength(37);
  expect(stepOf(run, "a").previewFailures[3]).toMatchObject({ code: "fetch_overdue", cost: "none" });
  world.rules.fetchMs = 100;
  run.fetchPreviewAgain(id("a"));
  await world.settle();
  expect(stepOf(run, "a").previewFailures).toEqual({});
});

test("a cancel begins no further fetch, and lets the one on its way arrive", async () => {
  const world = createWorld({ limits: { fetchesInFlight: 1 } });
  world.rules.jobs.set("a", [{ outputs: manyOutputs }]);
  world.rules.fetchMs = 4000;
  const run = world.start([step.generate("a")]);
  while (world.seen.fetches.length === 0) await world.clock.advance(500);
  run.cancel();
  await world.settle();
  expect(world.seen.fetches).toHaveLength(1);
  expect(world.eventsOf("output-stored")).toHaveLength(1);
  expect(stepOf(run, "a").previewFailures[1]).toMatchObject({ code: "fetch_stopped" });
});

test("a step that failed for want of bytes has them fetched again by its retry", async () => {
  const world = createWorld();
  world.rules.fetches = (_id, turn) => (turn === 0 ? remoteFailure("network") : undefined);
  const run = world.start([step.video("clip"), step.edit("wait", "local", "clip")]);
  await world.settle();
  expect(kindOf(run, "wait")).toBe("failed");
  run.retry(id("wait"));
  await world.settle();
  expect(kindOf(run, "wait")).toBe("succeeded");
  expect(world.seen.creates).toHaveLength(1);
});

test("saving waits for the bytes and hands over what flows in", async () => {
  const world = createWorld();
  const run = world.start([step.generate("a"), step.text("words"), step.save("files", "a", "words")]);
  await world.settle();
  expect(await run.whenSettled()).toBe("done");
  expect(world.seen.saved).toMatchObject([
    { name: "files", items: [{ sha256: "sha-of-media-job-1" }, { type: "text", text: "words" }] },
  ]);
});

test("a save that fails is a failure of that step alone", async () => {
  const world = createWorld();
  world.rules.saveFails = true;
  const run = world.start([step.text("words"), step.save("files", "words")]);
  await world.settle();
  expect(failureOf(run, "files")).toMatchObject({ code: "save_failed", cost: "none" });
});

test("generated text is the first string found, however deep", async () => {
  const world = createWorld();
  world.rules.jobs.set("poem", [
    {
      outputs: [{ type: "value", value: { choices: [{ index: 0, text: { content: "Roses" } }, "Violets"] } }],
    },
  ]);
  const run = world.start([step.write("poem")]);
  await world.settle();
  expect(stepOf(run, "poem").outputs).toEqual([{ portId: "out", value: { type: "text", text: "Roses" } }]);
});

test("outputs without media are passed over, and those of another kind while one fits", async () => {
  const world = createWorld();
  const still = { ...remoteMedia("still"), mimeType: "image/png" };
  const clip = { ...remoteMedia("clip"), mimeType: "video/mp4", durationMs: 5000 };
  world.rules.jobs.set("a", [
    {
      outputs: [
        { type: "value", value: "log" },
        { type: "media", media: still },
        { type: "media", media: clip },
      ],
    },
  ]);
  const run = world.start([step.video("a")]);
  await world.settle();
  expect(stepOf(run, "a").outputs).toMatchObject([{ value: { mediaId: "media-clip", durationMs: 5000 } }]);
});

test("a job that succeeds with nothing is a failure that may have been charged", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: [] }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(failureOf(run, "a")).toMatchObject({ code: "no_output", cost: "charged" });
});

// ── Polling, deadlines, signals ──────────────────────────────────────────────────────────────────────────────

test("each new status of a job is told once, unknown ones too", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 60_000, statuses: ["idle", "thinking_hard", "in_progress"] }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  const { at: accepted = Number.NaN } = world.eventsOf("job-accepted")[0] ?? {};
  expect(
    world.eventsOf("job-status").map(({ status, until }) => [status, until && until - accepted]),
  ).toEqual([
    ["idle", undefined],
    // So long it is looked at again, since it may mean anything.
    ["thinking_hard", 900_000],
    ["in_progress", undefined],
  ]);
  expect(kindOf(run, "a")).toBe("succeeded");
});

test("looks that fail never fail the job; past its deadline it is not finished yet, and checking again only looks", async () => {
  const world = createWorld();
  let isDown = true;
  world.rules.looks = () => (isDown ? remoteFailure("network", { retryable: true }) : undefined);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "overdue", b: "waiting" });
  expect(await run.whenSettled()).toBe("needs-you");
  expect(world.eventsOf("step-overdue")[0]?.at).toBe((world.createsOf("a")[0]?.at ?? 0) + 100 + 15 * 60_000);
  isDown = false;
  expect(run.checkAgain(id("a"))).toEqual({ ok: true });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.createsOf("a")).toHaveLength(1);
});

test("a look that cannot succeed is told at once, and given up after a minute with its reason and its job", async () => {
  const world = createWorld();
  world.rules.looks = () => remoteFailure("not_found", { status: 404, message: "Job not found" });
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.clock.advance(5_000);
  const [told] = world.eventsOf("look-failed", "a");
  expect(told?.failure).toMatchObject({ message: "Job not found (HTTP 404).", cost: "unknown" });
  expect(stepOf(run, "a").status).toMatchObject({ kind: "running", trouble: told?.failure });
  await world.settle();
  expect(world.eventsOf("look-failed")).toHaveLength(1);
  expect(stepOf(run, "a").status).toMatchObject({
    kind: "overdue",
    failure: { message: "Job not found (HTTP 404)." },
  });
  expect(await run.whenSettled()).toBe("needs-you");
  const since = (world.seen.looks.at(-1)?.at ?? 0) - (world.seen.looks[0]?.at ?? 0);
  expect(since).toBeGreaterThanOrEqual(60_000);
  expect(since).toBeLessThan(3 * 60_000);
  world.rules.looks = () => undefined;
  run.checkAgain(id("a"));
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.createsOf("a")).toHaveLength(1);
});

test("a server that is late with a job is waited for, and says by the next status that the trouble is over", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 40_000, statuses: ["in_progress"] }]);
  world.rules.looks = () =>
    world.seen.looks.length <= 4 ? remoteFailure("not_found", { status: 404 }) : undefined;
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(kindOf(run, "a")).toBe("succeeded");
  const told = world.seen.journal
    .map(({ type }) => type)
    .filter((type) => /look-failed|job-status/.test(type));
  expect(told).toEqual(["look-failed", "job-status"]);
});

test("a trouble that may pass is told when it goes on, and stands with the deadline it ends in", async () => {
  const world = createWorld();
  world.rules.looks = () => remoteFailure("server_error", { status: 502, retryable: true });
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(world.eventsOf("look-failed")).toHaveLength(1);
  const [told] = world.eventsOf("look-failed");
  expect(told?.failure.remedy).toBe("It is looked at again by itself.");
  expect(stepOf(run, "a").status).toMatchObject({
    kind: "overdue",
    failure: { code: "server_error", remedy: expect.stringContaining("look at the job once more") },
  });
});

test("a post whose job cannot be looked at is of unknown outcome, with the reason", async () => {
  const world = createWorld();
  world.rules.looks = (name) =>
    name === "Hello" ? remoteFailure("unauthorized", { status: 401 }) : undefined;
  const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
  await world.settle();
  expect(stepOf(run, "post").status).toMatchObject({
    kind: "outcome-unknown",
    failure: { code: "unauthorized" },
  });
  expect(world.createsOf("Hello")).toHaveLength(1);
});

test("outputs that cannot be had take nothing from those beside them, and each is said", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [
    {
      outputs: [
        { type: "unusable" },
        { type: "media", media: remoteMedia("good") },
        { type: "unusable", mediaId: "linkless" },
      ],
    },
  ]);
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", files: "succeeded" });
  expect(stepOf(run, "a")).toMatchObject({
    outputs: [{ value: { mediaId: "media-good", sha256: "sha-of-media-good" } }],
    previewFailures: { 1: { code: "no_link" }, 2: { code: "output_unreadable", cost: "charged" } },
  });
  expect(world.createsOf("a")).toHaveLength(1);
});

test("an output whose link leads nowhere safe takes nothing from those beside it, and is not asked for", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [
    {
      outputs: [
        { type: "unusable", mediaId: "unsafe", isUnsafe: true },
        { type: "media", media: remoteMedia("good") },
      ],
    },
  ]);
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", files: "succeeded" });
  const maker = stepOf(run, "a");
  expect(maker.outputs).toMatchObject([{ value: { mediaId: "media-good" } }]);
  expect(maker.previewFailures).toMatchObject({ 1: { code: "download_insecure", cost: "charged" } });
  expect(stepActions(maker)).not.toContain("fetch");
  expect(world.seen.fetches).toHaveLength(1);
});

test("a picture whose link is led astray takes nothing from the one beside it, and is told once", async () => {
  const world = createWorld();
  world.rules.fetches = (id) => (id === "media-bad" ? remoteFailure("download_insecure") : undefined);
  world.rules.jobs.set("a", [
    {
      outputs: [
        { type: "media", media: remoteMedia("bad") },
        { type: "media", media: remoteMedia("good") },
      ],
    },
  ]);
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", files: "succeeded" });
  expect(stepOf(run, "a").previewFailures).toMatchObject({ 0: { code: "download_insecure" } });
  expect(world.eventsOf("output-not-stored")).toHaveLength(1);
  expect(world.seen.saved.map(({ items }) => items.length)).toEqual([1]);
});

test("a picture at an unsafe address alone is told at once: no later look makes it a safe one", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: [{ type: "unusable", mediaId: "unsafe", isUnsafe: true }] }]);
  const run = world.start([step.generate("a"), step.save("files", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", files: "failed" });
  const ended = world.eventsOf("step-succeeded")[0]?.at ?? Number.NaN;
  const told = world.eventsOf("output-not-stored");
  // By then the server was asked once for a fresh link.
  expect(told.map(({ failure, at }) => [failure.code, at - ended < 100])).toEqual([
    ["download_insecure", true],
  ]);
  expect(world.seen.looks.filter(({ at }) => at >= ended)).toHaveLength(1);
});

const hundredsOfOutputs = Array.from(
  { length: 300 },
  (_, at): JobOutput => ({ type: "media", media: remoteMedia(`${at}`) }),
);

test("hundreds of outputs that cannot be fetched are tried once each, and few of them again", async () => {
  const world = createWorld();
  world.rules.fetches = () => remoteFailure("download_failed", { retryable: true });
  world.rules.jobs.set("a", [{ outputs: hundredsOfOutputs }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(Object.keys(stepOf(run, "a").previewFailures)).toHaveLength(300);
  expect(new Set(world.seen.fetches).size).toBe(300);
  expect(world.seen.fetches).toHaveLength(300 + 20 * 4);
  expect(world.seen.looks.length).toBeLessThan(100);
});

test("after a passing trouble all of hundreds of outputs are fetched, and one look serves many", async () => {
  const world = createWorld();
  world.rules.fetches = (_id, turn) =>
    turn === 0 ? remoteFailure("download_failed", { retryable: true }) : undefined;
  world.rules.jobs.set("a", [{ outputs: hundredsOfOutputs }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(stepOf(run, "a").previewFailures).toEqual({});
  expect(world.seen.fetches).toHaveLength(600);
  expect(world.seen.looks.length).toBeLessThan(100);
});

test("an output whose link comes later joins the others", async () => {
  const world = createWorld();
  const rule = { outputs: [] as JobOutput[] };
  world.rules.jobs.set("a", [rule]);
  const good: JobOutput = { type: "media", media: remoteMedia("good") };
  rule.outputs = [good, { type: "unusable", mediaId: "media-late" }];
  const run = world.start([step.generate("a")]);
  await world.clock.advance(4_000);
  rule.outputs = [good, { type: "media", media: remoteMedia("late") }];
  await world.settle();
  expect(stepOf(run, "a")).toMatchObject({
    outputs: [{ value: { mediaId: "media-good" } }, { portId: "out", value: { mediaId: "media-late" } }],
    previewFailures: {},
  });
});

test("media without any link flow on by their ids", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: [{ type: "unusable", mediaId: "linkless" }] }]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(stepOf(run, "a").previewFailures).toMatchObject({ 0: { code: "no_link" } });
  expect(world.createsOf("b")[0]?.request).toMatchObject({ body: { attachmentMediaIds: ["linkless"] } });
});

test("a job that never ends is overdue again after checking again", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ ends: "never" }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  run.checkAgain(id("a"));
  await world.settle();
  expect(kindOf(run, "a")).toBe("overdue");
  expect(world.eventsOf("step-overdue")).toHaveLength(2);
  expect(world.createsOf("a")).toHaveLength(1);
});

test("signals come at most four times a second and step, and the latest wins", async () => {
  const world = createWorld();
  world.rules.renderMs = 1000;
  const run = world.start([step.upload("photo"), step.edit("cut", "local", "photo")]);
  await world.settle();
  expect(kindOf(run, "cut")).toBe("succeeded");
  const cut = world.seen.signals.filter((signal) => signal.stepId === "cut");
  for (let index = 1; index < cut.length; index++)
    expect((cut[index]?.at ?? 0) - (cut[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(250);
  expect(cut.map((signal) => signal.fraction)).toEqual([0.1, 0.3, 0.5, 0.8]);
});

test("an executor that throws is our bug: loud in its step, and the rest goes on", async () => {
  const world = createWorld();
  const broken = {
    name: "broken",
    work: () => {
      throw new Error("Oops.");
    },
  };
  const run = world.start([broken, step.generate("other")]);
  await world.settle();
  expect(failureOf(run, "broken")).toMatchObject({ code: "internal_error", cost: "none" });
  expect(kindOf(run, "other")).toBe("succeeded");
});

test("an error that carries no failure keeps its own words", async () => {
  const world = createWorld();
  world.deps.media.fetch = async () => {
    throw new Error("The disk is full.");
  };
  const run = world.start([step.generate("a")]);
  await world.settle();
  expect(stepOf(run, "a").previewFailures[0]).toMatchObject({
    code: "fetch_failed",
    message: "The disk is full.",
    cost: "none",
  });
});
