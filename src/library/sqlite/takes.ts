import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type TakeNumber, type TakeRowChange, type TakeTable, takeRowSchema } from "../ports/takes.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import type { Owners } from "./owner.ts";
import { parseRow, withoutNulls } from "./rows.ts";

const numberRowSchema = z.object({
  number: z.int(),
  runId: z.string(),
  stepId: z.string(),
  ownerId: z.string(),
  open: z.int(),
  sent: z.int(),
  outJson: z.string().optional(),
  takeId: z.string().optional(),
});

export type TakeRows = Immediate<TakeTable> & {
  /** Only inside the journal's transaction. */
  change(change: TakeRowChange): void;
};

export function createTakeTable(database: DatabaseSync, owners: Owners): TakeRows {
  const columns = `takes.take_id AS takeId, key, number, scope, run_id AS runId, step_id AS stepId,
    takes.graph_id AS graphId, takes.node_id AS nodeId, takes.item_path AS itemPath, node_type AS nodeType, title,
    recipe_json AS recipeJson, outputs_json AS outputsJson, job_json AS jobJson, paid,
    estimate_microdollars AS estimateMicrodollars, started_at AS startedAt, made_at AS madeAt`;
  const insert = database.prepare(`
    INSERT INTO takes (take_id, key, number, scope, run_id, step_id, graph_id, node_id, item_path, node_type, title,
      recipe_json, outputs_json, job_json, paid, estimate_microdollars, started_at, made_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const updateOutput = database.prepare(
    "UPDATE takes SET outputs_json = json_set(outputs_json, ?, json(?)) WHERE take_id = ?",
  );
  const upsertUse = database.prepare(`
    INSERT INTO take_uses (graph_id, node_id, item_path, take_id, at)
    SELECT ?, ?, ?, take_id, ? FROM takes WHERE take_id = ?
    ON CONFLICT (graph_id, node_id, item_path, take_id) DO UPDATE SET at = excluded.at`);
  const upsertNumber = database.prepare(`
    INSERT INTO take_numbers (key, number, run_id, step_id, owner_id, open, at) VALUES (?, ?, ?, ?, ?, 0, ?)
    ON CONFLICT (key, number) DO UPDATE SET open = 0, sent = 0, out_json = NULL`);
  const noteOut = database.prepare(
    "UPDATE take_numbers SET sent = 0, out_json = ? WHERE key = ? AND number = ?",
  );
  const numberUpdates = {
    sent: database.prepare("UPDATE take_numbers SET sent = 1 WHERE key = ? AND number = ?"),
    "not-sent": database.prepare("UPDATE take_numbers SET sent = 0 WHERE key = ? AND number = ?"),
    left: database.prepare("UPDATE take_numbers SET open = 0 WHERE key = ? AND number = ?"),
    ended: database.prepare(
      "UPDATE take_numbers SET open = 0, sent = 0, out_json = NULL WHERE key = ? AND number = ?",
    ),
  };
  const selectOne = database.prepare(`SELECT ${columns} FROM takes WHERE take_id = ?`);
  const selectOfNode = database.prepare(`
    SELECT ${columns} FROM takes JOIN (
      SELECT take_id, max(at) AS used FROM take_uses WHERE graph_id = ? AND node_id = ? GROUP BY take_id
    ) AS uses ON uses.take_id = takes.take_id
    ORDER BY made_at DESC, number DESC LIMIT ?`);
  const numberColumns = `number, take_numbers.run_id AS runId, take_numbers.step_id AS stepId, owner_id AS ownerId, open,
    sent, out_json AS outJson, take_id AS takeId`;
  const selectNumbers = database.prepare(`
    SELECT ${numberColumns}
    FROM take_numbers LEFT JOIN takes USING (key, number) WHERE key = ? AND number > ? ORDER BY number`);
  const selectNumber = database.prepare(`
    SELECT ${numberColumns} FROM take_numbers LEFT JOIN takes USING (key, number) WHERE key = ? AND number = ?`);
  /** Of the others alone: a batch of equal steps has thousands of its own. */
  const selectOthers = database.prepare(`
    SELECT ${numberColumns}
    FROM take_numbers LEFT JOIN takes USING (key, number)
    WHERE key = ? AND number > ? AND take_numbers.run_id <> ? ORDER BY number`);
  const selectLastUsed = database.prepare(`
    SELECT take_id AS takeId, key FROM take_uses JOIN takes USING (take_id)
    WHERE take_uses.node_id = ? AND take_uses.item_path = ? ORDER BY at DESC`);
  const selectUsers = database.prepare(
    "SELECT DISTINCT node_id AS nodeId, item_path AS itemPath FROM take_uses WHERE take_id = ?",
  );
  const insertNumber = database.prepare(`
    INSERT INTO take_numbers (key, number, run_id, step_id, owner_id, open, at)
    SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, 1, ? FROM take_numbers WHERE key = ? RETURNING number`);
  const updateOwner = database.prepare(`
    UPDATE take_numbers SET owner_id = ?, open = 1
    WHERE key = ? AND number = ? AND NOT EXISTS (SELECT 1 FROM takes WHERE takes.key = ? AND takes.number = ?)`);
  const leaveRun = database.prepare("UPDATE take_numbers SET open = 0 WHERE run_id = ? AND owner_id = ?");
  const deleteTake = database.prepare("DELETE FROM takes WHERE take_id = ?");

  const parse = (row: Parameters<typeof withoutNulls>[0]) => parseRow(takeRowSchema, withoutNulls(row));
  const userRow = z.object({ nodeId: z.string(), itemPath: z.string() });
  const usedRow = z.object({ takeId: z.string(), key: z.string() });
  const givenRow = z.object({ number: z.int() });

  function numbers(key: string, above: number): TakeNumber[] {
    return selectNumbers.all(key, above).map((row) => parseNumber(key, row));
  }

  /** @param gone an owner that is known to be gone. */
  function parseNumber(key: string, row: Parameters<typeof withoutNulls>[0], gone?: string): TakeNumber {
    const { number, runId, stepId, ownerId, open, sent, outJson, takeId } = numberRowSchema.parse(
      withoutNulls(row),
    );
    const whose = { number, runId, stepId };
    if (takeId !== undefined) return { ...whose, state: "made", takeId };
    if (open === 1 && ownerId !== gone) {
      if (owners.isAlive(ownerId)) return { ...whose, state: "open" };
      // It may have sent, or brought the take, between our reading and its end. From its end on it writes no more.
      return parseNumber(key, selectNumber.get(key, number) ?? row, ownerId);
    }
    if (outJson !== undefined) return { ...whose, state: "out" };
    return { ...whose, state: sent === 1 ? "doubt" : "over" };
  }

  /** Whether there may be a take that nobody has looked at. Of its own run only one that `shares`, and is in no doubt. */
  function isTaken(key: string, above: number, own: string, shares: boolean): boolean {
    const rows = shares ? selectNumbers.iterate(key, above) : selectOthers.iterate(key, above, own);
    for (const row of rows) {
      const { state, runId } = parseNumber(key, row);
      if (state !== "over" && !(state === "doubt" && runId === own)) return true;
    }
    return false;
  }

  function* usedBy(nodeId: string, itemPath: string) {
    for (const row of selectLastUsed.iterate(nodeId, itemPath)) yield usedRow.parse(row);
  }

  return {
    change(change) {
      switch (change.kind) {
        case "made": {
          const row = takeRowSchema.parse(change.row);
          insert.run(
            row.takeId,
            row.key,
            row.number,
            row.scope,
            row.runId,
            row.stepId,
            row.graphId,
            row.nodeId,
            row.itemPath,
            row.nodeType,
            row.title,
            row.recipeJson,
            row.outputsJson,
            row.jobJson ?? null,
            row.paid,
            row.estimateMicrodollars ?? null,
            row.startedAt,
            row.madeAt,
          );
          upsertNumber.run(row.key, row.number, row.runId, row.stepId, owners.ownerId, row.madeAt);
          upsertUse.run(row.graphId, row.nodeId, row.itemPath, row.madeAt, row.takeId);
          break;
        }
        case "stored":
          updateOutput.run(`$[${change.index}].value`, change.valueJson, change.takeId);
          break;
        case "used":
          upsertUse.run(change.graphId, change.nodeId, change.itemPath, change.at, change.takeId);
          break;
        case "accepted":
          noteOut.run(change.outJson, change.key, change.number);
          break;
        default:
          numberUpdates[change.kind].run(change.key, change.number);
      }
    },
    get(takeId) {
      const row = guarded(() => selectOne.get(takeId));
      return row && parse(row);
    },
    ofNode: ({ graphId, nodeId, limit }) =>
      guarded(() => selectOfNode.all(graphId, nodeId, limit)).map(parse),
    numbers: (key, above) => guarded(() => numbers(key, above)),
    stateOf: (key, number) =>
      guarded(() => {
        const row = selectNumber.get(key, number);
        return row ? parseNumber(key, row).state : "over";
      }),
    lastUsed: (nodeId, itemPath, keys) =>
      guarded(() => {
        for (const { takeId, key } of usedBy(nodeId, itemPath)) if (keys.includes(key)) return takeId;
        return undefined;
      }),
    lastUsedOfAll: (nodeId, itemPath) =>
      guarded(() => {
        for (const { takeId } of usedBy(nodeId, itemPath)) return takeId;
        return undefined;
      }),
    usersOf: (takeId) => guarded(() => selectUsers.all(takeId).map((row) => userRow.parse(row))),
    reserve({ key, runId, stepId, at, seen, shares }) {
      // The intent that uses the number is committed with FULL, and takes this along.
      guarded(() => database.exec("PRAGMA synchronous = NORMAL"));
      return transaction(database, () => {
        for (const [under, above] of seen) if (isTaken(under, above, runId, shares)) return undefined;
        return givenRow.parse(insertNumber.get(key, runId, stepId, owners.ownerId, at, key)).number;
      });
    },
    hold: (key, number) =>
      transaction(database, () => void updateOwner.run(owners.ownerId, key, number, key, number)),
    adopt: (key, number) =>
      transaction(database, () => {
        const row = selectNumber.get(key, number);
        if (!row || parseNumber(key, row).state !== "out") return undefined;
        updateOwner.run(owners.ownerId, key, number, key, number);
        return numberRowSchema.parse(withoutNulls(row)).outJson;
      }),
    leaveAll: (runId) => transaction(database, () => void leaveRun.run(runId, owners.ownerId)),
    remove: (takeId) => transaction(database, () => void deleteTake.run(takeId)),
  };
}
