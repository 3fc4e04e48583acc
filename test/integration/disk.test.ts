import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
} from "../support/catwalk-cli.ts";
import { canMount, openDisk } from "../support/disk.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { inEnglish } from "../support/in-english.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

/** A data folder on a disk that is really full or really read-only; the sandbox and the results lie on another. */

const picture = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });
const wide = graphOf([...Array.from({ length: 12 }, (_, index) => picture(`p${index}`, `Picture ${index}`))]);

let sandbox: CliSandbox;
beforeAll(async () => {
  sandbox = await openCliSandbox({ args: ["--speed", "20"] });
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

describe.skipIf(!canMount)("A disk that does not take what is written", cliTimeout, () => {
  test("full at the start: every command says so and how to go on, and nothing is made", async () => {
    using disk = openDisk();
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", wide);
    const run = ["run", file, "--server", sandbox.url, "--yes", "--out", work.out];
    const inFull = (home: string) =>
      Promise.all(
        [run, ["runs"], ["serve", "--no-open", "--port", "0"]].map((args) =>
          catwalk([...args, "--home", home], { env: { CATWALK_API_KEY: key } }),
        ),
      );
    disk.fill();
    const fresh = await inFull(join(disk.path, "home"));
    disk.empty();
    expect((await catwalk(["runs", "--home", join(disk.path, "home")])).code).toBe(0);
    disk.fill();
    const used = await inFull(join(disk.path, "home"));
    for (const { code, stdout, stderr } of [...fresh, ...used]) {
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(
        "The disk that holds the data folder is full. Free some space, then try again. (disk-full)",
      );
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    expect(await sandbox.made(key)).toEqual([]);
  });

  test("read-only: every command says so and how to go on, and nothing is made", async () => {
    using disk = openDisk();
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", wide);
    const home = join(disk.path, "home");
    expect((await catwalk(["runs", "--home", home])).code).toBe(0);
    disk.setReadOnly(true);
    for (const place of [home, join(disk.path, "a", "new", "one")])
      for (const args of [
        ["run", file, "--server", sandbox.url, "--yes", "--out", work.out],
        ["runs"],
        ["resume", "some-run", "--server", sandbox.url],
        ["serve", "--no-open", "--port", "0"],
        ["salvage"],
      ]) {
        const end = await catwalk([...args, "--home", place], { env: { CATWALK_API_KEY: key } });
        expect({ args, ...end }).toMatchObject({ code: 2, stdout: "" });
        expect(end.stderr).toContain("The data folder cannot be written to.");
        expect(end.stderr).toContain("choose another with --home. (read-only)");
        expect(end.stderr).not.toMatch(/^\s+at /m);
      }
    expect(await sandbox.made(key)).toEqual([]);
  });

  test.each([20, 60, 100, 140, 200, 300])(
    "full with %i kB left: the run stops with a word, and what was made is found again by a resume",
    async (kilobytes) => {
      using disk = openDisk();
      await using work = await openWorkFolder();
      const key = freshKey();
      const env = { CATWALK_API_KEY: key };
      const file = await work.write("graph.json", wide);
      const home = join(disk.path, "home");
      await catwalk(["runs", "--home", home]);
      disk.fill(kilobytes * 1024);
      const line = ["--server", sandbox.url, "--yes", "--home", home, "--out", work.out];
      const first = await catwalk(["run", file, ...line], { env });
      expect(first.stderr).not.toMatch(/^\s+at /m);
      expect([first.code, `${first.stdout}${first.stderr}`]).toEqual([
        expect.any(Number),
        expect.stringMatching(/disk that holds the data folder is full/),
      ]);
      const [, runId] = /^run (\S+) on/m.exec(first.stdout) ?? [];
      // With too little room to open the data folder no run begins, and no step has failed.
      expect(runId === undefined ? [1, 2, 3] : [1, 3]).toContain(first.code);
      // Accepted jobs are in the journal, or are named as not written down.
      const accepted = (await sandbox.requests(key)).flatMap(({ path, jobId }) =>
        path.endsWith("/generate") && jobId !== undefined ? [jobId] : [],
      );
      for (const jobId of accepted) expect(`${first.stdout}${first.stderr}`).toContain(jobId);

      disk.empty();
      if (runId === undefined) return expect(accepted).toEqual([]);
      const second = await catwalk(["resume", runId, ...line, "--in-doubt", "skip"], { env });
      expect(second.stderr).not.toMatch(/^\s+at /m);
      const made = (await sandbox.requests(key)).filter(
        ({ path, method }) => method === "POST" && path.endsWith("/generate"),
      );
      const prompts = made.map(({ body }) => (body as { prompt: string }).prompt);
      expect(new Set(prompts).size).toBe(prompts.length);
      expect(second.stdout).toMatch(/steps=12 done=\d+ cached=0 failed=0/);
      return undefined;
    },
  );

  test("full in the middle, in the app: edits are refused with a reason, the run stops, and both go on when there is room", async () => {
    using disk = openDisk();
    const key = freshKey();
    const home = join(disk.path, "home");
    await using studio = await openTestStudio({
      homeFolder: home,
      server: { kind: "custom", url: sandbox.url },
      environment: { CATWALK_API_KEY: key },
    });
    const client = createRouterClient(studio.router, { context: {} });
    await keepNow(client, wide);
    const { runId } = await client.runs.start(await lookedAt(client.graphs, { graph: wide }));
    await expect.poll(async () => (await sandbox.made(key)).length).toBeGreaterThan(3);
    disk.fill();
    const edited = { ...wide, name: "Edited ".repeat(20_000) };
    const full = { data: { code: "disk-full", remedy: expect.stringContaining("Free some space") } };
    await expect(keepNow(client, edited)).rejects.toMatchObject(full);
    const summary = async () => (await client.runs.list({})).find((run) => run.runId === runId);
    await expect.poll(async () => (await summary())?.status).toBe("interrupted");
    expect(inEnglish((await summary())?.stopped)).toMatchObject({
      code: "journal_failed",
      message: expect.stringContaining("The disk that holds the data folder is full."),
      remedy: expect.stringContaining("resume the run"),
    });
    // Reading goes on, and the graph can be had as a file.
    expect((await client.documents.restore())?.graph.name).toBe(wide.name);
    expect((await client.documents.exportText({ graph: edited })).text).toContain("Edited");

    disk.empty();
    await keepNow(client, edited);
    const { handle = "" } = await client.runs.resumePreflight({ runId });
    await client.runs.resume({ runId, handle });
    await expect.poll(async () => (await summary())?.status).toMatch(/^(done|needs-you)$/);
    const prompts = (await sandbox.requests(key))
      .filter(({ path }) => path.endsWith("/generate"))
      .map(({ body }) => (body as { prompt: string }).prompt);
    expect(new Set(prompts).size).toBe(prompts.length);
    expect(prompts.length).toBe(12);
  });

  test("full or read-only where the results go: said before anything is made, or at its end", async () => {
    using disk = openDisk(1);
    await using work = await openWorkFolder();
    const key = freshKey();
    const env = { CATWALK_API_KEY: key };
    const file = await work.write("graph.json", graphOf([picture("one", "A kite")]));
    const line = ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out"];
    disk.setReadOnly(true);
    const readOnly = await catwalk([...line, join(disk.path, "out")], { env });
    expect(readOnly).toMatchObject({ code: 2, stderr: expect.stringContaining("Nothing was run.") });
    expect(await sandbox.made(key)).toEqual([]);
    disk.setReadOnly(false);
    disk.fill(4096);
    const full = await catwalk([...line, join(disk.path, "out")], { env });
    expect(full.code).toBe(1);
    expect(full.stderr).toContain("no space left");
    expect(full.stderr).not.toMatch(/^\s+at /m);
    expect(readdirSync(join(work.home, "media")).length).toBeGreaterThan(1);
    await rm(work.home, { recursive: true });
  });
});
