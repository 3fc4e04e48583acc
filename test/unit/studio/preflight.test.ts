import { expect, test } from "vitest";
import type { PostHistory, PostKey } from "../../../src/engine/index.ts";
import type { Scope } from "../../../src/engine/record.ts";
import type { Graph } from "../../../src/graph/document/schema.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import type { RunSelection } from "../../../src/studio/contract.ts";
import { checkGraph, lookAtGraph } from "../../../src/studio/preflight/preflight.ts";
import { changeSince } from "../../../src/studio/preflight/terms.ts";
import type { Server } from "../../../src/studio/server/connection.ts";
import type { WondercatClient } from "../../../src/wondercat/client.ts";
import { fileOf, graphOf, nodeOf, tableOf } from "../../support/graph-builders.ts";
import { createTakeMemory } from "../../support/take-memory.ts";

const server: Server = {
  client: {} as WondercatClient, // nothing here asks it
  scope: "live/account" as Scope,
  label: "Live",
  origin: "https://api.example.com",
  isSandbox: false,
  catalogue: { ...builtInCatalogue, source: "server" },
  accounts: [{ platform: "tiktok", accountId: "tok-1", username: "me", status: "active" }],
};

const picture = nodeOf("picture", "generate", { family: "image", model: "nano-banana-2" });
const clip = nodeOf("clip", "generate", { family: "video", model: "seedance-2", prompt: "Waves" });
const post = nodeOf("post", "publish", { platform: "tiktok", accountId: "tok-1", caption: "Unused" });
const graph = graphOf(
  [nodeOf("idea", "prompt", { text: "A lighthouse" }), picture, clip, post],
  ["idea.out > picture.prompt", "clip.out > post.media", "idea.out > post.caption"],
);

/** The server has it from before. */
const known = fileOf("known.png", { sha256: "b".repeat(64) });

async function look(
  of: Graph = graph,
  over: Partial<Server> = {},
  selection: RunSelection = { kind: "all" },
  firstPrice = 4_000,
  history: PostHistory = {},
) {
  const asked: unknown[] = [];
  const looked: PostKey[] = [];
  const { preflight, terms, plan } = await lookAtGraph({
    resolved: { graph: of, problems: [] },
    selection,
    limits: { fresh: false },
    now: Date.parse("2026-06-01T12:00:00Z"),
    takes: {
      store: createTakeMemory().storeFor({ isDead: false }),
      has: async () => true,
      pathOf: async () => "/somewhere",
      isUploaded: async (sha256) => sha256 === known.sha256,
      sha256: (text) => text,
    },
    ledger: {
      async history(key) {
        looked.push(key);
        return history;
      },
    },
    server: { ...server, ...over },
    remote: {
      scope: server.scope,
      label: "Live",
      isSandbox: false,
      async estimate(request) {
        asked.push(request.kind === "inference" ? request.body : request);
        return asked.length === 1 ? firstPrice : undefined;
      },
      accountName: (_platform, accountId) => (accountId === "tok-1" ? "Me" : undefined),
      create: () => Promise.reject(new Error("A look creates nothing.")),
      upload: () => Promise.reject(new Error("A look uploads nothing.")),
      look: () => Promise.reject(new Error("There is no job to look at.")),
    },
  });
  return { preflight, terms, plan, asked, looked };
}

test("A look says what a run makes, costs and posts, with the texts that are known by now", async () => {
  const { preflight, asked } = await look();
  expect(preflight).toMatchObject({
    problems: [],
    nodeIds: ["idea", "picture", "clip", "post"],
    jobs: { uploads: 0, generate: 2, edits: 0, publishes: 1 },
    estimateMicrodollars: 4_000,
    unpricedSteps: 1,
    posts: [{ nodeId: "post", platform: "tiktok", accountName: "Me", caption: "A lighthouse" }],
    serverLabel: "Live",
  });
  expect(asked).toEqual([
    expect.objectContaining({ model: "nano-banana-2", prompt: "A lighthouse" }),
    expect.objectContaining({ model: "seedance-2", prompt: "Waves" }),
  ]);
});

test("A file that the server has from before is no upload", async () => {
  const { preflight } = await look(
    graphOf([nodeOf("old", "upload", { file: known }), nodeOf("new", "upload", { file: fileOf() })], []),
  );
  expect(preflight.jobs.uploads).toBe(1);
  expect(preflight.reusedSteps).toBe(1);
});

test("What was seen holds for what has become cheaper since, and for nothing dearer", async () => {
  const termsAt = async (price: number) => (await look(graph, {}, { kind: "all" }, price)).terms;
  const [cheaper, seen, dearer] = [await termsAt(3_000), await termsAt(4_000), await termsAt(20_000)];
  expect(changeSince(seen, seen)).toBeUndefined();
  expect(changeSince(seen, cheaper)).toBeUndefined();
  expect(changeSince(seen, dearer)).toContain("would cost about $0.02 by now");
});

test("What was seen is of this server in this account", async () => {
  const { terms } = await look();
  const others = [
    await look(graph, { origin: "https://staging.example.com" }),
    await look(graph, { scope: "live/another" as Scope }),
  ];
  expect(others.map((other) => changeSince(terms, other.terms))).toEqual([
    expect.stringContaining("server or the account"),
    expect.stringContaining("server or the account"),
  ]);
});

