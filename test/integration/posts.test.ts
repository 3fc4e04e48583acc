import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Graph } from "../../src/graph/document/schema.ts";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import type { FaultFile } from "../../src/sandbox/faults.ts";
import type { Studio } from "../../src/studio/service.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { temporaryFolder } from "../support/sandbox.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

// Doubts with the real sandbox and its faults: what the server has is shown, and only a person's word counts.

let folder: AsyncDisposable & { readonly path: string };
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => await folder[Symbol.asyncDispose]());

type Rules = Parameters<(typeof FaultFile)["parse"]>[0];

async function studioWith(rules: Rules) {
  const faultsFile = join(folder.path, "faults.json");
  await writeFile(faultsFile, JSON.stringify({ rules }));
  const studio = await openTestStudio({ sandbox: { speed: "max", faultsFile } });
  return Object.assign(studio, { client: createRouterClient(studio.router, { context: {} }) });
}

const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;

function posting(caption: string, prompt: string, graphId: string): Graph {
  const graph = graphOf(
    [
      nodeOf("picture", "generate", { family: "image", model: "z-image", prompt }),
      nodeOf("post", "publish", { platform: "instagram", accountId, caption }),
    ],
    ["picture.out > post.media"],
  );
  return { ...graph, id: graphId, name: "Harbour" };
}

async function run(studio: Studio, graph: Graph) {
  return await studio.runGraph({
    ...{ ...(await lookedAt(studio, { graph })), publish: "skip" },
    outFolder: join(folder.path, "out"),
  });
}

const ids = ["6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b10", "6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b11"] as const;

test("a post whose answer was lost is found on the server, and goes on blocking until a person says it went out", async () => {
  await using studio = await studioWith([
    { match: { kind: "publish" }, nth: 1, fault: { type: "resetAfter" } },
  ]);
  const { client } = studio;
  const { runId, outcome, state } = await run(studio, posting("First", "A harbour", ids[0]));
  expect(outcome).toBe("needs-you");
  const [step] = [...state.steps.values()].filter(({ type }) => type === "publish");
  if (step?.status.kind !== "in-doubt") throw new Error(`It is ${step?.status.kind}.`);
  const { stepId } = step;

  await expect
    .poll(async () => (await client.runs.evidence({ runId, stepId })).match?.status)
    .toBe("succeeded");
  const evidence = await client.runs.evidence({ runId, stepId });
  expect(evidence.match).toMatchObject({
    ...{ what: "post", sameMedia: true, caption: "First" },
    permalink: expect.stringMatching(/^https:/),
  });
  expect(evidence.found).toEqual([evidence.match]);
  // Found is not settled.
  expect(await client.ledger.list({})).toMatchObject({ total: 1, posts: [{ standing: "open" }] });

  await client.ledger.settle({ runId, stepId, attempt: 1, as: "sent" });
  const [post] = (await client.ledger.list({})).posts;
  expect(post).toMatchObject({
    ...{ standing: "said-sent", permalink: evidence.match?.permalink, settledAt: expect.any(Number) },
    ...{ graphName: "Harbour", hasRun: true, product: "IMAGE", approvedBy: "sandbox" },
  });
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("done");
  await expect(client.ledger.settle({ runId, stepId, attempt: 1, as: "not-sent" })).rejects.toMatchObject({
    data: { code: "post-settled" },
  });
});

test("of a post that was never made nothing is found, which is no proof: it stays in doubt", async () => {
  await using studio = await studioWith([
    { match: { kind: "publish" }, nth: 1, fault: { type: "html", status: 502 } },
  ]);
  const { client } = studio;
  const { runId } = await run(studio, posting("First", "A harbour", ids[0]));
  const [{ stepId } = { stepId: "" }] = (await client.ledger.list({ standing: "open" })).posts;
  const evidence = await client.runs.evidence({ runId, stepId });
  expect(evidence).toEqual({ since: expect.any(Number), lookedAt: expect.any(Number), found: [] });
  expect((await client.ledger.list({ standing: "open" })).total).toBe(1);
  await client.ledger.settle({ runId, stepId, attempt: 1, as: "not-sent" });
  expect((await client.ledger.list({})).posts).toMatchObject([{ standing: "said-not-sent" }]);
});

