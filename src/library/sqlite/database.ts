import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { privately } from "../files/private-files.ts";
import { libraryFailure } from "../ports/failure.ts";
import { checkPrecious, namedByFolder } from "./condition.ts";
import { guarded } from "./failure.ts";
import { migrations } from "./migrations.ts";

/** How long a statement waits for another process's short transaction, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * One connection to the library's database, brought to the newest schema.
 *
 * @throws LibraryFailure when it cannot be used, `damaged` among them.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = privately(() => {
      const opened = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
      // The file is made by the first statement, and those beside it have its mode.
      opened.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
      return opened;
    });
    migrate(database);
    checkSchema(database);
    checkPrecious(database);
    return database;
  } catch (error) {
    database?.close();
    throw namedByFolder(error, dirname(path));
  }
}

const committed = new WeakMap<DatabaseSync, () => void>();

/** @param act runs after each transaction of this connection; undefined ends that */
export function afterCommits(database: DatabaseSync, act: (() => void) | undefined): void {
  if (act) committed.set(database, act);
  else committed.delete(database);
}

/** Runs in one short transaction; rolled back when `act` throws. */
export function transaction<Result>(database: DatabaseSync, act: () => Result): Result {
  return guarded(() => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = act();
      database.exec("COMMIT");
      committed.get(database)?.();
      return result;
    } catch (error) {
      // SQLite has already rolled back after some errors (a full disk, for one).
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  transaction(database, () => {
    const version = versionOf(database); // another process may have migrated meanwhile
    if (version > migrations.length) throw libraryFailure("too-new");
    for (const migration of migrations.slice(version)) apply(database, migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** @throws LibraryFailure `unlike` where the statements do not fit what is there. */
function apply(database: DatabaseSync, migration: string): void {
  try {
    database.exec(migration);
  } catch (error) {
    const doesNotFit = error instanceof Error && "errcode" in error && error.errcode === SQLITE_ERROR;
    throw doesNotFit ? libraryFailure("unlike", error) : error;
  }
}

/** @see https://sqlite.org/rescode.html#error */
const SQLITE_ERROR = 1;

/**
 * The schema is text in the file like everything else: a letter that flips in it loses a column, or a rule that holds
 * the ledger. Every library of a version has the same one. @throws LibraryFailure `damaged`
 */
function checkSchema(database: DatabaseSync): void {
  const found = JSON.stringify(entriesOf(database));
  if (found !== JSON.stringify(schemaOf(migrations.length))) throw libraryFailure("damaged");
}

const schemaEntry = z.object({
  rowid: z.number(),
  type: z.string(),
  name: z.string(),
  tbl_name: z.string(),
  sql: z.string().nullable(),
});

/** One table, index or trigger, as SQLite keeps it; `rowid` follows from the migrations alone. */
export type SchemaEntry = z.infer<typeof schemaEntry>;

export const PRESENT_VERSION = migrations.length;

const schemas = new Map<number, readonly SchemaEntry[]>();

/** What the schema of this version is in every library. */
export function schemaOf(version: number): readonly SchemaEntry[] {
  const known = schemas.get(version);
  if (known) return known;
  const empty = new DatabaseSync(":memory:");
  try {
    for (const migration of migrations.slice(0, version)) empty.exec(migration);
    const entries = entriesOf(empty);
    schemas.set(version, entries);
    return entries;
  } finally {
    empty.close();
  }
}

function entriesOf(database: DatabaseSync): readonly SchemaEntry[] {
  return z
    .array(schemaEntry)
    .parse(
      database.prepare("SELECT rowid, type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid").all(),
    );
}

export function versionOf(database: DatabaseSync): number {
  return z.object({ user_version: z.number() }).parse(database.prepare("PRAGMA user_version").get())
    .user_version;
}
