import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import {
  type LedgerFilter,
  type LedgerPlace,
  type LedgerRow,
  type LedgerSlice,
  type LedgerTable,
  ledgerRowSchema,
  type PostKey,
} from "../ports/ledger.ts";
import { foldText, searchWords } from "../ports/search-text.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import type { Owners } from "./owner.ts";
import { parseRow, withoutNulls } from "./rows.ts";

const historyRow = z.object({ at: z.number().nullable() });
const countRow = z.object({ count: z.number() });
const accountRow = z.object({
  platform: z.string(),
  accountId: z.string(),
  accountName: z.string().optional(),
});
/** Of media whose bytes could not be had, the server's id stands for it. */
const ID = "id:";
const sha256Row = z.object({ sha256: z.string() }).optional();
const mediaIdRow = z.object({ mediaId: z.string() });
const holdRow = z.object({ ownerId: z.string() }).optional();

const unsettled = "settled_as IS NULL AND state IN ('intended', 'in-doubt', 'unknown')";

/** As `ledger_by_standing` has it, word for word: so a list by it reads that index alone. */
const standingOf = `CASE WHEN state = 'succeeded' THEN 'posted' WHEN state = 'sent' THEN 'accepted'
    WHEN state IN ('refused', 'not-sent', 'failed') THEN 'not-posted'
    WHEN settled_as IS NULL THEN 'open' ELSE 'settled' END`;

/** Set by a salvage. */
export const LEDGER_HOLES = { space: "studio", name: "ledger-lost" } as const;

const columns = `run_id AS runId, step_id AS stepId, attempt, scope, platform, account_id AS accountId,
  account_name AS accountName, product, media_sha256 AS mediaSha256, media_kind AS mediaKind, caption,
  params_json AS paramsJson, digest, graph_id AS graphId, graph_name AS graphName, node_id AS nodeId,
  server_label AS serverLabel, approved_by AS approvedBy, state, job_id AS jobId, permalink, at,
  settled_as AS settledAs, settled_by AS settledBy, settled_at AS settledAt`;

function parse(row: Parameters<typeof withoutNulls>[0]): LedgerRow {
  const { settledAs: as, settledBy: by, settledAt: at, ...rest } = withoutNulls(row);
  return parseRow(ledgerRowSchema, as === undefined ? rest : { ...rest, settled: { as, by, at } });
}

/** By `ledger_by_time`. */
const isAfter = "at <= ? AND (at < ? OR (run_id, step_id, attempt) > (?, ?, ?))";
const valuesOf = ({ at, runId, stepId, attempt }: LedgerPlace) => [at, at, runId, stepId, attempt] as const;
/** Before every row there can be. */
const first: LedgerPlace = { at: Number.MAX_SAFE_INTEGER, runId: "", stepId: "", attempt: 0 };
const placeRow = z.object({ at: z.number(), runId: z.string(), stepId: z.string(), attempt: z.int() });

/** The conditions of a filter and their values. */
function conditionsOf(filter: LedgerFilter & LedgerSlice): {
  readonly sql: readonly string[];
  readonly values: readonly SQLInputValue[];
} {
  const { search, standing, platform, accountId, after, until } = filter;
  const sql: string[] = [];
  const values: SQLInputValue[] = [];
  for (const word of searchWords(search ?? "")) {
    sql.push(
      "instr(folded(caption || ' ' || coalesce(account_name, '') || ' ' || account_id || ' ' || graph_name), ?)",
    );
    values.push(word);
  }
  if (after) {
    sql.push(isAfter);
    values.push(...valuesOf(after));
  }
  if (until) {
    sql.push(`at >= ? AND NOT (${isAfter})`);
    values.push(until.at, ...valuesOf(until));
  }
  if (standing !== undefined) {
    sql.push(`${standingOf} = ?`);
    values.push(standing);
  }
  if (platform !== undefined) {
    sql.push("platform = ?");
    values.push(platform);
  }
  if (accountId !== undefined) {
    sql.push("account_id = ?");
    values.push(accountId);
  }
  return { sql, values };
}

