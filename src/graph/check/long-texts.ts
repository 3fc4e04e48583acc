import { amount, counted } from "../../base/words.ts";
import { type NodeDescription, type TextLimit, type TextUnit, titleOf } from "../describe/describe.ts";
import type { GraphIndex } from "../describe/graph-index.ts";
import { cellAtPort, cellOf, type Table, type TableRow } from "../describe/table.ts";
import type { Problem } from "../document/problems.ts";
import type { GraphNode } from "../document/schema.ts";
import { itemsOf, type NodeItems } from "../lists/items.ts";
import { cellText, partsOfText } from "../lists/templates.ts";

/**
 * Texts that get too long once the cells of a row are filled in, or that come in too long from a node that gives its
 * own text: known before anything runs, so told before.
 */
export function longTexts(index: GraphIndex): Problem[] {
  return index.graph.nodes.flatMap((node) => {
    const description = index.describe(node.id);
    const items = description && itemsOf(index).of(node.id);
    if (!description || !items) return [];
    return description.textLimits.flatMap((limit) => {
      const parts = partsOf(index, node, description, items, limit);
      const found = parts && tooLong(parts, items, itemsOf(index).tables, limit.most);
      return found ? [problemOf(node, description, limit, found)] : [];
    });
  });
}

/** How much of it a text has. Of a part of a text, which a cell may follow or come before, about as much. */
const measures: { readonly [Unit in TextUnit]: Measure } = {
  characters: (text) => text.length,
  hashtags: (text, isCut) =>
    text.match(isCut ? /#(?=[\p{L}\p{N}_]|$)/gu : /#(?=[\p{L}\p{N}_])/gu)?.length ?? 0,
  mentions: (text, isCut) =>
    text.match(
      isCut ? /(?<![\p{L}\p{N}_.])@(?=[\p{L}\p{N}_]|$)/gu : /(?<![\p{L}\p{N}_.])@(?=[\p{L}\p{N}_])/gu,
    )?.length ?? 0,
};

/** @param isCut a cell follows, which may be the word behind a mark. */
type Measure = (text: string, isCut?: boolean) => number;

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
  { param, counts }: TextLimit,
): Parts | undefined {
  const measure = measures[counts];
  const port = description.ports.inputs.find((each) => each.param === param);
  const [wire] = port ? index.incoming(node.id).filter((edge) => edge.targetHandle === port.id) : [];
  if (!wire) {
    const own = writtenParts(description, items, param, measure);
    // What is too long by itself its definition says.
    return own && (own.cells.length > 0 || counts !== "characters") ? own : undefined;
  }
  const { of, tables } = itemsOf(index);
  if (tables.has(wire.source)) {
    const lengthIn = (row: TableRow) => measure(cellText(cellAtPort(row, wire.sourceHandle)));
    return { fixed: 0, cells: [{ table: wire.source, lengthIn }] };
  }
  const [source, sourceItems] = [index.describe(wire.source), of(wire.source)];
  const passed = source?.passesOn[wire.sourceHandle];
  return source && sourceItems && passed !== undefined
    ? writtenParts(source, sourceItems, passed, measure)
    : undefined;
}

function writtenParts(
  { params }: NodeDescription,
  { templated, columns }: NodeItems,
  param: string,
  measure: Measure,
): Parts | undefined {
  const text = params[param];
  if (typeof text !== "string") return undefined;
  if (!templated.includes(param)) return { fixed: measure(text), cells: [] };
  const { texts, columns: named } = partsOfText(text);
  const fixed = texts.reduce((sum, part, at) => sum + measure(part, at < texts.length - 1), 0);
  const cells = named.flatMap((column) => {
    const table = columns.get(column);
    const lengthIn = (row: TableRow) => measure(cellText(cellOf(row, column)));
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
  { param, counts, most, platform }: TextLimit,
  { first, length, count }: TooLong,
): Problem {
  const port = description.ports.inputs.find((each) => each.param === param);
  const where = first.length > 0 ? ` in the row “${first.join(" · ")}”` : "";
  const others = count > 1 ? `, and in ${counted(count - 1, "other item")} it is too long, too` : "";
  const taken =
    platform === undefined
      ? `at most ${amount(most)} are taken`
      : `${platform} takes at most ${amount(most)}`;
  return {
    ...(platform === undefined
      ? { code: "invalid-param", severity: "error" }
      : { code: "platform-limit", severity: "warning" }),
    message: `${port?.label ?? param} of “${titleOf(node, description)}” has ${amount(length)} ${counts}${where}; ${taken}${others}.`,
    remedy:
      first.length > 0
        ? "Shorten what the row brings in, or the text around it."
        : platform === undefined
          ? "Shorten the text that is wired to it."
          : "Take some out, or the platform may refuse the post after its media is paid.",
    nodeId: node.id,
    param,
  };
}
