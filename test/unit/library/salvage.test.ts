import { cpSync, existsSync } from "node:fs";
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isWhole } from "../../../src/hosts/process/salvage.ts";
import type { LedgerRow } from "../../../src/library/ports/ledger.ts";
import type { Library } from "../../../src/library/ports/library.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { salvageLibrary } from "../../../src/library/sqlite/salvage.ts";
import { createRandom } from "../../../src/sandbox/media/random.ts";

/** Real files with real damage in them. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-salvage-"));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const PAGE = 4096;
const database = (home: string) => join(home, "library.db");

/** A graph that says its name on every page it takes. */
function graphJson(name: string, repeats: number): string {
  return JSON.stringify({
    name,
    nodes: Array.from({ length: repeats }, () => ({ text: `words of ${name};` })),
  });
}

const postOf = (name: string): LedgerRow => ({
  ...{ runId: `run-of-${name}`, stepId: "post", attempt: 1, scope: "scope", platform: "instagram" },
  ...{
    accountId: "account",
    product: "IMAGE",
    mediaSha256: `media of ${name};`,
    caption: `words of ${name};`,
  },
  ...{ paramsJson: "{}", digest: "digest", state: "succeeded", jobId: "job", at: 5 },
  ...{ graphId: "graph", graphName: "A graph", nodeId: "post", serverLabel: "Sandbox", accountName: "cat" },
  ...{ mediaKind: "image", approvedBy: "person", permalink: "https://example.test/p" },
});

const names = Array.from({ length: 40 }, (_, index) => `number-${String(index).padStart(2, "0")}`);

async function fill(library: Library): Promise<void> {
  for (const [index, name] of names.entries()) {
    await library.documents.keep(
      { id: name, json: graphJson(name, 1 + index * 12), base: 0, changedAt: index },
      () => false,
    );
    const { runId } = postOf(name);
    await library.runs.add({
      ...{ runId, graphId: name, graphName: name, scope: "scope", serverLabel: "Sandbox", startedAt: index },
      ...{ steps: 1, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
    });
    await library.journal.append([{ runId, seq: 1, at: 1, type: "run-started", json: "{}" }], "now", {
      ledger: postOf(name),
      ...(index % 2 === 0 ? { progress: { runId, status: "done", settledAt: 1, done: 1, failed: 0 } } : {}),
    });
    if (index % 2 === 0)
      await library.journal.append([{ runId, seq: 2, at: 2, type: "run-settled", json: "{}" }], "now");
  }
}

async function filledHome(home = folder): Promise<void> {
  const library = await openLibrary(home);
  await fill(library);
  await library.close();
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

/** What of the graphs and posts does not lie on any of these pages. */
async function untouched(path: string, pages: readonly number[]): Promise<readonly string[]> {
  const bytes = await readFile(path);
  const hit = pages.map((page) => bytes.subarray(page * PAGE, (page + 1) * PAGE).toString("latin1"));
  return names.filter(
    (name) => !hit.some((text) => text.includes(`of ${name};`) || text.includes(`"${name}"`)),
  );
}

async function savedGraphs(library: Library): Promise<string[]> {
  return (await library.documents.list()).map(({ id, json }) => {
    const name = (JSON.parse(json) as { name: string }).name;
    expect(json).toBe(graphJson(name, 1 + names.indexOf(name) * 12));
    expect(id).toBe(name);
    return name;
  });
}

test("whatever pages are overwritten, every graph and post that lies on others is saved, and what is lost is said", async () => {
  const whole = join(folder, "whole");
  await filledHome(whole);
  const pageCount = (await stat(database(whole))).size / PAGE;
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat({ max: pageCount - 1 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom("noise", "zeros"),
      async (pages, how) => {
        const home = join(folder, `damaged-${turn++}`);
        cpSync(whole, home, { recursive: true });
        const random = createRandom(`${pages}`);
        const noise = Uint8Array.from({ length: PAGE }, () => (how === "zeros" ? 0 : random.int(0, 255)));
        const expected = await untouched(database(home), pages);
        for (const page of pages) await overwrite(database(home), page * PAGE, noise);
        const before = await readFile(database(home));

        const report = salvageLibrary(home, "set-aside");
        expect(await readFile(join(report.folder, "library.db"))).toEqual(before);
        const library = await openLibrary(home);
        const graphs = await savedGraphs(library);
        expect(graphs).toEqual(expect.arrayContaining([...expected]));
        expect(report.documents.saved).toBe(graphs.length);
        const posts = await library.ledger.list({ limit: 100 });
        for (const post of posts) expect(names.map(postOf)).toContainEqual(post);
        expect(posts.map((post) => post.caption)).toEqual(
          expect.arrayContaining(expected.map((name) => postOf(name).caption)),
        );
        if (posts.length < names.length) expect(report.ledger.isWhole).toBe(false);
        await library.close();
        await rm(home, { recursive: true });
      },
    ),
    { numRuns: 60 },
  );
});

test("damage among the graphs or the posts is found at the start, wherever it lies", async () => {
  await filledHome();
  const bytes = await readFile(database(folder));
  for (const word of ["words of number-20;", "media of number-20;"]) {
    const page = Math.floor(bytes.indexOf(word) / PAGE);
    await overwrite(database(folder), page * PAGE, Buffer.alloc(PAGE, 7));
    await expect(openLibrary(folder)).rejects.toThrow(
      expect.objectContaining({ code: "damaged", remedy: expect.stringContaining("catwalk salvage") }),
    );
    await writeFile(database(folder), bytes);
  }
  await (await openLibrary(folder)).close();
});

test("commits behind a broken place of the write-ahead log are missed at the start, and are saved", async () => {
  const living = join(folder, "living");
  const library = await openLibrary(living);
  await fill(library);
  const home = join(folder, "copy");
  cpSync(living, home, { recursive: true });
  await rm(join(home, "locks"), { recursive: true });
  await library.close();
  const log = `${database(home)}-wal`;
  expect((await stat(log)).size).toBeGreaterThan(100 * PAGE);
  await (await openLibrary(join(await copyOf(home), ""))).close(); // a log that was left by a crash is sound

  await overwrite(log, 32 + 20 * (24 + PAGE) + 24, Buffer.alloc(PAGE, 7));
  await expect(openLibrary(home)).rejects.toThrow(expect.objectContaining({ code: "damaged" }));
  const report = salvageLibrary(home, "set-aside");
  const salvaged = await openLibrary(home);
  expect((await savedGraphs(salvaged)).length).toBeGreaterThanOrEqual(names.length - 1);
  expect((await salvaged.ledger.list({ limit: 100 })).length).toBeGreaterThanOrEqual(names.length - 1);
  // It cannot be known what else was written last.
  expect(report.ledger.isWhole).toBe(false);
  await salvaged.close();
});

async function copyOf(home: string): Promise<string> {
  const copy = await mkdtemp(join(folder, "again-"));
  cpSync(home, copy, { recursive: true });
  return copy;
}

test("a library cut short or emptied is not taken for a new one", async () => {
  const library = await openLibrary(folder);
  await fill(library);
  await library.files.take(
    (async function* () {
      yield Buffer.from("bytes");
    })(),
  );
  await library.close();
  await truncate(database(folder), 3 * PAGE + 100);
  await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ code: "damaged" }));
  await truncate(database(folder), 0);
  await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ code: "damaged" }));
  expect(salvageLibrary(folder, "set-aside").documents.saved).toBe(0);
  await (await openLibrary(folder)).close();
});

