import { expect, test } from "vitest";
import { createRunQueue } from "../../../src/studio/runs/run-queue.ts";

/** A queue over runs that end when the test says so. */
async function open(remembered: unknown = undefined) {
  const settings = new Map<string, unknown>([["queue", remembered]]);
  const underWay = new Set<string>();
  const begun: string[] = [];
  const lost: string[] = [];
  const queue = await createRunQueue({
    settings: {
      get: async (_space, name) => settings.get(name),
      set: async (_space, name, value) => void settings.set(name, value),
    },
    underWay: () => underWay.size,
    onLost: (runId) => lost.push(runId),
    onChange: () => {},
  });
  return {
    queue,
    begun,
    lost,
    settings,
    add: async (...runIds: string[]) => {
      for (const runId of runIds)
        await queue.add({
          runId,
          async begin() {
            if (runId === "broken") throw new Error("The disk is full.");
            begun.push(runId);
            underWay.add(runId);
          },
        });
    },
    async end(runId: string) {
      underWay.delete(runId);
      await queue.advance();
    },
  };
}

test("one run goes on at a time, the others wait in order", async () => {
  const { queue, begun, add, end } = await open();
  await add("a", "b", "c");
  expect([begun, queue.waiting]).toEqual([["a"], ["b", "c"]]);
  await end("a");
  expect([begun, queue.waiting]).toEqual([["a", "b"], ["c"]]);
  await end("b");
  await end("c");
  expect(begun).toEqual(["a", "b", "c"]);
});

test("a person moves a run up or down, and takes one out", async () => {
  const { queue, begun, add, end } = await open();
  await add("a", "b", "c", "d");
  expect(queue.move("d", 0)).toBe(true);
  expect(queue.waiting).toEqual(["d", "b", "c"]);
  expect(queue.move("d", 99)).toBe(true);
  expect(queue.waiting).toEqual(["b", "c", "d"]);
  expect(queue.move("a", 0)).toBe(false);
  expect([queue.take("b"), queue.take("b")]).toEqual([true, false]);
  for (const runId of ["a", "c", "d"]) await end(runId);
  expect(begun).toEqual(["a", "c", "d"]);
});

test("while it is paused nothing begins and creates are held, and a restart remembers it", async () => {
  const { queue, begun, add, end, settings } = await open();
  await add("a", "b");
  await queue.pause();
  await end("a");
  await add("c");
  expect([begun, queue.waiting, queue.queuePause.isPaused]).toEqual([["a"], ["b", "c"], true]);

  const restarted = await open(settings.get("queue"));
  await restarted.add("a");
  expect([restarted.begun, restarted.queue.paused, restarted.queue.queuePause.isPaused]).toEqual([
    [],
    true,
    true,
  ]);
  const released = restarted.queue.queuePause.whenResumed();
  await restarted.queue.resume();
  await released;
  expect([restarted.begun, restarted.queue.queuePause.isPaused]).toEqual([["a"], false]);
});

test("a higher limit begins what fits at once, a lower one interrupts nothing, and both are remembered", async () => {
  const { queue, begun, add, end, settings } = await open();
  await add("a", "b", "c", "d");
  await queue.setLimit(3);
  expect(begun).toEqual(["a", "b", "c"]);
  await queue.setLimit(1);
  await end("a");
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  await end("c");
  expect(begun).toEqual(["a", "b", "c", "d"]);
  expect((await open(settings.get("queue"))).queue.limit).toBe(1);
  expect((await open({ paused: "?", limit: 900 })).queue).toMatchObject({ paused: false, limit: 1 });
});

test("a run that cannot be begun does not hold up the ones after it", async () => {
  const { begun, lost, add, end } = await open();
  await add("a", "broken", "b");
  await end("a");
  expect([begun, lost]).toEqual([["a", "b"], ["broken"]]);
});

test("a queue that is closed begins nothing more", async () => {
  const { queue, begun, add, end } = await open();
  await add("a", "b");
  queue.close();
  await end("a");
  expect(begun).toEqual(["a"]);
});
