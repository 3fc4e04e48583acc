import { expect, test } from "vitest";
import { nextUnseen, repeatsOf, tickedOf, type WaitingPost } from "../../app/runs/approval-choice.ts";
import type { PostPreview } from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";

function waiting(name: string, post: Partial<PostPreview> = {}): WaitingPost {
  return {
    stepId: name as StepId, // the test's own
    nodeId: name,
    title: name,
    itemPath: [],
    key: `${name} ${post.digest ?? "digest"}`,
    post: {
      ...{ platform: "instagram", accountId: "a", caption: name, params: { product: "IMAGE" } },
      media: { type: "media", kind: "image", sha256: name },
      digest: "digest",
      ...post,
    },
  };
}

const keys = (posts: readonly WaitingPost[]) => posts.map(({ stepId }) => stepId);
const media = { type: "media", kind: "image", sha256: "same" } as const;
const blockedBy = { runId: "r", stepId: "s", attempt: 1, state: "unknown", at: 1 } as const;

test("new posts are ticked by default; what the person unticks stays so until the post changes", () => {
  const posts = [waiting("a"), waiting("b")];
  expect(keys(tickedOf(posts, new Map()))).toEqual(["a", "b"]);
  const chosen = new Map([["a digest", false]]);
  expect(keys(tickedOf(posts, chosen))).toEqual(["b"]);
  expect(keys(tickedOf([waiting("a", { digest: "another" }), waiting("b")], chosen))).toEqual(["a", "b"]);
});

test("where one would repeat an earlier post nothing is ticked by default", () => {
  const posts = [waiting("a"), waiting("b", { lastSentAt: 5 })];
  expect(tickedOf(posts, new Map())).toEqual([]);
  expect(keys(tickedOf(posts, new Map([["b digest", true]])))).toEqual(["b"]);
});

test("what is blocked by an unsettled post, or of before a change, is never ticked", () => {
  const posts = [
    waiting("a", { blockedBy }),
    { ...waiting("b"), outdated: "Changed since: this post still has the old caption." },
  ];
  const all = new Map(posts.map(({ key }) => [key, true]));
  expect(tickedOf(posts, all)).toEqual([]);
  expect(nextUnseen(posts, tickedOf(posts, all), new Set(), 0)).toBeUndefined();
});

test("two of the same media to one account and product are repeats of each other; other products are not", () => {
  const posts = [
    waiting("a", { media }),
    waiting("b", { media, caption: "Other words" }),
    waiting("c", { media, params: { product: "STORIES" } }),
    waiting("d", { media, accountId: "b" }),
  ];
  expect([...repeatsOf(posts)]).toEqual(["b digest"]);
});

test("the next post to look at is the first ticked and unseen one after the current, around the end", () => {
  const posts = ["a", "b", "c", "d"].map((name) => waiting(name));
  const ticked = tickedOf(posts, new Map([["c digest", false]]));
  const seen = new Set(["b digest"]);
  expect(nextUnseen(posts, ticked, seen, 0)).toBe(3);
  expect(nextUnseen(posts, ticked, seen, 3)).toBe(0);
  expect(nextUnseen(posts, ticked, new Set(posts.map(({ key }) => key)), 0)).toBeUndefined();
  expect(nextUnseen([], [], seen, 0)).toBeUndefined();
});
