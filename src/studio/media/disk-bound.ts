import { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import { diskUseOf, type Library, LibraryFailure, removePreview } from "../../library/index.ts";
import { LEAST_DISK_LIMIT_BYTES } from "../contract/facts.ts";
import type { DiskBoundState } from "../contract/storage.ts";

/** In bytes: 20 GB. */
const DEFAULT_LIMIT_BYTES = 20_000_000_000;
const LIMIT_SETTING = "diskLimitBytes";
/** What was used so recently may be on show, so it does not go by itself, in milliseconds. */
const RECENT_MS = 24 * 3_600_000;
/** How soon after the start, and after a run, the bound is looked at; and how often otherwise, in milliseconds. */
const SOON_MS = 30_000;
const LATER_MS = 3_600_000;
/** How long the last look may keep a process from ending, in milliseconds. */
const LAST_LOOK_MS = 1_000;
/** Below the limit by so much, so that not every run begins to take away again. */
const SLACK = 0.95;

/** Keeps media and previews within a bound, by what can be made again free of charge and nothing else. */
export type DiskBound = {
  state(): Promise<DiskBoundState>;
  /** What is above it goes at once, as far as it can. */
  setLimit(limitBytes: number): Promise<DiskBoundState>;
  /** Takes away everything that can be made again free of charge, however recently it was used. */
  freeUp(): Promise<{ readonly freedBytes: number; readonly files: number }>;
  /** Media may have come: the bound is looked at soon. */
  lookSoon(): void;
  /** A command line ends sooner than "soon": where media may have come, one last look, that takes a second at most. */
  close(): Promise<void>;
};

export function createDiskBound(deps: {
  readonly library: Library;
  readonly clock: Clock;
  /** Bytes were taken away. */
  onFreed(): void;
}): DiskBound {
  const { library, clock } = deps;
  let isClosed = false;
  let isSoon = true;
  /** Media may have come since the last look. */
  let isDue = false;
  let timer = clock.setTimeout(look, SOON_MS);
  let turn: Promise<unknown> = Promise.resolve();

  async function limit(): Promise<number> {
    const stored = await library.settings.get("studio", LIMIT_SETTING);
    return z.int().min(LEAST_DISK_LIMIT_BYTES).catch(DEFAULT_LIMIT_BYTES).parse(stored);
  }

  async function survey() {
    const { media, previews } = await diskUseOf(library.folder);
    const renders = await library.renders.free(() => isClosed);
    const recipes = new Map(renders.map((render) => [render.sha256, render]));
    const answers = new Map<string, boolean>();
    const canBeHad = (sha256: string): boolean => {
      if (media.has(sha256)) return true;
      const known = answers.get(sha256);
      if (known !== undefined) return known;
      // A recipe that leads back to itself makes nothing.
      answers.set(sha256, false);
      const answer = recipes.get(sha256)?.madeFrom.every(canBeHad) ?? false;
      answers.set(sha256, answer);
      return answer;
    };
    const evictable = renders.flatMap(({ sha256, usedAt, madeFrom }) => {
      const sizeBytes = media.get(sha256);
      return sizeBytes !== undefined && madeFrom.every(canBeHad) ? [{ sha256, usedAt, sizeBytes }] : [];
    });
    const usedBytes = sum(previews) + [...media.values()].reduce((total, bytes) => total + bytes, 0);
    return { usedBytes, previews, evictable };
  }

  async function state(): Promise<DiskBoundState> {
    const { usedBytes, previews, evictable } = await survey();
    return { limitBytes: await limit(), usedBytes, freeableBytes: sum(previews) + sum(evictable) };
  }

  /**
   * Previews first, which are drawn again in no time, then renders; of each the least recently used first.
   *
   * @param usedBefore only renders that were last used before this time.
   */
  async function free(targetBytes: number, usedBefore: number) {
    const { usedBytes, previews, evictable } = await survey();
    let freedBytes = 0;
    let files = 0;
    const isEnough = () => usedBytes - freedBytes <= targetBytes;
    const count = (sizeBytes: number) => {
      freedBytes += sizeBytes;
      files++;
    };
    for (const { path, sizeBytes } of previews) {
      if (isClosed || isEnough()) break;
      await removePreview(path);
      count(sizeBytes);
    }
    for (const { sha256, usedAt, sizeBytes } of evictable) {
      if (isClosed || isEnough() || usedAt >= usedBefore) break;
      await library.files.remove(sha256);
      count(sizeBytes);
    }
    if (files > 0) deps.onFreed();
    return { freedBytes, files };
  }

  /** One at a time: two would count the same bytes. */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(act, act);
    turn = mine.catch(() => undefined);
    return mine;
  }

  function keepWithin(): Promise<unknown> {
    return inTurn(async () => {
      isDue = false;
      const { usedBytes } = await survey();
      const limitBytes = await limit();
      if (usedBytes > limitBytes) await free(limitBytes * SLACK, clock.now() - RECENT_MS);
    });
  }

  function look(): void {
    isSoon = false;
    void (async () => {
      try {
        await keepWithin();
      } catch (error) {
        // A disk in trouble says so where it matters; here it only keeps a little more.
        if (!(error instanceof LibraryFailure) && !isClosed) throw error;
      }
      if (!isSoon && !isClosed) timer = clock.setTimeout(look, LATER_MS);
    })();
  }

  return {
    state,
    async setLimit(limitBytes) {
      await library.settings.set("studio", LIMIT_SETTING, limitBytes);
      await keepWithin();
      return await state();
    },
    freeUp: () => inTurn(async () => await free(0, Number.POSITIVE_INFINITY)),
    lookSoon() {
      isDue = true;
      if (isSoon || isClosed) return;
      isSoon = true;
      clock.clearTimeout(timer);
      timer = clock.setTimeout(look, SOON_MS);
    },
    async close() {
      clock.clearTimeout(timer);
      const stop = setTimeout(() => {
        isClosed = true;
      }, LAST_LOOK_MS);
      if (isDue && !isClosed) await keepWithin().catch(() => undefined); // a disk in trouble keeps a little more
      isClosed = true;
      clearTimeout(stop);
      clock.clearTimeout(timer);
      await turn;
    },
  };
}

function sum(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
