import { expect, test } from "vitest";
import { createSemaphore } from "../../../src/base/semaphore.ts";

test("so many are in at once, in the order of arrival; who gives up waiting takes no place", async () => {
  const { signal } = new AbortController();
  const semaphore = createSemaphore(1);
  const first = await semaphore.enter(signal);
  const order: string[] = [];
  const second = semaphore.enter(signal).then((place) => {
    order.push("second");
    return place;
  });
  const impatient = new AbortController();
  const gone = semaphore.enter(impatient.signal);
  const fourth = semaphore.enter(signal).then(() => order.push("fourth"));
  impatient.abort(new Error("gone"));
  await expect(gone).rejects.toThrow("gone");
  expect(order).toEqual([]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  await fourth;
  expect(order).toEqual(["second", "fourth"]);
  await expect(semaphore.enter(AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
});
