import { createStore, type StoreApi, useStore } from "zustand";
import { called, studio } from "./studio.ts";

/** How many posts of the ledger wait for a person's word, because nobody can say whether they went out. */
const openPostsStore: StoreApi<{ readonly count: number }> = createStore(() => ({ count: 0 }));

export function useOpenPosts(): number {
  return useStore(openPostsStore, (state) => state.count);
}

/** The studio's largest page. */
const PAGE = 200;

export async function refreshOpenPosts(): Promise<void> {
  const answer = await called(studio.client.ledger.list({ standing: "open", limit: PAGE }));
  if (!answer.ok) return;
  const { total, posts } = answer.value;
  // What is being sent is listed among them until its answer is there. It is the newest, so it is on this page.
  openPostsStore.setState({ count: total - posts.filter(({ standing }) => standing === "sending").length });
}
