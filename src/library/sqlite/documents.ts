import type { DatabaseSync } from "node:sqlite";
import { type DocumentRow, type Documents, documentRowSchema, type IsSame } from "../ports/documents.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import { withoutNulls } from "./rows.ts";

const columns = `id, json, revision, changed_at AS changedAt, saved_json AS savedJson, saved_at AS savedAt,
  file_path AS filePath`;

export function createDocuments(database: DatabaseSync): Immediate<Documents> {
  const selectOne = database.prepare(`SELECT ${columns} FROM documents WHERE id = ?`);
  const selectAll = database.prepare(`SELECT ${columns} FROM documents ORDER BY changed_at DESC`);
  const upsertKept = database.prepare(`
    INSERT INTO documents (id, json, revision, changed_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, revision = excluded.revision, changed_at = excluded.changed_at`);
  const upsertSaved = database.prepare(`
    INSERT INTO documents (id, json, revision, changed_at, saved_json, saved_at, file_path) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, revision = excluded.revision, changed_at = excluded.changed_at,
      saved_json = excluded.saved_json, saved_at = excluded.saved_at,
      file_path = coalesce(excluded.file_path, file_path)`);
  const updateSaved = database.prepare("UPDATE documents SET saved_json = ?, saved_at = ? WHERE id = ?");
  const deleteOne = database.prepare("DELETE FROM documents WHERE id = ?");
  const parse = (row: Parameters<typeof withoutNulls>[0]) => documentRowSchema.parse(withoutNulls(row));
  const readOne = (id: string) => {
    const row = selectOne.get(id);
    return row && parse(row);
  };
  const mustRead = (id: string) => documentRowSchema.parse(readOne(id));
  /** Counts from the clock, so that the numbers of a removed document never come again under its id. */
  const nextRevision = (before: DocumentRow | undefined, json: string, now: number, isSame: IsSame) => {
    if (!before) return Math.max(1, now);
    return isSame(before.json, json) ? before.revision : before.revision + 1;
  };

  function put(
    { id, json, savedAt, savedJson = json, filePath }: Parameters<Documents["put"]>[0],
    before: DocumentRow | undefined,
    isSame: IsSame,
  ): DocumentRow {
    const revision = nextRevision(before, json, savedAt, isSame);
    upsertSaved.run(id, json, revision, savedAt, savedJson, savedAt, filePath ?? null);
    return mustRead(id);
  }

  return {
    get: (id) => guarded(() => readOne(id)),
    list: () => guarded(() => selectAll.all()).map(parse),
    keep: ({ id, json, base, changedAt }, isSame) =>
      transaction(database, () => {
        const before = readOne(id);
        if ((before?.revision ?? 0) !== base) return { isKept: false, ...(before ? { row: before } : {}) };
        upsertKept.run(id, json, nextRevision(before, json, changedAt, isSame), changedAt);
        return { isKept: true, row: mustRead(id) };
      }),
    put: (document, isSame) => transaction(database, () => put(document, readOne(document.id), isSame)),
    putAfter: (base, document, isSame) =>
      transaction(database, () => {
        const before = readOne(document.id);
        return (before?.revision ?? 0) === base ? put(document, before, isSame) : undefined;
      }),
    markSaved: ({ id, savedJson, savedAt }) =>
      transaction(database, () => {
        updateSaved.run(savedJson, savedAt, id);
        return readOne(id);
      }),
    remove: (id) => guarded(() => void deleteOne.run(id)),
  };
}
