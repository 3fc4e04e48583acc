import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing } from "../../base/errors.ts";

/**
 * Writes a file whole or not at all: beside it, synced, renamed over it. When anything fails the old file is as it
 * was, and nothing is left beside it.
 *
 * @param options.mode permissions of a new file. Default 0644 less the umask.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<string>,
  options: { readonly mode?: number } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A symlinked document stays a symlink: what it points to is replaced.
  const target = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path;
    throw error;
  });
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.new`);
  try {
    const file = await open(beside, "wx", options.mode ?? 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * Copies a file of the library for the person: as any new file of theirs, not as private as ours.
 *
 * @param options.mode permissions before the umask. Default 0666.
 */
export async function copyAsNew(
  source: string,
  path: string,
  { mode = 0o666, flags }: { readonly mode?: number; readonly flags?: number } = {},
): Promise<void> {
  await copyFile(source, path, flags);
  if (process.platform !== "win32") await chmod(path, mode & ~process.umask());
}
