import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { asLibraryFailure, LibraryFailure, libraryFailure } from "./failure.ts";
import { tryLock } from "./lock.ts";
import { makePrivateFolder } from "./private-files.ts";
import { readLog } from "./write-ahead-log.ts";

/** What is looked through whole at every start: it is small, and nothing else can make it again. */
const precious = ["documents", "ledger", "settings", "take_numbers"];

/** @throws LibraryFailure with what is really the matter: on a read-only disk Node's own words are "no such file". */
export function makeFolder(folder: string): void {
  try {
    makePrivateFolder(folder);
  } catch (error) {
    let there = folder;
    while (!existsSync(there)) there = dirname(there);
    throw unwritable(there) ?? asLibraryFailure(error);
  }
}

/**
 * SQLite only says that it cannot open a database whose folder may not be written. And who has several data folders
 * wants to know which one is of another version.
 */
export function namedByFolder(error: unknown, folder: string): unknown {
  const failure = asLibraryFailure(error);
  if (!(failure instanceof LibraryFailure)) return failure;
  const { code, message, remedy, cause } = failure;
  if (code === "unlike" || code === "too-new")
    return new LibraryFailure(code, `${message} The data folder is ${folder}.`, remedy, cause);
  const isVague = code === "no-access" || code === "broken";
  return (isVague ? unwritable(folder) : undefined) ?? failure;
}

function unwritable(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return asLibraryFailure(error);
  }
}

/**
 * Damage that SQLite would pass over in silence: a database that is there and empty beside media that were taken in,
 * and a write-ahead log with a broken place before commits that are whole. From there on SQLite forgets what was
 * committed, and with it may go the intent of a create that went out.
 */
export function checkFiles(folder: string): void {
  const path = join(folder, "library.db");
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  const log = `${path}-wal`;
  const isDamaged =
    (stats.size === 0 && hasMedia(join(folder, "media"))) ||
    (existsSync(log) && readLog(readFileSync(log)).lostCommits > 0);
  // A log in the middle of being written may look no different.
  if (isDamaged && !isHeld(join(folder, "locks"))) throw libraryFailure("damaged");
}

/** @throws LibraryFailure `damaged` */
export function checkPrecious(database: DatabaseSync): void {
  for (const table of precious) {
    const found = database.prepare(`PRAGMA quick_check('${table}')`).all();
    const isSound = found.length === 1 && Object.values(found[0] ?? {})[0] === "ok";
    if (!isSound) throw libraryFailure("damaged");
  }
}

/** Whether a living process has the library open. */
export function isHeld(locksFolder: string): boolean {
  if (!existsSync(locksFolder)) return false;
  for (const name of readdirSync(locksFolder)) {
    if (!name.endsWith(".lock")) continue;
    const taken = tryLock(join(locksFolder, name));
    if (!taken) return true;
    taken.release();
  }
  return false;
}

function hasMedia(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => /^[0-9a-f]{2}$/.test(name));
}
