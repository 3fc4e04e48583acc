import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../support/sandbox.ts";
import { openTestStudio } from "../support/studio.ts";

// Data folders as earlier versions left them (test/fixtures/libraries): what they hold is not made again.

const fixtures = fileURLToPath(new URL("../fixtures/libraries/", import.meta.url));
const names = (await readdir(fixtures, { withFileTypes: true })).filter((entry) => entry.isDirectory());

describe.for(names.map(({ name }) => name))("a data folder of %s", (name) => {
  let folder: AsyncDisposable & { readonly path: string };
  beforeEach(async () => {
    folder = await temporaryFolder();
    await cp(join(fixtures, name), folder.path, { recursive: true });
  });
  afterEach(async () => await folder[Symbol.asyncDispose]());

  const open = async () => {
    const studio = await openTestStudio({ homeFolder: folder.path });
    await studio.connect();
    const client = createRouterClient(studio.router, { context: {} });
    const runOf = async (graphName: string) => {
      const { runs } = await client.history.list({ limit: 30 });
      const run = runs.find((one) => one.graphName === graphName);
      if (!run) throw new Error(`There is no run of ${graphName}.`);
      return run;
    };
    return Object.assign(studio, { client, runOf });
  };

  /** Everything the sandbox ever made, by kind. */
  function made(): Readonly<Record<string, number>> {
    const database = new DatabaseSync(join(folder.path, "sandbox", "sandbox.db"), { readOnly: true });
    try {
      const rows = database.prepare("SELECT type, count(*) AS count FROM jobs GROUP BY type").all();
      return Object.fromEntries(countRows.parse(rows).map(({ type, count }) => [type, count]));
    } finally {
      database.close();
    }
  }

  test("its history, results and posts are shown as they were", async () => {
    await using studio = await open();
    const { client } = studio;
    const { runs } = await client.history.list({ limit: 30 });
    expect(runs.map((run) => [run.graphName, run.status, run.done, run.steps])).toEqual([
      ["interrupted", "interrupted", 0, 3],
      ["waiting", "needs-you", 1, 2],
      ["posted", "done", 2, 2],
      ["doubted", "needs-you", 0, 2],
      ["finished", "done", 5, 5],
    ]);
    const { runId } = await studio.runOf("finished");
    const record = await client.history.run({ runId });
    expect(record.nodes.map(({ nodeId }) => nodeId)).toEqual(["table", "words", "keep"]);
    expect((await client.runs.log({ runId })).at(-1)).toMatchObject({ type: "run-settled", outcome: "done" });
    const results = await client.gallery.list({ limit: 30 });
    if (results.source !== "made") throw new Error("These are no results.");
    expect(results.results.map(({ kind }) => kind).sort()).toEqual(["image", "text", "text"]);
    const { posts } = await client.ledger.list({});
    expect(posts.map(({ caption, standing }) => [caption, standing])).toEqual([["The ferry", "posted"]]);
  });

  test("its interrupted run is resumed and its waiting post approved, and nothing is made twice", async () => {
    const before = made();
    {
      await using studio = await open();
      const { client } = studio;
      const interrupted = await studio.runOf("interrupted");
      await client.runs.resume({ runId: interrupted.runId });
      await expect.poll(async () => (await studio.runOf("interrupted")).status, patience).toBe("done");
      const log = await client.runs.log({ runId: interrupted.runId });
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      // The picture that the server had taken, then the post.
      expect(log.filter(({ type }) => type === "create-intended")).toHaveLength(2);

      const waiting = await studio.runOf("waiting");
      const asked = (await client.runs.log(waiting)).find(({ type }) => type === "approval-requested");
      if (asked?.type !== "approval-requested") throw new Error("No post waits.");
      await client.runs.resume({ runId: waiting.runId });
      await client.runs.approve({ runId: waiting.runId, stepId: "post", digest: asked.post.digest });
      await expect.poll(async () => (await studio.runOf("waiting")).status, patience).toBe("done");
    }
    // The two posts, and nothing else.
    const after = { ...before, instagram: (before["instagram"] ?? 0) + 2 };
    expect(made()).toEqual(after);
    {
      // Opened once more there is nothing to do, and the doubt still waits for a person.
      await using studio = await open();
      expect((await studio.runOf("doubted")).status).toBe("needs-you");
      const { posts } = await studio.client.ledger.list({});
      expect(posts.map(({ caption, standing }) => [caption, standing])).toEqual([
        ["The ferry", "posted"],
        ["The kite", "posted"],
        ["The ferry", "posted"],
      ]);
    }
    expect(made()).toEqual(after);
  });
});

const patience = { timeout: 60_000 };
const countRows = z.array(z.object({ type: z.string(), count: z.int() }));
