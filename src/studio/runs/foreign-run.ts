import type { Clock } from "../../base/clock.ts";
import { foldEvents, toSnapshot } from "../../engine/record.ts";
import type { Library } from "../../library/index.ts";
import type { RunMessage } from "../contract/runs.ts";
import type { LocalRuns } from "./local-runs.ts";
import { pause, type WatchOptions } from "./run-feed.ts";
import { readEvents, readRun } from "./run-journal.ts";

/** How often a run of another process is looked at in the journal, in milliseconds. */
const POLL_MS = 500;

/** Watches a run that this process does not hold, now; it or another process may resume it. @throws Refused */
export async function* watchForeign(
  runId: string,
  options: WatchOptions,
  deps: { readonly library: Library; readonly clock: Clock; readonly local: LocalRuns },
): AsyncGenerator<RunMessage, void, void> {
  const { library, clock, local } = deps;
  const { signal } = options;
  const { state } = await readRun(library, runId);
  if (state) yield { type: "snapshot", snapshot: toSnapshot(state) };
  let seq = state?.seq ?? 0;
  while (!signal?.aborted) {
    await pause(clock, POLL_MS, signal);
    if (signal?.aborted) return;
    const here = local.get(runId);
    if (here) return yield* here.feed.watch(options);
    const events = await readEvents(library, { runId, afterSeq: seq, limit: 1_000 });
    const last = events.at(-1);
    if (!last) continue;
    yield seq === 0
      ? { type: "snapshot", snapshot: toSnapshot(foldEvents(undefined, events)) }
      : { type: "events", events };
    seq = last.seq;
  }
}
