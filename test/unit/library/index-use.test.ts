import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { openLibrary } from "../../../src/library/sqlite/library.ts";

/** Tables that grow with the runs of a library. What walks one of them whole holds everything else up meanwhile. */
const GROWING =
  /^SCAN (runs|run_history|journal|ledger|takes|take_uses|take_numbers|media|media_origins|gallery)(?! USING (COVERING )?INDEX)/;

test("no question that the library asks reads every run, post, take or piece of media", async () => {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-index-"));
  const asked = new Set<string>();
  const { prepare } = DatabaseSync.prototype;
  const spy = vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (
    this: DatabaseSync,
    sql,
  ) {
    asked.add(sql);
    return prepare.call(this, sql);
  });
  const library = await openLibrary(folder);
  const { history } = library.runs;
  const place = { startedAt: 5, runId: "run" };
  await history.find({ limit: 5 });
  await history.find({ limit: 5, after: place, since: 1 });
  await history.find({ limit: 5, graphId: "graph", after: place });
  await history.find({ limit: 5, graphId: "graph", statuses: ["needs-you", "interrupted"] });
  await library.gallery.find({ limit: 5 });
  await library.gallery.find({
    limit: 5,
    graphId: "graph",
    after: { runAt: 5, runId: "run", place: 0, output: 0, resultId: 1 },
  });
  await library.ledger.list({ limit: 5, after: { runId: "run", stepId: "post", attempt: 1, at: 5 } });
  await library.ledger.count({});
  for (const standing of ["open", "settled", "posted", "accepted", "not-posted"] as const) {
    await library.ledger.list({ limit: 5, standing });
    await library.ledger.list({
      limit: 5,
      standing,
      after: { runId: "run", stepId: "post", attempt: 1, at: 5 },
    });
    await library.ledger.count({ standing });
  }
  spy.mockRestore();
  const database = new DatabaseSync(join(folder, "library.db"));
  const byStanding = [...asked].filter((sql) => sql.includes("ledger WHERE") && sql.includes("END = ?"));
  expect(byStanding).toHaveLength(3);
  for (const sql of byStanding) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    // In its order, too: nothing is sorted.
    expect(plan.map(({ detail }) => String(detail))).toEqual([
      expect.stringMatching(/^SEARCH ledger USING (COVERING )?INDEX ledger_by_standing/),
    ]);
  }
  const scans = [...asked]
    .filter((sql) => /^\s*(SELECT|WITH|UPDATE|DELETE)/.test(sql))
    .filter((sql) => /\brun(s|_history)\b|ledger|takes?\b|media|gallery|journal/.test(sql))
    .flatMap((sql) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .filter(({ detail }) => GROWING.test(String(detail)))
        .map(({ detail }) => `${String(detail)}: ${sql.replaceAll(/\s+/g, " ").slice(0, 150)}`),
    );
  database.close();
  await library.close();
  await rm(folder, { recursive: true, force: true });
  expect(scans).toEqual([]);
});
