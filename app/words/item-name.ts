import { cellOf, type Table } from "../../src/graph/describe/table.ts";
import type { UploadFile } from "../../src/graph/document/files.ts";
import { rowKeysOf } from "../../src/graph/plan/step-id.ts";

/** How a person knows an item: by its rows' keys, and by what those rows hold where the graph still has them. */
export type ItemName = {
  /** "red shoe", of several tables "red shoe · morning". */
  readonly keys: string;
  /** The first text of a row, where it says more than the key. */
  readonly words?: string;
  /** The first picture, clip or sound of a row. */
  readonly file?: UploadFile;
};

/**
 * `undefined` for a step that belongs to no row. Pure.
 *
 * @param tables of the open graph, by node id; rows that are gone by now are known by their keys alone.
 */
export function itemName(
  itemPath: readonly string[],
  tables: ReadonlyMap<string, Table> = new Map(),
): ItemName | undefined {
  const keys = rowKeysOf(itemPath);
  if (keys.length === 0) return undefined;
  const cells = itemPath.flatMap((part, at) =>
    at % 2 === 0 ? cellsOf(tables.get(part), itemPath[at + 1]) : [],
  );
  const file = cells.find((cell) => typeof cell === "object");
  const words = cells.find((cell) => typeof cell === "string" && cell.trim() !== "" && !keys.includes(cell));
  return {
    keys: keys.join(" · "),
    ...(typeof words === "string" ? { words } : {}),
    ...(typeof file === "object" ? { file } : {}),
  };
}

function cellsOf(table: Table | undefined, key: string | undefined): readonly (string | UploadFile)[] {
  const row = table?.rows.find((each) => each.key === key);
  return row ? (table?.columns ?? []).flatMap(({ name }) => cellOf(row, name) ?? []) : [];
}
