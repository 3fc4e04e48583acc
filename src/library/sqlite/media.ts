import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type MediaTable, mediaFactsSchema } from "../ports/media.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import { withoutNulls } from "./rows.ts";

const makerRow = z.object({ sha256: z.string(), scope: z.string() });
const classRow = z.object({ sha256: z.string(), class: z.enum(["uploads", "results", "renders"]) });
const mediaIdRow = z.object({ mediaId: z.string() });
const sha256Row = z.object({ sha256: z.string() }).optional();

export function createMediaTable(database: DatabaseSync): Immediate<MediaTable> {
  const insert = database.prepare(`
    INSERT INTO media (sha256, kind, mime_type, size_bytes, width, height, duration_ms, added_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING`);
  const insertOrigin = database.prepare(
    "INSERT OR IGNORE INTO media_origins (sha256, origin, scope) VALUES (?, ?, ?)",
  );
  const insertSource = database.prepare(
    "INSERT OR IGNORE INTO media_made_from (sha256, source_sha256) VALUES (?, ?)",
  );
  const select = database.prepare(`
    SELECT sha256, kind, mime_type AS mimeType, size_bytes AS sizeBytes, width, height, duration_ms AS durationMs
    FROM media WHERE sha256 = ?`);
  // CROSS JOIN: its few ancestors each look for their origins, not the origins of all media for them.
  const selectMakers = database.prepare(`
    WITH RECURSIVE ancestry (sha256) AS (
      VALUES (?) UNION
      SELECT source_sha256 FROM media_made_from JOIN ancestry ON media_made_from.sha256 = ancestry.sha256
    )
    SELECT sha256, scope FROM ancestry CROSS JOIN media_origins USING (sha256) WHERE origin = 'sandbox'`);
  const insertRemote = database.prepare(
    "INSERT OR REPLACE INTO remote_media (scope, media_id, sha256, at) VALUES (?, ?, ?, ?)",
  );
  const selectRemoteId = database.prepare(
    "SELECT media_id AS mediaId FROM remote_media WHERE scope = ? AND sha256 = ? ORDER BY at DESC LIMIT ?",
  );
  const selectSha256 = database.prepare("SELECT sha256 FROM remote_media WHERE scope = ? AND media_id = ?");

  const selectClasses = database.prepare(`
    SELECT sha256, CASE WHEN max(origin = 'person') THEN 'uploads' WHEN max(origin IN ('server', 'sandbox'))
      THEN 'results' ELSE 'renders' END AS class
    FROM media_origins WHERE sha256 >= ? AND sha256 < ? GROUP BY sha256`);

  return {
    add(facts, origin, at) {
      const { sha256, kind, mimeType, sizeBytes, width, height, durationMs } = mediaFactsSchema.parse(facts);
      transaction(database, () => {
        insert.run(sha256, kind, mimeType, sizeBytes, width ?? null, height ?? null, durationMs ?? null, at);
        insertOrigin.run(sha256, origin.kind, "scope" in origin ? origin.scope : "");
        if (origin.kind === "render") for (const source of origin.madeFrom) insertSource.run(sha256, source);
      });
    },
    // Beyond the last hash with this prefix: "g" comes after every digit.
    classesUnder: (prefix) =>
      new Map(
        guarded(() => selectClasses.all(prefix, `${prefix}g`)).map((row) => {
          const { sha256, class: name } = classRow.parse(row);
          return [sha256, name];
        }),
      ),
    get(sha256) {
      const row = guarded(() => select.get(sha256));
      return row && mediaFactsSchema.parse(withoutNulls(row));
    },
    sandboxMakers(sha256) {
      const rows = guarded(() => selectMakers.all(sha256)).map((row) => makerRow.parse(row));
      const byMedia = Map.groupBy(rows, (row) => row.sha256);
      return [...byMedia.values()].map((makers) => makers.map(({ scope }) => scope));
    },
    addRemote: ({ scope, mediaId, sha256, at }) =>
      guarded(() => void insertRemote.run(scope, mediaId, sha256, at)),
    remoteIdOf: (scope, sha256) =>
      mediaIdRow.optional().parse(guarded(() => selectRemoteId.get(scope, sha256, 1)))?.mediaId,
    remoteIdsOf: (scope, sha256) =>
      guarded(() => selectRemoteId.all(scope, sha256, -1)).map((row) => mediaIdRow.parse(row).mediaId),
    sha256Of: (scope, mediaId) => sha256Row.parse(guarded(() => selectSha256.get(scope, mediaId)))?.sha256,
  };
}
