import { type ScheduleRule, scheduleParam } from "./platforms/platform.ts";

/** When a post is to go out, where its params say so. */

export type Schedule =
  | { readonly kind: "none" }
  | { readonly kind: "at"; readonly at: number }
  | { readonly kind: "unreadable"; readonly text: string };

const time = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** @param params of the platform. An empty text, as of an empty cell, is no schedule. */
export function scheduleOf(params: Readonly<Record<string, unknown>>): Schedule {
  const value = params[scheduleParam];
  if (value === undefined || value === null || (typeof value === "string" && value.trim() === ""))
    return { kind: "none" };
  const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
  const [, year, month, day] = time.exec(text) ?? [];
  const at = Date.parse(text);
  // A day that its month does not have would be read as one of the next.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return year !== undefined && isDay && Number.isFinite(at)
    ? { kind: "at", at }
    : { kind: "unreadable", text };
}

export const unreadableWords = (text: string) =>
  `“${text.slice(0, 60)}” is no time to post at: it takes a date, a time and an offset, such as 2026-12-24T18:00:00+01:00.`;

/** Why this platform would not take the time, as seen now; undefined if it would. */
export function scheduleTrouble(at: number, now: number, rule: ScheduleRule): string | undefined {
  const when = utcWords(at);
  if (at <= now) return `The time to post, ${when}, is past.`;
  if (at < now + rule.leastAheadMs)
    return `The time to post, ${when}, is too soon: it must be at least ${rule.leastAheadMs / MINUTE_MS} minutes ahead.`;
  if (at > now + rule.mostAheadMs)
    return `The time to post, ${when}, is too far: at most ${rule.mostAheadMs / DAY_MS} days ahead are taken.`;
  return undefined;
}

export function utcWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
