import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { z } from "zod";
import { keepPrivate, makePrivateFolder } from "../files/private-files.ts";
import { LibraryFailure, libraryFailure } from "../ports/failure.ts";
import { ledgerRowSchema } from "../ports/ledger.ts";
import { DAMAGED } from "../ports/runs.ts";
import { fileFaultOf, isHeld, removeDeadLocks } from "./condition.ts";
import { openDatabase, PRESENT_VERSION, schemaOf, transaction, versionOf } from "./database.ts";
import { guarded } from "./failure.ts";
import { LEDGER_HOLES } from "./ledger.ts";

import { type RawValue, rawRecords } from "./raw-records.ts";
import { createSettings } from "./settings.ts";
import { readLog } from "./write-ahead-log.ts";

export type SalvageReport = {
  /** Where the damaged files are kept as they were. */
  readonly folder: string;
  /** Graphs: how many are here again, whether all could be read, and how many are known to be lost. */
  readonly documents: { readonly saved: number; readonly isWhole: boolean; readonly lost: number };
  /** Where it is not whole, nobody knows any more of every post that went out. */
  readonly ledger: { readonly saved: number; readonly isWhole: boolean };
  readonly runs: { readonly saved: number; readonly isWhole: boolean };
  /** Unfinished runs: what they sent last may not be known, so they cannot be gone on with. */
  readonly unfinishedRuns: number;
  /** Other tables of which something could not be read. */
  readonly lostFrom: readonly string[];
};

/** Documents first, the ledger next: a full disk or a crash on the way then costs what is least missed. */
const order = ["documents", "ledger", "settings", "take_numbers", "takes", "runs", "journal"];
/** What the report says of each by itself. */
const toldApart = ["documents", "ledger", "runs", "journal"];
/** Of this process's life, not of the library's. */
const forgotten = ["owners", "post_holds"];

/**
 * Puts a new database in the place of a damaged one, with everything in it that can still be read. The damaged files
 * are copied into a folder beside it first and never written to.
 *
 * @param name of that folder.
 * @throws LibraryFailure `busy` while a process has the library open.
 */
export function salvageLibrary(folder: string, name: string): SalvageReport {
  if (isHeld(join(folder, "locks"))) throw libraryFailure("busy");
  const path = join(folder, "library.db");
  const aside = join(folder, name);
  const fresh = join(folder, "library.new.db");
  const work = join(folder, "library.work.db");
  const areCommitsLost = fileFaultOf(folder) !== undefined;
  return guarded(() => {
    keepPrivate(folder);
    makePrivateFolder(aside);
    for (const end of ["", "-wal"])
      if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, join(aside, `library.db${end}`));
    for (const left of [fresh, work]) removeDatabase(left);
    const report = bringOver(join(aside, "library.db"), fresh, {
      areCommitsLost,
      readable: () => mendedCopy(join(aside, "library.db"), work),
    });
    removeDatabase(work);
    if (!report.ledger.isWhole) markLedger(fresh);
    // The damaged log must not be taken for the new database's.
    for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    renameSync(fresh, path);
    removeDeadLocks(join(folder, "locks"));
    return { ...report, folder: aside };
  });
}

function markLedger(path: string): void {
  const database = openDatabase(path);
  createSettings(database).set(LEDGER_HOLES.space, LEDGER_HOLES.name, Date.now());
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  database.close();
}

type Copied = { saved: number; lost: number; isWhole: boolean };

