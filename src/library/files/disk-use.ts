import type { Stats } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../base/errors.ts";
import { asLibraryFailure } from "../ports/failure.ts";

export type DiskUse = {
  /** Bytes of media by their hash. */
  readonly media: ReadonlyMap<string, number>;
  /** Posters and waveforms, least recently used first. They are drawn again when they are asked for. */
  readonly previews: readonly { readonly path: string; readonly sizeBytes: number }[];
};

const previewFolders = [join("cache", "posters"), join("cache", "waveforms")];
/** So many files are looked at in one go. */
const AT_ONCE = 64;

/** What the media of a data folder take up now. Files that come or go meanwhile count or not. */
export async function diskUseOf(folder: string): Promise<DiskUse> {
  try {
    const media = new Map<string, number>();
    for (const shard of await namesIn(join(folder, "media")))
      for (const [name, stats] of await filesIn(join(folder, "media", shard))) media.set(name, stats.size);
    const previews: { path: string; sizeBytes: number; usedAtMs: number }[] = [];
    for (const cache of previewFolders)
      for (const [name, { size, atimeMs, mtimeMs }] of await filesIn(join(folder, cache)))
        previews.push({
          path: join(folder, cache, name),
          sizeBytes: size,
          usedAtMs: Math.max(atimeMs, mtimeMs),
        });
    return { media, previews: previews.sort((a, b) => a.usedAtMs - b.usedAtMs) };
  } catch (error) {
    throw asLibraryFailure(error);
  }
}

export async function removePreview(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function filesIn(folder: string): Promise<(readonly [name: string, stats: Stats])[]> {
  const names = await namesIn(folder);
  const found: (readonly [string, Stats])[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const slice = names.slice(from, from + AT_ONCE);
    const looked = await Promise.all(slice.map((name) => stat(join(folder, name)).catch(() => undefined)));
    for (const [index, stats] of looked.entries())
      if (stats?.isFile()) found.push([slice[index] ?? "", stats]);
  }
  return found;
}

/** Nothing where there is no such folder yet. */
async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}
