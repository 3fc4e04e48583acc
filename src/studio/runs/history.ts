import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import type { RunState } from "../../engine/record.ts";
import { type Library, LibraryFailure, type OutsideRun, type RunPlace } from "../../library/index.ts";
import {
  type CleanUpPreview,
  type HistoryPage,
  type HistoryQuery,
  type PastRun,
  type Retention,
  type RunRecord,
  type RunRemoval,
  retentionSchema,
} from "../contract/history.ts";
import { Refused } from "../ground/refused.ts";
import { findInSlices, isSearch } from "../ground/slices.ts";
import type { RunCommands } from "./run-commands.ts";
import type { RunReads } from "./run-reads.ts";
import { nodeRecords } from "./run-record.ts";
import { runMissing } from "./run-refusals.ts";

/** Past runs: found, looked at, opened again as the graph that made them, and removed. */
export type StudioHistory = {
  /** @throws Refused `history-cursor` */
  list(query: HistoryQuery): Promise<HistoryPage>;
  /** @throws Refused `run-missing`, as the others */
  run(runId: string): Promise<RunRecord>;
  /** Everything that is known of it, step by step. */
  steps(runId: string): Promise<{ readonly run: PastRun; readonly state: RunState }>;
  /** The graph as it was when the run began, as JSON. */
  graphJson(runId: string): Promise<string>;
  /** What removing the run takes away and what stays. */
  removal(runId: string): Promise<RunRemoval>;
  /** @throws Refused `run-running` */
  remove(runId: string): Promise<void>;
  retention(): Promise<Retention>;
  setRetention(retention: Retention): Promise<void>;
  /** What a clean-up would remove now, under these bounds. Removes nothing. */
  cleanUpPreview(retention: Retention): Promise<CleanUpPreview>;
  /**
   * Removes runs that are outside the bounds.
   * @param runIds of those only these; default all. @returns how many went.
   */
  cleanUp(retention: Retention, runIds?: readonly string[]): Promise<number>;
  /** Resolves when nothing of removed runs is left in the database. */
  erased(): Promise<void>;
  /** Ends what goes on in the background. */
  close(): Promise<void>;
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** The first clean-up waits until the window is there, in milliseconds. */
const FIRST_CLEAN_UP_MS = 10_000;
/** Events taken away at one go: a few milliseconds of work. */
const ERASED_AT_ONCE = 2_000;
/** Runs that a preview looks at in one go, by indexes alone: a few milliseconds of work. */
const LOOKED_AT_ONCE = 200;
/** Runs that a search reads in one go: some ten milliseconds of work. */
const SEARCHED_AT_ONCE = 5_000;
/** Runs that are hidden in one go. Each is written anew with its graph and plan. */
const HIDDEN_AT_ONCE = 20;
/** A preview names so many runs; it counts the rest. */
const PREVIEWED_RUNS = 500;

const retentionSetting = "retention";

/** What a clean-up may take, if nothing of it waits for a person. */
const isAtRest: ReadonlySet<string> = new Set(["done", "failed", "cancelled"]);

export function createStudioHistory(deps: {
  readonly library: Library;
  readonly reads: RunReads;
  readonly commands: RunCommands;
  readonly clock: Clock;
  onRemoved(): void;
}): StudioHistory {
  const { library, reads, commands, clock } = deps;
  let closed = false;
  let erasing: Promise<void> = Promise.resolve();
  let cleaning: Promise<void> = Promise.resolve();
  let timer = clock.setTimeout(cleanUpDaily, FIRST_CLEAN_UP_MS);

  async function retention(): Promise<Retention> {
    const stored = await library.settings.get("studio", retentionSetting);
    return retentionSchema.catch({}).parse(stored ?? {});
  }

  function cleanUpDaily(): void {
    timer = clock.setTimeout(cleanUpDaily, DAY_MS);
    cleaning = retention()
      .then(cleanUp)
      .then(() => erase()) // and what an earlier process hid and had no time to erase
      .catch((error: unknown) => {
        // A full disk, another process in between: nothing is lost, and tomorrow it is tried again.
        if (!(error instanceof LibraryFailure || error instanceof Refused)) throw error;
      });
  }

  /** What is outside the bounds, so many looked at in one go; the process goes on with everything else between. */
  async function* outside(
    { days, runs: newest }: Retention,
    { looksAt, among }: { readonly looksAt: number; readonly among?: readonly string[] | undefined },
  ): AsyncGenerator<readonly string[]> {
    const olderThan = newest === undefined ? undefined : await placeOfNewest(newest);
    if (days === undefined && !olderThan) return;
    const bounds = { olderThan, restedBefore: days === undefined ? undefined : clock.now() - days * DAY_MS };
    const { history } = library.runs;
    if (among) {
      const asked = [...new Set(among)];
      for (let from = 0; from < asked.length; from += looksAt) {
        await nextTurn();
        if (closed) return;
        yield* removable(await history.outsideAmong(bounds, asked.slice(from, from + looksAt)));
      }
      return;
    }
    let after: RunPlace | undefined;
    do {
      await nextTurn();
      if (closed) return;
      const { runs: found, next } = await history.outside({ ...bounds, after, looksAt });
      yield* removable(found);
      after = next;
    } while (after);
  }

  /** Where the newest so many end; undefined when there are no more than these. */
  async function placeOfNewest(count: number): Promise<RunPlace | undefined> {
    let found = await library.runs.history.newest(count);
    while (found && found.left > 0) {
      await nextTurn();
      found = await library.runs.history.newest(found.left, found.place);
    }
    return found?.place;
  }

  /** A run of this process, or one of before its history was kept, is asked itself: that may read its whole journal. */
  async function* removable(found: readonly OutsideRun[]): AsyncGenerator<readonly string[]> {
    const isKnown = ({ runId, needsYou }: OutsideRun) => needsYou !== undefined && !reads.isHeld(runId);
    yield found.filter(isKnown).map(({ runId }) => runId);
    for (const { runId } of found.filter((run) => !isKnown(run))) {
      await nextTurn();
      if (closed) return;
      if (await restingRun(runId)) yield [runId];
    }
  }

  /** As it is now: it may have been removed, or gone on, since it was found. */
  async function restingRun(runId: string): Promise<PastRun | undefined> {
    const found = await library.runs.history.get(runId);
    const run = found && (await reads.past(found));
    return run && isAtRest.has(run.status) && run.needsYou === 0 ? run : undefined;
  }

  async function cleanUp(bounds: Retention, among?: readonly string[]): Promise<number> {
    let count = 0;
    try {
      for await (const runIds of outside(bounds, { looksAt: HIDDEN_AT_ONCE, among })) {
        count += await commands.hideResting(runIds);
        await library.caughtUp();
      }
    } finally {
      if (count > 0) removed();
    }
    return count;
  }

  function removed(): void {
    deps.onRemoved();
    erase();
  }

  /** In small steps, so that the process goes on with everything else; what a crash leaves is erased later. */
  function erase(): void {
    const next = async () => (closed ? [] : await library.runs.hidden(HIDDEN_AT_ONCE));
    erasing = erasing.then(async () => {
      for (let hidden = await next(); hidden.length > 0; hidden = await next())
        for (const runId of hidden)
          do await library.caughtUp().then(nextTurn);
          while (!closed && (await library.runs.erase(runId, ERASED_AT_ONCE)));
    });
    erasing.catch(() => undefined); // `erased` tells who asks; else it is tried again with the next clean-up
  }

  async function graphJson(runId: string): Promise<string> {
    const source = (await library.runs.get(runId)) && (await library.runs.source(runId));
    if (!source) throw runMissing();
    return source.graphJson;
  }

  return {
    async list({ graphId, text, outcomes, since, cursor, limit }) {
      const found = await findInSlices({
        after: cursor === undefined ? undefined : parseCursor(cursor),
        limit: limit + 1,
        boundary: async (from) =>
          isSearch(text) ? (await library.runs.history.newest(SEARCHED_AT_ONCE, from))?.place : undefined,
        find: (slice) => library.runs.history.find({ graphId, text, since, statuses: outcomes, ...slice }),
      });
      const page = await Promise.all(found.slice(0, limit).map(reads.past));
      const last = found[limit - 1]?.row;
      return { runs: page, ...(found.length > limit && last ? { next: formatCursor(last) } : {}) };
    },
    async run(runId) {
      const { run, state } = await reads.steps(runId);
      return { run, nodes: state ? nodeRecords(state) : [] };
    },
    async steps(runId) {
      const { run, state } = await reads.steps(runId);
      if (!state)
        throw new Refused("run-empty", "This run ended before its first step.", "There is nothing to show.");
      return { run, state };
    },
    graphJson,
    async removal(runId) {
      const { run } = await reads.steps(runId);
      const posts = (await library.ledger.ofRun(runId)).filter(
        ({ state }) => state !== "refused" && state !== "not-sent",
      ).length;
      const { outputs, spentMicrodollars, openJobs, doubts } = run;
      return { runId, outputs: outputs.count, spentMicrodollars, posts, openJobs, doubts };
    },
    async remove(runId) {
      await commands.hide(runId);
      removed();
    },
    retention,
    async setRetention(next) {
      await library.settings.set("studio", retentionSetting, next);
      // A person who has just changed the bounds sees first what would go, however young the process is.
      clock.clearTimeout(timer);
      timer = clock.setTimeout(cleanUpDaily, DAY_MS);
    },
    async cleanUpPreview(bounds) {
      const shown: PastRun[] = [];
      let count = 0;
      for await (const runIds of outside(bounds, { looksAt: LOOKED_AT_ONCE })) {
        count += runIds.length;
        for (const runId of runIds.slice(0, PREVIEWED_RUNS - shown.length)) {
          await nextTurn();
          const run = await restingRun(runId);
          if (run) shown.push(run);
          else count--;
        }
      }
      return { count, runs: shown };
    },
    cleanUp,
    erased: () => erasing,
    async close() {
      closed = true;
      clock.clearTimeout(timer);
      await cleaning;
      await erasing.catch(() => undefined);
    },
  };
}

/** Where a page ends, as a text that says nothing to whoever passes it back. */
function formatCursor({ startedAt, runId }: RunPlace): string {
  return `${startedAt}.${runId}`;
}

function parseCursor(cursor: string): RunPlace {
  const [, startedAt, runId] = /^(\d+)\.(.+)$/.exec(cursor) ?? [];
  if (startedAt === undefined || runId === undefined)
    throw new Refused("history-cursor", "The list cannot go on from there.", "Ask from the beginning.");
  return { startedAt: Number(startedAt), runId };
}
