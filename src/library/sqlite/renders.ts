import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import type { Render, RenderTable } from "../ports/renders.ts";
import { guarded } from "./failure.ts";
import { createTakeSlices, inSlice } from "./take-slices.ts";

const hashes = z
  .string()
  .transform((text) => z.array(z.string().nullable()).parse(JSON.parse(text)))
  .transform((all) => all.filter((one) => one !== null));
const renderRow = z.object({
  sha256: z.string(),
  usedAt: z.number(),
  /** A JSON array of the hashes it was made from; null where an input was text. */
  madeFrom: hashes,
});
const shaRow = z.object({ sha256: z.string() });
const documentRow = z.object({ id: z.string(), json: z.string() });

const HASH = /[0-9a-f]{64}/g;

export function createRenderTable(database: DatabaseSync): RenderTable {
  const slices = createTakeSlices(database);
  // CROSS JOIN: the takes of the slice come first, and each looks for its media; the other way round all takes would
  // be looked through for each piece of media.
  const selectRenders = database.prepare(`
    SELECT media.sha256, max(coalesce(take_uses.at, takes.made_at)) AS usedAt,
      (SELECT json_group_array(json_extract(input.value, '$.sha256'))
        FROM json_each(takes.recipe_json, '$.inputs') AS input) AS madeFrom
    FROM takes CROSS JOIN json_each(takes.outputs_json) AS output
      CROSS JOIN media ON media.sha256 = json_extract(output.value, '$.value.sha256')
      LEFT JOIN take_uses ON take_uses.take_id = takes.take_id
    WHERE ${inSlice} AND paid = 0
      AND NOT EXISTS (SELECT 1 FROM media_origins AS o WHERE o.sha256 = media.sha256 AND o.origin <> 'render')
      AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.media_sha256 = media.sha256)
      AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run_id = takes.run_id AND runs.settled_at IS NULL)
    GROUP BY media.sha256`);
  const selectPaidInputs = database.prepare(`
    SELECT DISTINCT json_extract(input.value, '$.sha256') AS sha256
    FROM takes CROSS JOIN json_each(takes.recipe_json, '$.inputs') AS input
    WHERE ${inSlice} AND paid = 1 AND json_extract(input.value, '$.sha256') IS NOT NULL`);
  const selectDocument = database.prepare(
    "SELECT id, json || coalesce(saved_json, '') AS json FROM documents WHERE id > ? ORDER BY id LIMIT 1",
  );

  return {
    async free(isStopped) {
      const renders = new Map<string, Render>();
      const held = new Set<string>();
      for await (const bounds of slices()) {
        if (isStopped()) return [];
        for (const row of guarded(() => selectRenders.all(...bounds))) {
          const render = renderRow.parse(row);
          const other = renders.get(render.sha256);
          if (!other || other.usedAt < render.usedAt) renders.set(render.sha256, render);
        }
      }
      // What holds them comes last, so that what began to hold one meanwhile counts.
      for await (const bounds of slices()) {
        if (isStopped()) return [];
        for (const row of guarded(() => selectPaidInputs.all(...bounds))) held.add(shaRow.parse(row).sha256);
      }
      for (let after: string | undefined = ""; after !== undefined; ) {
        await nextTurn();
        const row = guarded(() => selectDocument.get(after ?? ""));
        const document = row && documentRow.parse(row);
        for (const [hash] of document?.json.matchAll(HASH) ?? []) held.add(hash);
        after = document?.id;
      }
      return [...renders.values()]
        .filter(({ sha256 }) => !held.has(sha256))
        .sort((one, other) => one.usedAt - other.usedAt);
    },
  };
}
