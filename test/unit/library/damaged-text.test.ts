import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LedgerRow } from "../../../src/library/ports/ledger.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { salvageLibrary } from "../../../src/library/sqlite/salvage.ts";
import { createRandom } from "../../../src/sandbox/media/random.ts";
import { readRun } from "../../../src/studio/runs/run-journal.ts";

/** Letters that flip in the texts of a library: its schema, its journal. */

const RUNS = 10;
let folder: string;
let whole: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-text-"));
  whole = join(folder, "whole");
  const library = await openLibrary(whole);
  for (let index = 0; index < RUNS; index++) {
    const runId = `run-${index}`;
    await library.documents.keep(
      { id: `g${index}`, json: `{"name":"g${index}"}`, base: 0, changedAt: index },
      () => false,
    );
    await library.runs.add({
      ...{ runId, graphId: "g", graphName: "g", scope: "s", serverLabel: "S", startedAt: index, steps: 1 },
      ...{ graphJson: "{}", planJson: "{}", optionsJson: "{}" },
    });
    await library.journal.append([{ runId, seq: 1, at: 1, type: "run-started", json: "{}" }], "now");
  }
  await library.close();
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

function withSchemaDamage(seed: number): string {
  const random = createRandom(`schema ${seed}`);
  const home = join(folder, `home-${seed}`);
  cpSync(whole, home, { recursive: true });
  const database = new DatabaseSync(join(home, "library.db"), { defensive: false });
  const found = database.prepare("SELECT rowid, sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
  const { rowid = 0, sql = "" } = found[random.int(0, found.length - 1)] ?? {};
  const letters = [...String(sql)];
  for (let turn = 0; turn < 2; turn++) letters[random.int(0, letters.length - 1)] = "~!x9"[turn] ?? "";
  database.exec("PRAGMA writable_schema = ON");
  database.prepare("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?").run(letters.join(""), rowid);
  database.close();
  return home;
}

describe("a schema with wrong letters is named as damage, and salvage brings everything over", () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))("seed %i", async (seed) => {
    const home = withSchemaDamage(seed);
    await expect(openLibrary(home)).rejects.toThrow(expect.objectContaining({ code: "damaged" }));
    const report = salvageLibrary(home, "set-aside");
    expect(report).toMatchObject({ documents: { saved: RUNS }, runs: { saved: RUNS } });
    const library = await openLibrary(home);
    expect(await library.runs.history.find({ limit: 100 })).toHaveLength(RUNS);
    await library.close();
  });
});

describe("a run whose text is nonsense is named as damaged, and the others are as they were", () => {
  test.each(['{"broken', "[]", '{"a":1}', "null"])("%s in the journal", async (nonsense) => {
    const database = new DatabaseSync(join(whole, "library.db"));
    database.prepare("UPDATE journal SET json = ? WHERE run_id = 'run-3'").run(nonsense);
    database.close();
    const library = await openLibrary(whole);
    await expect(readRun(library, "run-3")).rejects.toThrow(
      expect.objectContaining({ code: "run-damaged", remedy: expect.stringContaining("salvage") }),
    );
    expect(await library.runs.history.find({ limit: 100 })).toHaveLength(RUNS);
    await library.close();
  });
});

test("a row of the ledger that holds nonsense is named as damage", async () => {
  const library = await openLibrary(whole);
  const post: LedgerRow = {
    ...{ runId: "run-1", stepId: "post", attempt: 1, scope: "s", platform: "instagram", accountId: "a" },
    ...{ product: "IMAGE", mediaSha256: "m", caption: "", paramsJson: "{}", digest: "d", at: 5 },
    ...{ graphId: "g", graphName: "g", nodeId: "post", serverLabel: "S" },
    mediaKind: "image",
    approvedBy: "person",
    state: "sent",
  };
  await library.journal.append([{ runId: "run-1", seq: 2, at: 2, type: "x", json: "{}" }], "now", {
    ledger: post,
  });
  await library.close();
  const database = new DatabaseSync(join(whole, "library.db"));
  database.exec("UPDATE ledger SET state = 'nonsense'");
  database.close();
  const again = await openLibrary(whole);
  await expect(again.ledger.list({ limit: 10 })).rejects.toThrow(
    expect.objectContaining({ code: "damaged" }),
  );
  await again.close();
});
