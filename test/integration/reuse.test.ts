import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/record.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { catwalk, cliTimeout, freshKey, openCliSandbox, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

/** What is made twice is counted at a sandbox of its own, by its request log. */

const accountId = sandboxAccounts[0]?.accountId ?? "";
const picture = (id: string, prompt = "") =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });
const cut = (id: string) => nodeOf(id, "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });

/** Six nodes: words make a picture, which is cut; another picture is cut beside it. Each cut is kept. */
const six = (words: string, other = "A kite over dunes"): Graph =>
  graphOf(
    [
      nodeOf("words", "prompt", { text: words }),
      picture("one"),
      cut("cut-one"),
      picture("two", other),
      cut("cut-two"),
      nodeOf("kept", "save", { name: "kept" }),
    ],
    [
      "words.out > one.prompt",
      "one.out > cut-one.image_0",
      "two.out > cut-two.image_0",
      "cut-one.out > kept.in",
    ],
  );

test(
  "A changed caption makes anew what it reaches and nothing else, also after a restart",
  cliTimeout,
  async () => {
    await using sandbox = await openCliSandbox({ args: ["--mode", "legacy"] });
    await using work = await openWorkFolder();
    const key = freshKey();
    const runOf = async (graph: Graph, ...more: string[]) => {
      const before = (await sandbox.made(key)).length;
      const file = await work.write("graph.json", graph);
      // Each of these is a process of its own.
      const end = await catwalk(
        ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out, ...more],
        { env: { CATWALK_API_KEY: key } },
      );
      expect(end.stderr).not.toContain("Error");
      return { ...end, made: (await sandbox.made(key)).slice(before).sort() };
    };
    const all = ["POST /image/edit", "POST /image/edit", "POST /image/generate", "POST /image/generate"];
    expect((await runOf(six("A quiet harbour"))).made).toEqual(all);
    const again = await runOf(six("A quiet harbour"));
    expect(again.made).toEqual([]);
    expect(again.stdout.trim().split("\n").at(-1)).toContain("steps=6 done=6 cached=4");
    expect((await runOf(six("A loud harbour"))).made).toEqual(["POST /image/edit", "POST /image/generate"]);
    expect((await runOf(six("A quiet harbour"))).made).toEqual([]);
    expect((await runOf(six("A quiet harbour"), "--fresh")).made).toEqual(all);
  },
);

test(
  "Two equal nodes and twenty equal rows get different takes; fresh, retried or restarted no post goes out twice",
  cliTimeout,
  async () => {
    await using sandbox = await openCliSandbox();
    await using work = await openWorkFolder();
    const key = freshKey();
    const environment = { CATWALK_API_KEY: key };
    const open = () =>
      openTestStudio({ homeFolder: work.home, server: { kind: "custom", url: sandbox.url }, environment });
    const rows = Array.from({ length: 20 }, (_, index) => ({
      key: `row ${index}`,
      cells: { name: "the same" },
    }));
    const graph = graphOf(
      [
        nodeOf("rows", "table", { columns: [{ name: "name", type: "text" }], rows }),
        nodeOf("each", "generate", {
          ...{ family: "text", model: "openrouter-completion", prompt: "{{name}} every time" },
        }),
        picture("a", "A twin"),
        picture("b", "A twin"),
        nodeOf("post", "publish", { platform: "instagram", accountId, caption: "Twins" }),
      ],
      ["a.out > post.media"],
    );
    const takes = async (fresh = false) => {
      await using studio = await open();
      const limits = { fresh };
      const looked = await lookedAt(studio, { graph, limits });
      const events: RunEvent[] = [];
      await studio.runGraph({
        ...{ ...looked, publish: "skip", outFolder: work.out },
        onEvent: (event) => void events.push(event),
      });
      return new Map(
        events.flatMap((event) =>
          event.type === "step-succeeded" && event.takeId ? [[event.stepId, event.takeId]] : [],
        ),
      );
    };
    const first = await takes();
    expect(first.size).toBe(22);
    expect(new Set(first.values()).size).toBe(22);
    expect(await takes()).toEqual(first);
    expect(await sandbox.made(key)).toHaveLength(22);

    // Posted once, by a person.
    await using studio = await open();
    const client = createRouterClient(studio.router, { context: {} });
    const selection = { kind: "to" as const, nodeIds: ["post"] };
    const start = async (more: { fresh?: boolean } = {}) => {
      const { runId } = await client.runs.start(await lookedAt(client.graphs, { graph, selection, ...more }));
      await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("needs-you");
      const log = await client.runs.log({ runId });
      const asked = log.findLast((event) => event.type === "approval-requested");
      if (asked?.type !== "approval-requested") throw new Error("It does not ask.");
      return { ...asked, runId };
    };
    const posts = async () => (await sandbox.made(key)).filter((one) => one.includes("publish")).length;
    const { runId, stepId, post } = await start();
    await client.runs.approve({ runId, stepId, digest: post.digest });
    await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("done");
    expect(await posts()).toBe(1);
    // Nothing sends it again but another yes: a retry before it, another run, everything fresh.
    await client.runs.retry({ runId, stepId: "a" });
    await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("needs-you");
    await start();
    await start({ fresh: true });
    expect(await posts()).toBe(1);
  },
);

