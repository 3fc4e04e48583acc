import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";

const PAGE = 4096;

async function withLibrary(act: (library: Library, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-checkpoints-"));
  const library = await openLibrary(folder);
  await library.runs.add({
    ...{ runId: "run", graphId: "g", graphName: "Batch", scope: "s", serverLabel: "Sandbox", startedAt: 1 },
    ...{ steps: 1, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
  });
  await act(library, folder);
  await library.close();
  // The last to close it brought the log in, also where a checkpoint was under way.
  expect(readdirSync(folder).filter((name) => name.startsWith("library.db"))).toEqual(["library.db"]);
  const database = new DatabaseSync(join(folder, "library.db"), { readOnly: true });
  expect(database.prepare("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
  database.close();
  await rm(folder, { recursive: true, force: true });
}

function writer(library: Library): (pages: number) => Promise<void> {
  let seq = 0;
  return async (pages) => {
    seq++;
    const json = JSON.stringify({ phase: "x".repeat(pages * PAGE) });
    await library.journal.append([{ runId: "run", seq, at: 1, type: "step-phase", json }], "now");
  };
}

test("who writes much and waits between keeps the log short, and loses nothing", async () => {
  await withLibrary(async (library, folder) => {
    const write = writer(library);
    const database = new DatabaseSync(join(folder, "library.db"));
    const look = database.prepare("PRAGMA wal_checkpoint(NOOP)");
    let most = 0;
    for (let step = 0; step < 30; step++) {
      await write(1000);
      await library.caughtUp();
      most = Math.max(most, Number(look.get()?.["log"]));
    }
    database.close();
    // Thirty thousand pages were written.
    expect(most).toBeLessThan(6000);
    expect(await library.journal.read("run")).toHaveLength(30);
  });
});

test("a library that closes while its log is brought in closes whole", async () => {
  for (const pages of [900, 1100, 5000])
    await withLibrary(async (library) => {
      const write = writer(library);
      await write(pages);
      void library.caughtUp();
    });
});
