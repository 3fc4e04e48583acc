import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/record.ts";
import { parseGraph } from "../../src/graph/document/parse.ts";
import { openMemoryLibrary } from "../support/memory-library.ts";
import { examplesFolder, lookedAt, openTestStudio } from "../support/studio.ts";

async function demo() {
  const opened = parseGraph(await readFile(join(examplesFolder, "demo.json"), "utf8"));
  if (!opened.ok) throw new Error("The demo cannot be read.");
  return { graph: opened.graph, folder: examplesFolder };
}

test("The demo runs on a library without a database: the ports are all that studio and engine know of it", async () => {
  await using studio = await openTestStudio({ openLibrary: openMemoryLibrary });
  const client = createRouterClient(studio.router, { context: {} });
  const out = join(studio.home, "out");
  const events: RunEvent[] = [];
  const run = async () =>
    await studio.runGraph({
      ...(await lookedAt(studio, await demo())),
      ...{ publish: "flag", outFolder: out },
      onEvent: (event) => events.push(event),
    });
  const { outcome, runId } = await run();
  expect(outcome).toBe("done");
  expect(await client.runs.log({ runId, afterSeq: 0, limit: 1_000 })).toEqual(events);
  expect(await studio.listRuns()).toMatchObject([{ runId, status: "done", steps: 10, done: 10, failed: 0 }]);
  expect(await readdir(out)).toContain("run.json");

  const results = await client.gallery.list({ source: "made", limit: 100 });
  if (results.source !== "made") throw new Error("Not what was asked.");
  expect(results.results.length).toBeGreaterThan(3);
  const [{ sha256 } = { sha256: "" }] = results.results;
  expect(await client.gallery.recipe({ sha256 })).toMatchObject({
    kind: "made",
    isKnown: true,
    runIsThere: true,
  });
  expect(await client.history.list({ limit: 5 })).toMatchObject({ runs: [{ runId }] });
  const { posts } = await client.ledger.list({ limit: 5 });
  expect(new Set(posts.map((post) => `${post.standing} ${post.runId}`))).toEqual(
    new Set([`posted ${runId}`]),
  );

  // What was made is taken from there and not paid again; what was posted is not posted again without a yes.
  const again = await run();
  expect(again.outcome).toBe("needs-you");
  const creates = events.filter(({ type }) => type === "create-intended");
  expect(new Set(creates.map((event) => event.runId))).toEqual(new Set([runId]));
  expect((await readdir(studio.home)).filter((name) => name.startsWith("library.db"))).toEqual([]);
});
