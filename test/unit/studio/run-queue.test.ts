import { expect, test } from "vitest";
import { createRunQueue } from "../../../src/studio/runs/run-queue.ts";

/** A queue over runs that end when the test says so. */
function open(remembered: unknown = undefined) {
  const settings = new Map<string, unknown>([["queue", remembered]]);
  const underWay = new Set<string>();
  const begun: string[] = [];
  const lost: string[] = [];
  const queue = createRunQueue({
    settings: {
      get: (_space, name) => settings.get(name),
      set: (_space, name, value) => void settings.set(name, value),
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
    add: (...runIds: string[]) => {
      for (const runId of runIds)
        queue.add({
          runId,
          begin() {
            if (runId === "broken") throw new Error("The disk is full.");
            begun.push(runId);
            underWay.add(runId);
          },
        });
    },
    end(runId: string) {
      underWay.delete(runId);
      queue.advance();
    },
  };
}

test("one run goes on at a time, the others wait in order", () => {
  const { queue, begun, add, end } = open();
  add("a", "b", "c");
  expect([begun, queue.waiting]).toEqual([["a"], ["b", "c"]]);
  end("a");
  expect([begun, queue.waiting]).toEqual([["a", "b"], ["c"]]);
  end("b");
  end("c");
  expect(begun).toEqual(["a", "b", "c"]);
});

test("a person moves a run up or down, and takes one out", () => {
  const { queue, begun, add, end } = open();
  add("a", "b", "c", "d");
  expect(queue.move("d", 0)).toBe(true);
  expect(queue.waiting).toEqual(["d", "b", "c"]);
  expect(queue.move("d", 99)).toBe(true);
  expect(queue.waiting).toEqual(["b", "c", "d"]);
  expect(queue.move("a", 0)).toBe(false);
  expect([queue.take("b"), queue.take("b")]).toEqual([true, false]);
  for (const runId of ["a", "c", "d"]) end(runId);
  expect(begun).toEqual(["a", "c", "d"]);
});

test("while it is paused nothing begins and creates are held, and a restart remembers it", async () => {
  const { queue, begun, add, end, settings } = open();
  add("a", "b");
  queue.pause();
  end("a");
  add("c");
  expect([begun, queue.waiting, queue.queuePause.isPaused]).toEqual([["a"], ["b", "c"], true]);

  const restarted = open(settings.get("queue"));
  restarted.add("a");
  expect([restarted.begun, restarted.queue.paused, restarted.queue.queuePause.isPaused]).toEqual([
    [],
    true,
    true,
  ]);
  const released = restarted.queue.queuePause.whenResumed();
  restarted.queue.resume();
  await released;
  expect([restarted.begun, restarted.queue.queuePause.isPaused]).toEqual([["a"], false]);
});

test("a higher limit begins what fits at once, a lower one interrupts nothing, and both are remembered", () => {
  const { queue, begun, add, end, settings } = open();
  add("a", "b", "c", "d");
  queue.setLimit(3);
  expect(begun).toEqual(["a", "b", "c"]);
  queue.setLimit(1);
  end("a");
  end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  end("c");
  expect(begun).toEqual(["a", "b", "c", "d"]);
  expect(open(settings.get("queue")).queue.limit).toBe(1);
  expect(open({ paused: "?", limit: 900 }).queue).toMatchObject({ paused: false, limit: 1 });
});

test("a run that cannot be begun does not hold up the ones after it", () => {
  const { begun, lost, add, end } = open();
  add("a", "broken", "b");
  end("a");
  expect([begun, lost]).toEqual([["a", "b"], ["broken"]]);
});

test("a queue that is closed begins nothing more", () => {
  const { queue, begun, add, end } = open();
  add("a", "b");
  queue.close();
  end("a");
  expect(begun).toEqual(["a"]);
});
