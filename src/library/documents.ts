import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
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

export type Documents = {
  get(id: string): DocumentRow | undefined;
  /** Newest change first. */
  list(): DocumentRow[];
  /**
   * Keeps the document as it is now, unless a newer revision is there already.
   * @returns what is kept afterwards.
   */
  keep(document: { id: string; json: string; revision: number; changedAt: number }): DocumentRow;
  /** Records that this state was saved; it becomes the kept state too. `filePath` stays as it was when left out. */
  save(document: { id: string; json: string; savedAt: number; filePath?: string }): DocumentRow;
  remove(id: string): void;
};

const columns = `id, json, revision, changed_at AS changedAt, saved_json AS savedJson, saved_at AS savedAt,
  file_path AS filePath`;

export function createDocuments(database: DatabaseSync): Documents {
  const selectOne = database.prepare(`SELECT ${columns} FROM documents WHERE id = ?`);
  const selectAll = database.prepare(`SELECT ${columns} FROM documents ORDER BY changed_at DESC`);
  const upsertKept = database.prepare(`
    INSERT INTO documents (id, json, revision, changed_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, revision = excluded.revision, changed_at = excluded.changed_at
    WHERE excluded.revision >= revision`);
  const upsertSaved = database.prepare(`
    INSERT INTO documents (id, json, revision, changed_at, saved_json, saved_at, file_path) VALUES (?, ?, 0, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json, changed_at = excluded.changed_at,
      saved_json = excluded.saved_json, saved_at = excluded.saved_at,
      file_path = coalesce(excluded.file_path, file_path)`);
  const deleteOne = database.prepare("DELETE FROM documents WHERE id = ?");
  const parse = (row: Parameters<typeof withoutNulls>[0]) => documentRowSchema.parse(withoutNulls(row));
  const readOne = (id: string) => {
    const row = selectOne.get(id);
    return row && parse(row);
  };
  const mustRead = (id: string) => documentRowSchema.parse(readOne(id));

  return {
    get: (id) => guarded(() => readOne(id)),
    list: () => guarded(() => selectAll.all()).map(parse),
    keep: ({ id, json, revision, changedAt }) =>
      transaction(database, () => {
        upsertKept.run(id, json, revision, changedAt);
        return mustRead(id);
      }),
    save: ({ id, json, savedAt, filePath }) =>
      transaction(database, () => {
        upsertSaved.run(id, json, savedAt, json, savedAt, filePath ?? null);
        return mustRead(id);
      }),
    remove: (id) => guarded(() => void deleteOne.run(id)),
  };
}
