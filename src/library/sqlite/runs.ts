import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import {
  type RunClaim,
  type RunProgress,
  type RunTable,
  runRowSchema,
  runSourceSchema,
} from "../ports/runs.ts";
import { foldText } from "../ports/search-text.ts";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";
import type { Owners } from "./owner.ts";
import { withoutNulls } from "./rows.ts";
import { createRunHistory } from "./run-history.ts";
import { runColumns } from "./run-row.ts";

const idRow = z.object({ runId: z.string() });

export type RunRows = Immediate<RunTable> & {
  /** Only inside the journal's transaction. */
  advance(progress: RunProgress): void;
};

export function createRunTable(database: DatabaseSync, owners: Owners): RunRows {
  const insert = database.prepare(`
    INSERT INTO runs (run_id, graph_id, graph_name, scope, server_label, owner_id, status, started_at, steps, done,
      failed, graph_json, plan_json, options_json)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?)`);
  const setBegun = database.prepare("UPDATE runs SET status = 'running', started_at = ? WHERE run_id = ?");
  const update = database.prepare(
    "UPDATE runs SET status = ?, settled_at = ?, done = ?, failed = ? WHERE run_id = ? AND status <> 'deleted'",
  );
  const selectOne = database.prepare(
    `SELECT ${runColumns} FROM runs WHERE run_id = ? AND status <> 'deleted'`,
  );
  const selectSource = database.prepare(
    "SELECT graph_json AS graphJson, plan_json AS planJson, options_json AS optionsJson FROM runs WHERE run_id = ?",
  );
  const updateOwner = database.prepare(
    "UPDATE runs SET owner_id = ?, resumes = resumes + 1 WHERE run_id = ?",
  );
  const clearResumes = database.prepare("UPDATE runs SET resumes = 0 WHERE run_id = ? AND owner_id = ?");
  const insertHistory = database.prepare("INSERT INTO run_history (run_id, text) VALUES (?, ?)");
  const hideRun = database.prepare("UPDATE runs SET status = 'deleted' WHERE run_id = ?");
  const hideResting = database.prepare(
    "UPDATE runs SET status = 'deleted' WHERE run_id = ? AND status IN ('done', 'failed', 'cancelled')",
  );
  const selectHidden = database.prepare("SELECT run_id AS runId FROM runs WHERE status = 'deleted' LIMIT ?");
  const deleteEvents = database.prepare(
    `DELETE FROM journal WHERE run_id = (SELECT run_id FROM runs WHERE run_id = ? AND status = 'deleted')
      AND seq IN (SELECT seq FROM journal WHERE run_id = ? LIMIT ?)`,
  );
  const deleteRun = database.prepare("DELETE FROM runs WHERE run_id = ? AND status = 'deleted'");
  const history = createRunHistory(database, owners.isAlive);
  const parse = (row: Parameters<typeof withoutNulls>[0]) => runRowSchema.parse(withoutNulls(row));

  const hide = (runId: string) => transaction(database, () => void hideRun.run(runId));
  const erase = (runId: string, events: number) =>
    transaction(database, () => {
      if (Number(deleteEvents.run(runId, runId, events).changes) === events) return true;
      deleteRun.run(runId);
      return false;
    });

  return {
    add(run) {
      transaction(database, () => {
        insert.run(
          run.runId,
          run.graphId,
          run.graphName,
          run.scope,
          run.serverLabel,
          owners.ownerId,
          run.status ?? "running",
          run.startedAt,
          run.steps,
          run.graphJson,
          run.planJson,
          run.optionsJson,
        );
        insertHistory.run(run.runId, foldText(`${run.graphName} ${run.serverLabel} ${run.searchText ?? ""}`));
      });
    },
    begin: (runId, startedAt) => transaction(database, () => void setBegun.run(startedAt, runId)),
    claim: (runId) =>
      transaction(database, (): RunClaim => {
        const row = selectOne.get(runId);
        if (!row) return { ok: false, why: "missing" };
        const { ownerId } = parse(row);
        if (ownerId !== owners.ownerId && owners.isAlive(ownerId))
          return { ok: false, why: "held", pid: owners.pidOf(ownerId) };
        updateOwner.run(owners.ownerId, runId);
        return { ok: true };
      }),
    survived: (runId) => transaction(database, () => void clearResumes.run(runId, owners.ownerId)),
    advance({ runId, status, settledAt, done, failed, totals }) {
      update.run(status, settledAt ?? null, done, failed, runId);
      if (totals) history.remember(runId, totals);
    },
    get(runId) {
      const row = guarded(() => selectOne.get(runId));
      return row && parse(row);
    },
    source: (runId) => runSourceSchema.optional().parse(guarded(() => selectSource.get(runId))),
    history,
    holder({ ownerId }) {
      if (ownerId === owners.ownerId) return "this-process";
      return owners.isAlive(ownerId) ? "another-process" : "nobody";
    },
    pidOf: ({ ownerId }) => owners.pidOf(ownerId),
    hide,
    hideResting: (runIds) =>
      transaction(database, () =>
        runIds.reduce((count, runId) => count + Number(hideResting.run(runId).changes), 0),
      ),
    hidden: (limit) => guarded(() => selectHidden.all(limit)).map((row) => idRow.parse(row).runId),
    erase,
    remove(runId) {
      hide(runId);
      erase(runId, Number.MAX_SAFE_INTEGER);
    },
  };
}
