import type { Clock } from "../engine/deps.ts";
import type { Scope } from "../engine/events.ts";
import type { TimesStore } from "../engine/job-times.ts";
import type { Library } from "../library/library.ts";
import { withoutHarm } from "./without-harm.ts";

/** How long jobs took in one scope, in the library, so that a new process need not learn it anew. */
export function timesStore(library: Library, scope: Scope, clock: Clock): TimesStore {
  return {
    recent: (jobClass, limit) =>
      withoutHarm(() => library.durations.recent({ scope, ...jobClass }, limit)) ?? [],
    add: (jobClass, took) =>
      withoutHarm(() => library.durations.add({ scope, ...jobClass, ...took, at: clock.now() })),
  };
}
