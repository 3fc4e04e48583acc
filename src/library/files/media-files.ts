import { createHash, randomUUID } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../base/errors.ts";
import { asLibraryFailure, libraryFailure } from "../ports/failure.ts";
import type { MediaFiles } from "../ports/media-files.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "./private-files.ts";

/** The largest file the library takes unless told otherwise, in bytes: 4 GiB. */
const DEFAULT_LIMIT_BYTES = 4 * 1024 ** 3;

/** What is kept beside bytes, and how its files end. */
const derived = [
  ["posters", "jpg"],
  ["waveforms", "json"],
] as const;

const SHA256 = /^[0-9a-f]{64}$/;

function isSha256(value: string): boolean {
  return SHA256.test(value);
}

export function createMediaFiles(folder: string): MediaFiles {
  const known = new Map<string, string>();

  /** Only ever called with 64 hex digits, so the path cannot leave the folder. */
  function placeOf(sha256: string): string {
    if (!isSha256(sha256)) throw new Error("Not a SHA-256 in lower-case hex.");
    return join(folder, "media", sha256.slice(0, 2), sha256);
  }

  async function statsOf(sha256: string): Promise<Stats | undefined> {
    if (!isSha256(sha256)) return undefined;
    const stats = await stat(placeOf(sha256)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw asLibraryFailure(error);
    });
    return stats?.isFile() ? stats : undefined;
  }

  async function pathOf(sha256: string): Promise<string | undefined> {
    const stats = await statsOf(sha256);
    if (!stats) return undefined;
    const path = placeOf(sha256);
    const look = lookOf(stats);
    if (known.get(sha256) === look) return path;
    if ((await hashFile(path)) !== sha256) return undefined;
    known.set(sha256, look);
    return path;
  }

  return {
    pathOf,
    has: async (sha256) => (await statsOf(sha256)) !== undefined,
    async take(bytes, { limitBytes = DEFAULT_LIMIT_BYTES, signal, onProgress, accept } = {}) {
      const temporary = join(folder, "media", "incoming", randomUUID());
      try {
        await mkdir(join(folder, "media", "incoming"), { recursive: true, mode: PRIVATE_FOLDER });
        const hash = createHash("sha256");
        let sizeBytes = 0;
        const file = await open(temporary, "wx", PRIVATE_FILE);
        try {
          for await (const chunk of asSource(bytes)) {
            signal?.throwIfAborted();
            sizeBytes += chunk.byteLength;
            if (sizeBytes > limitBytes) throw libraryFailure("too-large");
            hash.update(chunk);
            await file.writeFile(chunk);
            onProgress?.(sizeBytes);
          }
          signal?.throwIfAborted();
          await file.sync();
        } finally {
          await file.close();
        }
        const sha256 = hash.digest("hex");
        await accept?.({ sha256, sizeBytes, path: temporary });
        const path = placeOf(sha256);
        if ((await pathOf(sha256)) === undefined) {
          await mkdir(join(path, ".."), { recursive: true, mode: PRIVATE_FOLDER });
          await rename(temporary, path);
          await syncFolder(join(path, ".."));
          known.set(sha256, lookOf(await stat(path)));
        }
        return { sha256, sizeBytes, path };
      } catch (error) {
        if (error instanceof SourceFailure) throw error.cause;
        throw asLibraryFailure(error);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async remove(sha256) {
      try {
        await rm(placeOf(sha256), { force: true });
        known.delete(sha256);
        for (const [kind, extension] of derived)
          await rm(join(folder, "cache", kind, `${sha256}.${extension}`), { force: true });
      } catch (error) {
        throw asLibraryFailure(error);
      }
    },
    async cachePath(kind, sha256, extension) {
      if (!isSha256(sha256)) throw new Error("Not a SHA-256 in lower-case hex.");
      const cache = join(folder, "cache", kind);
      await mkdir(cache, { recursive: true, mode: PRIVATE_FOLDER });
      return join(cache, `${sha256}.${extension}`);
    },
  };
}

/**
 * A file's bytes, opened when they are first asked for. A stream that is opened before somebody reads it may fail
 * between, with nobody there to be told, and that ends the process.
 */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  yield* createReadStream(path, { highWaterMark: 256 * 1024 });
}

/** What was to be taken in could not be read to its end: nothing is wrong with the library. */
class SourceFailure extends Error {}

async function* asSource(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new SourceFailure("The source could not be read.", { cause });
  }
}

/** What changes when somebody changes a file behind our back. */
function lookOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}`;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytesOf(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** Makes a rename survive a power cut. Windows has no such call, and needs none for this. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
