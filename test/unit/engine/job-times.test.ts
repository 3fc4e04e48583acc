import { expect, test } from "vitest";
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
