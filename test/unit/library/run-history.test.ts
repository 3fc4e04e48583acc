import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Library } from "../../../src/library/ports/library.ts";
import type { RunQuery, RunTotals } from "../../../src/library/ports/run-history.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";

import { makeOldLibrary } from "../../support/old-library.ts";

let folder: string;
let library: Library;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-history-"));
  library = await openLibrary(folder);
});
afterEach(async () => {
  await library.close();
  await rm(folder, { recursive: true, force: true });
});

const find = async (query: Partial<RunQuery> = {}) =>
  (await library.runs.history.find({ limit: 100, ...query })).map(({ row }) => row.runId);

const totals: RunTotals = { spentMicrodollars: 40_000, needsYou: 0, outputs: { count: 0, shown: [] } };

test("runs of before the history was kept are found by the words in their graph", async () => {
  await library.close();
  const old = join(folder, "old");
  const database = makeOldLibrary(old, "CREATE TABLE run_history");
  const graph = {
    nodes: [{ id: "n", data: { title: "Pic", params: { prompt: "A Quiet HARBOUR", seed: "7" } } }],
  };
  const insert = database.prepare(`
    INSERT INTO runs (run_id, graph_id, graph_name, scope, server_label, owner_id, status, started_at, steps, done,
      failed, graph_json, plan_json, options_json) VALUES (?, 'g', 'Old', 's', 'Live', 'o', 'done', 1, 1, 1, 0, ?, '{}', '{}')`);
  insert.run("old", JSON.stringify(graph));
  insert.run("broken", "no JSON");
  database.close();
  library = await openLibrary(old);
  expect(await find({ text: "quiet harbour live" })).toEqual(["old"]);
  expect((await library.runs.history.find({ limit: 5, text: "old" })).map(({ totals }) => totals)).toEqual([
    undefined,
    undefined,
  ]);
  await library.runs.history.remember("old", totals);
  expect(await library.runs.history.totals("old")).toEqual(totals);
});