test("a library that somebody has open is not salvaged", async () => {
  const library = await openLibrary(folder);
  expect(() => salvageLibrary(folder, "set-aside")).toThrow(expect.objectContaining({ code: "busy" }));
  expect(existsSync(join(folder, "set-aside"))).toBe(false);
  await library.close();
});

test("a run with a gap in its journal, or unfinished in the damage, is nobody's to go on with", async () => {
  await filledHome();
  const library = await openLibrary(folder);
  const unfinished = postOf(names[1] ?? "").runId;
  expect((await library.runs.get(unfinished))?.status).toBe("running");
  await library.close();
  const report = salvageLibrary(folder, "set-aside");
  expect(report).toMatchObject({
    unfinishedRuns: names.length / 2,
    documents: { saved: names.length, isWhole: true, lost: 0 },
  });
  expect(report.lostFrom).toEqual([]);
  const salvaged = await openLibrary(folder);
  expect((await salvaged.runs.get(unfinished))?.status).toBe("damaged");
  expect((await salvaged.runs.get(postOf(names[0] ?? "").runId))?.status).toBe("done");
  await salvaged.close();
});

test.each(["ledger", "journal", "runs", "documents", "takes", "gallery", "settings"])(
  "a library without its table %s is never called whole, and the posts are found in its pages",
  async (table) => {
    await filledHome();
    const damaged = new DatabaseSync(database(folder));
    damaged.exec(`PRAGMA foreign_keys = OFF; DROP TABLE ${table}`);
    damaged.close();
    const report = salvageLibrary(folder, "aside");
    expect(isWhole(report)).toBe(false);
    expect(report.ledger.isWhole).toBe(table !== "ledger");
    // SQLite writes over some of the pages of a table that is dropped.
    expect(report.ledger.saved).toBeGreaterThan(names.length / 2);
    const library = await openLibrary(folder);
    expect(await library.ledger.hasHoles()).toBe(table === "ledger");
    await library.close();
  },
);

test.each([0, 1, 99])(
  "a version damaged to %s hides neither a missing table nor what is there",
  async (version) => {
    await filledHome();
    const damaged = new DatabaseSync(database(folder));
    damaged.exec(`DROP TABLE ledger; PRAGMA user_version = ${version}`);
    damaged.close();
    const report = salvageLibrary(folder, "aside");
    expect(report.ledger.isWhole).toBe(false);
    expect([report.documents.saved, report.runs.saved]).toEqual([names.length, names.length]);
  },
);
