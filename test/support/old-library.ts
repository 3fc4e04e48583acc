import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrations } from "../../src/library/sqlite/migrations.ts";

/** The database of a data folder as it was before the migration that has these words; to be filled and closed. */
export function makeOldLibrary(folder: string, words: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "library.db"));
  const version = migrations.findIndex((migration) => migration.includes(words));
  for (const migration of migrations.slice(0, version)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${version}`);
  return database;
}
