import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { guarded } from "./failure.ts";

const renderRow = z.object({
  sha256: z.string(),
  usedAt: z.number(),
  /** A JSON array of the hashes it was made from; null where an input was text. */
  inputs: z.string(),
});
const shaRow = z.object({ sha256: z.string() });

/** Media that this machine rendered by itself, with what it was made from. */
export type Render = {
  readonly sha256: string;
  /** When a step last had it as its result. */
  readonly usedAt: number;
  readonly madeFrom: readonly string[];
};

export type RenderTable = {
  /**
   * Renders with a recipe that nothing else hangs on, least recently used first: no paid result was made from them (it
   * would be made anew if they came out a little different), none was posted, no open document or unfinished run
   * names them.
   */
  free(): Render[];
};

const HASH = /[0-9a-f]{64}/g;

export function createRenderTable(database: DatabaseSync): RenderTable {
  const selectRenders = database.prepare(`
    SELECT media.sha256, max(coalesce(take_uses.at, takes.made_at)) AS usedAt,
      (SELECT json_group_array(json_extract(input.value, '$.sha256'))
        FROM json_each(takes.recipe_json, '$.inputs') AS input) AS inputs
    FROM takes, json_each(takes.outputs_json) AS output
      JOIN media ON media.sha256 = json_extract(output.value, '$.value.sha256')
      LEFT JOIN take_uses ON take_uses.take_id = takes.take_id
    WHERE paid = 0
      AND NOT EXISTS (SELECT 1 FROM media_origins AS o WHERE o.sha256 = media.sha256 AND o.origin <> 'render')
      AND media.sha256 NOT IN (SELECT media_sha256 FROM ledger)
      AND takes.run_id NOT IN (SELECT run_id FROM runs WHERE settled_at IS NULL)
    GROUP BY media.sha256 ORDER BY usedAt`);
  const selectPaidInputs = database.prepare(`
    SELECT DISTINCT json_extract(input.value, '$.sha256') AS sha256
    FROM takes, json_each(takes.recipe_json, '$.inputs') AS input
    WHERE paid = 1 AND json_extract(input.value, '$.sha256') IS NOT NULL`);
  const selectDocuments = database.prepare("SELECT json || coalesce(saved_json, '') AS json FROM documents");
  const documentRow = z.object({ json: z.string() });

  return {
    free: () =>
      guarded(() => {
        const held = new Set(selectPaidInputs.all().map((row) => shaRow.parse(row).sha256));
        for (const row of selectDocuments.iterate())
          for (const [hash] of documentRow.parse(row).json.matchAll(HASH)) held.add(hash);
        return selectRenders
          .all()
          .map((row) => renderRow.parse(row))
          .filter(({ sha256 }) => !held.has(sha256))
          .map(({ sha256, usedAt, inputs }) => ({
            sha256,
            usedAt,
            madeFrom: z
              .array(z.string().nullable())
              .parse(JSON.parse(inputs))
              .filter((input) => input !== null),
          }));
      }),
  };
}
