import { setImmediate as nextTurn } from "node:timers/promises";
import { isBlankText } from "../../base/blank-text.ts";

/** Whether these words are looked for at all: a list without them is answered by an index. */
export const isSearch = (words: string | undefined): boolean => !isBlankText(words ?? "");

/**
 * Looks through a list that no index answers, in slices, with everything else's turn between.
 *
 * @param query.boundary where the slice that begins after a place ends; undefined for the last one
 * @param query.find rows of one slice, in the list's order
 * @returns the first rows of the list after `after`, at most `limit`
 */
export async function findInSlices<Row, Place>(query: {
  readonly after?: Place | undefined;
  readonly limit: number;
  boundary(after: Place | undefined): Promise<Place | undefined>;
  find(slice: {
    readonly after: Place | undefined;
    readonly until: Place | undefined;
    readonly limit: number;
  }): Promise<readonly Row[]>;
}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let { after } = query; ; await nextTurn()) {
    const until = await query.boundary(after);
    rows.push(...(await query.find({ after, until, limit: query.limit - rows.length })));
    if (until === undefined || rows.length >= query.limit) return rows;
    after = until;
  }
}