function bringOver(
  from: string,
  to: string,
  {
    areCommitsLost,
    readable,
  }: { readonly areCommitsLost: boolean; readonly readable: () => DatabaseSync | undefined },
): Omit<SalvageReport, "folder"> {
  const target = openDatabase(to);
  const source = readable();
  try {
    target.exec("PRAGMA foreign_keys = OFF");
    const tables = tablesOf(target).filter((table) => !forgotten.includes(table));
    const place = (table: string) => (order.includes(table) ? order.indexOf(table) : order.length);
    const copied = new Map<string, Copied>();
    for (const table of tables.sort((a, b) => place(a) - place(b)))
      copied.set(
        table,
        transaction(target, () => copyTable(source, target, table)),
      );
    const of = (table: string) => copied.get(table) ?? { saved: 0, lost: 0, isWhole: false };
    // The log may hold what SQLite passes over, and the pages what it cannot reach.
    const isLogSound = !areCommitsLost;
    if (!of("documents").isWhole || !of("ledger").isWhole || !isLogSound)
      transaction(target, () => takeRaw(from, target));
    const unfinishedRuns = transaction(target, () => closeRuns(target));
    const documents = count(target, "documents");
    const lostDocuments = Math.max(0, of("documents").lost - (documents - of("documents").saved));
    target.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
    return {
      documents: {
        saved: documents,
        isWhole: of("documents").isWhole && isLogSound,
        lost: lostDocuments,
      },
      ledger: { saved: count(target, "ledger"), isWhole: of("ledger").isWhole && isLogSound },
      runs: {
        saved: count(target, "runs"),
        isWhole: of("runs").isWhole && of("journal").isWhole && isLogSound,
      },
      unfinishedRuns,
      lostFrom: [...copied]
        .filter(([table, { isWhole }]) => !isWhole && !toldApart.includes(table))
        .map(([table]) => table),
    };
  } finally {
    source?.close();
    target.close();
  }
}

function removeDatabase(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}

/**
 * A copy that SQLite reads as far as it can, its schema as it must have been: without that, one letter of it would keep
 * every table out of reach. Undefined when not even the first page can be read.
 */
function mendedCopy(path: string, work: string): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined;
  for (const end of ["", "-wal"])
    if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${work}${end}`);
  attempt(() => mendSchema(work));
  const database = new DatabaseSync(work, { readOnly: true });
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch {
    database.close();
    return undefined;
  }
}

function mendSchema(path: string): void {
  const database = new DatabaseSync(path, { defensive: false });
  try {
    // Makes what cannot be read of the schema no reason to read nothing.
    database.exec("PRAGMA writable_schema = ON");
    const mend = database.prepare(
      "UPDATE sqlite_schema SET type = ?, name = ?, tbl_name = ?, sql = ? WHERE rowid = ? AND (type, name, tbl_name, coalesce(sql, '')) <> (?, ?, ?, ?)",
    );
    for (const { rowid, type, name, tbl_name, sql } of schemaOf(versionIn(database)))
      mend.run(type, name, tbl_name, sql, rowid, type, name, tbl_name, sql ?? "");
  } finally {
    database.close();
  }
}

function tablesOf(database: DatabaseSync): string[] {
  return namesOf(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  );
}

const nameRow = z.object({ name: z.string() });

function namesOf(database: DatabaseSync, sql: string): string[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => nameRow.parse(row).name);
}

type Row = Record<string, SQLOutputValue>;

/** Row by row, from both ends and by every index, as far as each can be read. */
function copyTable(source: DatabaseSync | undefined, target: DatabaseSync, table: string): Copied {
  const copied: Copied = { saved: 0, lost: 0, isWhole: true };
  const wanted = namesOf(target, `SELECT name FROM pragma_table_info('${table}')`);
  let columns: string[] = [];
  if (
    !source ||
    !attempt(() => (columns = namesOf(source, `SELECT name FROM pragma_table_info('${table}')`)))
  )
    return { ...copied, isWhole: false };
  columns = columns.filter((column) => wanted.includes(column));
  const version = versionIn(source);
  // An older library has fewer tables and columns; what its own version had and is not there is lost with all it held.
  copied.isWhole = columnsOf(version, table).every((column) => columns.includes(column));
  if (columns.length === 0) return copied;
  const keys = keyOf(source, table);
  const list = columns.map((column) => `"${column}"`).join(", ");
  const insert = target.prepare(
    `INSERT OR IGNORE INTO "${table}" (${list}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const put = (row: Row) => {
    const isSound = attempt(() => {
      checkJson(row);
      copied.saved += Number(insert.run(...columns.map((column) => row[column] ?? null)).changes);
    });
    if (!isSound) copied.isWhole = false;
  };
  const all = `SELECT ${list} FROM "${table}"`;
  const each = (sql: string, take: (row: Row) => void) =>
    attempt(() => {
      for (const row of source.prepare(sql).iterate()) take(row);
    });
  if (each(all, put)) return copied;

  copied.isWhole = false;
  each(`${all} ORDER BY ${keys.map((key) => `${key} DESC`).join(", ")}`, put);
  const found = new Map<string, SQLOutputValue[]>();
  const indexes: string[] = [];
  attempt(() => indexes.push(...namesOf(source, `SELECT name FROM pragma_index_list('${table}')`)));
  for (const by of ["", ...indexes.map((index) => `INDEXED BY "${index}"`)])
    for (const direction of ["ASC", "DESC"])
      each(
        `SELECT ${keys.join(", ")} FROM "${table}" ${by} ORDER BY ${keys.map((key) => `${key} ${direction}`).join(", ")}`,
        (row) => {
          const key = Object.values(row);
          found.set(
            JSON.stringify(key, (_, value) => (typeof value === "bigint" ? String(value) : value)),
            key,
          );
        },
      );
  const where = keys.map((key) => `${key} = ?`).join(" AND ");
  const isThere = target.prepare(`SELECT 1 FROM "${table}" WHERE ${where}`);
  for (const key of found.values()) {
    if (isThere.get(...key)) continue;
    attempt(() => {
      const row = source.prepare(`${all} WHERE ${where}`).get(...key);
      if (row) put(row);
    });
    if (!isThere.get(...key)) copied.lost++;
  }
  return copied;
}

