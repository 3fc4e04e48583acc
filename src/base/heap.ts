export type Heap<T> = {
  push(item: T): void;
  first(): T | undefined;
  pop(): T | undefined;
  /** Forgets the dead once they are the greater part; they cost nothing but memory until then. */
  prune(isDead: (item: T) => boolean): void;
};

/** Least key first; among equals the one that came first, so that no item starves. */
export function createHeap<T>(keyOf: (item: T) => number): Heap<T> {
  type Entry = { readonly key: number; readonly order: number; readonly item: T };
  let entries: Entry[] = [];
  let arrivals = 0;
  let prunesWithoutSweep = 0;

  const before = (a: Entry, b: Entry) => a.key < b.key || (a.key === b.key && a.order < b.order);
  function rise(index: number, entry: Entry): void {
    let at = index;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (!above || before(above, entry)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }
  function sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = entries[child];
      const right = entries[child + 1];
      if (below && right && before(right, below)) {
        child++;
        below = right;
      }
      if (!below || before(entry, below)) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = entry;
  }

  return {
    push(item) {
      const entry = { key: keyOf(item), order: arrivals++, item };
      entries.push(entry);
      rise(entries.length - 1, entry);
    },
    first: () => entries[0]?.item,
    pop() {
      const least = entries[0];
      const last = entries.pop();
      if (last && entries.length > 0) sink(last);
      return least?.item;
    },
    prune(isDead) {
      if (++prunesWithoutSweep < 32 + entries.length / 2) return;
      prunesWithoutSweep = 0;
      // A sorted array is a heap.
      entries = entries.filter((entry) => !isDead(entry.item)).sort((a, b) => (before(a, b) ? -1 : 1));
    },
  };
}