test("A look before a run says what it reuses, what that saves and what is left to make", async () => {
  await using studio = await openTestStudio();
  const client = createRouterClient(studio.router, { context: {} });
  const before = await client.graphs.preflight({ graph: six("A quiet harbour") });
  expect(before).toMatchObject({ reusedSteps: 0, savedMicrodollars: 0, jobs: { generate: 2, edits: 2 } });
  await studio.runGraph({
    ...(await lookedAt(studio, { graph: six("A quiet harbour") })),
    publish: "skip",
    outFolder: studio.home,
  });
  const all = await client.graphs.preflight({ graph: six("A quiet harbour") });
  expect(all).toMatchObject({
    ...{ steps: 6, reusedSteps: 4, estimateMicrodollars: 0, savedMicrodollars: before.estimateMicrodollars },
    jobs: { generate: 0, edits: 0 },
  });
  expect(all.nodes.find(({ nodeId }) => nodeId === "cut-one")).toMatchObject({ reusedSteps: 1 });
  const changed = await client.graphs.preflight({ graph: six("A loud harbour") });
  expect(changed).toMatchObject({ reusedSteps: 2, jobs: { generate: 1, edits: 1 } });
  expect(changed.estimateMicrodollars + changed.savedMicrodollars).toBe(before.estimateMicrodollars);
  const fresh = await client.graphs.preflight({ graph: six("A quiet harbour"), fresh: true });
  expect(fresh).toMatchObject({ reusedSteps: 0, estimateMicrodollars: before.estimateMicrodollars });

  // What a node had is listed with how it was made, and a take that is chosen but not here is said.
  const [take] = await client.takes.ofNode({ graphId: six("").id, nodeId: "one" });
  expect(take).toMatchObject({
    ...{ nodeId: "one", number: 1, paid: true },
    recipe: { type: "generate", inputs: [{ portId: "prompt", text: "A quiet harbour" }] },
    outputs: [{ value: { type: "media", sha256: expect.any(String) } }],
  });
  const graph = six("A quiet harbour");
  const [, one] = graph.nodes;
  if (one) one.data.takes = { "": "elsewhere" };
  expect((await client.graphs.preflight({ graph })).problems).toMatchObject([
    { code: "take-missing", severity: "warning" },
  ]);
  await expect(client.takes.remove({ takeId: take?.takeId ?? "" })).rejects.toMatchObject({
    data: { code: "take-paid" },
  });
  await client.takes.remove({ takeId: take?.takeId ?? "", evenIfPaid: true });
  expect(await client.takes.get({ takeId: take?.takeId ?? "" })).toBeUndefined();
});

test(
  "A run that could not write its intent keeps no later run waiting, in the same process",
  cliTimeout,
  async () => {
    await using work = await openWorkFolder();
    await using studio = await openTestStudio({ homeFolder: work.home });
    const graph = graphOf([picture("one", "A quiet harbour")]);
    const run = async () => {
      const looked = await lookedAt(studio, { graph });
      return await studio.runGraph({ ...looked, publish: "flag", outFolder: work.out });
    };
    using database = new DatabaseSync(join(work.home, "library.db"), { timeout: 10_000 });
    database.exec(`CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN NEW.type = 'create-intended'
    BEGIN SELECT RAISE (ABORT, 'The disk is full.'); END`);
    await expect(run()).rejects.toThrow(/disk is full/);
    database.exec("DROP TRIGGER refuse");
    expect(await run()).toMatchObject({ outcome: "done" });
  },
);
