import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { transaction } from "./database.ts";
import { guarded } from "./failure.ts";
import type { Owners } from "./owner.ts";
import { withoutNulls } from "./rows.ts";

const runRowSchema = z.object({
  runId: z.string(),
  graphId: z.string(),
  graphName: z.string(),
  scope: z.string(),
  serverLabel: z.string(),
  ownerId: z.string(),
  /** "running", or how it came to rest. */
  status: z.string(),
  startedAt: z.number(),
  settledAt: z.number().optional(),
  steps: z.int(),
  done: z.int(),
  failed: z.int(),
  /** How often it was claimed without `survived` since. */
  resumes: z.int(),
});
export type RunRow = Readonly<z.infer<typeof runRowSchema>>;

/** What a run was started with: enough to go on with it in another process. */
const runSourceSchema = z.object({ graphJson: z.string(), planJson: z.string(), optionsJson: z.string() });
type RunSource = Readonly<z.infer<typeof runSourceSchema>>;

export type RunProgress = {
  readonly runId: string;
  readonly status: string;
  readonly settledAt?: number;
  readonly done: number;
  readonly failed: number;
};

export type RunClaim =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: "missing" }
  | { readonly ok: false; readonly why: "held"; readonly pid: number | undefined };

type RunHolder = "this-process" | "another-process" | "nobody";

export type RunTable = {
  /** Records a run that this process is about to start. */
  add(
    run: Omit<RunRow, "ownerId" | "status" | "settledAt" | "done" | "failed" | "resumes"> & RunSource,
  ): void;
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
  /** Whose the run is. An unfinished run that nobody holds was interrupted. */
  holder(run: RunRow): RunHolder;
  /** The process that holds it, for a message to the person. */
  pidOf(run: RunRow): number | undefined;
  /** Removes run and journal. Media and the ledger stay. */
  remove(runId: string): void;
};

const columns = `run_id AS runId, graph_id AS graphId, graph_name AS graphName, scope, server_label AS serverLabel,
  owner_id AS ownerId, status, started_at AS startedAt, settled_at AS settledAt, steps, done, failed, resumes`;

export function createRunTable(database: DatabaseSync, owners: Owners): RunTable {
  const insert = database.prepare(`
    INSERT INTO runs (run_id, graph_id, graph_name, scope, server_label, owner_id, status, started_at, steps, done,
      failed, graph_json, plan_json, options_json)
    VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, 0, 0, ?, ?, ?)`);
  const update = database.prepare(
    "UPDATE runs SET status = ?, settled_at = ?, done = ?, failed = ? WHERE run_id = ?",
  );
  const selectOne = database.prepare(`SELECT ${columns} FROM runs WHERE run_id = ?`);
  const selectSource = database.prepare(
    "SELECT graph_json AS graphJson, plan_json AS planJson, options_json AS optionsJson FROM runs WHERE run_id = ?",
  );
  const selectAll = database.prepare(`SELECT ${columns} FROM runs ORDER BY started_at DESC LIMIT ?`);
  const selectOfGraph = database.prepare(
    `SELECT ${columns} FROM runs WHERE graph_id = ? ORDER BY started_at DESC LIMIT ?`,
  );
  const updateOwner = database.prepare(
    "UPDATE runs SET owner_id = ?, resumes = resumes + 1 WHERE run_id = ?",
  );
  const clearResumes = database.prepare("UPDATE runs SET resumes = 0 WHERE run_id = ? AND owner_id = ?");
  const deleteRun = database.prepare("DELETE FROM runs WHERE run_id = ?");
  const parse = (row: Parameters<typeof withoutNulls>[0]) => runRowSchema.parse(withoutNulls(row));

  return {
    add(run) {
      transaction(database, () =>
        insert.run(
          run.runId,
          run.graphId,
          run.graphName,
          run.scope,
          run.serverLabel,
          owners.ownerId,
          run.startedAt,
          run.steps,
          run.graphJson,
          run.planJson,
          run.optionsJson,
        ),
      );
    },
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
    advance({ runId, status, settledAt, done, failed }) {
      update.run(status, settledAt ?? null, done, failed, runId);
    },
    get(runId) {
      const row = guarded(() => selectOne.get(runId));
      return row && parse(row);
    },
    source: (runId) => runSourceSchema.optional().parse(guarded(() => selectSource.get(runId))),
    list: ({ graphId, limit }) =>
      guarded(() => (graphId === undefined ? selectAll.all(limit) : selectOfGraph.all(graphId, limit))).map(
        parse,
      ),
    holder({ ownerId }) {
      if (ownerId === owners.ownerId) return "this-process";
      return owners.isAlive(ownerId) ? "another-process" : "nobody";
    },
    pidOf: ({ ownerId }) => owners.pidOf(ownerId),
    remove: (runId) => transaction(database, () => void deleteRun.run(runId)),
  };
}
