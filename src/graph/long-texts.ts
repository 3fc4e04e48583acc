import { type NodeDescription, titleOf } from "./describe.ts";
import type { GraphIndex } from "./graph-index.ts";
import { itemsOf, type NodeItems } from "./items.ts";
import type { Problem } from "./problems.ts";
import type { GraphNode } from "./schema.ts";
import { cellAtPort, cellOf, type Table, type TableRow } from "./table.ts";
import { cellText, lengthsOf } from "./templates.ts";
import { amount, counted } from "./words.ts";

/**
 * Texts that get too long once the cells of a row are filled in, or that come in too long from a node that gives its
 * own text: known before anything runs, so told before.
 */
export function longTexts(index: GraphIndex): Problem[] {
  return index.graph.nodes.flatMap((node) => {
    const description = index.describe(node.id);
    const items = description && itemsOf(index).of(node.id);
    if (!description || !items) return [];
    return Object.entries(description.longest).flatMap(([param, most]) => {
      const parts = partsOf(index, node, description, items, param);
      const found = parts && tooLong(parts, items, itemsOf(index).tables, most);
      return found ? [problemOf(node, description, param, most, found)] : [];
    });
  });
}

/** A text as what is always there, and what each row of a table adds. */
type Parts = {
  readonly fixed: number;
  readonly cells: readonly { readonly table: string; readonly lengthIn: (row: TableRow) => number }[];
};

/** `undefined` where the text is not known before the run, or is the node's own and the same for all items. */
function partsOf(
  index: GraphIndex,
  node: GraphNode,
  description: NodeDescription,
  items: NodeItems,
  param: string,
): Parts | undefined {
  const port = description.ports.inputs.find((each) => each.param === param);
  const [wire] = port ? index.incoming(node.id).filter((edge) => edge.targetHandle === port.id) : [];
  if (!wire) {
    const own = writtenParts(description, items, param);
    return own && own.cells.length > 0 ? own : undefined;
  }
  const { of, tables } = itemsOf(index);
  if (tables.has(wire.source)) {
    const lengthIn = (row: TableRow) => cellText(cellAtPort(row, wire.sourceHandle)).length;
    return { fixed: 0, cells: [{ table: wire.source, lengthIn }] };
  }
  const [source, sourceItems] = [index.describe(wire.source), of(wire.source)];
  const passed = source?.passesOn[wire.sourceHandle];
  return source && sourceItems && passed !== undefined
    ? writtenParts(source, sourceItems, passed)
    : undefined;
}

function writtenParts(
  { params }: NodeDescription,
  { templated, columns }: NodeItems,
  param: string,
): Parts | undefined {
  const text = params[param];
  if (typeof text !== "string") return undefined;
  if (!templated.includes(param)) return { fixed: text.length, cells: [] };
  const { fixed, columns: named } = lengthsOf(text);
  const cells = named.flatMap((column) => {
    const table = columns.get(column);
    const lengthIn = (row: TableRow) => cellText(cellOf(row, column)).length;
    return table === undefined ? [] : [{ table, lengthIn }];
  });
  return { fixed, cells };
}

type TooLong = {
  /** Keys of the first item's rows; none where it is the same without any. */
  readonly first: readonly string[];
  readonly length: number;
  readonly count: number;
};

function tooLong(
  { fixed, cells }: Parts,
  { relation }: NodeItems,
  tables: ReadonlyMap<string, Table>,
  most: number,
): TooLong | undefined {
  const added = relation.tables.map((id) => {
    const own = cells.filter(({ table }) => table === id);
    const rows = tables.get(id)?.rows ?? [];
    return rows.map((row) => own.reduce((sum, { lengthIn }) => sum + lengthIn(row), 0));
  });
  const longest = added.reduce((sum, lengths) => sum + lengths.reduce((a, b) => Math.max(a, b), 0), fixed);
  if (longest <= most) return undefined;
  const width = relation.tables.length;
  const rowAt = (item: number, table: number) => relation.rows[item * width + table] ?? 0;
  let found: { readonly item: number; readonly length: number } | undefined;
  let count = 0;
  for (let item = 0; item < relation.count; item++) {
    let length = fixed;
    for (let table = 0; table < width; table++) length += added[table]?.[rowAt(item, table)] ?? 0;
    if (length <= most) continue;
    found ??= { item, length };
    count++;
  }
  if (!found) return undefined;
  const { item, length } = found;
  const first = relation.tables.map((id, table) => tables.get(id)?.rows[rowAt(item, table)]?.key ?? "");
  return { first, length, count };
}

function problemOf(
  node: GraphNode,
  description: NodeDescription,
  param: string,
  most: number,
  { first, length, count }: TooLong,
): Problem {
  const port = description.ports.inputs.find((each) => each.param === param);
  const where = first.length > 0 ? ` in the row “${first.join(" · ")}”` : "";
  const others = count > 1 ? `, and in ${counted(count - 1, "other item")} it is too long, too` : "";
  return {
    code: "invalid-param",
    severity: "error",
    message: `${port?.label ?? param} of “${titleOf(node, description)}” has ${amount(length)} characters${where}; at most ${amount(most)} are taken${others}.`,
    remedy:
      first.length > 0
        ? "Shorten what the row brings in, or the text around it."
        : "Shorten the text that is wired to it.",
    nodeId: node.id,
    param,
  };
}
