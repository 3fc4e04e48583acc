import { expect, test } from "vitest";
import { createSlots } from "../../../src/engine/limits/limits.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const never = new AbortController().signal;

test("gives slots in the order of asking, and the returned ones first", async () => {
  const clock = createVirtualClock();
  const slots = createSlots(clock, 1);
  const order: string[] = [];
  const take = async (name: string, first = false) => {
    const release = await slots.acquire(never, { first });
    order.push(name);
    return release;
  };
  const release = await take("a");
  const others = [take("b"), take("c"), take("sent back", true)];
  release();
  for (const each of [others[2], others[0], others[1]]) (await each)?.();
  expect(order).toEqual(["a", "sent back", "b", "c"]);
});

test("freeing twice frees one slot", async () => {
  const slots = createSlots(createVirtualClock(), 1);
  const release = await slots.acquire(never);
  release();
  release();
  await slots.acquire(never);
  let isGiven = false;
  void slots.acquire(never).then(() => {
    isGiven = true;
  });
  await Promise.resolve();
  expect(isGiven).toBe(false);
});

test("who gives up leaves the queue at once", async () => {
  const slots = createSlots(createVirtualClock(), 1);
  const release = await slots.acquire(never);
  const controller = new AbortController();
  const waiting = slots.acquire(controller.signal);
  controller.abort();
  await expect(waiting).rejects.toThrow(/Stopped/);
  release();
  expect(await slots.acquire(never)).toBeTypeOf("function");
});

test("a pause holds everybody back, and says so to those who wait", async () => {
  const clock = createVirtualClock();
  const slots = createSlots(clock, 2);
  slots.pauseUntil(clock.now() + 5000);
  slots.pauseUntil(clock.now() + 1000); // an earlier end changes nothing
  let waits = 0;
  let given = 0;
  for (let index = 0; index < 2; index++)
    void slots
      .acquire(never, {
        onWait: () => {
          waits++;
        },
      })
      .then(() => {
        given++;
      });
  await clock.advance(4999);
  expect([waits, given]).toEqual([2, 0]);
  await clock.advance(1);
  expect(given).toBe(2);
});

test("a thousand may wait for a slot without a word from Node about too many listeners", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on("warning", onWarning);
  const slots = createSlots(createVirtualClock(), 1);
  const controller = new AbortController();
  await slots.acquire(never);
  const waiting = Array.from({ length: 1000 }, () => slots.acquire(controller.signal));
  controller.abort();
  await Promise.allSettled(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
