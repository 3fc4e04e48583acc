import fc from "fast-check";
import { expect, test } from "vitest";
import { createRelations, type Relation } from "../../../../src/graph/lists/relations.ts";

/** Relations as what they mean: sets of items, an item being a row for each of its tables. */
type Item = Readonly<Record<string, number>>;

const sizes = fc.record({ a: fc.nat({ max: 4 }), b: fc.nat({ max: 4 }), c: fc.nat({ max: 3 }) });
const tables = ["a", "b", "c"] as const;

function itemsOf({ tables, rows, count }: Relation): Item[] {
  return Array.from({ length: count }, (_, item) =>
    Object.fromEntries(tables.map((table, column) => [table, rows[item * tables.length + column] ?? -1])),
  );
}

const agree = (one: Item, other: Item) =>
  Object.keys(one).every((table) => !(table in other) || one[table] === other[table]);

const inOrder = (items: readonly Item[]) =>
  items.toSorted((one, other) => {
    for (const table of tables) {
      const difference = (one[table] ?? 0) - (other[table] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });

/** Relations as nodes come to have them: whole tables, crossed, zipped where they can be, and joined. */
const relation = (counts: Record<string, number>) => {
  const relations = createRelations(new Map(Object.entries(counts)));
  const made = fc.uniqueArray(fc.constantFrom(...tables), { minLength: 1 }).chain((chosen) =>
    fc.constantFrom("zip", "cross").map((how) => {
      const parts = chosen.map(relations.whole);
      const same = parts.every(({ count }) => count === parts[0]?.count);
      return how === "zip" && same ? relations.zip(parts) : relations.cross(parts);
    }),
  );
  return { relations, made };
};

const pair = sizes.chain((counts) => {
  const { relations, made } = relation(counts);
  return fc.tuple(fc.constant(relations), made, made);
});

test("a join has every pair that agrees on what both have, once and in order, and nothing else", () => {
  fc.assert(
    fc.property(pair, ([relations, a, b]) => {
      const pairs = itemsOf(a).flatMap((one) =>
        itemsOf(b).flatMap((other) => (agree(one, other) ? [{ ...one, ...other }] : [])),
      );
      expect(relations.joinCount(a, b)).toBe(pairs.length);
      expect(itemsOf(relations.join(a, b))).toEqual(inOrder(pairs));
      expect(itemsOf(relations.join(b, a))).toEqual(inOrder(pairs));
    }),
  );
});

test("links lead to exactly the items that agree, in their order", () => {
  fc.assert(
    fc.property(pair, ([relations, a, b]) => {
      const { order, from, to } = relations.link(b, a);
      const ofB = itemsOf(b);
      itemsOf(a).forEach((one, item) => {
        const linked = [...order.slice(from[item], to[item])].map((at) => ofB[at]);
        expect(linked).toEqual(ofB.filter((other) => agree(one, other)));
      });
    }),
  );
});

test("what a join changes nothing of stays the very same", () => {
  const relations = createRelations(
    new Map([
      ["a", 3],
      ["b", 3],
    ]),
  );
  const a = relations.whole("a");
  const both = relations.cross([a, relations.whole("b")]);
  expect(relations.join(a, a)).toBe(a);
  expect(relations.join(both, a)).toBe(both);
  expect(relations.join(a, both)).toBe(both);
  expect(relations.product(["a"])).toBe(a);
});