test("other posts on the account are told apart from it: those of our own by their jobs, the rest by their media", async () => {
  await using studio = await studioWith([
    { match: { kind: "publish", promptIncludes: "Lost" }, fault: { type: "resetAfter" } },
  ]);
  const { client } = studio;
  const { runId } = await run(studio, posting("Lost", "A harbour", ids[0]));
  await run(studio, posting("Known", "A lighthouse", ids[1]));
  const [{ stepId } = { stepId: "" }] = (await client.ledger.list({ standing: "open" })).posts;
  await expect.poll(async () => (await client.runs.evidence({ runId, stepId })).match).toBeDefined();
  expect((await client.runs.evidence({ runId, stepId })).found.map(({ caption }) => caption)).toEqual([
    "Lost",
  ]);

  // Another doubt of the same media: nobody can say whose the one on the server is.
  const { runId: again } = await run(studio, posting("Lost again", "A lighthouse", ids[0]));
  // The lighthouse went out before, so a person is asked.
  const asked = (await client.runs.log({ runId: again })).find(({ type }) => type === "approval-requested");
  if (asked?.type !== "approval-requested") throw new Error("Nobody was asked.");
  expect(asked.post.lastSentAt).toBeGreaterThan(0);
  await client.runs.approve({ runId: again, stepId: "post", digest: asked.post.digest });
  await expect.poll(async () => (await client.ledger.list({ standing: "open" })).posts.length).toBe(2);
  const open = (await client.ledger.list({ standing: "open" })).posts;
  const other = open.find((post) => post.runId === again);
  const seen = await client.runs.evidence({ runId: again, stepId: other?.stepId ?? "" });
  expect(seen.found.map(({ caption }) => caption)).toEqual(["Lost again"]);
});

test("a picture whose create was lost is shown as made since then; nothing follows from it", async () => {
  await using studio = await studioWith([
    { match: { kind: "image" }, nth: 1, fault: { type: "resetAfter" } },
  ]);
  const { client } = studio;
  const { runId, outcome } = await run(studio, posting("First", "A harbour", ids[0]));
  expect(outcome).toBe("needs-you");
  await expect
    .poll(async () => (await client.runs.evidence({ runId, stepId: "picture" })).found)
    .toEqual([{ what: "image", at: expect.any(Number) }]);
  expect((await studio.listRuns({}))[0]?.status).toBe("needs-you");
  await expect(client.runs.evidence({ runId, stepId: "post" })).rejects.toMatchObject({
    data: { code: "nothing-sent" },
  });
});

test("the ledger is paged and goes out as CSV and JSON, without a key or a formula", async () => {
  await using studio = await studioWith([]);
  const { client } = studio;
  const key = `sk_${"a".repeat(64)}`;
  await run(studio, posting('=HYPERLINK("x"), a "quote"\nand a line', "A harbour", ids[0]));
  await run(studio, posting("Plain", "A lighthouse", ids[1]));
  const first = await client.ledger.list({ limit: 1 });
  expect(first).toMatchObject({ total: 2, posts: [{ caption: "Plain", standing: "posted" }] });
  const second = await client.ledger.list({ limit: 1, cursor: first.cursor ?? "" });
  expect(second.posts[0]?.caption).toContain("HYPERLINK");
  expect(second).not.toHaveProperty("cursor");
  await expect(client.ledger.list({ cursor: "nonsense" })).rejects.toMatchObject({
    data: { code: "cursor-invalid" },
  });

  const csv = await client.ledger.exportText({ format: "csv" });
  expect(csv.fileName).toBe("posts.csv");
  const [header] = csv.text.split("\r\n");
  expect(header).toMatch(/^sentAt,standing,platform,account,accountId,product,caption,permalink,/);
  expect(csv.text).toContain(`"'=HYPERLINK(""x""), a ""quote""\nand a line"`);
  const json = await client.ledger.exportText({ format: "json", search: "plain" });
  expect(JSON.parse(json.text)).toMatchObject({
    format: "catwalk.posts",
    posts: [{ caption: "Plain", standing: "posted", account: "catwalk.studio" }],
  });
  for (const { text } of [csv, json]) {
    expect(text).not.toContain(key);
    expect(text).not.toContain(studio.home);
  }
});

