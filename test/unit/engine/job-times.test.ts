import { expect, test } from "vitest";
import { createJobTimes } from "../../../src/engine/polling/job-times.ts";
import { createWorld, step } from "../../support/engine-world.ts";

test("a run learns from its own jobs, looks less often, and says what is left", async () => {
  const world = createWorld();
  const names = Array.from({ length: 12 }, (_, at) => `job-${at}`);
  for (const name of names) world.rules.jobs.set(name, [{ afterMs: 30_000 }]);
  const run = world.start(
    names.map((name, at) => step.generate(name, ...(at === 0 ? [] : [`job-${at - 1}`]))),
  );
  await world.settle();
  expect(await run.whenSettled()).toBe("done");

  const looksAt = (name: string) => world.seen.looks.filter((look) => look.name === name).length;
  expect(looksAt("job-11")).toBeLessThan(looksAt("job-0"));
  const etas = (name: string) => world.seen.signals.filter((signal) => signal.stepId === name && signal.eta);
  expect(etas("job-0")).toEqual([]);
  const [first] = etas("job-11");
  expect((first?.eta?.endsAt ?? 0) - (first?.at ?? 0)).toBeGreaterThan(25_000);
  expect((first?.eta?.endsAt ?? 0) - (first?.at ?? 0)).toBeLessThan(35_000);
  expect(first?.eta?.lateAt).toBeGreaterThan(first?.eta?.endsAt ?? 0);
});

test("jobs that failed teach nothing about how long a success takes", async () => {
  const world = createWorld();
  const names = Array.from({ length: 8 }, (_, at) => `job-${at}`);
  for (const name of names) world.rules.jobs.set(name, [{ ends: "failed", afterMs: 5000 }]);
  world.start([...names.map((name) => step.generate(name)), step.generate("last")]);
  await world.settle();
  expect(world.seen.signals.filter((signal) => signal.eta)).toEqual([]);
});

test("however many jobs end, a forecast is made anew only once in a while", () => {
  let now = 0;
  const times = createJobTimes(undefined, () => now);
  const image = { kind: "inference", model: "model-1" } as const;
  for (let at = 0; at < 60; at++) times.ended(image, { afterMs: 4_000, byMs: 5_000 });
  const first = times.forecast(image);
  const made = new Set([first]);
  for (let at = 0; at < 500; at++) {
    now += 10;
    times.ended(image, { afterMs: 14_000, byMs: 15_000 });
    made.add(times.forecast(image));
  }
  expect(made.size).toBeLessThanOrEqual(1 + (500 * 10) / 2_000);
  expect(times.forecast(image)?.quantile(0.5)).toBeGreaterThan(10_000);
});
