import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import {
  type FoundRun,
  outsideRun,
  type RunBounds,
  type RunHistory,
  type RunPlace,
  type RunTotals,
  totalsSchema,
} from "../ports/run-history.ts";
import { runRowSchema } from "../ports/runs.ts";
import { searchWords } from "../ports/search-text.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import { withoutNulls } from "./rows.ts";
import { runColumns } from "./run-row.ts";

/** Entries of an index that are counted in one go: a millisecond of work. */
const COUNTED_AT_ONCE = 10_000;

const atRest = "('done', 'failed', 'cancelled', 'needs-you')";
const overStatuses: ReadonlySet<string> = new Set(["done", "failed", "cancelled"]);

/** A row's status as a person sees it; takes the living owners as a JSON array. */
const shownStatus = `CASE WHEN status IN ${atRest} OR owner_id IN (SELECT value FROM json_each(?))
  THEN status ELSE 'interrupted' END`;

const foundColumns = `${runColumns}, spent_microdollars AS spentMicrodollars, needs_you AS needsYou,
  outputs_json AS outputsJson`;

export function createRunHistory(
  database: DatabaseSync,
  isAlive: (ownerId: string) => boolean,
): Immediate<RunHistory> {
  const selectOwners = database.prepare(
    `SELECT DISTINCT owner_id AS ownerId FROM runs
     WHERE status NOT IN ('done', 'failed', 'cancelled', 'needs-you', 'deleted')`,
  );
  const selectTotals = database.prepare(
    `SELECT spent_microdollars AS spentMicrodollars, needs_you AS needsYou, outputs_json AS outputsJson
     FROM run_history WHERE run_id = ?`,
  );
  const update = database.prepare(
    "UPDATE run_history SET spent_microdollars = ?, needs_you = ?, outputs_json = ? WHERE run_id = ?",
  );
  const selectFound = database.prepare(
    `SELECT ${foundColumns} FROM runs LEFT JOIN run_history USING (run_id) WHERE run_id = ? AND status <> 'deleted'`,
  );
  const places = "SELECT started_at AS startedAt, run_id AS runId FROM runs WHERE status <> 'deleted'";
  const selectNewest = database.prepare(
    `${places} AND (started_at, run_id) < (?, ?) ORDER BY started_at DESC, run_id DESC LIMIT 1 OFFSET ?`,
  );
  const selectNext = database.prepare(
    `${places} AND (started_at, run_id) > (?, ?) ORDER BY started_at, run_id LIMIT 1 OFFSET ?`,
  );
  const isOutside = `status <> 'deleted' AND status IN ('done', 'failed', 'cancelled')
      AND (coalesce(settled_at, started_at) < ? OR (started_at, run_id) < (?, ?))
      AND coalesce(needs_you, 0) = 0
      AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.run_id = runs.run_id
        AND settled_as IS NULL AND state NOT IN ('refused', 'not-sent', 'succeeded', 'failed'))`;
  const selectOutside = database.prepare(`
    SELECT run_id AS runId, needs_you AS needsYou FROM runs LEFT JOIN run_history USING (run_id)
    WHERE (started_at, run_id) > (?, ?) AND (started_at, run_id) <= (?, ?) AND ${isOutside}
    ORDER BY started_at, run_id`);
  const selectAmong = database.prepare(`
    SELECT run_id AS runId, needs_you AS needsYou
    FROM json_each(?) AS asked CROSS JOIN runs ON runs.run_id = asked.value LEFT JOIN run_history USING (run_id)
    WHERE ${isOutside} ORDER BY started_at, run_id`);
  const boundsOf = ({ restedBefore, olderThan }: RunBounds) =>
    [restedBefore ?? Number.MIN_SAFE_INTEGER, ...placeOf(olderThan ?? first)] as const;
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const livingOwners = () =>
    JSON.stringify(
      selectOwners
        .all()
        .map((row) => ownerRow.parse(row).ownerId)
        .filter(isAlive),
    );

  return {
    find({ graphId, text = "", statuses, since, after, until, limit }) {
      const words = searchWords(text);
      const living = words.length > 0 || statuses ? guarded(livingOwners) : "[]";
      const conditions: { readonly sql: string; readonly values: readonly SQLInputValue[] }[] = [
        { sql: "status <> 'deleted'", values: [] },
      ];
      if (graphId !== undefined) conditions.push({ sql: "graph_id = ?", values: [graphId] });
      if (since !== undefined) conditions.push({ sql: "started_at >= ?", values: [since] });
      if (after)
        conditions.push({ sql: "(started_at, run_id) < (?, ?)", values: [after.startedAt, after.runId] });
      if (until)
        conditions.push({ sql: "(started_at, run_id) >= (?, ?)", values: [until.startedAt, until.runId] });
      if (statuses && !statuses.some((status) => overStatuses.has(status)))
        // As its index has it: a look for what waits, after every edit, reads nothing of what is over.
        conditions.push({ sql: "status NOT IN ('done', 'failed', 'cancelled', 'deleted')", values: [] });
      if (statuses)
        conditions.push({
          sql: `${shownStatus} IN (SELECT value FROM json_each(?))`,
          values: [living, JSON.stringify(statuses)],
        });
      for (const word of words)
        conditions.push({
          sql: `(instr(run_history.text, ?) OR instr(replace(${shownStatus}, '-', ' '), ?))`,
          values: [word, living, word],
        });
      const statement = prepared(
        `SELECT ${foundColumns} FROM runs LEFT JOIN run_history USING (run_id)
         WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}
         ORDER BY started_at DESC, run_id DESC LIMIT ?`,
      );
      const values = conditions.flatMap((condition) => condition.values);
      return guarded(() => statement.all(...values, limit)).map(parseFound);
    },
    totals(runId) {
      const row = guarded(() => selectTotals.get(runId));
      return row && totalsOf(withoutNulls(row));
    },
    remember(runId, { spentMicrodollars, needsYou, outputs }) {
      guarded(() => update.run(spentMicrodollars, needsYou, JSON.stringify(outputs), runId));
    },
    get(runId) {
      const row = guarded(() => selectFound.get(runId));
      return row && parseFound(row);
    },
    newest(count, after = last) {
      const looked = Math.min(count, COUNTED_AT_ONCE);
      const row = guarded(() => selectNewest.get(...placeOf(after), looked - 1));
      return row && { place: placeRow.parse(row), left: count - looked };
    },
    outside({ after = first, looksAt, ...bounds }) {
      const row = guarded(() => selectNext.get(...placeOf(after), looksAt - 1));
      const next = row && placeRow.parse(row);
      const found = guarded(() =>
        selectOutside.all(...placeOf(after), ...placeOf(next ?? last), ...boundsOf(bounds)),
      );
      return { runs: found.map(parseOutside), ...(next ? { next } : {}) };
    },
    outsideAmong: (bounds, runIds) =>
      guarded(() => selectAmong.all(JSON.stringify(runIds), ...boundsOf(bounds))).map(parseOutside),
  };
}

const ownerRow = z.object({ ownerId: z.string() });
const placeRow = z.object({ startedAt: z.number(), runId: z.string() });

/** Before and after every run there can be. */
const first: RunPlace = { startedAt: Number.MIN_SAFE_INTEGER, runId: "" };
const last: RunPlace = { startedAt: Number.MAX_SAFE_INTEGER, runId: "" };

const placeOf = ({ startedAt, runId }: RunPlace) => [startedAt, runId] as const;
const parseOutside = (row: Parameters<typeof withoutNulls>[0]) => outsideRun.parse(withoutNulls(row));

function parseFound(row: Parameters<typeof withoutNulls>[0]): FoundRun {
  const values = withoutNulls(row);
  const totals = totalsOf(values);
  return { row: runRowSchema.parse(values), ...(totals ? { totals } : {}) };
}

function totalsOf(values: Record<string, unknown>): RunTotals | undefined {
  const { spentMicrodollars, needsYou, outputsJson } = values;
  if (typeof outputsJson !== "string") return undefined;
  try {
    return totalsSchema.parse({ spentMicrodollars, needsYou, outputs: JSON.parse(outputsJson) });
  } catch {
    return undefined; // damaged: the list goes without it, for the run itself still knows
  }
}
