/** Times, money, sizes and counts in words a person uses. Pure. */

export { money } from "../../src/base/dollars.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long something took: "0.4 s", "12 s", "1 min 12 s", "2 h 5 min". */
export function duration(ms: number): string {
  if (ms < 10 * SECOND_MS - 50) return `${trimZero((Math.max(0, ms) / SECOND_MS).toFixed(1))} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return parts(minutes, "min", seconds % 60, "s");
  return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** What is left, as coarse as it is known: "a few seconds left", "about 40 s left", "longer than usual". */
export function timeLeft(ms: number): string {
  if (ms <= 0) return "longer than usual";
  if (ms < 5 * SECOND_MS) return "a few seconds left";
  if (ms < 55 * SECOND_MS) return `about ${Math.ceil(ms / (5 * SECOND_MS)) * 5} s left`;
  if (ms < 55 * MINUTE_MS) return `about ${Math.max(1, Math.round(ms / MINUTE_MS))} min left`;
  return `about ${Math.max(1, Math.round(ms / HOUR_MS))} h left`;
}

/** "812 B", "3.4 MB"; powers of 1000, as systems show files. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : trimZero(value.toFixed(1))} ${units[unit]}`;
}

/** "1 job", "3 jobs", "2 copies" with an own plural. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** "image", "image and video", "image, video and audio". */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A past moment seen from `now`: "just now", "4 min ago", "3 h ago", "yesterday", "12 Nov", "12 Nov 2025". */
export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < MINUTE_MS) return "just now";
  if (passed < HOUR_MS) return `${Math.floor(passed / MINUTE_MS)} min ago`;
  const then = new Date(at);
  const today = new Date(now);
  const days = Math.round((startOfDay(today) - startOfDay(then)) / (24 * HOUR_MS));
  if (days <= 0) return `${Math.floor(passed / HOUR_MS)} h ago`;
  if (days === 1) return "yesterday";
  if (days < 7) return `${days} days ago`;
  const sameYear = then.getFullYear() === today.getFullYear();
  const year = sameYear ? {} : { year: "numeric" as const };
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
}

/** "14:03:07": the time of a log line, in the person's own zone. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "25 Nov 2026, 14:03": a moment that must be told from every other. */
export function dateTime(at: number): string {
  return new Date(at).toLocaleString("en-GB", {
    ...{ day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function parts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, "");
}
