import { valueAt } from "../../../src/base/json-object.ts";
import { titleOf } from "../../../src/graph/describe/describe.ts";
import type { GraphIndex } from "../../../src/graph/describe/graph-index.ts";
import { cellOf, type TableColumn } from "../../../src/graph/describe/table.ts";
import { originsOf } from "../../../src/graph/lists/item-origins.ts";
import { itemsOf } from "../../../src/graph/lists/items.ts";
import { cellText, fillerOf } from "../../../src/graph/lists/templates.ts";

/** `{{column}}` in a field: what may be written, and what it becomes for the first item. Pure. */

export type OfferedColumn = {
  readonly name: string;
  readonly type: TableColumn["type"];
  /** The table it is of, where there are several. */
  readonly table?: string;
};

/** Columns that a text of this node may name: of the tables that reach it first, then those whose names are unique. */
export function columnsFor(index: GraphIndex, nodeId: string): readonly OfferedColumn[] {
  const { tables, nodes } = originsOf(index);
  const reached = nodes.get(nodeId)?.tables ?? new Set<string>();
  const owners = new Map<string, number>();
  for (const { columns } of tables.values())
    for (const { name } of columns) owners.set(name, (owners.get(name) ?? 0) + 1);
  const ordered = [...tables].sort(([a], [b]) => Number(reached.has(b)) - Number(reached.has(a)));
  const seen = new Set<string>();
  return ordered.flatMap(([tableId, { columns }]) =>
    columns.flatMap(({ name, type }): OfferedColumn[] => {
      if (seen.has(name) || (!reached.has(tableId) && owners.get(name) !== 1)) return [];
      seen.add(name);
      const node = index.nodes.get(tableId);
      const table = node && tables.size > 1 ? titleOf(node, index.describe(tableId)) : undefined;
      return [{ name, type, ...(table === undefined ? {} : { table }) }];
    }),
  );
}

/** What is being written right before the caret: `{{` and the beginning of a name. */
export function openMark(
  text: string,
  caret: number,
): { readonly from: number; readonly typed: string } | undefined {
  const found = /(^|[^\\])\{\{([^{}\n]*)$/.exec(text.slice(0, caret));
  if (!found) return undefined;
  const typed = found[2] ?? "";
  return { from: caret - typed.length - 2, typed: typed.trim() };
}

/** The text with the open mark replaced by a whole one, and where the caret goes then. */
export function completed(
  text: string,
  caret: number,
  name: string,
): { readonly text: string; readonly caret: number } {
  const mark = openMark(text, caret);
  if (!mark) return { text, caret };
  const written = `{{${name}}}`;
  // Braces that an editor or the person has closed already are not doubled.
  const rest = text.slice(caret).replace(/^\s?\}\}/, "");
  return { text: `${text.slice(0, mark.from)}${written}${rest}`, caret: mark.from + written.length };
}

/** A text as the first item gets it; `undefined` where it names no column, or one that cannot be told. */
export function firstFilled(
  index: GraphIndex,
  nodeId: string,
  param: string,
): { readonly text: string; readonly keys: readonly string[]; readonly count: number } | undefined {
  const params = index.describe(nodeId)?.params;
  const { of, tables } = itemsOf(index);
  const items = of(nodeId);
  const raw = params && valueAt(params, param);
  if (!params || !items || typeof raw !== "string" || !items.templated.includes(param)) return undefined;
  const { relation, columns } = items;
  if (columns.size === 0 || relation.count === 0) return undefined;
  const rowAt = (tableId: string) =>
    tables.get(tableId)?.rows[relation.rows[relation.tables.indexOf(tableId)] ?? 0];
  const all = fillerOf(params, [param])((column) => {
    const row = rowAt(columns.get(column) ?? "");
    return cellText(row && cellOf(row, column));
  });
  const filled = valueAt(all, param);
  if (typeof filled !== "string" || filled === raw) return undefined;
  const keys = relation.tables.map((tableId) => rowAt(tableId)?.key ?? "");
  return { text: filled, keys, count: relation.count };
}