test("Edits are free where they are rendered here, and unpriced where the server makes them", async () => {
  const cut = nodeOf("cut", "edit", { operation: "imageCrop" });
  const edited = graphOf(
    [nodeOf("idea", "prompt", { text: "A lighthouse" }), picture, cut],
    ["idea.out > picture.prompt", "picture.out > cut.image_0"],
  );
  const unpriced = async (remoteEditing: "yes" | "no" | "unknown") =>
    (await look(edited, { catalogue: { ...server.catalogue, remoteEditing } })).preflight.unpricedSteps;
  expect([await unpriced("no"), await unpriced("yes"), await unpriced("unknown")]).toEqual([0, 1, 1]);
});

test("Only what is wrong with a node in the run stops it", async () => {
  const broken = graphOf([
    nodeOf("fine", "prompt", { text: "Hello" }),
    nodeOf("later", "generate", { family: "image", model: "no-such-model", prompt: "x" }),
  ]);
  const all = await look(broken);
  expect(all.plan).toBeUndefined();
  expect(all.preflight.problems).toEqual([
    expect.objectContaining({ code: "unknown-model", severity: "error" }),
  ]);
  const part = await look(broken, {}, { kind: "only", nodeIds: ["fine"] });
  expect(part.plan).toBeDefined();
  expect(part.preflight.problems).toEqual([
    expect.objectContaining({ code: "unknown-model", severity: "warning" }),
  ]);

  // Before a server has answered nobody can say that it lacks a model.
  const check = checkGraph({ graph: broken, problems: [] }, builtInCatalogue, { kind: "all" }, 0);
  expect(check).toEqual([expect.objectContaining({ code: "unknown-model", severity: "warning" })]);
  const nothing = checkGraph({ graph: graphOf([]), problems: [] }, builtInCatalogue, { kind: "all" }, 0);
  expect(nothing.map(({ code }) => code)).toEqual(["nothing-to-run"]);
});

test("An account that is not on this server stops the run", async () => {
  const { preflight, plan } = await look(graph, { accounts: [] });
  expect(plan).toBeUndefined();
  expect(preflight.problems).toEqual([expect.objectContaining({ code: "account-missing", nodeId: "post" })]);
});

test("A batch is counted whole: every job, every post, and the price of each", async () => {
  const batch = graphOf(
    [
      tableOf("t", 150, ["idea", "words"]),
      nodeOf("picture", "generate", { family: "video", model: "seedance-2", prompt: "{{idea}}" }),
      nodeOf("post", "publish", { platform: "tiktok", accountId: "tok-1" }),
    ],
    ["picture.out > post.media", "t.column:words > post.caption"],
  );
  const { preflight, terms } = await look(batch);
  expect(preflight).toMatchObject({
    steps: 301,
    nodeIds: ["t", "picture", "post"],
    jobs: { generate: 150, publishes: 150 },
  });
  expect(preflight.posts).toHaveLength(100);
  expect(preflight.posts[1]).toMatchObject({ nodeId: "post", caption: "words 1" });

  // A yes is to all of them, also to those that are only counted.
  const [table, ...others] = batch.nodes;
  const rows = table?.data.params["rows"] as { key: string; cells: Record<string, string> }[];
  const changed = rows.with(149, { key: "r149", cells: { idea: "idea 149", words: "Something else" } });
  const params = { ...table?.data.params, rows: changed };
  const other = { ...batch, nodes: [nodeOf("t", "table", params), ...others] };
  expect(changeSince(terms, (await look(other)).terms)).toContain("posts have changed");
});

test("An account is looked up once for all items of a node", async () => {
  const batch = graphOf(
    [
      tableOf("t", 20, ["idea"]),
      nodeOf("clip", "generate", { family: "video", model: "seedance-2", prompt: "{{idea}}" }),
      nodeOf("post", "publish", { platform: "tiktok", accountId: "tok-2", caption: "{{idea}}" }),
    ],
    ["clip.out > post.media"],
  );
  const { problems } = (await look(batch)).preflight;
  expect(problems.map(({ code }) => code)).toEqual(["account-missing"]);
});

test("A look says which posts repeat one that went out, or wait for somebody's word, where the media is known", async () => {
  const file = {
    path: "clip.mp4",
    name: "clip.mp4",
    sha256: "c".repeat(64),
    sizeBytes: 9,
    mimeType: "video/mp4",
  };
  const again = graphOf(
    [nodeOf("file", "upload", { file: { ...file, kind: "video" } }), post],
    ["file.out > post.media"],
  );
  const repeated = await look(again, {}, { kind: "all" }, 4_000, { lastSentAt: 5 });
  expect(repeated.preflight.posts).toMatchObject([{ nodeId: "post", lastSentAt: 5 }]);
  expect(repeated.looked).toMatchObject([
    { accountId: "tok-1", product: "direct", mediaSha256: file.sha256, scope: server.scope },
  ]);
  const unsettled = { runId: "r", stepId: "s", attempt: 1, state: "in-doubt", at: 5 } as const;
  const blocked = await look(again, {}, { kind: "all" }, 4_000, { lastSentAt: 5, unsettled });
  expect(blocked.preflight.posts).toMatchObject([{ nodeId: "post", isBlocked: true }]);
  // Whoever agreed before the other post went out did not agree to this.
  expect(changeSince((await look(again)).terms, repeated.terms)).toContain("posts have changed");
  // Of media that is still to be made nobody can ask.
  expect((await look(graph, {}, { kind: "all" }, 4_000, { lastSentAt: 5 })).looked).toEqual([]);
});
