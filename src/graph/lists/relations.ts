/**
 * Which items a node maps over, as relations over the rows of tables: pure arithmetic on row numbers, without a word
 * about nodes. Every operation takes time in proportion to what goes in and comes out.
 */

/** A set of items. An item picks one row of each of some tables. */
export type Relation = {
  /** Ids of tables, in document order. None: there is one item, which belongs to no row. */
  readonly tables: readonly string[];
  /** Row numbers, one for each table, item after item; items are sorted by them and differ from each other. */
  readonly rows: Uint32Array;
  readonly count: number;
};

/** For each item of one relation those of another that agree with it on every table both have. */
export type Links = {
  /** Items of the other relation, in the order the ranges point into. */
  readonly order: Uint32Array;
  /** Range in `order` for an item: `order[from[item]]` up to but not including `order[to[item]]`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
};

export type Relations = {
  /** One item for each row. */
  whole(table: string): Relation;
  /** All combinations of rows. */
  product(tables: readonly string[]): Relation;
  /** How many combinations there would be; needs no room for them. */
  productCount(relations: readonly Relation[]): number;
  cross(relations: readonly Relation[]): Relation;
  /** First with first, second with second. All have the same count and no table in common. */
  zip(relations: readonly Relation[]): Relation;
  /** How many items `join` would give. */
  joinCount(a: Relation, b: Relation): number;
  /** Pairs that agree on every table both have. Gives back `a` or `b` itself where it changes nothing. */
  join(a: Relation, b: Relation): Relation;
  link(other: Relation, relation: Relation): Links;
};

/** The one item of what maps over nothing. */
export const singleItem: Relation = { tables: [], rows: new Uint32Array(0), count: 1 };

