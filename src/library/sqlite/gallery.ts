import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import {
  broughtRowSchema,
  type Gallery,
  galleryRowSchema,
  type ResultNote,
  type ResultPlace,
  TEXT_SHOWN,
} from "../ports/gallery.ts";
import { foldText, searchWords } from "../ports/search-text.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import { withoutNulls } from "./rows.ts";
import { createTakeSlices, inSlice } from "./take-slices.ts";

/** As the index of unfinished runs has it, so that no other run is read. */
const atRest = "('done', 'failed', 'cancelled', 'needs-you', 'deleted')";
const facts = `kind, mime_type AS mimeType, size_bytes AS sizeBytes, width, height, duration_ms AS durationMs`;
const columns = `result_id AS resultId, sha256, gallery.kind, mime_type AS mimeType, size_bytes AS sizeBytes, width,
  height, duration_ms AS durationMs, run_id AS runId, step_id AS stepId, take_id AS takeId, graph_id AS graphId,
  graph_name AS graphName, node_id AS nodeId, node_type AS nodeType, title, excerpt, made_at AS madeAt,
  run_at AS runAt, place, output`;
/** By `gallery_by_run`, or `gallery_by_graph`. The bound on `run_at` alone is what an index can begin at. */
const isAfter = `run_at <= ? AND ((run_at, run_id) < (?, ?)
  OR (run_at, run_id) = (?, ?) AND (place, output, result_id) > (?, ?, ?))`;
/** A text is here as a whole; of media that was forgotten the facts are gone, and with them it. */
const kept = "gallery LEFT JOIN media USING (sha256)";
const isThere = "(gallery.kind = 'text' OR media.sha256 IS NOT NULL)";

export type GalleryRows = Immediate<Gallery, "forget"> & {
  /** Only inside the journal's transaction. */
  note(result: ResultNote): void;
};

