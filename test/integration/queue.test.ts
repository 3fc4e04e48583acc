import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { Studio } from "../../src/studio/service.ts";
import type { Said } from "../../src/words/message.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { openSandbox, sandboxKey, temporaryFolder } from "../support/sandbox.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

const words = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "text", model: "openrouter-completion", prompt });

/** Two texts, the second after the first: cheap to make, and creates like any others. */
const graphOfTwo = (name: string, prompt = "A kite"): Graph => ({
  ...graphOf([words("first", prompt), words("second", "")], ["first.out > second.prompt"]),
  name,
});

function clientOf(studio: Studio) {
  const client = createRouterClient(studio.router, { context: {} });
  const status = async (runId: string) =>
    (await client.runs.list({ limit: 50 })).find((run) => run.runId === runId)?.status;
  return {
    client,
    start: async (graph: Graph) => (await client.runs.start(await lookedAt(client.graphs, { graph }))).runId,
    becomes: (runId: string, wanted: string) => expect.poll(() => status(runId)).toBe(wanted),
    status,
  };
}

async function creates(logFile: string): Promise<number> {
  const lines = (await readFile(logFile, "utf8")).split("\n").filter(Boolean);
  return lines.filter((line) => /"method":"POST".*\/generate"/.test(line)).length;
}

test("one run goes on, the next ones wait in the order a person gives them, and one is taken out", async () => {
  await using studio = await openTestStudio({ sandbox: { speed: 30 } });
  const { client, start, becomes, status } = clientOf(studio);
  const [a, b, c, d] = [
    await start(graphOfTwo("A")),
    await start(graphOfTwo("B")),
    await start(graphOfTwo("C")),
    await start(graphOfTwo("D")),
  ];
  const queue = await client.queue.get();
  expect(queue).toMatchObject({ paused: false, limit: 1 });
  expect(queue.running.map(({ graphName, selection }) => [graphName, selection.kind])).toEqual([
    ["A", "all"],
  ]);
  expect(queue.queued.map(({ graphName, status, steps }) => [graphName, status, steps])).toEqual([
    ["B", "queued", 2],
    ["C", "queued", 2],
    ["D", "queued", 2],
  ]);
  const moved = await client.queue.move({ runId: d, place: 0 });
  expect(moved.queued.map(({ graphName }) => graphName)).toEqual(["D", "B", "C"]);
  await client.runs.cancel({ runId: b });
  // Nothing of it was made, so nothing of it is kept.
  expect(await status(b)).toBeUndefined();
  await expect(client.queue.move({ runId: b, place: 0 })).rejects.toMatchObject({
    data: { code: "not-queued" },
  });
  await expect(client.runs.resume({ runId: c })).rejects.toMatchObject({ data: { code: "run-queued" } });
  await expect(client.runs.discard({ runId: c })).rejects.toMatchObject({ data: { code: "run-queued" } });
  await expect(client.runs.retryFailed({ runId: c })).rejects.toMatchObject({ data: { code: "run-queued" } });

  await becomes(c, "done");
  const runs = await client.runs.list({ limit: 50 });
  expect(runs.map(({ graphName }) => graphName)).toEqual(["C", "D", "A"]);
  expect(await Promise.all([a, d].map(status))).toEqual(["done", "done"]);
  expect(await client.queue.get()).toMatchObject({ running: [], queued: [] });
});

test("while the queue is paused no create reaches the server, jobs that are out are looked at, and it stays paused after a restart", async () => {
  await using folder = await temporaryFolder();
  const logFile = join(folder.path, "requests.jsonl");
  await using sandbox = await openSandbox({ logFile, speed: 20 });
  const options = {
    homeFolder: join(folder.path, "home"),
    server: { kind: "custom", url: sandbox.url },
    environment: { WONDA_API_KEY: sandboxKey("c") },
  } as const;
  let queuedRun: string;
  {
    await using studio = await openTestStudio(options);
    const { client, becomes } = clientOf(studio);
    const started = async (graph: Graph) => client.runs.start(await lookedAt(client.graphs, { graph }));
    const first = await started(graphOfTwo("A"));
    expect(first.queued).toBe(false);
    await expect.poll(() => creates(logFile)).toBe(1);
    expect(await client.queue.pause()).toMatchObject({ paused: true });
    const next = await started(graphOfTwo("B", "A balloon"));
    queuedRun = next.runId;
    expect(next.queued).toBe(true);

    // The job that is out ends, and the step after it says what holds it.
    const stop = new AbortController();
    let heldFor: Said | undefined;
    for await (const message of await client.runs.watch({ runId: first.runId }, { signal: stop.signal })) {
      if (message.type !== "signals") continue;
      heldFor = message.signals.find(({ stepId }) => stepId === "second")?.waitingFor;
      if (heldFor !== undefined) break;
    }
    stop.abort();
    expect(heldFor).toBe("the queue, which is paused");
    // A window that comes later is told as well.
    const late = new AbortController();
    for await (const message of await client.runs.watch({ runId: first.runId }, { signal: late.signal }))
      if (message.type === "signals") {
        expect(message.signals).toMatchObject([{ stepId: "second", waitingFor: heldFor }]);
        break;
      }
    late.abort();
    expect(await creates(logFile)).toBe(1);
    const [entry] = (await client.queue.get()).running;
    expect(entry).toMatchObject({ graphName: "A", done: 1 });
    expect(entry?.spentMicrodollars).toBeGreaterThan(0);
    await becomes(queuedRun, "queued");
    expect(studio.quitting()?.message).toBe("1 run is under way and 1 queued.");
  }

  await using studio = await openTestStudio(options);
  const { client, becomes } = clientOf(studio);
  await studio.connect();
  expect(await client.queue.get()).toMatchObject({ paused: true, running: [], queued: [] });
  await becomes(queuedRun, "interrupted");
  const { handle = "" } = await client.runs.resumePreflight({ runId: queuedRun });
  await expect(client.runs.resume({ runId: queuedRun })).rejects.toMatchObject({
    data: { code: "consent-needed" },
  });
  await client.runs.resume({ runId: queuedRun, handle });
  await becomes(queuedRun, "queued");
  expect(await creates(logFile)).toBe(1);

  // The command line is neither queued nor held.
  const boat = graphOfTwo("C", "A boat");
  const headless = await studio.runGraph({
    ...(await lookedAt(studio, { graph: boat })),
    publish: "skip",
    outFolder: join(folder.path, "out"),
  });
  expect(headless.outcome).toBe("done");
  expect(await creates(logFile)).toBe(3);

  await client.queue.resume();
  await becomes(queuedRun, "done");
  expect(await creates(logFile)).toBe(5);
});

test("a changed graph changes nothing of a run that waits: what was asked for is what begins", async () => {
  await using studio = await openTestStudio({ sandbox: { speed: "max" } });
  const { client, start, becomes } = clientOf(studio);
  await client.queue.pause();
  const graph = graphOfTwo("A", "A red kite");
  const runId = await start(graph);
  await keepNow(client, { ...graph, name: "B", nodes: [], edges: [] });
  await client.queue.resume();
  await becomes(runId, "done");
  const log = await client.runs.log({ runId, afterSeq: 0, limit: 1_000 });
  expect(log.find(({ type }) => type === "run-started")).toMatchObject({
    graphName: "A",
    steps: [{ nodeId: "first" }, { nodeId: "second" }],
  });
  expect(await client.queue.setLimit({ limit: 2 })).toMatchObject({ limit: 2, paused: false });
});
