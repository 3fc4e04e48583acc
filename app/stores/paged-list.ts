import { createStore, type StoreApi } from "zustand";
import type { Refusal } from "../../src/studio/contract.ts";
import { type Called, called, wordsOf } from "./studio.ts";

export type Page<Item> = { readonly items: readonly Item[]; readonly next?: string | undefined };

export type PagedList<Item, Filter> = {
  readonly filter: Filter;
  readonly items: readonly Item[];
  /** Set when there are more. */
  readonly next: string | undefined;
  /** `loading` until the first answer. */
  readonly phase: "loading" | "ready" | "failed";
  readonly failure: Refusal | undefined;
  setFilter(change: Partial<Filter>): void;
  /** Asks for the next page, unless it is on its way. */
  loadMore(): Promise<void>;
  /** Asks again for as many as are on show. */
  refresh(): Promise<void>;
  /** Shows the list until the returned function is called. */
  open(): () => void;
  /** Items came, went or changed: asks again while the list is on show. */
  changed(): void;
  /** Shows nothing until the next answer: what is on show belongs to something else. */
  clear(): void;
};

/** The contract's own bound. */
const MOST_AT_ONCE = 200;

/** A list that the studio gives page by page, and that is asked for anew when its filter changes. */
export function createPagedList<Item, Filter>(list: {
  readonly filter: Filter;
  readonly page: number;
  ask(filter: Filter, limit: number, cursor?: string): Promise<Page<Item>>;
}): StoreApi<PagedList<Item, Filter>> {
  return createStore((set, get) => {
    /** Answers to an older question are of no interest any more. */
    let turn = 0;
    let loadingMore = false;
    let openings = 0;
    const failed = ({ failure }: Extract<Called<unknown>, { ok: false }>) =>
      set({ phase: "failed", failure: wordsOf(failure) });

    return {
      filter: list.filter,
      items: [],
      next: undefined,
      phase: "loading",
      failure: undefined,
      setFilter(change) {
        set({ filter: { ...get().filter, ...change } });
        void get().refresh();
      },
      async refresh() {
        const asked = ++turn;
        loadingMore = false;
        const limit = Math.min(MOST_AT_ONCE, Math.max(list.page, get().items.length));
        const answer = await called(list.ask(get().filter, limit));
        if (asked !== turn) return;
        if (!answer.ok) return failed(answer);
        const { items, next } = answer.value;
        set({ items, next, phase: "ready", failure: undefined });
      },
      async loadMore() {
        const { next } = get();
        if (next === undefined || loadingMore) return;
        loadingMore = true;
        const asked = turn;
        const answer = await called(list.ask(get().filter, list.page, next));
        if (asked !== turn) return;
        loadingMore = false;
        if (!answer.ok) return failed(answer);
        set({ items: [...get().items, ...answer.value.items], next: answer.value.next });
      },
      open() {
        openings++;
        void get().refresh();
        return () => {
          openings--;
        };
      },
      changed() {
        if (openings > 0) void get().refresh();
      },
      clear: () => set({ items: [], next: undefined, phase: "loading" }),
    };
  });
}
