import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { guarded } from "./failure.ts";
import { withoutNulls } from "./rows.ts";

export const ledgerRowSchema = z.object({
  runId: z.string(),
  stepId: z.string(),
  attempt: z.int(),
  scope: z.string(),
  platform: z.string(),
  accountId: z.string(),
  product: z.string(),
  mediaSha256: z.string(),
  caption: z.string(),
  paramsJson: z.string(),
  digest: z.string(),
  state: z.enum(["intended", "sent", "refused", "not-sent", "in-doubt", "succeeded", "failed", "unknown"]),
  jobId: z.string().optional(),
  at: z.number(),
});
/** What is remembered of one attempt to publish; a later state of the same attempt replaces the earlier. */
export type LedgerRow = Readonly<z.infer<typeof ledgerRowSchema>>;

type PostKey = {
  readonly scope: string;
  readonly accountId: string;
  readonly product: string;
  readonly mediaSha256: string;
};

export type LedgerTable = {
  put(row: LedgerRow): void;
  /** When this media last went, or may have gone, to this account and product. */
  lastSent(key: PostKey): number | undefined;
  /** Newest first. */
  list(limit: number): LedgerRow[];
  /** Oldest attempt first. */
  ofRun(runId: string): LedgerRow[];
};

const lastRow = z.object({ at: z.number().nullable() });

export function createLedger(database: DatabaseSync): LedgerTable {
  const upsert = database.prepare(`
    INSERT INTO ledger (run_id, step_id, attempt, scope, platform, account_id, product, media_sha256, caption,
      params_json, digest, state, job_id, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run_id, step_id, attempt) DO UPDATE SET
      state = excluded.state, job_id = coalesce(excluded.job_id, job_id), at = excluded.at`);
  // Only "refused" and "not-sent" are known never to have gone out, and "failed" to have come to nothing.
  const selectLast = database.prepare(`
    SELECT max(at) AS at FROM ledger
    WHERE scope = ? AND account_id = ? AND product = ? AND media_sha256 = ?
      AND state NOT IN ('refused', 'not-sent', 'failed')`);
  const columns = `run_id AS runId, step_id AS stepId, attempt, scope, platform, account_id AS accountId, product,
      media_sha256 AS mediaSha256, caption, params_json AS paramsJson, digest, state, job_id AS jobId, at`;
  const selectAll = database.prepare(`SELECT ${columns} FROM ledger ORDER BY at DESC LIMIT ?`);
  const selectOfRun = database.prepare(
    `SELECT ${columns} FROM ledger WHERE run_id = ? ORDER BY step_id, attempt`,
  );
  const parse = (row: Parameters<typeof withoutNulls>[0]) => ledgerRowSchema.parse(withoutNulls(row));
  return {
    put(row) {
      upsert.run(
        row.runId,
        row.stepId,
        row.attempt,
        row.scope,
        row.platform,
        row.accountId,
        row.product,
        row.mediaSha256,
        row.caption,
        row.paramsJson,
        row.digest,
        row.state,
        row.jobId ?? null,
        row.at,
      );
    },
    lastSent: ({ scope, accountId, product, mediaSha256 }) =>
      guarded(() => lastRow.parse(selectLast.get(scope, accountId, product, mediaSha256)).at ?? undefined),
    list: (limit) => guarded(() => selectAll.all(limit).map(parse)),
    ofRun: (runId) => guarded(() => selectOfRun.all(runId).map(parse)),
  };
}
