import fc from "fast-check";
import { expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import type { DoubtRef } from "../../../src/engine/record.ts";
import { openDoubts, openPostDoubts, sumOfDoubts } from "../../../src/engine/record.ts";
import { settleDoubts } from "../../../src/studio/runs/settle-doubts.ts";
import { createWorld, id, kindOf, kinds, step, stepOf, type World } from "../../support/engine-world.ts";

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Each create gets lost; `twice` loses the second one, too. */
async function eightDoubts({ twice = false } = {}): Promise<{ world: World; run: Run }> {
  const world = createWorld();
  for (const name of names)
    world.rules.creates.set(name, [
      { outcome: "inDoubt" },
      ...(twice ? [{ outcome: "inDoubt" } as const] : []),
      {},
    ]);
  const run = world.start(names.flatMap((name) => [step.generate(name), step.save(`keep-${name}`, name)]));
  await world.settle();
  return { world, run };
}

const seenNow = (run: Run): DoubtRef[] =>
  openDoubts(run.state()).map(({ stepId, attempt }) => ({ stepId, attempt }));

test("eight doubts are settled by one word, each once, and only those that were meant", async () => {
  const { world, run } = await eightDoubts();
  const seen = seenNow(run);
  expect(seen).toHaveLength(8);
  expect(run.settleDoubts(seen.slice(0, 3), "resend")).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  expect(run.settleDoubts(seen.slice(3, 5), "skip")).toEqual([{ ok: true }, { ok: true }]);
  await world.settle();
  expect(names.map((name) => kindOf(run, name))).toEqual([
    ...["succeeded", "succeeded", "succeeded", "skipped", "skipped", "in-doubt", "in-doubt", "in-doubt"],
  ]);
  expect(world.seen.creates).toHaveLength(8 + 3);
  expect(await run.whenSettled()).toBe("needs-you");
  expect(world.replayed()).toEqual(run.state());
});

test("the same word given again sends nothing, also when the second create is in doubt as well", async () => {
  const { world, run } = await eightDoubts({ twice: true });
  const seen = seenNow(run);
  run.settleDoubts(seen, "resend");
  for (const word of ["resend", "skip"] as const)
    for (const answer of run.settleDoubts(seen, word))
      expect(answer).toMatchObject({ ok: false, reason: { code: "wrong-state" } });
  await world.settle();
  expect(openDoubts(run.state())).toHaveLength(8);
  expect(run.settleDoubts(seen, "resend").every((answer) => !answer.ok)).toBe(true);
  expect(run.settleDoubt(id("a"), "resend", 1)).toMatchObject({ reason: { code: "wrong-state" } });
  await world.settle();
  expect(world.seen.creates).toHaveLength(16);
  expect(run.settleDoubt(id("a"), "resend", 2)).toEqual({ ok: true });
});

test("one that was left out meanwhile is not made by a word about many, and the others are", async () => {
  const { world, run } = await eightDoubts();
  const seen = seenNow(run);
  run.settleDoubt(id("b"), "skip");
  const answers = run.settleDoubts(seen, "resend");
  expect(answers.map(({ ok }) => ok)).toEqual([true, false, true, true, true, true, true, true]);
  await world.settle();
  expect(world.createsOf("b")).toHaveLength(1);
  expect(world.seen.creates).toHaveLength(8 + 7);
});

test("posts are never settled by a word about many", async () => {
  const world = createWorld({ policy: "sandbox" });
  world.rules.creates.set("Hello", [{ outcome: "inDoubt" }]);
  const run = world.start([step.upload("a"), step.publish("publish", "a")]);
  await world.settle();
  const [post] = openPostDoubts(run.state());
  expect(post?.stepId).toBe("publish");
  for (const word of ["resend", "skip"] as const)
    expect(run.settleDoubts([{ stepId: id("publish"), attempt: post?.attempt ?? 0 }], word)).toMatchObject([
      { ok: false, reason: { code: "one-by-one" } },
    ]);
  expect(kinds(run)).toEqual({ a: "succeeded", publish: "in-doubt" });
});

test("what depends on others in doubt waits for them", async () => {
  const world = createWorld();
  world.rules.creates.set("a", [{}, { outcome: "inDoubt" }, {}]);
  world.rules.creates.set("b", [{ outcome: "inDoubt" }, {}]);
  const run = world.start([step.generate("a"), step.generate("b", "a")]);
  await world.settle();
  run.retry(id("a"));
  await world.settle();
  expect(kinds(run)).toEqual({ a: "in-doubt", b: "in-doubt" });
  for (const answer of run.settleDoubts([...seenNow(run)].reverse(), "resend")) expect(answer.ok).toBe(true);
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.createsOf("b")).toHaveLength(2);
});

test("to send again takes the sum that was said; where it is more, nothing is settled", async () => {
  const { world, run } = await eightDoubts();
  const doubts = seenNow(run);
  const { microdollars, unpriced } = sumOfDoubts(openDoubts(run.state()));
  expect([microdollars, unpriced]).toEqual([8 * (stepOf(run, "a").estimateMicrodollars ?? 0), 0]);
  const again = (sumMicrodollars: number) =>
    settleDoubts(run, { doubts, word: { decision: "resend", sumMicrodollars } });
  expect(() => again(microdollars - 1)).toThrow("Nothing was sent");
  expect(openDoubts(run.state())).toHaveLength(8);
  expect(again(microdollars)).toEqual(doubts.map(({ stepId }) => ({ stepId, ok: true })));
  await world.settle();
  // Those that were sent again cost nothing more, whatever is said.
  expect(again(0).every((answer) => !answer.ok && answer.code === "wrong-state")).toBe(true);
  await world.settle();
  expect(world.seen.creates).toHaveLength(16);
});

test("whatever is said about many, by two who looked at different times: one create per word at most", async () => {
  const said = fc.record({
    /** Whether it is about what was seen first, or about what is seen now. */
    stale: fc.boolean(),
    decision: fc.constantFrom("resend" as const, "skip" as const),
    which: fc.subarray(names, { minLength: 1 }),
    afterMs: fc.constantFrom(0, 1, 500, 10_000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 1, maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      async (words, lostAgain) => {
        const world = createWorld();
        names.forEach((name, at) => {
          world.rules.creates.set(name, [
            { outcome: "inDoubt" },
            lostAgain[at] ? { outcome: "inDoubt" } : {},
            {},
          ]);
        });
        const run = world.start(names.map((name) => step.generate(name)));
        await world.settle();
        const first = seenNow(run);
        /** By step and attempt: how often a word about it was taken. */
        const taken = new Map<string, string[]>();
        for (const { stale, decision, which, afterMs } of words) {
          const seen = (stale ? first : seenNow(run)).filter(({ stepId }) => which.includes(stepId));
          run.settleDoubts(seen, decision).forEach((answer, at) => {
            const { stepId = "", attempt = 0 } = seen[at] ?? {};
            const key = `${stepId}#${attempt}`;
            if (answer.ok) taken.set(key, [...(taken.get(key) ?? []), decision]);
          });
          await world.clock.advance(afterMs);
        }
        await world.settle();
        for (const [key, decisions] of taken) expect(decisions, key).toHaveLength(1);
        const resent = [...taken.values()].filter(([decision]) => decision === "resend").length;
        expect(world.seen.creates).toHaveLength(names.length + resent);
        const settled = world.eventsOf("doubt-settled");
        expect(settled).toHaveLength(taken.size);
        expect(world.replayed()).toEqual(run.state());
      },
    ),
    { numRuns: 150 },
  );
});
