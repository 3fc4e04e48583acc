import fc from "fast-check";
import { expect, test } from "vitest";
import { balancedColumns } from "../../app/shell/balanced-columns.ts";

const block = (name: string, height: number) => ({ name, height });
const names = (columns: readonly (readonly { readonly name: string }[])[]) =>
  columns.map((column) => column.map(({ name }) => name).join(" "));

test("blocks stand in columns of about one height, in their order", () => {
  const blocks = [
    block("a", 11),
    block("b", 8),
    block("c", 13),
    block("d", 10),
    block("e", 9),
    block("f", 5),
  ];
  expect(names(balancedColumns(blocks, 3))).toEqual(["a b", "c f", "d e"]);
});

test("every block stands once, and no column could give its last one away and be the shorter for it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), (heights) => {
      const blocks = heights.map((height, place) => block(String(place), height));
      const columns = balancedColumns(blocks, 3);
      expect(
        columns
          .flat()
          .map(({ name }) => Number(name))
          .sort((a, b) => a - b),
      ).toEqual(heights.map((_, place) => place));
      const sums = columns.map((column) => column.reduce((sum, { height }) => sum + height, 0));
      const least = columns.length < 3 ? 0 : Math.min(...sums);
      for (const [at, column] of columns.entries())
        expect((sums[at] ?? 0) - Math.min(...column.map(({ height }) => height))).toBeLessThanOrEqual(least);
    }),
  );
});
