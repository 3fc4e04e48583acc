import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openLibrary } from "../../src/library/sqlite/library.ts";

const EVENTS = 6;
/** Years ago, in milliseconds since the epoch, so that all of it is outside a bound of days. */
const FIRST_AT = 1_700_000_000_000;
const GRAPH = JSON.stringify({ nodes: [{ title: "A kite over the harbour", prompt: "x".repeat(900) }] });
const PLAN = JSON.stringify({ steps: "x".repeat(3_000) });
const RECIPE = JSON.stringify({ params: { prompt: "x".repeat(600) }, inputs: [] });

/**
 * A data folder whose library holds so many runs that came to rest, each a minute after the other, with as many takes
 * and results, and with posts of every second one. Written straight into the tables, which takes seconds.
 */
export async function makePast(runs: number): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "catwalk-past-"));
  await (await openLibrary(home)).close();
  const database = new DatabaseSync(join(home, "library.db"));
  const addRun = database.prepare(`
    INSERT INTO runs (run_id, graph_id, graph_name, scope, server_label, owner_id, status, started_at, settled_at, steps,
      done, failed, graph_json, plan_json, options_json)
    VALUES (?, ?, 'Batch', 'sandbox', 'Sandbox', 'gone', 'done', ?, ?, 1, 1, 0, ?, ?, '{}')`);
  const addHistory = database.prepare(`
    INSERT INTO run_history (run_id, text, spent_microdollars, needs_you, outputs_json)
    VALUES (?, 'batch sandbox a kite over the harbour', 40000, 0, '{"count":0,"shown":[]}')`);
  const addEvent = database.prepare(
    `INSERT INTO journal (run_id, seq, at, type, json) VALUES (?, ?, ?, 'step-phase', '{"phase":"remote"}')`,
  );
  const addPost = database.prepare(`
    INSERT INTO ledger (run_id, step_id, attempt, scope, platform, account_id, account_name, product, media_sha256,
      caption, params_json, digest, state, at)
    VALUES (?, 'post', 1, 'sandbox', 'instagram', ?, 'Harbour', 'REELS', ?, 'A kite over the harbour', '{}', '',
      'succeeded', ?)`);
  const addTake = database.prepare(`
    INSERT INTO takes (take_id, key, number, scope, run_id, step_id, graph_id, node_id, item_path, node_type, title,
      recipe_json, outputs_json, paid, started_at, made_at)
    VALUES (?, ?, 1, 'sandbox', ?, 'g', ?, 'g', '', 'generate', 'Generate', ?, ?, ?, ?, ?)`);
  const addMedia = database.prepare(
    "INSERT INTO media (sha256, kind, mime_type, size_bytes, added_at) VALUES (?, 'image', 'image/png', 1000, ?)",
  );
  const addResult = database.prepare(`
    INSERT INTO gallery (graph_id, node_id, sha256, kind, run_id, step_id, take_id, graph_name, node_type, title, text,
      reused, made_at)
    VALUES (?, 'g', ?, 'image', ?, 'g', ?, 'Batch', 'generate', 'Generate', 'a kite over the harbour', 0, ?)`);
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  for (let index = 0; index < runs; index++) {
    // In no order, as ids are.
    const hash = ((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
    const [runId, graphId, sha256] = [`${hash}-run`, `graph-${index % 40}`, hash.repeat(8)];
    const at = FIRST_AT + index * 60_000;
    addRun.run(runId, graphId, at, at + 50_000, GRAPH, PLAN);
    addHistory.run(runId);
    for (let seq = 1; seq <= EVENTS; seq++) addEvent.run(runId, seq, at);
    if (index % 2 === 0) addPost.run(runId, `account-${index % 7}`, sha256, at);
    addMedia.run(sha256, at);
    const outputs = JSON.stringify([{ portId: "out", value: { sha256 } }]);
    addTake.run(`${hash}-take`, hash, runId, graphId, RECIPE, outputs, index % 4 === 0 ? 0 : 1, at, at);
    addResult.run(graphId, sha256, runId, `${hash}-take`, at);
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return home;
}
