import type { Dirent } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../base/errors.ts";
import { asLibraryFailure, type Library } from "../../library/index.ts";
import { storageClasses } from "../contract/facts.ts";
import type { StorageClass, StorageUsage } from "../contract/storage.ts";

/** The data folder: what fills it, and what of that can go without a loss. */
export type StudioStorage = {
  /** Walks the folder; the process goes on with everything else meanwhile. @throws LibraryFailure */
  usage(): Promise<StorageUsage>;
  /** @throws LibraryFailure */
  clearPreviews(): Promise<{ readonly freedBytes: number }>;
};

/** By the folder or file in the data folder. Media are told apart by where they came from. */
const classOfEntry: { readonly [name: string]: StorageClass } = {
  "library.db": "records",
  "library.db-wal": "records",
  "library.db-shm": "records",
  cache: "previews",
  saved: "saved",
  sandbox: "sandbox",
};

export function createStudioStorage(library: Library): StudioStorage {
  const { folder } = library;
  const previews = join(folder, "cache");

  async function usage(): Promise<StorageUsage> {
    const sums = new Map<StorageClass, { bytes: number; files: number }>(
      storageClasses.map((name) => [name, { bytes: 0, files: 0 }]),
    );
    const count = (name: StorageClass, bytes: number) => {
      const sum = sums.get(name);
      if (!sum) return;
      sum.bytes += bytes;
      sum.files++;
    };
    for (const entry of await entriesOf(folder)) {
      if (entry.name === "media") continue;
      const name = classOfEntry[entry.name] ?? "other";
      for await (const file of filesIn(folder, entry)) count(name, file.bytes);
    }
    for (const entry of await entriesOf(join(folder, "media"))) {
      // Few enough at a time that the answer of the database is short.
      const known = await library.media.classesUnder(entry.name);
      for await (const { name, bytes } of filesIn(join(folder, "media"), entry))
        count(known.get(name) ?? "other", bytes);
    }
    // Every class was put there above.
    return Object.fromEntries(sums) as StorageUsage;
  }

  return {
    usage: () => translated(usage),
    clearPreviews: () =>
      translated(async () => {
        let freedBytes = 0;
        for (const entry of await entriesOf(previews))
          for await (const { path, bytes } of filesIn(previews, entry)) {
            await rm(path, { force: true });
            freedBytes += bytes;
          }
        return { freedBytes };
      }),
  };
}

type FoundFile = { readonly path: string; readonly name: string; readonly bytes: number };

/** All files at and below an entry, as far as they are still there. Links are counted, not followed. */
async function* filesIn(parent: string, entry: Dirent): AsyncGenerator<FoundFile> {
  const path = join(parent, entry.name);
  if (entry.isDirectory()) {
    for (const child of await entriesOf(path)) yield* filesIn(path, child);
    return;
  }
  try {
    yield { path, name: entry.name, bytes: entry.isFile() ? (await stat(path)).size : 0 };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function translated<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw asLibraryFailure(error);
  }
}
