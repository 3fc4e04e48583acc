import { expect, test } from "vitest";
import { createPoller } from "../../../src/engine/polling/poller.ts";
import type { JobRef, JobView, RemoteFailure } from "../../../src/wondercat/types.ts";
import { RemoteError, remoteFailure } from "../../support/engine-world.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const HOUR_MS = 3_600_000;
const job = (id: string): JobRef => ({ kind: "inference", id });

function setUp(
  options: {
    view?: (id: string, turn: number, now: number) => Partial<JobView> | RemoteFailure;
    pollsPerSecond?: number;
    random?: () => number;
  } = {},
) {
  const clock = createVirtualClock(0);
  const looks: { id: string; at: number }[] = [];
  const turns = new Map<string, number>();
  const poller = createPoller({
    clock,
    random: options.random ?? (() => 0.5),
    pollsPerSecond: options.pollsPerSecond ?? 10,
    async look(ref) {
      const turn = turns.get(ref.id) ?? 0;
      turns.set(ref.id, turn + 1);
      looks.push({ id: ref.id, at: clock.now() });
      const view = options.view?.(ref.id, turn, clock.now()) ?? {};
      if ("code" in view) throw new RemoteError(view);
      return { job: ref, status: "in_progress", outputs: [], ...view };
    },
  });
  const watch = (id: string, deadlineMs = HOUR_MS, signal = new AbortController().signal) => {
    const views: string[] = [];
    const troubles: string[] = [];
    const end = poller.watch(job(id), {
      deadlineAt: clock.now() + deadlineMs,
      signal,
      onView: (view) => views.push(view.status),
      onTrouble: (failure) => troubles.push(failure.code),
    });
    return { end, views, troubles };
  };
  return { clock, looks, watch, poller };
}

test("looks first after 1 s, then grows by half up to 5 s", async () => {
  const { clock, looks, watch } = setUp();
  void watch("a");
  await clock.advance(25_000);
  const at = looks.map((look) => Math.round(look.at));
  expect(at.map((time, index) => time - (at[index - 1] ?? 0))).toEqual([
    1000, 1500, 2250, 3375, 5000, 5000, 5000,
  ]);
});

test.each([
  [0, 900],
  [0.999_999, 1100],
])("jitter stays within 10 %%: random %d gives the first look at %d ms", async (random, at) => {
  const { clock, looks, watch } = setUp({ random: () => random });
  void watch("a");
  await clock.advance(1500);
  expect(looks[0]?.at).toBeCloseTo(at, 0);
});

test("ends once with the last view; unknown statuses are no end", async () => {
  const { clock, looks, watch } = setUp({
    view: (_id, turn) =>
      turn < 3 ? { status: "resting_a_bit" } : { status: "succeeded", ended: "succeeded" },
  });
  const { end, views } = watch("a");
  await clock.advance(HOUR_MS);
  expect(await end).toMatchObject({ kind: "ended", view: { status: "succeeded" } });
  expect(views).toEqual(["resting_a_bit", "resting_a_bit", "resting_a_bit", "succeeded"]);
  expect(looks).toHaveLength(4);
  expect(clock.pendingTimers).toBe(0);
});

test("a server that does not answer for long never ends a job before its deadline", async () => {
  const { clock, looks, watch } = setUp({ view: () => remoteFailure("network", { retryable: true }) });
  const { end, troubles } = watch("a", 600_000);
  await clock.advance(599_000);
  expect(troubles.length).toBe(looks.length);
  // Backing off: far fewer looks than the 120 of a job that answers.
  expect(looks.length).toBeLessThan(35);
  await clock.advance(1000);
  expect(await end).toMatchObject({ kind: "deadline", trouble: { code: "network" } });
});

test("answers again after trouble are used as if nothing had been", async () => {
  const { clock, watch } = setUp({
    view: (_id, turn) => (turn < 4 ? remoteFailure("network") : { status: "succeeded", ended: "succeeded" }),
  });
  const { end } = watch("a");
  await clock.advance(120_000);
  expect(await end).toMatchObject({ kind: "ended" });
});

test("a time given by the server pauses the looks at all its jobs", async () => {
  const { clock, looks, watch } = setUp({
    view: (id, turn, now) =>
      id === "a" && turn === 0 ? remoteFailure("throttled", { retryAtMs: now + 60_000 }) : {},
  });
  void watch("a");
  await clock.advance(500);
  void watch("b");
  await clock.advance(60_000);
  expect(looks.map((look) => look.id)).toEqual(["a"]);
  await clock.advance(2000);
  expect(new Set(looks.slice(1).map((look) => look.id))).toEqual(new Set(["a", "b"]));
});

test("a deadline is noticed on time even while the server asks for a pause", async () => {
  const { clock, watch } = setUp({
    view: (_id, _turn, now) => remoteFailure("throttled", { retryAtMs: now + HOUR_MS }),
  });
  const { end } = watch("a", 10_000);
  await clock.advance(10_000);
  expect(await end).toMatchObject({ kind: "deadline", trouble: { code: "throttled" } });
});

test("200 jobs keep to the budget in every window and are served in turn", async () => {
  const { clock, looks, watch } = setUp({ pollsPerSecond: 10 });
  for (let index = 0; index < 200; index++) void watch(`job-${index}`);
  await clock.advance(120_000);
  const times = looks.map((look) => look.at);
  for (let index = 10; index < times.length; index++)
    expect((times[index] ?? 0) - (times[index - 10] ?? 0)).toBeGreaterThanOrEqual(1000);
  // Nobody starves: every job is looked at about as often as any other.
  const counts = new Map<string, number>();
  for (const look of looks) counts.set(look.id, (counts.get(look.id) ?? 0) + 1);
  expect(counts.size).toBe(200);
  expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
});

