import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdtemp, readdir, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { JournalRow } from "../../../src/library/ports/journal.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { guarded } from "../../../src/library/sqlite/failure.ts";

import { openLibrary } from "../../../src/library/sqlite/library.ts";

let folder: string;
const opened: Library[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-library-"));
});
afterEach(async () => {
  for (const library of opened.splice(0)) await library.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<Library> {
  const library = await openLibrary(folder);
  opened.push(library);
  return library;
}

async function addRun(library: Library, runId: string, graphId = "graph"): Promise<void> {
  await library.runs.add({
    runId,
    graphId,
    graphName: "A graph",
    scope: "scope",
    serverLabel: "Sandbox",
    startedAt: 1_000,
    steps: 2,
    graphJson: '{"g":1}',
    planJson: '{"p":1}',
    optionsJson: "{}",
  });
}

const event = (runId: string, seq: number, type = "step-phase"): JournalRow => ({
  runId,
  seq,
  at: seq,
  type,
  json: JSON.stringify({ seq }),
});

test("A process killed in mid-write loses no acknowledged event, and its run is free at once", async () => {
  const runId = "killed";
  const writer = spawn(
    process.execPath,
    [fileURLToPath(new URL("./writer-process.ts", import.meta.url)), folder, runId],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  const enough = Promise.withResolvers<void>();
  writer.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.length > 2_000) enough.resolve();
  });
  await enough.promise;
  const library = await open();
  const row = await library.runs.get(runId);
  if (!row) throw new Error("The run was not recorded.");
  expect(await library.runs.holder(row)).toBe("another-process");

  writer.kill("SIGKILL");
  await once(writer, "close");
  expect(await library.runs.holder(row)).toBe("nobody");
  const acknowledged = Math.max(...output.trim().split("\n").slice(0, -1).map(Number));
  const kept = (await library.journal.read(runId)).map((one) => one.seq);
  expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
  expect(kept).toEqual(Array.from(kept, (_, index) => index + 1));
});

test("Two processes opening a new folder at once and writing to it both get everything in", async () => {
  const writers = ["a", "b"].map((runId) =>
    spawn(process.execPath, [fileURLToPath(new URL("./writer-process.ts", import.meta.url)), folder, runId], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const counts = await Promise.all(
    writers.map(async (writer) => {
      let lines = 0;
      for await (const text of writer.stdout.setEncoding("utf8")) {
        lines += String(text).split("\n").length - 1;
        if (lines > 200) break;
      }
      writer.kill("SIGKILL");
      await once(writer, "exit");
      return lines;
    }),
  );
  const library = await open();
  expect((await library.journal.read("a")).length).toBeGreaterThanOrEqual(counts[0] ?? 0);
  expect((await library.journal.read("b")).length).toBeGreaterThanOrEqual(counts[1] ?? 0);
});

async function* chunks(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

test("The same bytes are kept once, under their hash", async () => {
  const { files } = await open();
  const first = await files.take(chunks("hel", "lo"));
  const second = await files.take(chunks("hello"));
  expect(first.sha256).toBe("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  expect(second).toEqual(first);
  expect(await files.pathOf(first.sha256)).toBe(first.path);
});

test("Missing and damaged media is not there, and taking it in again mends it", async () => {
  const { files } = await open();
  const { sha256, path } = await files.take(chunks("hello"));
  await appendFile(path, "!");
  expect(await files.pathOf(sha256)).toBeUndefined();
  await files.take(chunks("hello"));
  expect(await files.pathOf(sha256)).toBe(path);
  await unlink(path);
  expect(await files.pathOf(sha256)).toBeUndefined();
  expect(await files.pathOf("../../etc/passwd")).toBeUndefined();
});

test("Too many bytes and a stopped stream leave nothing behind", async () => {
  const { files } = await open();
  await expect(files.take(chunks("hello", "world"), { limitBytes: 7 })).rejects.toMatchObject({
    code: "too-large",
  });
  const stop = new AbortController();
  await expect(
    files.take(chunks("hello", "world"), { signal: stop.signal, onProgress: () => stop.abort() }),
  ).rejects.toMatchObject({ name: "AbortError" });
  expect(await readdir(join(folder, "media"))).toEqual(["incoming"]);
  expect(await readdir(join(folder, "media", "incoming"))).toEqual([]);
});

test("A damaged database is named, with what to do", async () => {
  await writeFile(
    join(folder, "library.db"),
    "this is no database, and long enough to have a header".repeat(40),
  );
  await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ code: "damaged" }));
});

test("A database that another line of versions has changed is named, and left as it is", async () => {
  const database = new DatabaseSync(join(folder, "library.db"));
  database.exec("CREATE TABLE run_history (mine TEXT); INSERT INTO run_history VALUES ('kept')");
  const message = expect.stringContaining(`The data folder is ${folder}.`);
  await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ code: "unlike", message }));
  expect(database.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "run_history" }]);
  expect(database.prepare("SELECT mine FROM run_history").all()).toEqual([{ mine: "kept" }]);
  database.close();
});

test("A database of a newer version is left alone", async () => {
  const database = new DatabaseSync(join(folder, "library.db"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ code: "too-new" }));
});

test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
  "A folder that cannot be written to is named",
  async () => {
    await chmod(folder, 0o500);
    await expect(openLibrary(folder)).rejects.toThrow(expect.objectContaining({ name: "LibraryFailure" }));
    await chmod(folder, 0o700);
  },
);

test("After events that could not be written their run takes no more, and other runs go on", async () => {
  const library = await open();
  await addRun(library, "run");
  await addRun(library, "other");
  await library.journal.append([event("run", 1)], "now");
  const other = new DatabaseSync(join(folder, "library.db"));
  other.exec("CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END");
  const lost = [
    library.journal.append([event("run", 2)], "soon"),
    library.journal.append([event("run", 3)], "now"),
  ];
  expect((await Promise.allSettled(lost)).map((one) => one.status)).toEqual(["rejected", "rejected"]);
  other.exec("DROP TRIGGER broken");
  other.close();
  await expect(library.journal.append([event("run", 4)], "now")).rejects.toThrow("no room");
  await library.journal.append([event("other", 1)], "now");
  expect(await library.journal.read("run")).toHaveLength(1);
});

test("A full disk is named, with what to do", () => {
  const database = new DatabaseSync(join(folder, "small.db"));
  database.exec("CREATE TABLE t (x); PRAGMA max_page_count = 2");
  expect(() => guarded(() => database.prepare("INSERT INTO t VALUES (?)").run("x".repeat(100_000)))).toThrow(
    expect.objectContaining({ code: "disk-full", remedy: expect.stringContaining("space") }),
  );
  database.close();
});
