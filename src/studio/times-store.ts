import type { Clock } from "../engine/deps.ts";
import type { Scope } from "../engine/events.ts";
import type { TimesStore } from "../engine/job-times.ts";
import { LibraryFailure } from "../library/failure.ts";
import type { Library } from "../library/library.ts";

/** How long jobs took in one scope, in the library, so that a new process need not learn it anew. */
export function timesStore(library: Library, scope: Scope, clock: Clock): TimesStore {
  return {
    recent: (jobClass, limit) =>
      withoutHarm(() => library.durations.recent({ scope, ...jobClass }, limit)) ?? [],
    add: (jobClass, took) =>
      withoutHarm(() => library.durations.add({ scope, ...jobClass, ...took, at: clock.now() })),
  };
}

/** A disk that does not take this will not take the journal either, and that one says so. Here it costs a few looks. */
function withoutHarm<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof LibraryFailure) return undefined;
    throw error;
  }
}
