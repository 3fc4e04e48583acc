import type { Clock } from "../../base/clock.ts";
import type { TimesStore } from "../../engine/index.ts";
import type { Scope } from "../../engine/record.ts";
import type { Library } from "../../library/index.ts";
import { withoutHarm } from "../ground/without-harm.ts";

/** Of each class every one is kept until there are so many, … */
const ALL_KEPT = 50;
/** … and after that one in so many milliseconds. */
const APART_MS = 250;

/** How long jobs took in one scope, in the library, so that a new process need not learn it anew. */
export function timesStore(library: Library, scope: Scope, clock: Clock): TimesStore {
  const kept = new Map<string, { count: number; lastAt: number }>();

  /** Of thousands that end within a minute a few a second tell as much, and each is a write of its own. */
  function isWorthKeeping(name: string): boolean {
    const now = clock.now();
    const one = kept.get(name) ?? { count: 0, lastAt: 0 };
    if (one.count >= ALL_KEPT && now - one.lastAt < APART_MS) return false;
    kept.set(name, { count: one.count + 1, lastAt: now });
    return true;
  }

  return {
    recent: async (jobClass, limit) =>
      (await withoutHarm(() => library.durations.recent({ scope, ...jobClass }, limit))) ?? [],
    add(jobClass, took) {
      if (!isWorthKeeping(`${jobClass.kind} ${jobClass.model}`)) return;
      const at = clock.now();
      void withoutHarm(() => library.durations.add({ scope, ...jobClass, ...took, at }));
    },
  };
}
