import { expect, test } from "vitest";
import { postKeyOf } from "../../../src/engine/index.ts";
import type { PostPreview, Scope } from "../../../src/engine/record.ts";
import { mayBeSamePost } from "../../../src/engine/step/posts.ts";
import { workOf } from "../../../src/nodes/executors.ts";
import { createWorld, id, type StepSpec, step, stepOf } from "../../support/engine-world.ts";

/** What the ledger knows a post by is stored. If one of these changed, a post of before would no longer block its like. */

const scope = "https://wondercat.example account" as Scope; // a fixture's brand
const kinds = ["image", "video", "audio"] as const;
const keyOf = (platform: PostPreview["platform"], kind: (typeof kinds)[number], params: object) =>
  postKeyOf(
    {
      platform,
      accountId: "account-1",
      media: { type: "media", kind, sha256: "cafe" },
      params: params as Record<string, unknown>, // of the fixtures below
    },
    { scope },
  );

test.each([
  ["instagram", {}, ["IMAGE", "REELS", "IMAGE"]],
  ["instagram", { product: "STORIES" }, ["STORIES", "STORIES", "STORIES"]],
  ["instagram", { product: "CAROUSEL" }, ["CAROUSEL", "CAROUSEL", "CAROUSEL"]],
  ["instagram", { product: "" }, ["", "", ""]],
  ["instagram", { product: 7 }, ["IMAGE", "REELS", "IMAGE"]],
  ["instagram", { postMode: "inbox" }, ["IMAGE", "REELS", "IMAGE"]],
  ["tiktok", {}, ["direct", "direct", "direct"]],
  ["tiktok", { postMode: "inbox" }, ["inbox", "inbox", "inbox"]],
  ["tiktok", { postMode: null }, ["direct", "direct", "direct"]],
  ["tiktok", { product: "REELS" }, ["direct", "direct", "direct"]],
] as const)("a post to %s with %j is the same post as ever in the ledger", (platform, params, products) => {
  expect(kinds.map((kind) => JSON.stringify(keyOf(platform, kind, params)))).toEqual(
    products.map(
      (product) =>
        `{"scope":"${scope}","accountId":"account-1","product":${JSON.stringify(product)},"mediaSha256":"cafe"}`,
    ),
  );
});

test.each([
  ["instagram", "image", {}, '{"product":"IMAGE"}'],
  ["instagram", "video", {}, '{"product":"REELS"}'],
  [
    "instagram",
    "video",
    { product: "STORIES", shareToFeed: true },
    '{"product":"STORIES","shareToFeed":true}',
  ],
  ["tiktok", "video", {}, "{}"],
  ["tiktok", "video", { postMode: "inbox", isAigc: true }, '{"postMode":"inbox","isAigc":true}'],
] as const)("a post to %s of %s with %j sends the same params as ever", (platform, kind, params, sent) => {
  const work = workOf(
    "publish",
    { platform, accountId: "account-1", caption: "Hello", params },
    { media: [{ type: "media", kind, sha256: "cafe" }] },
  );
  expect(work.kind === "publish" && JSON.stringify(work.params)).toBe(sent);
});

test.each([
  [
    "instagram",
    {
      product: "REELS",
      paramsJson: '{"product":"REELS"}',
      digest: "2b4fb8b6c6c25e3206dcb0622aacd4ab06b6f71269c00a31b9cc7d798ae41f7c",
    },
  ],
  [
    "tiktok",
    {
      product: "direct",
      paramsJson: "{}",
      digest: "b275da65c7fd217eb1561db1ce06df9489cc0cb4d139ab0af57a55aa24e3a31e",
    },
  ],
] as const)(
  "the row that the ledger keeps of a post to %s, and the digest that a yes is bound to, are those of before",
  async (platform, kept) => {
    const world = createWorld({ policy: "ask" });
    const params = { platform, accountId: "account-1", caption: "Hello", params: {} };
    const post = {
      name: "post",
      needs: ["a"],
      work: (media) => workOf("publish", params, { media }),
    } satisfies StepSpec;
    const run = world.start([step.video("a"), post]);
    await world.settle();
    const { status } = stepOf(run, "post");
    if (status.kind !== "waiting-for-approval") throw new Error(status.kind);
    run.approve(id("post"), status.post.digest);
    await world.settle();
    const [row] = world.seen.ledger.values();
    expect(row).toMatchObject({ platform, ...kept });
  },
);

test("a post to a platform that is not known has no place in the ledger, and is like no other post", () => {
  const post = {
    platform: "elsewhere",
    accountId: "account-1",
    caption: "Hello",
    media: { type: "media", kind: "video", sha256: "cafe" },
    params: {},
  } as const;
  expect(() => postKeyOf(post, { scope })).toThrow("does not know the platform “elsewhere”");
  const server = createWorld().deps.server;
  for (const product of ["REELS", "direct", "IMAGE"])
    expect(
      mayBeSamePost(post, server, {
        scope: server.scope,
        accountId: "account-1",
        product,
        mediaSha256: "cafe",
      }),
    ).toBe(false);
});
