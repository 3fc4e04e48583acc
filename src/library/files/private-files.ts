import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../base/errors.ts";

/** What the data folder holds is this user's alone: prompts, results, the record of posts, keys. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;
const OF_OTHERS = 0o077;
const STICKY = 0o1000;

export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
}

/** For what makes files by itself and takes no mode. Synchronous, so that nothing else is made meanwhile. */
export function privately<Result>(act: () => Result): Result {
  const before = process.umask(OF_OTHERS);
  try {
    return act();
  } finally {
    process.umask(before);
  }
}

/** What Catwalk itself puts into its data folder; what else lies there is somebody else's. */
const ours =
  /^(library\..*|\.?(?:secrets\.json|keys\.json|sandbox\.key|web-session\.key).*|media|cache|locks|renders|saved|sandbox|crashes|damaged-.*)$/;

/** Made anew where there is none. Whoever read it could sign in with it, so closing it is not enough. */
const SESSION_KEY = "web-session.key";

/**
 * Takes away what others may do with a data folder of before. Files in it are looked at where their folder is open to
 * others, or at the top: in a closed one nobody reaches them, and there may be a hundred thousand.
 */
export function keepPrivate(folder: string): void {
  // Windows has no such bits, and a profile is its user's alone.
  if (process.platform === "win32") return;
  for (const name of readdirSync(folder)) {
    if (name === SESSION_KEY && isOpenFile(join(folder, name))) rmSync(join(folder, name), { force: true });
    else if (ours.test(name)) tighten(join(folder, name), "look inside");
  }
  const stats = lstatSync(folder);
  // A folder that everybody may use, such as /tmp, stays one.
  if ((stats.mode & STICKY) === 0) close(folder, stats, PRIVATE_FOLDER);
}

function isOpenFile(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & OF_OTHERS) !== 0;
}

function tighten(path: string, depth: "look inside" | "only if open"): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) close(path, stats, PRIVATE_FILE);
  // A link leads elsewhere, and what is there is not ours.
  if (!stats?.isDirectory()) return;
  const isOpen = (stats.mode & OF_OTHERS) !== 0;
  if (!isOpen && depth === "only if open") return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (isOpen || entry.isDirectory()) tighten(join(path, entry.name), "only if open");
  // Last, so that whoever is cut off in the middle begins again.
  close(path, stats, PRIVATE_FOLDER);
}

function close(path: string, stats: Stats, most: number): void {
  if ((stats.mode & OF_OTHERS) === 0) return;
  try {
    chmodSync(path, stats.mode & most);
  } catch (error) {
    // Another user's, or gone by now: there is nothing to do about it here, and the library opens all the same.
    const code = codeOf(error);
    if (code !== "EPERM" && code !== "ENOENT" && code !== "EROFS") throw error;
  }
}