export function createGallery(database: DatabaseSync): GalleryRows {
  const upsert = database.prepare(`
    INSERT INTO gallery (graph_id, node_id, sha256, kind, run_id, step_id, take_id, graph_name, node_type, title,
      excerpt, text, content, reused, made_at, run_at, place, output)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (graph_id, node_id, sha256) DO UPDATE SET run_id = excluded.run_id, step_id = excluded.step_id,
      take_id = coalesce(excluded.take_id, take_id), graph_name = excluded.graph_name, title = excluded.title,
      excerpt = excluded.excerpt, text = excluded.text, reused = excluded.reused, made_at = excluded.made_at,
      run_at = excluded.run_at, place = excluded.place, output = excluded.output
    WHERE excluded.reused <= reused`);
  const selectOfMedia = database.prepare(
    `SELECT ${columns}, content FROM ${kept} WHERE sha256 = ? AND ${isThere} ORDER BY reused, made_at DESC LIMIT 1`,
  );
  const selectOne = database.prepare(
    `SELECT ${columns}, content FROM ${kept} WHERE result_id = ? AND ${isThere}`,
  );
  const selectBrought = database.prepare(
    `SELECT 1 FROM media_origins WHERE sha256 = ? AND origin = 'person' LIMIT 1`,
  );
  const selectNeeding = database.prepare(`
    SELECT run_id AS runId, graph_name AS graphName FROM runs
    WHERE status NOT IN ${atRest} AND (instr(graph_json, ?) OR instr(plan_json, ?) OR EXISTS (
      SELECT 1 FROM journal WHERE journal.run_id = runs.run_id AND instr(json, ?)))`);
  const countDocuments = database.prepare("SELECT count(*) AS count FROM documents WHERE instr(json, ?)");
  const deleteResults = database.prepare("DELETE FROM gallery WHERE sha256 = ?");
  const slices = createTakeSlices(database);
  const deleteTakes = database.prepare(`DELETE FROM takes WHERE ${inSlice} AND instr(outputs_json, ?)`);
  const deleteTextTakes = database.prepare(
    "DELETE FROM takes WHERE take_id IN (SELECT take_id FROM gallery WHERE sha256 = ? AND kind = 'text')",
  );
  const deleteBrought = database.prepare("DELETE FROM media_origins WHERE sha256 = ? AND origin = 'person'");
  const selectPlace = database.prepare(
    `SELECT run_at AS runAt, run_id AS runId, place, output, result_id AS resultId FROM gallery
     WHERE ${isAfter} ORDER BY run_at DESC, run_id DESC, place, output, result_id LIMIT 1 OFFSET ?`,
  );
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const parse = (row: Parameters<typeof withoutNulls>[0]) => galleryRowSchema.parse(withoutNulls(row));

  return {
    note({ searchText, reused, takeId, content, ...note }) {
      upsert.run(
        note.graphId,
        note.nodeId,
        note.sha256,
        note.kind,
        note.runId,
        note.stepId,
        takeId ?? null,
        note.graphName,
        note.nodeType,
        note.title,
        note.excerpt,
        foldText(`${note.title} ${note.graphName} ${searchText}`),
        content ?? null,
        reused ? 1 : 0,
        note.at,
        note.runAt,
        note.place,
        note.output,
      );
    },
    find({ graphId, kind, text = "", after, until, limit }) {
      const conditions: { readonly sql: string; readonly values: readonly SQLInputValue[] }[] = [
        graphId === undefined
          ? { sql: "reused = 0", values: [] }
          : { sql: "graph_id = ?", values: [graphId] },
        ...(kind === undefined ? [] : [{ sql: "gallery.kind = ?", values: [kind] }]),
        ...searchWords(text).map((word) => ({ sql: "instr(text, ?)", values: [word] })),
        ...(after ? [{ sql: isAfter, values: valuesOf(after) }] : []),
        ...(until
          ? [{ sql: `run_at >= ? AND NOT (${isAfter})`, values: [until.runAt, ...valuesOf(until)] }]
          : []),
      ];
      const statement = prepared(
        `SELECT ${columns}, substr(content, 1, ${TEXT_SHOWN}) AS content FROM ${kept}
         WHERE ${isThere} AND ${conditions.map(({ sql }) => sql).join(" AND ")}
         ORDER BY run_at DESC, run_id DESC, place, output, result_id LIMIT ?`,
      );
      const values = conditions.flatMap((condition) => condition.values);
      return guarded(() => statement.all(...values, limit)).map(parse);
    },
    boundary(count, after = first) {
      const row = guarded(() => selectPlace.get(...valuesOf(after), count - 1));
      return row && placeRow.parse(row);
    },
    ofMedia(sha256) {
      const row = guarded(() => selectOfMedia.get(sha256));
      return row && parse(row);
    },
    get(resultId) {
      const row = guarded(() => selectOne.get(resultId));
      return row && parse(row);
    },
    brought({ kind, among, after, limit }) {
      const statement = prepared(
        `SELECT sha256, ${facts}, added_at AS addedAt FROM media
         WHERE sha256 IN (SELECT sha256 FROM media_origins WHERE origin = 'person')
           ${kind === undefined ? "" : "AND kind = ?"} ${after ? "AND (added_at, sha256) < (?, ?)" : ""}
           ${among === undefined ? "" : "AND sha256 IN (SELECT value FROM json_each(?))"}
         ORDER BY added_at DESC, sha256 DESC LIMIT ?`,
      );
      const values = [
        ...(kind === undefined ? [] : [kind]),
        ...(after ? [after.addedAt, after.sha256] : []),
        ...(among === undefined ? [] : [JSON.stringify(among)]),
      ];
      return guarded(() => statement.all(...values, limit)).map((row) =>
        broughtRowSchema.parse(withoutNulls(row)),
      );
    },
    isBrought: (sha256) => guarded(() => selectBrought.get(sha256)) !== undefined,
    runsThatNeed: (sha256) =>
      guarded(() => selectNeeding.all(sha256, sha256, sha256)).map((row) => needingRow.parse(row)),
    documentsThatUse: (sha256) => countRow.parse(guarded(() => countDocuments.get(sha256))).count,
    async forget(sha256) {
      for await (const bounds of slices())
        transaction(database, () => void deleteTakes.run(...bounds, sha256));
      transaction(database, () => {
        deleteTextTakes.run(sha256);
        deleteResults.run(sha256);
        deleteBrought.run(sha256);
      });
    },
  };
}

function valuesOf({ runAt, runId, place, output, resultId }: ResultPlace): readonly SQLInputValue[] {
  return [runAt, runAt, runId, runAt, runId, place, output, resultId];
}

/** Before every result there can be. */
const first: ResultPlace = { runAt: Number.MAX_SAFE_INTEGER, runId: "", place: 0, output: 0, resultId: 0 };

const placeRow = z.object({
  ...{ runAt: z.number(), runId: z.string(), place: z.int(), output: z.int(), resultId: z.int() },
});
const needingRow = z.object({ runId: z.string(), graphName: z.string() });
const countRow = z.object({ count: z.int() });
