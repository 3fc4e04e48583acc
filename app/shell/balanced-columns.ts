type Block = { readonly height: number };

/**
 * Blocks of different heights in so many columns, none much longer than another: the tallest first, each to the column
 * that is shortest by then. Within a column, and by their first blocks the columns too, they keep their order.
 */
export function balancedColumns<Each extends Block>(
  blocks: readonly Each[],
  columns: number,
): readonly (readonly Each[])[] {
  const filled = Array.from({ length: columns }, () => ({ height: 0, places: [] as number[] }));
  const byHeight = blocks.map((block, place) => ({ height: block.height, place }));
  for (const { height, place } of byHeight.sort((a, b) => b.height - a.height || a.place - b.place)) {
    const shortest = filled.reduce((best, column) => (column.height < best.height ? column : best));
    shortest.height += height;
    shortest.places.push(place);
  }
  return filled
    .map(({ places }) => places.sort((a, b) => a - b))
    .filter((places) => places.length > 0)
    .sort(([a = 0], [b = 0]) => a - b)
    .map((places) => places.flatMap((place) => blocks[place] ?? []));
}
