import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { makePrivateFolder } from "../files/private-files.ts";
import { LibraryFailure, libraryFailure } from "../ports/failure.ts";
import { asStoreFailure } from "./failure.ts";
import { tryLock } from "./lock.ts";
import { readLog, readLogIndex } from "./write-ahead-log.ts";

/** What is looked through whole at every start: it is small, and nothing else can make it again. */
const precious = ["documents", "ledger", "settings", "take_numbers"];

/** @throws LibraryFailure with what is really the matter: on a read-only disk Node's own words are "no such file". */
export function makeFolder(folder: string): void {
  try {
    makePrivateFolder(folder);
  } catch (error) {
    let there = folder;
    while (!existsSync(there)) there = dirname(there);
    throw unwritable(there) ?? asStoreFailure(error);
  }
}

/**
 * SQLite only says that it cannot open a database whose folder may not be written. And who has several data folders
 * wants to know which one is of another version.
 */
export function namedByFolder(error: unknown, folder: string): unknown {
  const failure = asStoreFailure(error);
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
    return asStoreFailure(error);
  }
}

/** What is missing of the database's files, so that SQLite would open as if it had never been. */
export type FileFault = "no-database" | "no-log" | "log-cut" | "log-broken";

const faultWords: { readonly [Fault in FileFault]: string } = {
  "no-database": "The library's database is missing, while what it kept the record of is still here.",
  "no-log": "The log of the library's database is missing, and with it what was written last.",
  "log-cut": "The log of the library's database was cut off, and what was written last is missing.",
  "log-broken":
    "The log of the library's database is broken, and what was written after that place is missing.",
};

/**
 * SQLite passes over damage of files in silence: a database that is gone or empty is a new one, and of a log that is
 * gone, cut off or broken in the middle it forgets what was committed. With it may go the intent of a create that went
 * out, and the record of what was posted.
 *
 * @throws LibraryFailure `damaged`
 */
export function checkFiles(folder: string): void {
  const fault = fileFaultOf(folder);
  if (fault === undefined) return;
  const { code, remedy } = libraryFailure("damaged");
  throw new LibraryFailure(code, faultWords[fault], remedy);
}

export function fileFaultOf(folder: string): FileFault | undefined {
  const path = join(folder, "library.db");
  const locks = join(folder, "locks");
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    // The folder of locks comes after the database, and a log only with one.
    const hasBeen = existsSync(locks) || existsSync(`${path}-wal`) || hasMedia(join(folder, "media"));
    return hasBeen ? "no-database" : undefined;
  }
  if (!keepsLog(path)) return undefined;
  const fault = logFaultOf(path, locks);
  // A log in the middle of being written may look no different.
  return fault !== undefined && isHeld(locks) ? undefined : fault;
}

/** Every process that has the library open has a log and a lock; one that is killed leaves both. */
function logFaultOf(path: string, locks: string): FileFault | undefined {
  const wasCutOff = lockNames(locks).length > 0;
  const index = readLogIndex(`${path}-shm`);
  if (!existsSync(`${path}-wal`)) return wasCutOff || index !== undefined ? "no-log" : undefined;
  const bytes = readFileSync(`${path}-wal`);
  const log = readLog(bytes);
  if (log.lostCommits > 0) return "log-broken";
  if (index === undefined) return wasCutOff && log.soundFrames === 0 ? "log-cut" : undefined;
  // After a power cut index and log may be of different moments, and neither is to blame.
  if (index.changedAt < Date.now() - uptime() * 1000) return undefined;
  const isOfThisLog = log.salt === undefined || index.salt.equals(log.salt);
  return isOfThisLog && log.soundFrames < index.frames ? "log-cut" : undefined;
}

/** Some network drives take no write-ahead log. @see https://sqlite.org/fileformat2.html#file_format_version_numbers */
function keepsLog(path: string): boolean {
  const header = Buffer.alloc(20);
  const file = openSync(path, "r");
  try {
    return readSync(file, header) === header.length && header[18] === 2;
  } finally {
    closeSync(file);
  }
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
  return lockNames(locksFolder).some((name) => {
    const taken = tryLock(join(locksFolder, name));
    if (typeof taken !== "string") taken.leave();
    return taken === "held";
  });
}

export function lockNames(locksFolder: string): string[] {
  if (!existsSync(locksFolder)) return [];
  return readdirSync(locksFolder).filter((name) => name.endsWith(".lock"));
}

/** Takes away the locks of processes that died: whoever lets go of the library last, or has made a new one. */
export function removeDeadLocks(
  locksFolder: string,
  names: readonly string[] = lockNames(locksFolder),
): void {
  for (const name of names) {
    const taken = tryLock(join(locksFolder, name));
    if (typeof taken !== "string") taken.release();
  }
}

function hasMedia(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => /^[0-9a-f]{2}$/.test(name));
}
