import { cpSync, existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { salvageLibrary } from "../../../src/library/sqlite/salvage.ts";

/** A data folder as a killed process leaves it, and what is missing of it. */

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-missing-"));
  home = join(folder, "home");
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function fill(library: Library): Promise<void> {
  for (let index = 0; index < 20; index++) {
    await library.documents.keep(
      { id: `g${index}`, json: `{"name":"g${index}"}`, base: 0, changedAt: index },
      () => false,
    );
    const runId = `run-${index}`;
    await library.runs.add({
      ...{ runId, graphId: "g", graphName: "g", scope: "s", serverLabel: "S", startedAt: index, steps: 1 },
      ...{ graphJson: "{}", planJson: "{}", optionsJson: "{}" },
    });
    await library.journal.append([{ runId, seq: 1, at: 1, type: "run-started", json: "{}" }], "now");
  }
  await library.files.take(
    (async function* () {
      yield Buffer.from("bytes");
    })(),
  );
}

/** The files of a library while a process has it open: what is left of them when that process is killed. */
async function killed(): Promise<void> {
  const living = join(folder, "living");
  const library = await openLibrary(living);
  await fill(library);
  cpSync(living, home, { recursive: true });
  await library.close();
}

const file = (end: string) => join(home, `library.db${end}`);
const remove = (...ends: readonly string[]) => Promise.all(ends.map((end) => rm(file(end))));
const cutLog = (bytes: (size: number) => number) => async () =>
  await truncate(file("-wal"), bytes((await stat(file("-wal"))).size));

/** All but the locks, which are tried. */
async function lookOf(): Promise<readonly string[]> {
  const all = await readdir(home, { recursive: true });
  const names = all.filter((name) => !name.startsWith("locks")).sort();
  return await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(home, name));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
}

describe("a data folder whose files are missing or cut off is named, and not touched until a person says so", () => {
  test.each<[what: string, damage: () => Promise<unknown>, says: RegExp]>([
    ["no database", () => remove(""), /database is missing/],
    ["neither database nor log", () => remove("", "-wal", "-shm"), /database is missing/],
    [
      "an empty database without its log",
      () => remove("-wal").then(() => truncate(file(""), 0)),
      /database is missing/,
    ],
    ["no log", () => remove("-wal"), /log .* is missing/],
    ["neither log nor its index", () => remove("-wal", "-shm"), /log .* is missing/],
    ["a log cut in the middle", cutLog((size) => Math.floor(size / 2)), /log .* cut off/],
    ["a log without its last page", cutLog((size) => size - 4096), /log .* cut off/],
    ["a log of nothing but its header", cutLog(() => 32), /log .* cut off/],
    ["an empty log", cutLog(() => 0), /log .* cut off/],
    ["an empty log without its index", () => remove("-shm").then(cutLog(() => 0)), /log .* cut off/],
  ])("%s", async (_what, damage, says) => {
    await killed();
    await damage();
    const before = await lookOf();
    await expect(openLibrary(home)).rejects.toThrow(
      expect.objectContaining({ code: "damaged", message: expect.stringMatching(says) }),
    );
    expect(await lookOf()).toEqual(before);

    const report = salvageLibrary(home, "set-aside");
    expect(report.ledger.isWhole).toBe(false);
    expect(report.documents.isWhole).toBe(false);
    for (let opening = 0; opening < 2; opening++) {
      const library = await openLibrary(home);
      // No flag stands in for a person from now on, and no run goes on that may have sent more than is known.
      expect(await library.ledger.hasHoles()).toBe(true);
      for (const { row } of await library.runs.history.find({ limit: 100 }))
        expect(row.status).toBe("damaged");
      await library.close();
    }
  });
});

test("what a killed process leaves is whole, and opens with everything that was written", async () => {
  await killed();
  const library = await openLibrary(home);
  expect(await library.documents.list()).toHaveLength(20);
  await library.close();
  expect(await readdir(join(home, "locks"))).toEqual([]);
});

test("a lock of a process that died beside another is no sign of a log that was lost", async () => {
  await killed();
  const [dead = ""] = await readdir(join(home, "locks"));
  const other = await openLibrary(home);
  // Died after the other looked for dead ones.
  await writeFile(join(home, "locks", dead), "");
  await other.close();
  expect(existsSync(file("-wal"))).toBe(false);
  await (await openLibrary(home)).close();
});

test("a new folder, and one whose library was closed, open without a word", async () => {
  await (await openLibrary(home)).close();
  await (await openLibrary(home)).close();
  const library = await openLibrary(home);
  await fill(library);
  await library.close();
  await (await openLibrary(home)).close();
});