/** The version whose schema is most like what is there: its number is a byte that may be damaged, too. */
function versionIn(database: DatabaseSync): number {
  const entries = z.array(z.object({ type: z.unknown(), name: z.unknown() }));
  let found: string[] = [];
  let claimed = 0;
  attempt(() => {
    const rows = entries.parse(database.prepare("SELECT type, name FROM sqlite_schema").all());
    found = rows.map(({ type, name }) => `${type} ${name}`);
    claimed = versionOf(database);
  });
  const likeness = (version: number) => {
    const known = new Set(schemaOf(version).map(({ type, name }) => `${type} ${name}`));
    return found.reduce((sum, entry) => sum + (known.has(entry) ? 1 : -1), version === claimed ? 0.5 : 0);
  };
  const versions = Array.from({ length: PRESENT_VERSION }, (_, index) => PRESENT_VERSION - index);
  return versions.reduce((best, version) => (likeness(version) > likeness(best) ? version : best));
}

/** What the table has in every library of this version. */
function columnsOf(version: number, table: string): readonly string[] {
  const known = new DatabaseSync(":memory:");
  try {
    const entry = schemaOf(version).find(({ type, name }) => type === "table" && name === table);
    if (!entry?.sql) return [];
    known.exec(entry.sql);
    return namesOf(known, `SELECT name FROM pragma_table_info('${table}')`);
  } finally {
    known.close();
  }
}

/** Names of what a row is found by: its primary key, or its row id. */
function keyOf(source: DatabaseSync, table: string): string[] {
  let keys: string[] = [];
  attempt(() => {
    const isKeyed = /WITHOUT ROWID/i.test(
      z
        .object({ sql: z.string() })
        .parse(source.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(table)).sql,
    );
    if (isKeyed)
      keys = namesOf(source, `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`);
  });
  return keys.length > 0 ? keys.map((key) => `"${key}"`) : ["rowid"];
}

/** SQLite keeps no checksums: a page may read well and be nonsense. */
function checkJson(row: Row): void {
  for (const [column, value] of Object.entries(row))
    if ((column === "json" || column.endsWith("_json")) && typeof value === "string") JSON.parse(value);
}

/** False when SQLite, or the content, stood in the way. */
function attempt(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof LibraryFailure && error.code === "disk-full") throw error;
    if (error instanceof Error && "errcode" in error && error.errcode === 13) throw error;
    return false;
  }
}

// ── Page by page ─────────────────────────────────────────────────────────────────────────────────────────────────

const text = z.string();
const whole = z.number().int();
const jsonText = text.refine((json) => {
  try {
    return json.startsWith("{") && JSON.parse(json) !== null;
  } catch {
    return false;
  }
});

/** As the columns lie in `documents`. */
const rawDocument = z
  .tuple([text, jsonText, whole, whole, jsonText.nullable(), whole.nullable(), text.nullable()])
  .rest(z.unknown());

/** As the columns lie in `ledger`: who sent it, where, what, and what became of it. */
const rawPost = z
  .tuple([text, text, whole, text, text, text, text, text, text, jsonText, text, ledgerRowSchema.shape.state])
  .rest(z.unknown());

