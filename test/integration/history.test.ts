import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import type { Studio } from "../../src/studio/service.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { said } from "../support/in-english.ts";
import { openSandbox, sandboxKey, temporaryFolder } from "../support/sandbox.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

const account = "5a9db0c5-1111-4000-8000-00000000c001";

/** A picture is made, cut here, and posted. */
const harbour = graphOf(
  [
    nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A quiet Harbour" }),
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("post", "publish", { platform: "instagram", accountId: account, caption: "Ahoy" }),
  ],
  ["picture.out > cut.image_0", "cut.out > post.media"],
);
const named = (id: string, name: string, graph: Graph = harbour): Graph => ({ ...graph, id, name });
const words = graphOf([nodeOf("words", "prompt", { text: "Hello" })]);

const run = async (studio: Studio, graph: Graph) =>
  studio.runGraph({
    ...{ ...(await lookedAt(studio, { graph })), publish: "flag" },
    outFolder: join((studio as Studio & { home: string }).home, "out"),
  });

test("A past run is found by the words of its prompts, with what it cost, made and posted", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const { runId } = await run(studio, named("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11", "Harbour"));
  const other = await run(studio, named("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b12", "Words", words));
  const ids = async (query: Parameters<typeof client.history.list>[0]) =>
    (await client.history.list(query)).runs.map((one) => one.runId);
  expect(await ids({})).toEqual([other.runId, runId]);
  expect(await ids({ text: "quiet harbour ahoy" })).toEqual([runId]);
  expect(await ids({ text: "ahoy", outcomes: ["failed"] })).toEqual([]);
  expect(await ids({ graphId: "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b12", outcomes: ["done"] })).toEqual([
    other.runId,
  ]);
  const first = await client.history.list({ limit: 1 });
  expect(first.runs.map((one) => one.runId)).toEqual([other.runId]);
  expect(await ids({ limit: 1, cursor: first.next ?? "" })).toEqual([runId]);
  await expect(client.history.list({ cursor: "x" })).rejects.toMatchObject({
    data: { code: "history-cursor" },
  });

  const { run: past, nodes } = await client.history.run({ runId });
  expect(past).toMatchObject({ status: "done", steps: 3, done: 3, outputs: { count: 2 } });
  expect(past.spentMicrodollars).toBeGreaterThan(0);
  expect(nodes.map(({ nodeId, statuses }) => [nodeId, statuses])).toEqual([
    ["picture", { succeeded: 1 }],
    ["cut", { succeeded: 1 }],
    ["post", { succeeded: 1 }],
  ]);
  expect(nodes[0]).toMatchObject({ spentMicrodollars: past.spentMicrodollars, outputs: { count: 1 } });
  expect(nodes[1]?.spentMicrodollars).toBe(0);
  expect(nodes[2]?.permalink).toBeDefined();
  // The last result stands for the run.
  expect(past.outputs.shown[0]).toEqual(nodes[1]?.outputs.shown[0]);
});

test("Removing a run takes its steps away and keeps what was paid for, what was posted and its bytes", async () => {
  await using folder = await temporaryFolder();
  const { path: home } = folder;
  let shas: string[] = [];
  {
    await using studio = await openTestStudio({ homeFolder: home });
    const client = createRouterClient(studio.router, { context: {} });
    const { runId, state } = await studio.runGraph({
      ...{ ...(await lookedAt(studio, { graph: harbour })), publish: "flag", outFolder: join(home, "out") },
    });
    shas = [...state.steps.values()].flatMap(({ outputs }) =>
      outputs.flatMap(({ value }) => (value.type === "media" && value.sha256 ? [value.sha256] : [])),
    );
    expect(shas).toHaveLength(2);
    const removal = await client.history.removal({ runId });
    expect(removal).toMatchObject({ outputs: 2, posts: 1, openJobs: [], doubts: [] });
    expect(removal.spentMicrodollars).toBeGreaterThan(0);

    await client.runs.remove({ runId });
    expect(await client.history.list({})).toEqual({ runs: [] });
    expect(await client.runs.list({})).toEqual([]);
    for (const call of [client.history.run, client.history.openGraph, client.history.removal])
      await expect(call({ runId })).rejects.toMatchObject({ data: { code: "run-missing" } });
    for (const sha256 of shas)
      expect((await studio.handleMedia(new Request(`http://studio/media/${sha256}`))).status).toBe(200);
    await studio.history.erased();
  }
  const library = await openLibrary(home);
  try {
    expect(await library.runs.hidden(1)).toEqual([]);
    expect(await library.ledger.list({ limit: 10 })).toEqual([
      expect.objectContaining({ accountId: account, caption: "Ahoy", state: "succeeded" }),
    ]);
    for (const sha256 of shas) {
      expect(await library.media.get(sha256)).toBeDefined();
      expect((await stat((await library.files.pathOf(sha256)) ?? "")).size).toBeGreaterThan(0);
    }
  } finally {
    await library.close();
  }
});