test("stopping ends the watch at once, in flight or waiting, and leaves no timer", async () => {
  const controller = new AbortController();
  const { clock, watch } = setUp();
  const { end } = watch("a", HOUR_MS, controller.signal);
  await clock.advance(2000);
  controller.abort();
  await clock.drain();
  expect(await end).toEqual({ kind: "stopped" });
  expect(clock.pendingTimers).toBe(0);
});

test("when the last job has ended no timer is left, so that a headless process can end", async () => {
  const { clock, watch } = setUp({ view: () => ({ status: "succeeded", ended: "succeeded" }) });
  const { end } = watch("a");
  await clock.advance(2000);
  expect(await end).toMatchObject({ kind: "ended" });
  expect(clock.pendingTimers).toBe(0);
});

test("one timer serves any number of jobs", async () => {
  const { clock, watch } = setUp();
  for (let index = 0; index < 500; index++) void watch(`job-${index}`);
  await clock.advance(500);
  expect(clock.pendingTimers).toBe(1);
});

test("a deadline does not count the time a machine slept through", async () => {
  const { clock, watch } = setUp({
    view: (id, _turn, now) => (id === "a" && now > 60_000 ? { status: "succeeded", ended: "succeeded" } : {}),
  });
  const [finished, unfinished] = [watch("a", 600_000), watch("b", 600_000)];
  await clock.advance(30_000);
  clock.sleepThrough(2 * HOUR_MS);
  await clock.advance(560_000);
  expect(await finished.end).toMatchObject({ kind: "ended" });
  let isOver = false;
  void unfinished.end.then(() => {
    isOver = true;
  });
  await clock.drain();
  expect(isOver).toBe(false);
  await clock.advance(20_000);
  expect(await unfinished.end).toEqual({ kind: "deadline" });
});

test.each([-24 * HOUR_MS, 24 * HOUR_MS])(
  "a clock that is set by %i ms in the middle changes neither when jobs are looked at nor their deadlines",
  async (jumpMs) => {
    const told = setUp();
    const { clock, looks, watch } = setUp();
    void told.watch("a", 100_000);
    const { end } = watch("a", 100_000);
    await told.clock.advance(99_000);
    await clock.advance(20_000);
    clock.jump(jumpMs);
    await clock.advance(79_000);
    const jumped = looks.map(({ at }) => (at > 20_000 || at < 0 ? at - jumpMs : at));
    // The one that was due when the clock was set may come at once.
    expect(jumped.length).toBeGreaterThanOrEqual(told.looks.length - 1);
    expect(Math.max(...jumped.map((at, index) => at - (jumped[index - 1] ?? 0)))).toBeLessThanOrEqual(5_500);
    await clock.advance(10_000);
    expect(await end).toEqual({ kind: "deadline" });
  },
);

test("a server's time to come back is not waited for beyond half an hour, whoever's clock is wrong", async () => {
  const { clock, looks, watch } = setUp({
    view: (_id, turn) =>
      turn === 0 ? remoteFailure("throttled", { status: 429, retryable: true, retryAtMs: 24 * HOUR_MS }) : {},
  });
  void watch("a", 2 * HOUR_MS);
  await clock.advance(HOUR_MS);
  expect(looks.length).toBeGreaterThan(1);
});

test("what is known of a kind of job decides when it is looked at, and its end is told as an interval", async () => {
  const { clock, looks, poller } = setUp({
    view: (_id, _turn, now) => (now >= 21_000 ? { status: "succeeded", ended: "succeeded" } : {}),
  });
  const end = poller.watch(job("a"), {
    deadlineAt: HOUR_MS,
    signal: new AbortController().signal,
    onView: () => {},
    nextLook: (elapsedMs) => {
      const inMs = elapsedMs < 20_000 ? 20_000 - elapsedMs : 2000;
      return { inMs, soonestInMs: inMs, halfInMs: inMs };
    },
  });
  await clock.advance(30_000);
  expect(looks.map((look) => Math.round(look.at))).toEqual([20_000, 22_000]);
  expect(await end).toMatchObject({ kind: "ended", took: { afterMs: 20_000, byMs: 22_000 } });
});

test("of many jobs best looked at in one second some go earlier, but not before it is worth a request", async () => {
  const { clock, looks, poller } = setUp();
  for (let index = 0; index < 60; index++)
    void poller.watch(job(`job-${index}`), {
      deadlineAt: HOUR_MS,
      signal: new AbortController().signal,
      onView: () => {},
      nextLook: () => ({ inMs: 20_000, soonestInMs: 18_000, halfInMs: 20_000 }),
    });
  await clock.advance(23_500);
  const inSecond = (second: number) => looks.filter((look) => Math.floor(look.at / 1000) === second).length;
  expect([17, 18, 19, 20, 21, 22, 23].map(inSecond)).toEqual([0, 10, 10, 10, 10, 10, 10]);
});

test("when the budget is short the job that has probably ended for longest comes first", async () => {
  const { clock, looks, poller } = setUp({ pollsPerSecond: 1 });
  for (const [id, halfInMs] of [
    ["later", 30_000],
    ["sooner", 11_000],
    ["between", 20_000],
  ] as const)
    void poller.watch(job(id), {
      deadlineAt: HOUR_MS,
      signal: new AbortController().signal,
      onView: () => {},
      nextLook: () => ({ inMs: 10_000, soonestInMs: 10_000, halfInMs }),
    });
  await clock.advance(13_000);
  expect(looks.map((look) => look.id)).toEqual(["sooner", "between", "later"]);
});