function takeRaw(from: string, target: DatabaseSync): void {
  const { pages, pageAt } = pagesOf(from);
  const putDocument = target.prepare(`
    INSERT INTO documents (id, json, revision, changed_at, saved_json, saved_at, file_path) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, revision = excluded.revision, changed_at = excluded.changed_at,
      saved_json = excluded.saved_json, saved_at = excluded.saved_at, file_path = excluded.file_path
    WHERE excluded.revision > revision OR (excluded.revision = revision AND excluded.changed_at > changed_at)`);
  // Of two states of one attempt the later in its life stands; where one is stale that only asks once too often.
  const putPost = target.prepare(`
    INSERT INTO ledger (run_id, step_id, attempt, scope, platform, account_id, product, media_sha256, caption,
      params_json, digest, state, job_id, at, graph_id, graph_name, node_id, server_label, account_name, media_kind,
      approved_by, permalink, settled_as, settled_by, settled_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, ''), coalesce(?, ''), coalesce(?, ''),
      coalesce(?, ''), ?, coalesce(?, 'image'), coalesce(?, 'person'), ?, ?, ?, ?)
    ON CONFLICT (run_id, step_id, attempt) DO UPDATE SET state = excluded.state, job_id = excluded.job_id,
      permalink = excluded.permalink, settled_as = excluded.settled_as, settled_by = excluded.settled_by,
      settled_at = excluded.settled_at
    WHERE state = 'intended'`);
  for (const record of rawRecords(pages, pageAt, 7)) {
    const document = rawDocument.safeParse(record);
    if (document.success) attempt(() => putDocument.run(...ownColumns(record, 7)));
    const post = rawPost.safeParse(record);
    if (post.success) attempt(() => putPost.run(...ownColumns(record, 25)));
  }
}

/** A record that was written before a column was added ends before it. */
function ownColumns(record: readonly RawValue[], columns: number): RawValue[] {
  return Array.from({ length: columns }, (_, index) => record[index] ?? null);
}

/** Every page of file and log, and each page as it was last written. */
function pagesOf(path: string): { pages: Buffer[]; pageAt(number: number): Buffer | undefined } {
  const file = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const logged = logOf(path).pages;
  // The size stands in the first page, which may be what is broken; ours has always been SQLite's own choice.
  const named = file.length >= 18 ? file.readUInt16BE(16) : 0;
  const pageBytes = logged[0]?.bytes.length ?? (isPageSize(named) ? named : 4096);
  const latest = new Map(logged.map(({ number, bytes }) => [number, bytes]));
  const inFile = (number: number) => {
    const page = file.subarray((number - 1) * pageBytes, number * pageBytes);
    return number > 0 && page.length === pageBytes ? page : undefined;
  };
  const pages: Buffer[] = [];
  for (let number = 2; (number - 1) * pageBytes < file.length; number++) {
    const page = inFile(number);
    if (page) pages.push(page);
  }
  return {
    pages: [...pages, ...logged.map(({ bytes }) => bytes)],
    pageAt: (number) => latest.get(number) ?? inFile(number),
  };
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 32_768 && (bytes & (bytes - 1)) === 0;
}

function logOf(path: string) {
  return readLog(existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0));
}

// ── Runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is left of a journal must have no gap, and nobody may go on with a run whose last events may be gone. */
function closeRuns(target: DatabaseSync): number {
  target.exec(`
    DELETE FROM journal WHERE run_id NOT IN (SELECT run_id FROM runs);
    DELETE FROM journal WHERE EXISTS (
      SELECT 1 FROM (
        SELECT run_id AS gap_run, min(seq) AS gap_seq FROM (
          SELECT run_id, seq, row_number() OVER (PARTITION BY run_id ORDER BY seq) AS place FROM journal
        ) WHERE seq <> place GROUP BY run_id
      ) WHERE gap_run = journal.run_id AND journal.seq >= gap_seq
    );
    UPDATE runs SET status = '${DAMAGED}' WHERE status NOT IN ('running', 'queued', 'deleted')
      AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.run_id = runs.run_id AND journal.type = 'run-settled');
  `);
  return Number(
    target.prepare(`UPDATE runs SET status = '${DAMAGED}' WHERE status IN ('running', 'queued')`).run()
      .changes,
  );
}

function count(database: DatabaseSync, table: string): number {
  return z.object({ n: z.number() }).parse(database.prepare(`SELECT count(*) AS n FROM "${table}"`).get()).n;
}
