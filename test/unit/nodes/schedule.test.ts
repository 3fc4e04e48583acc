import { expect, test } from "vitest";
import { documentedSchedule } from "../../../src/nodes/publish/platforms/platform.ts";
import { scheduleOf, scheduleTrouble } from "../../../src/nodes/publish/schedule.ts";

const now = Date.parse("2026-06-01T12:00:00Z");

test.each([
  [undefined, { kind: "none" }],
  ["", { kind: "none" }],
  [" ", { kind: "none" }],
  ["2026-06-04T12:00:00Z", { kind: "at", at: Date.parse("2026-06-04T12:00:00Z") }],
  [" 2026-06-04T14:00+02:00 ", { kind: "at", at: Date.parse("2026-06-04T12:00:00Z") }],
  ["2026-06-04T12:00:00", { kind: "unreadable", text: "2026-06-04T12:00:00" }],
  ["2026-06-04", { kind: "unreadable", text: "2026-06-04" }],
  ["2026-02-30T12:00:00Z", { kind: "unreadable", text: "2026-02-30T12:00:00Z" }],
  ["2026-06-04T25:00:00Z", { kind: "unreadable", text: "2026-06-04T25:00:00Z" }],
  ["tomorrow", { kind: "unreadable", text: "tomorrow" }],
  [1780574400000, { kind: "unreadable", text: "1780574400000" }],
])("a time to post of %j is read as %j", (scheduledAt, schedule) => {
  expect(scheduleOf({ scheduledAt })).toEqual(schedule);
});

test.each([
  ["2020-01-01T00:00:00Z", "is past"],
  ["2026-06-01T12:00:00Z", "is past"],
  ["2026-06-01T12:04:59Z", "at least 5 minutes ahead"],
  ["2026-06-01T12:05:00Z", undefined],
  ["2026-06-30T12:00:00Z", undefined],
  ["2026-06-30T12:00:01Z", "at most 29 days ahead"],
])("on June 1st, noon: %s %s", (time, trouble) => {
  const told = scheduleTrouble(Date.parse(time), now, documentedSchedule);
  if (trouble === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(trouble);
});