test("A run is opened again as the graph that made it: a copy of its own, with the open document kept", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const before = named("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11", "Harbour");
  const chosen: Graph = {
    ...before,
    nodes: before.nodes.map((node) => ({
      ...node,
      data: { ...node.data, takes: { "": "a-take" }, reuse: node.id === "cut" ? "never" : "locked" },
    })),
  };
  const { runId } = await run(studio, chosen);
  const edited = { ...before, name: "Edited since", nodes: before.nodes.slice(0, 1), edges: [] };
  await keepNow(client, edited);

  const opened = await client.history.openGraph({ runId });
  if (!opened.ok) throw new Error(said(opened.message));
  const { graph, revision, unsaved, origin } = opened.document;
  expect(graph.id).not.toBe(before.id);
  expect(graph.name).toMatch(/^Harbour · run of /);
  // A copy that is only looked at leaves nothing behind; a reload opens it again, an edit keeps it.
  expect({ revision, unsaved, origin }).toEqual({
    ...{ revision: 0, unsaved: false },
    origin: { kind: "run", id: runId },
  });
  expect((await client.documents.list()).map(({ id }) => id)).toEqual([before.id]);
  expect(await client.documents.restore({ id: graph.id, origin })).toMatchObject({
    graph,
    revision: 0,
    origin,
  });
  await client.documents.keep({ graph, base: 0 });
  expect(
    graph.nodes.map(({ id, data }) => [id, data.params["prompt"], data["takes"], data["reuse"]]),
  ).toEqual([
    ["picture", "A quiet Harbour", undefined, undefined],
    ["cut", undefined, undefined, "never"],
    ["post", undefined, undefined, undefined],
  ]);
  expect(await client.documents.restore()).toMatchObject({ graph: { id: graph.id }, unsaved: true });
  // The document that was open is as it was, and the run still tells what really ran.
  const kept = await client.documents.load({ id: before.id });
  expect(kept).toMatchObject({ ok: true, document: { graph: { name: "Edited since" }, unsaved: true } });
  expect(JSON.parse(await studio.history.graphJson(runId))).toMatchObject({ id: before.id, name: "Harbour" });
  // Each copy is one of its own, and so is what is run from it.
  const again = await client.history.openGraph({ runId });
  expect(again.ok && again.document.graph.id).not.toBe(graph.id);
});

test("Bounds remove old runs at the start and once a day, and leave alone what somebody waits for", async () => {
  await using folder = await temporaryFolder();
  await using sandbox = await openSandbox();
  const { path: home } = folder;
  let later = 0;
  const daily: { readonly callback: () => void; readonly ms: number }[] = [];
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + later,
    setTimeout: (callback: () => void, ms: number) => {
      // The clean-ups alone wait for just this long, and have no other way to be told.
      if (ms !== 10_000 && ms !== 24 * 3_600_000) return systemClock.setTimeout(callback, ms);
      const timer = { callback, ms };
      daily.push(timer);
      return timer;
    },
    clearTimeout: (timer: unknown) => {
      const left = daily.filter((each) => each !== timer);
      if (left.length === daily.length) systemClock.clearTimeout(timer);
      daily.splice(0, daily.length, ...left);
    },
  };
  const cleanUp = () => daily.splice(0).map(({ callback }) => callback());
  await using studio = await openTestStudio({
    homeFolder: home,
    clock,
    server: { kind: "custom", url: sandbox.url },
    environment: { CATWALK_API_KEY: sandboxKey("a") },
  });
  const client = createRouterClient(studio.router, { context: {} });
  const out = join(home, "out");
  const make = async (publish: "flag" | "skip") => {
    const looked = await lookedAt(studio, { graph: harbour });
    return (await studio.runGraph({ ...looked, publish, outFolder: out })).runId;
  };
  expect(daily.map(({ ms }) => ms)).toEqual([10_000]);
  await client.history.setRetention({});
  expect(daily.map(({ ms }) => ms)).toEqual([24 * 3_600_000]);
  const [posted, waiting] = [await make("flag"), await make("skip")];
  const list = async () => (await client.history.list({})).runs.map((one) => one.runId);
  cleanUp();
  await studio.history.erased();
  expect(await list()).toEqual([waiting, posted]);

  later += 9 * 24 * 3_600_000;
  const fresh = await make("flag");
  await client.history.setRetention({ days: 8 });
  // What would go under new bounds is not taken before a person can see it.
  expect(daily.map(({ ms }) => ms)).toEqual([24 * 3_600_000]);
  const preview = await client.history.cleanUpPreview({ days: 8 });
  expect(preview).toMatchObject({
    count: 1,
    runs: [{ runId: posted, spentMicrodollars: expect.any(Number) }],
  });
  expect(await list()).toEqual([fresh, waiting, posted]);
  cleanUp();
  await expect.poll(list).toEqual([fresh, waiting]);
  await studio.history.erased();
  // A bound given by hand removes no more than what was shown.
  expect(await client.history.cleanUp({ retention: { runs: 1 }, runIds: ["none"] })).toEqual({ removed: 0 });
  expect(daily).toHaveLength(1);
  // What waits counts for the number that is kept, and stays itself.
  expect(await client.history.cleanUpPreview({ runs: 1 })).toEqual({ count: 0, runs: [] });
  expect(await client.history.retention()).toEqual({ days: 8 });
  // Each run of the folder has its own report, the first one included, whose run is no longer kept.
  for (const [name, runId] of [
    ["run.json", posted],
    ["run 3.json", fresh],
  ] as const)
    expect(await readFile(join(out, name), "utf8")).toContain(runId);
});
