import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { privately } from "../files/private-files.ts";
import { libraryFailure } from "../ports/failure.ts";
import { asStoreFailure } from "./failure.ts";

/**
 * A lock on a file that the operating system frees when the process dies, however it dies. Node has no `flock`, but
 * SQLite has: a database held in `BEGIN EXCLUSIVE` carries an OS file lock on every platform, writes nothing, and
 * needs nobody to clean up. Nothing but this module may open the file: on POSIX, closing any other handle to it in
 * this process would drop the lock.
 */
export type Lock = {
  /** Frees the lock and removes its file. */
  release(): void;
  /** Frees the lock and leaves its file, which says that its process was cut off. */
  leave(): void;
};

/**
 * Makes the file and takes its lock. Somebody who looks through all locks may have it for a moment, or take the file
 * away before it is locked: then it is made again.
 */
export function holdLock(path: string): Lock {
  for (let turn = 0; turn < HOLD_TURNS; turn++) {
    const taken = attempt(path, { timeout: LOOK_MS });
    if (typeof taken !== "string") return taken;
  }
  throw libraryFailure("busy");
}

/** The longest that somebody else's look at a lock is waited for, in milliseconds, and how often. */
const LOOK_MS = 1000;
const HOLD_TURNS = 10;

/**
 * Takes the lock of a file that is there, or says why not: somebody has it (this process included), or its file was
 * taken away, by the process that had it last. Never waits, and makes no file.
 */
export function tryLock(path: string): Lock | "held" | "gone" {
  const place = pathToFileURL(path);
  place.searchParams.set("mode", "rw");
  return attempt(path, { place, timeout: 0 });
}

function attempt(
  path: string,
  { place = path, timeout }: { readonly place?: string | URL; readonly timeout: number },
): Lock | "held" | "gone" {
  let held: DatabaseSync | undefined;
  try {
    held = privately(() => {
      const opened = new DatabaseSync(place, { timeout });
      held = opened;
      opened.exec("BEGIN EXCLUSIVE");
      return opened;
    });
  } catch (error) {
    held?.close();
    if (isBusy(error)) return "held";
    // SQLite calls that an I/O error when it comes between the opening and the lock.
    if (!existsSync(path)) return "gone";
    throw asStoreFailure(error);
  }
  const lock = held;
  return {
    leave: () => lock.close(),
    release() {
      // Removed while still held: whoever opened it meanwhile locks a file without a name, which harms nobody.
      // Windows refuses to remove an open file, so there it goes after the close.
      if (process.platform !== "win32") rmSync(path, { force: true });
      lock.close();
      if (process.platform === "win32") rmSync(path, { force: true });
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
