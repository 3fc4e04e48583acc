import { createStore, type StoreApi, useStore } from "zustand";
import type { LedgerPost, PostAccount, PostFilter, PostPage } from "../../src/studio/contract.ts";
import { type CallFailure, called, studio } from "./studio.ts";

/** The publish ledger as the drawer shows it: one filter, and as many pages of it as were asked for. */
export type PostsState = {
  readonly filter: PostFilter;
  readonly posts: readonly LedgerPost[];
  readonly total: number;
  /** Of the page after the last one on show; absent at the end. */
  readonly cursor: string | undefined;
  readonly accounts: readonly PostAccount[];
  readonly phase: "idle" | "loading" | "ready" | "failed";
  readonly failure: CallFailure | undefined;
};

export type PostsActions = {
  /** While the drawer is open the list follows the ledger. Gives the function to call when it closes. */
  open(): () => void;
  setFilter(change: PostFilter): void;
  loadMore(): Promise<void>;
  /** The ledger has changed. */
  refresh(): void;
};

export type PostsStore = StoreApi<PostsState & PostsActions>;

/** How the store reaches the studio. */
export type PostsSource = {
  list(query: PostFilter & { readonly cursor?: string; readonly limit: number }): Promise<PostPage>;
  accounts(): Promise<readonly PostAccount[]>;
};

const PAGE = 50;
/** The studio's largest page: what is on show is asked for again in pages of this size. */
const MOST = 200;

export function createPostsStore(source: PostsSource): PostsStore {
  return createStore((set, get) => {
    let openings = 0;
    /** Grows with each question; the answer to an older one is dropped. */
    let turn = 0;

    /** From the newest on, as many as are on show, so that a row that changed does not throw a person back. */
    const load = async (wanted: number) => {
      const mine = ++turn;
      set({ phase: "loading" });
      const posts: LedgerPost[] = [];
      let cursor: string | undefined;
      let total = 0;
      do {
        const limit = Math.min(MOST, wanted - posts.length);
        const page = await called(
          source.list({ ...get().filter, limit, ...(cursor === undefined ? {} : { cursor }) }),
        );
        if (mine !== turn) return;
        if (!page.ok) return set({ phase: "failed", failure: page.failure });
        posts.push(...page.value.posts);
        ({ cursor, total } = page.value);
      } while (cursor !== undefined && posts.length < wanted);
      set({ posts, total, cursor, phase: "ready", failure: undefined });
    };

    const loadAccounts = async () => {
      const accounts = await called(source.accounts());
      if (accounts.ok) set({ accounts: accounts.value });
    };

    return {
      filter: {},
      posts: [],
      total: 0,
      cursor: undefined,
      accounts: [],
      phase: "idle",
      failure: undefined,
      open() {
        openings++;
        get().refresh();
        return () => {
          openings--;
        };
      },
      setFilter(change) {
        set({ filter: { ...get().filter, ...change } });
        void load(PAGE);
      },
      async loadMore() {
        const { posts, cursor } = get();
        if (cursor !== undefined) await load(posts.length + PAGE);
      },
      refresh() {
        if (openings === 0) return;
        void load(Math.max(PAGE, get().posts.length));
        void loadAccounts();
      },
    };
  });
}

export const postsStore: PostsStore = createPostsStore({
  list: (query) => studio.client.ledger.list(query),
  accounts: () => studio.client.ledger.accounts(),
});

export function usePosts<T>(select: (state: PostsState & PostsActions) => T): T {
  return useStore(postsStore, select);
}
