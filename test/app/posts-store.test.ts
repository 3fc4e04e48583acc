import { expect, test } from "vitest";
import { createPostsStore, type PostsSource } from "../../app/stores/posts.ts";
import type { LedgerPost, PostFilter } from "../../src/studio/contract.ts";

const post = (attempt: number): LedgerPost => ({
  ...{ runId: "run", stepId: "post", attempt, graphId: "g", graphName: "A graph", nodeId: "post" },
  ...{
    serverLabel: "Sandbox",
    platform: "instagram",
    accountId: "a",
    product: "IMAGE",
    caption: `${attempt}`,
  },
  ...{ mediaKind: "image", standing: "posted", approvedBy: "person", at: 1000 - attempt, hasRun: true },
});

/** A ledger of so many posts, whose answers the test lets go. */
function ledgerOf(size: number) {
  const asked: PostFilter[] = [];
  let answer = async () => {};
  const all = Array.from({ length: size }, (_, index) => post(index));
  const source: PostsSource = {
    async list(query) {
      asked.push(query);
      await answer();
      const start = Number(query.cursor ?? 0);
      const end = start + query.limit;
      return { posts: all.slice(start, end), total: size, ...(end < size ? { cursor: String(end) } : {}) };
    },
    accounts: async () => [{ platform: "instagram", accountId: "a" }],
  };
  return {
    asked,
    store: createPostsStore(source),
    answerBy(how: () => Promise<void>) {
      answer = how;
    },
  };
}

/** Lets every answer arrive that is on its way. */
const rest = () => new Promise((resolve) => setTimeout(resolve));

test("while the drawer is open it follows the ledger, and closed it asks for nothing", async () => {
  const { store, asked } = ledgerOf(3);
  store.getState().refresh();
  expect(asked).toEqual([]);
  const close = store.getState().open();
  await rest();
  expect(store.getState()).toMatchObject({ phase: "ready", total: 3, accounts: [{ accountId: "a" }] });
  store.getState().refresh();
  await rest();
  close();
  store.getState().refresh();
  await rest();
  expect(asked).toHaveLength(2);
});

test("what was paged in stays on show when the ledger changes", async () => {
  const { store } = ledgerOf(420);
  store.getState().open();
  await rest();
  expect(store.getState().posts).toHaveLength(50);
  for (let page = 0; page < 5; page++) await store.getState().loadMore();
  expect(store.getState().posts).toHaveLength(300);
  store.getState().refresh();
  await rest();
  expect(store.getState().posts).toHaveLength(300);
  expect(store.getState().cursor).toBe("300");
});

test("the answer to an older question is dropped; a failure is told and gone with the next answer", async () => {
  const { store, asked, answerBy } = ledgerOf(3);
  store.getState().open();
  await rest();
  const slow = Promise.withResolvers<void>();
  answerBy(() => slow.promise);
  store.getState().setFilter({ search: "a" });
  answerBy(async () => {
    throw new Error("The line is down.");
  });
  store.getState().setFilter({ search: "ab" });
  await rest();
  expect(store.getState()).toMatchObject({ phase: "failed", failure: { message: "The line is down." } });
  slow.resolve();
  await rest();
  expect(store.getState().phase).toBe("failed");
  answerBy(async () => {});
  store.getState().refresh();
  await rest();
  expect(store.getState()).toMatchObject({ phase: "ready", failure: undefined });
  expect(asked.at(-1)).toMatchObject({ search: "ab" });
});
