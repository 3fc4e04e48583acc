import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { openLibrary } from "../../src/library/open.ts";
import type { StudioOptions } from "../../src/studio/ground/options.ts";
import type { Studio } from "../../src/studio/service.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { slowLibrary } from "../support/slow-library.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

/** What nobody may rely on is that the library answers at once. */

const picture = nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "Dawn" });
const cut = nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });
const graph = graphOf([picture, cut], ["picture.out > cut.image_0"]);

async function openSlowStudio(options: Partial<StudioOptions> = {}) {
  const studio = await openTestStudio({
    ...options,
    openLibrary: async (folder) => slowLibrary(await openLibrary(folder)),
  });
  onTestFinished(() => studio[Symbol.asyncDispose]());
  return { studio, client: createRouterClient(studio.router, { context: {} }) };
}

const statusOf = async (studio: Studio) => (await studio.listRuns())[0]?.status;

/** A run that its process left when the first create was accepted. */
async function leftRun() {
  const home = await mkdtemp(join(tmpdir(), "catwalk-slow-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const { studio, client } = await openSlowStudio({ homeFolder: home, sandbox: { speed: 10 } });
  const { runId } = await client.runs.start(await lookedAt(client.graphs, { graph }));
  const log = async () => await client.runs.log({ runId, afterSeq: 0, limit: 1000 });
  await expect.poll(async () => (await log()).map(({ type }) => type)).toContain("job-accepted");
  await studio.close();
  return { home, runId };
}

test("Of two windows that resume a run at once one opens it, and nothing of it is made twice", async () => {
  const { home, runId } = await leftRun();
  const { studio, client } = await openSlowStudio({ homeFolder: home });
  expect(await statusOf(studio)).toBe("interrupted");
  const answers = await Promise.allSettled([1, 2, 3].map(() => client.runs.resume({ runId })));
  expect(answers.filter(({ status }) => status === "fulfilled")).not.toHaveLength(0);
  for (const answer of answers)
    if (answer.status === "rejected") expect(answer.reason).toMatchObject({ data: { code: "run-held" } });
  await expect.poll(() => statusOf(studio), { timeout: 30_000 }).toBe("done");
  const types = (await client.runs.log({ runId, afterSeq: 0, limit: 1000 })).map(({ type }) => type);
  expect(types.filter((type) => type === "run-resumed")).toHaveLength(1);
  expect(types.filter((type) => type === "job-accepted")).toHaveLength(1);
});

test("A run that is removed while it is resumed goes on or is gone, never both", async () => {
  const { home, runId } = await leftRun();
  const { studio, client } = await openSlowStudio({ homeFolder: home });
  const [resumed, removed] = await Promise.allSettled([
    client.runs.resume({ runId }),
    client.runs.remove({ runId }),
  ]);
  expect([resumed.status, removed.status].sort()).toEqual(["fulfilled", "rejected"]);
  if (removed.status === "rejected")
    await expect.poll(() => statusOf(studio), { timeout: 30_000 }).toBe("done");
  else expect(await studio.listRuns()).toEqual([]);
});

test("Runs that are queued at once begin one after the other, each once, and one that is cancelled does not", async () => {
  const { studio, client } = await openSlowStudio();
  await client.queue.pause();
  const order = async () => {
    const another = { ...graph, id: crypto.randomUUID() };
    return await client.runs.start(await lookedAt(client.graphs, { graph: another, fresh: true }));
  };
  const runs = await Promise.all([order(), order(), order()]);
  const [, cancelled] = runs;
  expect(runs.map(({ queued }) => queued)).toEqual([true, true, true]);
  await Promise.all([client.queue.resume(), client.runs.cancel({ runId: cancelled?.runId ?? "" })]);
  await expect
    .poll(async () => (await studio.listRuns()).map(({ status }) => status), { timeout: 60_000 })
    .toEqual(["done", "done"]);
  for (const { runId } of await studio.listRuns()) {
    const types = (await client.runs.log({ runId, afterSeq: 0, limit: 1000 })).map(({ type }) => type);
    expect(types.filter((type) => type === "run-started")).toHaveLength(1);
  }
});
