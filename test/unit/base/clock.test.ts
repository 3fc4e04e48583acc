import { expect, test } from "vitest";
import { sleep } from "../../../src/base/clock.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

test("a sleep ends at its time, or at once with the reason of its signal", async () => {
  const clock = createVirtualClock();
  const control = new AbortController();
  const ended: string[] = [];
  void sleep(clock, 1000).then(() => ended.push("a"));
  sleep(clock, 2000, control.signal).then(
    () => ended.push("b"),
    (reason: unknown) => ended.push(String(reason)),
  );
  await clock.advance(999);
  expect(ended).toEqual([]);
  await clock.advance(1);
  expect(ended).toEqual(["a"]);
  control.abort("enough");
  await clock.advance(0);
  expect(ended).toEqual(["a", "enough"]);
  await expect(sleep(clock, 1, control.signal)).rejects.toBe("enough");
});