/** @param tables row counts by table id, in document order. */
export function createRelations(tables: ReadonlyMap<string, number>): Relations {
  const rank = new Map([...tables.keys()].map((table, at) => [table, at]));
  const wholes = new Map<string, Relation>();

  function whole(table: string): Relation {
    const known = wholes.get(table);
    if (known) return known;
    const count = tables.get(table) ?? 0;
    const made: Relation = {
      tables: [table],
      rows: Uint32Array.from({ length: count }, (_, at) => at),
      count,
    };
    wholes.set(table, made);
    return made;
  }

  function sharedBy(a: Relation, b: Relation): string[] {
    return a.tables.filter((table) => b.tables.includes(table));
  }

  /** What an item has at these tables, as something a map can be keyed by. */
  function keysAt({ tables: own, rows }: Relation, at: readonly string[]): (item: number) => number | string {
    const columns = at.map((table) => own.indexOf(table));
    const sizes = at.map((table) => tables.get(table) ?? 0);
    const width = own.length;
    const [only] = columns;
    if (columns.length === 1 && only !== undefined) return (item) => rows[item * width + only] ?? 0;
    if (sizes.reduce((product, size) => product * size, 1) <= Number.MAX_SAFE_INTEGER)
      return (item) =>
        columns.reduce((key, column, nth) => key * (sizes[nth] ?? 0) + (rows[item * width + column] ?? 0), 0);
    return (item) => columns.map((column) => rows[item * width + column]).join(" ");
  }

  function link(other: Relation, relation: Relation): Links {
    const { count } = relation;
    if (other === relation) {
      const order = Uint32Array.from({ length: count }, (_, at) => at);
      return { order, from: order, to: order.map((at) => at + 1) };
    }
    const shared = sharedBy(other, relation);
    // Counting sort by group, so that the items of a group stay in their order.
    const groups = new Map<number | string, number>();
    const groupOf = new Uint32Array(other.count);
    const sizes: number[] = [];
    const keyOfOther = keysAt(other, shared);
    for (let item = 0; item < other.count; item++) {
      const key = keyOfOther(item);
      let group = groups.get(key);
      if (group === undefined) {
        group = sizes.length;
        groups.set(key, group);
        sizes.push(0);
      }
      groupOf[item] = group;
      sizes[group] = (sizes[group] ?? 0) + 1;
    }
    const starts = new Uint32Array(sizes.length + 1);
    for (const [group, size] of sizes.entries()) starts[group + 1] = (starts[group] ?? 0) + size;
    const order = new Uint32Array(other.count);
    const next = starts.slice();
    for (let item = 0; item < other.count; item++) {
      const group = groupOf[item] ?? 0;
      order[next[group] ?? 0] = item;
      next[group] = (next[group] ?? 0) + 1;
    }
    const [from, to] = [new Uint32Array(count), new Uint32Array(count)];
    const keyOf = keysAt(relation, shared);
    for (let item = 0; item < count; item++) {
      const group = groups.get(keyOf(item));
      if (group === undefined) continue;
      from[item] = starts[group] ?? 0;
      to[item] = starts[group + 1] ?? 0;
    }
    return { order, from, to };
  }

  /** Items put together: of each relation the item at its place in `picks`. */
  function merged(relations: readonly Relation[], picks: readonly Uint32Array[], count: number): Relation {
    const united = [...new Set(relations.flatMap((relation) => relation.tables))].sort(
      (a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0),
    );
    const width = united.length;
    const rows = new Uint32Array(count * width);
    for (const [nth, relation] of relations.entries()) {
      const pick = picks[nth];
      for (const [column, table] of relation.tables.entries()) {
        const target = united.indexOf(table);
        for (let item = 0; item < count; item++)
          rows[item * width + target] =
            relation.rows[(pick?.[item] ?? 0) * relation.tables.length + column] ?? 0;
      }
    }
    return { tables: united, rows: sorted(rows, width, count), count };
  }

  function joinCount(a: Relation, b: Relation): number {
    const { from, to } = link(b, a);
    let count = 0;
    for (let item = 0; item < a.count; item++) count += (to[item] ?? 0) - (from[item] ?? 0);
    return count;
  }

  function join(a: Relation, b: Relation): Relation {
    if (a === b) return a;
    const { order, from, to } = link(b, a);
    const count = joinCount(a, b);
    const [picksOfA, picksOfB] = [new Uint32Array(count), new Uint32Array(count)];
    let made = 0;
    for (let item = 0; item < a.count; item++)
      for (let at = from[item] ?? 0; at < (to[item] ?? 0); at++) {
        picksOfA[made] = item;
        picksOfB[made++] = order[at] ?? 0;
      }
    // The same relation, when the other only agrees: who compares by identity sees that nothing has changed.
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      if (count === one.count && other.tables.every((table) => one.tables.includes(table))) return one;
    return merged([a, b], [picksOfA, picksOfB], count);
  }

  function productCount(relations: readonly Relation[]): number {
    return relations.reduce((product, { count }) => product * count, 1);
  }

  function cross(relations: readonly Relation[]): Relation {
    const count = productCount(relations);
    let repeat = count;
    const picks = relations.map((relation) => {
      repeat = relation.count === 0 ? 0 : repeat / relation.count;
      const each = repeat;
      return Uint32Array.from({ length: count }, (_, item) => Math.floor(item / each) % relation.count);
    });
    return merged(relations, picks, count);
  }

  return {
    whole,
    product(ids) {
      const [only = singleItem, ...more] = ids.map(whole);
      return more.length === 0 ? only : cross([only, ...more]);
    },
    productCount,
    cross,
    zip(relations) {
      const count = relations[0]?.count ?? 0;
      const inOrder = Uint32Array.from({ length: count }, (_, at) => at);
      return merged(
        relations,
        relations.map(() => inOrder),
        count,
      );
    },
    joinCount,
    join,
    link,
  };
}

function sorted(rows: Uint32Array, width: number, count: number): Uint32Array {
  const compare = (a: number, b: number) => {
    for (let column = 0; column < width; column++) {
      const difference = (rows[a * width + column] ?? 0) - (rows[b * width + column] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  let isSorted = true;
  for (let item = 1; item < count && isSorted; item++) isSorted = compare(item - 1, item) <= 0;
  if (isSorted) return rows;
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort(compare);
  const inOrder = new Uint32Array(rows.length);
  for (let item = 0; item < count; item++)
    for (let column = 0; column < width; column++)
      inOrder[item * width + column] = rows[(order[item] ?? 0) * width + column] ?? 0;
  return inOrder;
}
