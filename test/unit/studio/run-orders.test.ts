import { beforeEach, expect, test } from "vitest";
import type { PostHistory, RemoteServer } from "../../../src/engine/index.ts";
import type { Scope } from "../../../src/engine/record.ts";
import type { Graph } from "../../../src/graph/document/schema.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { createRunOrders, type RunOrders } from "../../../src/studio/preflight/run-orders.ts";
import type { Server } from "../../../src/studio/server/connection.ts";
import type { ServerShares } from "../../../src/studio/server/server-shares.ts";
import type { WondercatClient } from "../../../src/wondercat/client.ts";
import { fileOf, graphOf, nodeOf } from "../../support/graph-builders.ts";
import { temporaryFolder } from "../../support/sandbox.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const clip = fileOf("clip.mp4", { kind: "video", mimeType: "video/mp4" });
const graph = graphOf(
  [
    nodeOf("file", "upload", { file: clip }),
    nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A lighthouse" }),
    nodeOf("post", "publish", { platform: "tiktok", accountId: "tok-1", caption: "Up" }),
  ],
  ["file.out > post.media"],
);

/** The world as it is; a test changes it between the look and the start. */
let world: { server: Server; price: number; history: PostHistory; resolved: Graph };
let orders: RunOrders;
let keep: (graph: Graph) => void;

beforeEach(async () => {
  const folder = await temporaryFolder();
  const library = await openLibrary(folder.path);
  world = {
    server: {
      client: {} as WondercatClient, // nothing here asks it
      scope: "live/account" as Scope,
      label: "Live",
      origin: "https://api.example.com",
      isSandbox: false,
      catalogue: { ...builtInCatalogue, source: "server" },
      accounts: [{ platform: "tiktok", accountId: "tok-1", username: "me", status: "active" }],
    },
    price: 4_000,
    history: {},
    resolved: graph,
  };
  const clock = createVirtualClock();
  const refused = () => Promise.reject(new Error("A look creates nothing."));
  orders = createRunOrders({
    ...{ library, clock },
    uploads: {
      resolve: async () => ({ graph: world.resolved, problems: [] }),
      take: refused,
    },
    connections: {
      ready: async () => world.server,
      catalogue: () => world.server.catalogue,
    } as Parameters<typeof createRunOrders>[0]["connections"],
    resting: { get: () => Promise.reject(new Error("There is no run.")) as never },
    ledger: { history: async () => world.history },
    servers: {
      remote: (server: Server): RemoteServer => ({
        ...{ scope: server.scope, label: server.label, isSandbox: false },
        estimate: async () => world.price,
        accountName: () => "Me",
        ...{ create: refused, upload: refused, look: refused },
      }),
      share: () => ({ traffic: { times: { forecast: () => undefined, learn: async () => {} } } }) as never,
    } as ServerShares,
  });
  keep = async (kept) =>
    void (await library.documents.keep(
      {
        id: kept.id,
        json: JSON.stringify(kept),
        base: (await library.documents.get(kept.id))?.revision ?? 0,
        changedAt: 1,
      },
      (a, b) => a === b,
    ));
  return async () => {
    await library.close();
    await folder[Symbol.asyncDispose]();
  };
});

async function handleOf(): Promise<string> {
  const { handle, problems } = await orders.preflight({ graph });
  expect(problems).toEqual([]);
  return handle ?? "";
}

const nothing = "Nothing was started, and nothing was charged.";

test("What was looked at is what starts: the same plan, by its handle alone, and once", async () => {
  await keep(graph);
  const handle = await handleOf();
  const order = await orders.toStart({ handle }, "ask");
  expect(order.plan.steps.map(({ stepId }) => stepId)).toEqual(["file", "picture", "post"]);
  expect(order).toMatchObject({ graph, selection: { kind: "all" }, limits: { fresh: false } });
  await expect(orders.toStart({ handle }, "ask")).rejects.toMatchObject({ code: "preflight-void" });
});

test("A run that has become cheaper starts, and so does one whose document is kept as it was", async () => {
  await keep(graph);
  const handle = await handleOf();
  world.price = 3_000;
  await keep(graph);
  await expect(orders.toStart({ handle }, "ask")).resolves.toMatchObject({ publishPolicy: "ask" });
});

test.each<[string, () => unknown, string]>([
  ["graph", () => keep({ ...graph, name: "Edited" }), "The graph has changed"],
  [
    "file",
    () => (world.resolved = { ...graph, nodes: graph.nodes.slice(1) }),
    "A file of the graph has changed",
  ],
  ["price", () => (world.price = 90_000), "about $0.09 by now; you saw less than $0.01"],
  ["posts", () => (world.history = { lastSentAt: 5 }), "The posts have changed"],
  ["account", () => (world.server = { ...world.server, scope: "live/another" as Scope }), "the account"],
])("A look is void when the %s changed, and nothing starts", async (_, change, words) => {
  await keep(graph);
  const handle = await handleOf();
  await change();
  const starting = orders.toStart({ handle }, "ask");
  await expect(starting).rejects.toMatchObject({
    code: "preflight-void",
    message: expect.stringContaining(nothing),
  });
  await expect(starting).rejects.toThrow(words);
});

test("A look is void when the account of a post is gone: the problem says which", async () => {
  const handle = await handleOf();
  world.server = { ...world.server, accounts: [] };
  await expect(orders.toStart({ handle }, "ask")).rejects.toMatchObject({
    problems: [{ code: "account-missing", nodeId: "post" }],
  });
});

test("A forecast gives no handle, and a handle of another process is none", async () => {
  expect(await orders.forecast({ graph })).not.toHaveProperty("handle");
  await expect(orders.toStart({ handle: "guess" }, "ask")).rejects.toMatchObject({ code: "preflight-void" });
});
