import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { mediaKinds } from "../base/media-kind.ts";
import { guarded } from "./failure.ts";
import { withoutNulls } from "./rows.ts";
import { type RunRow, runColumns, runRowSchema } from "./run-row.ts";
import { searchWords } from "./search-text.ts";

const glanceSchema = z.object({
  /** About what it cost. */
  spentMicrodollars: z.int(),
  /** Steps that wait for a person. */
  needsYou: z.int(),
  outputs: z.object({
    count: z.int(),
    /** The first few to show. */
    shown: z.array(z.object({ sha256: z.string(), kind: z.enum(mediaKinds) })),
  }),
});
/** What a list of runs shows of one besides its counts; written when the run comes to rest. */
export type RunGlance = Readonly<z.infer<typeof glanceSchema>>;

/** Where a run stands in the list. */
export type RunPlace = { readonly startedAt: number; readonly runId: string };

export type RunQuery = {
  readonly graphId?: string | undefined;
  /** Words that all occur in graph, server, outcome, prompts or captions. */
  readonly text?: string | undefined;
  /** As a person sees them: `interrupted` is an unfinished run that no living process holds. */
  readonly statuses?: readonly string[] | undefined;
  /** Started at or after, in milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Only runs that come after this one in the list. */
  readonly after?: RunPlace | undefined;
  readonly limit: number;
};

export type FoundRun = { readonly row: RunRow; readonly glance?: RunGlance };

export type RunHistory = {
  /** Newest first. */
  find(query: RunQuery): FoundRun[];
  glance(runId: string): RunGlance | undefined;
  /** Only for a run at rest that has none. */
  remember(runId: string, glance: RunGlance): void;
  /**
   * Runs at rest that fall outside the bounds and that nobody waits for, oldest first. Left alone are runs under way,
   * interrupted ones, those with a step that needs a person, and those with a post of which nobody knows.
   */
  outside(bounds: RunBounds): FoundRun[];
};

export type RunBounds = {
  /** Came to rest before this, in milliseconds since the epoch. */
  readonly restedBefore?: number | undefined;
  /** All but the newest so many. */
  readonly beyondNewest?: number | undefined;
};

const atRest = "('done', 'failed', 'cancelled', 'needs-you')";

/** A row's status as a person sees it; takes the living owners as a JSON array. */
const shownStatus = `CASE WHEN status IN ${atRest} OR owner_id IN (SELECT value FROM json_each(?))
  THEN status ELSE 'interrupted' END`;

const foundColumns = `${runColumns}, spent_microdollars AS spentMicrodollars, needs_you AS needsYou,
  outputs_json AS outputsJson`;

export function createRunHistory(database: DatabaseSync, isAlive: (ownerId: string) => boolean): RunHistory {
  const selectOwners = database.prepare(
    `SELECT DISTINCT owner_id AS ownerId FROM runs WHERE status NOT IN ${atRest}`,
  );
  const selectGlance = database.prepare(
    `SELECT spent_microdollars AS spentMicrodollars, needs_you AS needsYou, outputs_json AS outputsJson
     FROM run_history WHERE run_id = ?`,
  );
  const update = database.prepare(
    "UPDATE run_history SET spent_microdollars = ?, needs_you = ?, outputs_json = ? WHERE run_id = ?",
  );
  const selectOutside = database.prepare(`
    SELECT ${foundColumns} FROM runs LEFT JOIN run_history USING (run_id)
    WHERE status IN ('done', 'failed', 'cancelled')
      AND (coalesce(settled_at, started_at) < ? OR run_id IN (
        SELECT run_id FROM runs WHERE status <> 'deleted' ORDER BY started_at DESC, run_id DESC LIMIT -1 OFFSET ?))
      AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.run_id = runs.run_id
        AND settled_as IS NULL AND state NOT IN ('refused', 'not-sent', 'succeeded', 'failed') AND settled_as IS NULL)
    ORDER BY started_at, run_id`);
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
    find({ graphId, text = "", statuses, since, after, limit }) {
      const words = searchWords(text);
      const living = words.length > 0 || statuses ? guarded(livingOwners) : "[]";
      const conditions: { readonly sql: string; readonly values: readonly SQLInputValue[] }[] = [
        { sql: "status <> 'deleted'", values: [] },
      ];
      if (graphId !== undefined) conditions.push({ sql: "graph_id = ?", values: [graphId] });
      if (since !== undefined) conditions.push({ sql: "started_at >= ?", values: [since] });
      if (after)
        conditions.push({ sql: "(started_at, run_id) < (?, ?)", values: [after.startedAt, after.runId] });
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
    glance(runId) {
      const row = guarded(() => selectGlance.get(runId));
      return row && glanceOf(withoutNulls(row));
    },
    remember(runId, { spentMicrodollars, needsYou, outputs }) {
      guarded(() => update.run(spentMicrodollars, needsYou, JSON.stringify(outputs), runId));
    },
    outside: ({ restedBefore, beyondNewest }) =>
      guarded(() => selectOutside.all(restedBefore ?? 0, beyondNewest ?? Number.MAX_SAFE_INTEGER))
        .map(parseFound)
        .filter(({ glance }) => (glance?.needsYou ?? 0) === 0),
  };
}

const ownerRow = z.object({ ownerId: z.string() });

function parseFound(row: Parameters<typeof withoutNulls>[0]): FoundRun {
  const values = withoutNulls(row);
  const glance = glanceOf(values);
  return { row: runRowSchema.parse(values), ...(glance ? { glance } : {}) };
}

function glanceOf(values: Record<string, unknown>): RunGlance | undefined {
  const { spentMicrodollars, needsYou, outputsJson } = values;
  if (typeof outputsJson !== "string") return undefined;
  try {
    return glanceSchema.parse({ spentMicrodollars, needsYou, outputs: JSON.parse(outputsJson) });
  } catch {
    return undefined; // damaged: the list goes without it, for the run itself still knows
  }
}
