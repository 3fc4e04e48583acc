import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { guarded } from "../ports/failure.ts";
import { foldText } from "../ports/search-text.ts";
import { transaction } from "./database.ts";
import type { Owners } from "./owner.ts";
import { withoutNulls } from "./rows.ts";
import { createRunHistory, type RunGlance, type RunHistory } from "./run-history.ts";
import { type RunRow, runColumns, runRowSchema } from "./run-row.ts";

/** What a run was started with: enough to go on with it in another process. */
const runSourceSchema = z.object({ graphJson: z.string(), planJson: z.string(), optionsJson: z.string() });
type RunSource = Readonly<z.infer<typeof runSourceSchema>>;

export type RunProgress = {
  readonly runId: string;
  readonly status: string;
  readonly settledAt?: number;
  readonly done: number;
  readonly failed: number;
  /** Absent: as it was. */
  readonly glance?: RunGlance;
};

export type RunClaim =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: "missing" }
  | { readonly ok: false; readonly why: "held"; readonly pid: number | undefined };

type RunHolder = "this-process" | "another-process" | "nobody";

export type RunTable = {
  /** Records a run that this process is about to start, or keeps in its queue. */
  add(
    run: Omit<RunRow, "ownerId" | "status" | "settledAt" | "done" | "failed" | "resumes"> &
      RunSource & {
        /** Default: running. */
        readonly status?: "queued" | "running";
        /** What it can be found by besides graph and server: its prompts and captions. */
        readonly searchText?: string;
      },
  ): void;
  /** A queued run begins now. */
  begin(runId: string, startedAt: number): void;
  /**
   * Makes a run this process's own, unless a living process holds it, and counts that. Of several who ask at once
   * one gets it.
   */
  claim(runId: string): RunClaim;
  /** The process that claimed it has lived with it for a while: it is not what crashes. */
  survived(runId: string): void;
  /** Only inside the journal's transaction. */
  advance(progress: RunProgress): void;
  get(runId: string): RunRow | undefined;
  source(runId: string): RunSource | undefined;
  /** Newest first. */
  list(options: { readonly graphId?: string; readonly limit: number }): RunRow[];
  readonly history: RunHistory;
  /** Whose the run is. An unfinished run that nobody holds was interrupted. */
  holder(run: RunRow): RunHolder;
  /** The process that holds it, for a message to the person. */
  pidOf(run: RunRow): number | undefined;
  /**
   * Takes the run out of every list at once, for good. Its events are still there: `erase` takes them away in steps,
   * and goes on with it after a crash. Media and the ledger stay.
   */
  hide(runId: string): void;
  /** The same of those that are at rest still and wait for no person, in one transaction. @returns how many */
  hideResting(runIds: readonly string[]): number;
  /** Runs that are hidden and not yet erased, so many at most. */
  hidden(limit: number): string[];
  /** Takes away so many events of a hidden run, and the run with the last. @returns whether there are more */
  erase(runId: string, events: number): boolean;
  /** Both at once, for a run of a few events. */
  remove(runId: string): void;
};

const idRow = z.object({ runId: z.string() });

export function createRunTable(database: DatabaseSync, owners: Owners): RunTable {
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
    advance({ runId, status, settledAt, done, failed, glance }) {
      update.run(status, settledAt ?? null, done, failed, runId);
      if (glance) history.remember(runId, glance);
    },
    get(runId) {
      const row = guarded(() => selectOne.get(runId));
      return row && parse(row);
    },
    source: (runId) => runSourceSchema.optional().parse(guarded(() => selectSource.get(runId))),
    list: (query) => history.find(query).map(({ row }) => row),
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
