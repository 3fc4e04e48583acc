import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStudio, type Studio } from "../../../src/studio/service.ts";
import { makePast } from "../../bench/past.ts";
import { studioOptions } from "../../support/studio.ts";

const RUNS = 12_000;
let home: string;
let studio: Studio;

beforeAll(async () => {
  home = await makePast(RUNS);
  const database = new DatabaseSync(join(home, "library.db"));
  // The oldest of each alone can be found by this word.
  database.exec(`
    UPDATE run_history SET text = 'zebra' WHERE run_id = (SELECT run_id FROM runs ORDER BY started_at LIMIT 1);
    UPDATE gallery SET text = 'zebra' WHERE result_id = (SELECT result_id FROM gallery ORDER BY run_at, run_id LIMIT 1);
    UPDATE ledger SET caption = 'Zébra' WHERE run_id = (SELECT run_id FROM ledger ORDER BY at LIMIT 1)`);
  database.close();
  studio = await createStudio(studioOptions(home));
});
afterAll(async () => {
  await studio.close();
  rmSync(home, { recursive: true, force: true });
});

/** @returns what came, and whether everything else had its turn in between */
async function withTurns<Result>(act: () => Promise<Result>) {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const result = await act();
  isOver = true;
  return { result, hadTurns: turns > 1 };
}

test("a search of a long past finds what is far back, and lets everything else have its turn", async () => {
  const client = createRouterClient(studio.router, { context: {} });
  const history = await withTurns(() => client.history.list({ text: "zebra", limit: 5 }));
  expect([history.hadTurns, history.result.runs.length, history.result.next]).toEqual([true, 1, undefined]);
  const gallery = await withTurns(() => client.gallery.list({ source: "made", text: "zebra", limit: 5 }));
  expect([gallery.hadTurns, gallery.result]).toMatchObject([true, { source: "made", results: [{}] }]);
  const posts = await withTurns(() => client.ledger.list({ search: "zebra", limit: 5 }));
  expect([posts.hadTurns, posts.result]).toMatchObject([true, { total: 1, posts: [{ caption: "Zébra" }] }]);
});

test("pages of a search are those of the list, with nothing twice and nothing left out", async () => {
  const client = createRouterClient(studio.router, { context: {} });
  const runs: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.history.list({ text: "kite", limit: 100, ...(cursor ? { cursor } : {}) });
    runs.push(...page.runs.map(({ runId }) => runId));
    cursor = page.next;
  } while (cursor !== undefined);
  expect(runs.length).toBe(RUNS - 1);
  expect(new Set(runs).size).toBe(RUNS - 1);
});

test("an export of many posts has each once, newest first, and lets everything else have its turn", async () => {
  const client = createRouterClient(studio.router, { context: {} });
  const csv = await withTurns(() => client.ledger.exportText({ format: "csv" }));
  const times = csv.result.text
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.slice(0, 24));
  expect([csv.hadTurns, times.length, new Set(times).size]).toEqual([true, RUNS / 2, RUNS / 2]);
  expect(times).toEqual(times.toSorted().reverse());
  const json = await client.ledger.exportText({ format: "json" });
  expect(JSON.parse(json.text).posts).toHaveLength(RUNS / 2);
  expect(
    JSON.parse((await client.ledger.exportText({ format: "json", search: "nothing" })).text).posts,
  ).toEqual([]);
});
