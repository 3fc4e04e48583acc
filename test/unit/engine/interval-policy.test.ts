import fc from "fast-check";
import { expect, test } from "vitest";
import { forecastOf, plainInterval, type Took } from "../../../src/engine/polling/interval-policy.ts";
import { createJobTimes } from "../../../src/engine/polling/job-times.ts";

const HOUR_MS = 3_600_000;

/** Any history at all, broken rows included: what a damaged or odd library might hold. */
const anyTook = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(
        fc.double({ min: 0, max: HOUR_MS, noNaN: true }),
        fc.integer({ min: 1, max: HOUR_MS }),
      ),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant(0), fc.integer({ min: 1, max: 100_000 })) },
    { weight: 1, arbitrary: fc.tuple(fc.double(), fc.double()) },
  )
  .map(([afterMs, gapMs]): Took => ({ afterMs, byMs: afterMs + gapMs }));

/** Jobs around a median, seen by looks that lie a share of it apart. */
const around = (medianMs: number, jobs: number, gap = 0.1): Took[] =>
  Array.from({ length: jobs }, (_, at) => {
    const afterMs = medianMs * (0.85 + (0.3 * ((at * 7) % jobs)) / jobs);
    return { afterMs, byMs: afterMs + gap * medianMs };
  });

/** When a job that never ends would be looked at. */
function looks(forecast: NonNullable<ReturnType<typeof forecastOf>>, count: number): number[] {
  const at: number[] = [];
  for (let elapsed = 0; at.length < count; ) {
    elapsed += forecast.nextLook(elapsed).inMs;
    at.push(elapsed);
  }
  return at;
}

test("too little history teaches nothing", () => {
  expect(forecastOf([])).toBeUndefined();
  expect(forecastOf(around(20_000, 4))).toBeUndefined();
  expect(forecastOf(around(20_000, 5))).toBeDefined();
});

test("whatever the history, every answer is a finite time that is never under a quarter of a second", () => {
  fc.assert(
    fc.property(
      fc.array(anyTook, { maxLength: 80 }),
      fc.double({ min: 0, max: 10 * HOUR_MS, noNaN: true }),
      (history, elapsedMs) => {
        const forecast = forecastOf(history);
        if (!forecast) return;
        const { inMs, soonestInMs, halfInMs } = forecast.nextLook(elapsedMs);
        for (const ms of [inMs, soonestInMs, halfInMs]) {
          expect(Number.isFinite(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(250);
        }
        expect(soonestInMs).toBeLessThanOrEqual(inMs);
        const { leftMs, lateInMs } = forecast.eta(elapsedMs);
        for (const ms of [leftMs, lateInMs]) {
          expect(Number.isFinite(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("shares of jobs and the times they take grow together", () => {
  fc.assert(
    fc.property(fc.array(anyTook, { minLength: 5, maxLength: 60 }), (history) => {
      const forecast = forecastOf(history);
      if (!forecast) return;
      const times = [0.05, 0.25, 0.5, 0.75, 0.9, 0.99].map((share) => forecast.quantile(share));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});

test.each([8000, 20_000, 75_000, 240_000])("jobs of %d ms are looked at about when they end", (medianMs) => {
  const forecast = forecastOf(around(medianMs, 20));
  if (!forecast) throw new Error("Twenty jobs are enough.");
  expect(forecast.quantile(0.5)).toBeGreaterThan(0.85 * medianMs);
  expect(forecast.quantile(0.5)).toBeLessThan(1.25 * medianMs);
  const at = looks(forecast, 400);
  const within = (from: number, to: number) => at.filter((ms) => ms >= from * medianMs && ms < to * medianMs);
  // Dense where they end, rare long before.
  expect(within(0.8, 1.4).length).toBeGreaterThan(2 * within(0, 0.6).length);
  // A job that outlasts all others is looked at by the plain rule, which never waits for more than 5 s.
  const late = at.filter((ms) => ms > 4 * medianMs);
  for (let index = 1; index < late.length; index++)
    expect((late[index] ?? 0) - (late[index - 1] ?? 0)).toBeLessThanOrEqual(5000.001);
});

test("jobs that the first look finds ended are left to the plain rule", () => {
  const forecast = forecastOf(Array.from({ length: 20 }, () => ({ afterMs: 0, byMs: 1000 })));
  expect(forecast?.nextLook(0).inMs).toBe(plainInterval(0));
});

test.each([3, 1 / 3])("a speed that changes by %d is believed after a few jobs", (factor) => {
  const before = around(20_000, 50);
  const after = around(20_000 * factor, 7);
  const forecast = forecastOf([...before, ...after]);
  expect(forecast?.quantile(0.5)).toBeGreaterThan(0.8 * 20_000 * factor);
  expect(forecast?.quantile(0.5)).toBeLessThan(1.3 * 20_000 * factor);
});

test("one straggler changes nothing", () => {
  const usual = around(20_000, 30);
  const forecast = forecastOf([...usual, { afterMs: 200_000, byMs: 205_000 }]);
  expect(forecast?.quantile(0.5)).toBeLessThan(25_000);
});

test("what is probably left shrinks as a job goes on, until it is late", () => {
  const forecast = forecastOf(around(20_000, 20));
  expect(forecast?.eta(0).leftMs).toBeGreaterThan(17_000);
  expect(forecast?.eta(15_000).leftMs).toBeLessThan(10_000);
  expect(forecast?.eta(15_000).lateInMs).toBeGreaterThan(0);
  expect(forecast?.eta(60_000).lateInMs).toBe(0);
});

test("times of a class are read once, kept as they come, and mix with no other class", async () => {
  const kept: [string, Took][] = [];
  const read: string[] = [];
  const times = createJobTimes({
    async recent(jobClass) {
      read.push(jobClass.model);
      return jobClass.model === "known" ? around(20_000, 10) : [];
    },
    add: (jobClass, took) => void kept.push([jobClass.model, took]),
  });
  const known = { kind: "inference", model: "known" } as const;
  const fresh = { kind: "inference", model: "fresh" } as const;
  await Promise.all([times.learn(known), times.learn(known), times.learn(fresh)]);
  expect(times.forecast(known)).toBeDefined();
  expect(times.forecast(fresh)).toBeUndefined();
  for (const took of around(8000, 6)) times.ended(fresh, took);
  expect(times.forecast(fresh)?.quantile(0.5)).toBeLessThan(10_000);
  expect(times.forecast(known)?.quantile(0.5)).toBeGreaterThan(15_000);
  expect(read).toEqual(["known", "fresh"]);
  expect(kept).toHaveLength(6);
});
