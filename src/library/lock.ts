import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { guarded } from "./failure.ts";
import { privately } from "./private-files.ts";

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

/** Takes the lock, or says that somebody (this process included) has it. Never waits. */
export function tryLock(path: string): Lock | undefined {
  const held = guarded(() => privately(() => new DatabaseSync(path, { timeout: 0 })));
  try {
    privately(() => held.exec("BEGIN EXCLUSIVE"));
  } catch (error) {
    held.close();
    if (isBusy(error)) return undefined;
    return guarded(() => {
      throw error;
    });
  }
  return {
    leave: () => held.close(),
    release() {
      // Removed while still held: whoever opened it meanwhile locks a file without a name, which harms nobody.
      // Windows refuses to remove an open file, so there it goes after the close.
      if (process.platform !== "win32") rmSync(path, { force: true });
      held.close();
      if (process.platform === "win32") rmSync(path, { force: true });
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
