import { expect, test } from "vitest";
import { dollarsText, parseDollars } from "../../../src/base/dollars.ts";

test("amounts are read exactly, with a dot or a comma, and nothing else is an amount", () => {
  expect(["1.50", "$2", " 0,10 ", "0.000001", "3", "0.1"].map(parseDollars)).toEqual([
    1_500_000, 2_000_000, 100_000, 1, 3_000_000, 100_000,
  ]);
  expect(["", "-1", "1.5.0", "a lot", "1e9", "1.0000001", "9999999", "NaN"].map(parseDollars)).toEqual(
    Array.from({ length: 8 }, () => undefined),
  );
});

test("an amount is written as it is read", () => {
  expect([1_500_000, 2_000_000, 4_000, 1, 0].map(dollarsText)).toEqual([
    "1.50",
    "2.00",
    "0.004",
    "0.000001",
    "0.00",
  ]);
  for (const amount of [0, 1, 4_000, 10_000, 123_456, 1_500_000])
    expect(parseDollars(dollarsText(amount))).toBe(amount);
});