test("a setting not to ask is made from a post that waits, listed, and revoked", async () => {
  await using studio = await studioWith([]);
  const { client } = studio;
  expect(await client.unasked.list()).toEqual([]);
  await expect(client.unasked.add({ runId: "none", stepId: "post" })).rejects.toMatchObject({
    data: { code: "run-over" },
  });
  const { runId } = await client.runs.start(
    await lookedAt(client.graphs, { graph: posting("First", "A harbour", ids[0]) }),
  );
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("done");
  // In the sandbox a post asks once it would be sent by the same step again.
  await client.runs.retry({ runId, stepId: "picture" });
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("needs-you");
  await client.unasked.add({ runId, stepId: "post" });
  const [rule] = await client.unasked.list();
  expect(rule).toMatchObject({ graphName: "Harbour", nodeId: "post", accountId, serverLabel: "Sandbox" });
  await client.unasked.remove({ ruleId: rule?.ruleId ?? "" });
  expect(await client.unasked.list()).toEqual([]);

  const answers = await client.runs.approveMany({
    runId,
    posts: [
      { stepId: "post", digest: "another" },
      { stepId: "picture", digest: "none" },
    ],
  });
  expect(answers).toMatchObject([
    { stepId: "post", ok: false, code: "approval-void" },
    { stepId: "picture", ok: false, code: "wrong-state" },
  ]);
  expect((await client.ledger.list({})).total).toBe(1);
});

test("a post of a graph that has changed since is not approved until the change is taken back", async () => {
  await using studio = await studioWith([]);
  const { client } = studio;
  const graph = posting("As it was", "A harbour", ids[0]);
  const edited: Graph = {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === "post"
        ? { ...node, data: { ...node.data, params: { ...node.data.params, caption: "As it is" } } }
        : { ...node, position: { x: 900, y: 0 } },
    ),
  };
  await keepNow(client, graph);
  const { runId } = await client.runs.start(await lookedAt(client.graphs, { graph }));
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("done");
  await client.runs.retry({ runId, stepId: "picture" });
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("needs-you");
  const asked = (await client.runs.log({ runId, limit: 1000 })).findLast(
    (event) => event.type === "approval-requested",
  );
  const digest = asked?.type === "approval-requested" ? asked.post.digest : "";
  const yes = { runId, stepId: "post", digest };

  // A window that still shows the graph as it was is told so, and its yes counts for nothing.
  await keepNow(client, edited);
  const message = "Changed since: this post still has the old caption.";
  expect(await client.runs.outdated({ runId, graph: edited })).toEqual([{ stepId: "post", message }]);
  expect(await client.runs.outdated({ runId, graph })).toEqual([]);
  const refused = { code: "post-outdated", message };
  await expect(client.runs.approve(yes)).rejects.toMatchObject({ data: refused });
  expect(await client.runs.approveMany({ runId, posts: [yes] })).toMatchObject([
    { stepId: "post", ok: false, ...refused },
  ]);
  expect((await client.ledger.list({})).total).toBe(1);

  await keepNow(client, {
    ...edited,
    nodes: edited.nodes.map((node) => (node.id === "post" ? (graph.nodes[1] ?? node) : node)),
  });
  await client.runs.approve(yes);
  await expect.poll(async () => (await studio.listRuns({}))[0]?.status).toBe("done");
  expect((await client.ledger.list({})).posts.map(({ caption }) => caption)).toEqual([
    "As it was",
    "As it was",
  ]);
});
