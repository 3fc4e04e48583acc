import fc from "fast-check";
import { expect, test } from "vitest";
import { ago, clockTime, count, duration, list, money, size, timeLeft } from "../../app/words/words.ts";

test("durations read as people say them", () => {
  expect([0, 400, 9900, 12_000, 59_400, 72_000, 120_000, 7_500_000].map(duration)).toEqual([
    "0 s",
    "0.4 s",
    "9.9 s",
    "12 s",
    "59 s",
    "1 min 12 s",
    "2 min",
    "2 h 5 min",
  ]);
});

test("no duration rounds up to sixty of anything", () => {
  const nearMinutes = fc
    .nat(300)
    .chain((minutes) => fc.integer({ min: -600, max: 600 }).map((ms) => Math.max(0, minutes * 60_000 + ms)));
  fc.assert(fc.property(nearMinutes, (ms) => !/\b60 (s|min)\b/.test(duration(ms))));
});

test("what is left is coarse, and honest when it is late", () => {
  expect([-1, 0, 3000, 38_000, 40_000, 54_000, 80_000, 3_400_000].map(timeLeft)).toEqual([
    "longer than usual",
    "longer than usual",
    "a few seconds left",
    "about 40 s left",
    "about 40 s left",
    "about 55 s left",
    "about 1 min left",
    "about 1 h left",
  ]);
});

test("money keeps its currency and never pretends to be exact", () => {
  expect([0, 1, 9_999, 10_000, 120_000, 12_345_678].map(money)).toEqual([
    "free",
    "less than $0.01",
    "less than $0.01",
    "about $0.01",
    "about $0.12",
    "about $12.35",
  ]);
});

test("sizes count in thousands", () => {
  expect([0, 812, 999, 1000, 3_400_000, 99_400_000, 120_400_000, 999_999].map(size)).toEqual([
    "0 B",
    "812 B",
    "999 B",
    "1 kB",
    "3.4 MB",
    "99.4 MB",
    "120 MB",
    "1 MB",
  ]);
});

test("counts and lists", () => {
  expect([count(1, "job"), count(3, "job"), count(2, "copy", "copies"), count(1200, "node")]).toEqual([
    "1 job",
    "3 jobs",
    "2 copies",
    "1,200 nodes",
  ]);
  expect([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"])]).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

test("past moments are told from the present one", () => {
  const now = new Date(2026, 10, 23, 12, 0, 0).getTime();
  const before = (ms: number) => ago(now - ms, now);
  expect([before(5000), before(4 * 60_000), before(3 * 3_600_000), before(20 * 3_600_000)]).toEqual([
    "just now",
    "4 min ago",
    "3 h ago",
    "yesterday",
  ]);
  expect(before(3 * 86_400_000)).toBe("3 days ago");
  expect(ago(new Date(2026, 10, 2, 9).getTime(), now)).toBe("2 Nov");
  expect(ago(new Date(2025, 10, 2, 9).getTime(), now)).toBe("2 Nov 2025");
});

test("log times have seconds", () => {
  expect(clockTime(new Date(2026, 0, 1, 4, 3, 7).getTime())).toBe("04:03:07");
});