export type LedgerRows = Immediate<LedgerTable> & {
  /** Only inside the journal's transaction. */
  put(row: LedgerRow): void;
};

export function createLedger(database: DatabaseSync, owners: Owners): LedgerRows {
  database.function("folded", { deterministic: true }, (text) => foldText(String(text)));
  // What a person said stays, whatever a process that does not know of it writes later.
  const upsert = database.prepare(`
    INSERT INTO ledger (run_id, step_id, attempt, scope, platform, account_id, account_name, product, media_sha256,
      media_kind, caption, params_json, digest, graph_id, graph_name, node_id, server_label, approved_by, state, job_id,
      permalink, at, settled_as, settled_by, settled_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run_id, step_id, attempt) DO UPDATE SET
      state = excluded.state, job_id = coalesce(excluded.job_id, job_id), at = excluded.at,
      permalink = coalesce(excluded.permalink, permalink), settled_as = coalesce(excluded.settled_as, settled_as),
      settled_by = coalesce(excluded.settled_by, settled_by), settled_at = coalesce(excluded.settled_at, settled_at)`);
  const samePost =
    "scope = ? AND account_id = ? AND product = ? AND media_sha256 IN (SELECT value FROM json_each(?))";
  // Only "refused" and "not-sent" are known never to have gone out, and "failed" to have come to nothing. A person's
  // word counts where the server gave none.
  const selectLast = database.prepare(`
    SELECT max(at) AS at FROM ledger
    WHERE ${samePost} AND (state IN ('sent', 'succeeded')
      OR (state IN ('intended', 'in-doubt', 'unknown') AND settled_as IS NOT 'not-sent'))`);
  const selectUnsettled = database.prepare(
    `SELECT ${columns} FROM ledger WHERE ${samePost} AND ${unsettled} ORDER BY at DESC`,
  );
  const selectOfPost = database.prepare(`SELECT ${columns} FROM ledger WHERE ${samePost} ORDER BY at DESC`);
  const selectOne = database.prepare(
    `SELECT ${columns} FROM ledger WHERE run_id = ? AND step_id = ? AND attempt = ?`,
  );
  const selectOfRun = database.prepare(
    `SELECT ${columns} FROM ledger WHERE run_id = ? ORDER BY step_id, attempt`,
  );
  const selectPlace = database.prepare(`
    SELECT at, run_id AS runId, step_id AS stepId, attempt FROM ledger
    WHERE ${isAfter} ORDER BY at DESC, run_id, step_id, attempt LIMIT 1 OFFSET ?`);
  const selectJob = database.prepare("SELECT 1 FROM ledger WHERE scope = ? AND job_id = ? LIMIT 1");
  const selectAccounts = database.prepare(`
    SELECT platform, account_id AS accountId, max(account_name) AS accountName FROM ledger
    GROUP BY platform, account_id ORDER BY platform, accountName, account_id`);
  const updateSettled = database.prepare(`
    UPDATE ledger SET settled_as = ?, settled_by = ?, settled_at = ?, permalink = coalesce(?, permalink)
    WHERE run_id = ? AND step_id = ? AND attempt = ? AND ${unsettled}`);
  const selectHold = database.prepare("SELECT owner_id AS ownerId FROM post_holds WHERE post = ?");
  const putHold = database.prepare("INSERT OR REPLACE INTO post_holds (post, owner_id) VALUES (?, ?)");
  const deleteHold = database.prepare("DELETE FROM post_holds WHERE post = ? AND owner_id = ?");

  const selectSha256 = database.prepare("SELECT sha256 FROM remote_media WHERE scope = ? AND media_id = ?");
  const selectMediaIds = database.prepare(
    "SELECT media_id AS mediaId FROM remote_media WHERE scope = ? AND sha256 = ? ORDER BY at DESC",
  );
  const selectHoles = database.prepare("SELECT 1 FROM settings WHERE space = ? AND name = ?");

  function namesOf(scope: string, name: string): readonly [string, ...string[]] {
    const sha256 = name.startsWith(ID)
      ? sha256Row.parse(selectSha256.get(scope, name.slice(ID.length)))?.sha256
      : name;
    if (sha256 === undefined) return [name];
    const ids = selectMediaIds.all(scope, sha256).map((row) => mediaIdRow.parse(row).mediaId);
    return [sha256, ...ids.map((id) => `${ID}${id}`)];
  }

  const valuesOfPost = ({ scope, accountId, product, mediaSha256 }: PostKey) =>
    [scope, accountId, product, JSON.stringify(namesOf(scope, mediaSha256))] as const;

  return {
    hasHoles: () => guarded(() => selectHoles.get(LEDGER_HOLES.space, LEDGER_HOLES.name)) !== undefined,
    put(row) {
      upsert.run(
        row.runId,
        row.stepId,
        row.attempt,
        row.scope,
        row.platform,
        row.accountId,
        row.accountName ?? null,
        row.product,
        row.mediaSha256,
        row.mediaKind,
        row.caption,
        row.paramsJson,
        row.digest,
        row.graphId,
        row.graphName,
        row.nodeId,
        row.serverLabel,
        row.approvedBy,
        row.state,
        row.jobId ?? null,
        row.permalink ?? null,
        row.at,
        row.settled?.as ?? null,
        row.settled?.by ?? null,
        row.settled?.at ?? null,
      );
    },
    get({ runId, stepId, attempt }) {
      const row = guarded(() => selectOne.get(runId, stepId, attempt));
      return row && parse(row);
    },
    namesOf: (scope, mediaSha256) => guarded(() => namesOf(scope, mediaSha256)),
    history: (key) =>
      guarded(() => {
        const values = valuesOfPost(key);
        const { at } = historyRow.parse(selectLast.get(...values));
        return {
          ...(at === null ? {} : { lastSentAt: at }),
          unsettled: selectUnsettled.all(...values).map(parse),
        };
      }),
    ofPost: (key) => guarded(() => selectOfPost.all(...valuesOfPost(key)).map(parse)),
    list: ({ limit, ...filter }) =>
      guarded(() => {
        const { sql, values } = conditionsOf(filter);
        const where = sql.join(" AND ") || "1";
        return database
          .prepare(
            `SELECT ${columns} FROM ledger WHERE ${where} ORDER BY at DESC, run_id, step_id, attempt LIMIT ?`,
          )
          .all(...values, limit)
          .map(parse);
      }),
    count: (filter) =>
      guarded(() => {
        const { sql, values } = conditionsOf(filter);
        const where = sql.join(" AND ") || "1";
        return countRow.parse(
          database.prepare(`SELECT count(*) AS count FROM ledger WHERE ${where}`).get(...values),
        ).count;
      }),
    boundary: (count, after = first) => {
      const row = guarded(() => selectPlace.get(...valuesOf(after), count - 1));
      return row && placeRow.parse(row);
    },
    accounts: () => guarded(() => selectAccounts.all().map((row) => accountRow.parse(withoutNulls(row)))),
    hasJob: (scope, jobId) => guarded(() => selectJob.get(scope, jobId) !== undefined),
    ofRun: (runId) => guarded(() => selectOfRun.all(runId).map(parse)),
    settle({ runId, stepId, attempt }, { as, by, at }, permalink) {
      guarded(() => database.exec("PRAGMA synchronous = FULL"));
      return transaction(
        database,
        () => updateSettled.run(as, by, at, permalink ?? null, runId, stepId, attempt).changes === 1,
      );
    },
    tryHold: (post) =>
      transaction(database, () => {
        const held = holdRow.parse(selectHold.get(post));
        if (held && owners.isAlive(held.ownerId)) return false;
        putHold.run(post, owners.ownerId);
        return true;
      }),
    letGo: (post) => guarded(() => void deleteHold.run(post, owners.ownerId)),
  };
}
