import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { guarded } from "../ports/failure.ts";
import { transaction } from "./database.ts";
import { withoutNulls } from "./rows.ts";

const documentRowSchema = z.object({
  id: z.string(),
  /** As it is now. */
  json: z.string(),
  revision: z.int(),
  changedAt: z.number(),
  /** As it was last saved, if it ever was. */
  savedJson: z.string().optional(),
  savedAt: z.number().optional(),
  filePath: z.string().optional(),
});
export type DocumentRow = Readonly<z.infer<typeof documentRowSchema>>;

/** Whether two states of a document are the same work, so that no window has to learn of it. */
type IsSame = (a: string, b: string) => boolean;

export type Documents = {
  get(id: string): DocumentRow | undefined;
  /** Newest change first. */
  list(): DocumentRow[];
  /**
   * Keeps the document as it is now, unless another hand has changed it since.
   *
   * @param document.base the revision that the edits began with; 0 for a document that is not there yet.
   * @returns what is there afterwards, and whether it is this; no row where the document was removed.
   */
  keep(
    document: { id: string; json: string; base: number; changedAt: number },
    isSame: IsSame,
  ):
    | { readonly isKept: true; readonly row: DocumentRow }
    | { readonly isKept: false; readonly row?: DocumentRow };
  /** Takes this state, whatever was there, as the kept and the saved one. `filePath` stays as it was when left out. */
  put(
    document: { id: string; json: string; savedAt: number; savedJson?: string; filePath?: string },
    isSame: IsSame,
  ): DocumentRow;
  /** Records that this state was saved; what is kept stays as it is. `undefined` where the document is gone. */
  markSaved(document: { id: string; savedJson: string; savedAt: number }): DocumentRow | undefined;
  remove(id: string): void;
};

const columns = `id, json, revision, changed_at AS changedAt, saved_json AS savedJson, saved_at AS savedAt,
  file_path AS filePath`;

export function createDocuments(database: DatabaseSync): Documents {
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
    put: ({ id, json, savedAt, savedJson = json, filePath }, isSame) =>
      transaction(database, () => {
        const revision = nextRevision(readOne(id), json, savedAt, isSame);
        upsertSaved.run(id, json, revision, savedAt, savedJson, savedAt, filePath ?? null);
        return mustRead(id);
      }),
    markSaved: ({ id, savedJson, savedAt }) =>
      transaction(database, () => {
        updateSaved.run(savedJson, savedAt, id);
        return readOne(id);
      }),
    remove: (id) => guarded(() => void deleteOne.run(id)),
  };
}
