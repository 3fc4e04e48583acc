import { resolve } from "node:path";
import type { Table } from "../../graph/describe/table.ts";
import type { Graph, GraphNode } from "../../graph/document/schema.ts";
import { isTable } from "../../nodes/definitions.ts";
import { type TableParams, table } from "../../nodes/table/definition.ts";
import type { TableFault } from "../../nodes/table/read-table.ts";
import type { Studio } from "../../studio/service.ts";
import { CommandFailure, exitCode } from "./exit-codes.ts";
import type { OverrideResult } from "./param-overrides.ts";
import { note } from "./terminal.ts";
import { words } from "./words.ts";

/** One `--table FILE` or `--table NODE=FILE`. */
export type TableOverride = { readonly node: GraphNode; readonly path: string };

/** Whose rows are replaced: the named Table's, else those of the only one. A file name may hold `=`. */
export function parseTableOverride(text: string, graph: Graph): OverrideResult<TableOverride> {
  const tables = graph.nodes.filter(({ type }) => isTable(type));
  const named = tables
    .filter(({ id }) => text.startsWith(`${id}=`))
    .sort((a, b) => b.id.length - a.id.length)[0];
  if (named) return { ok: true, value: { node: named, path: text.slice(named.id.length + 1) } };
  const [only, ...more] = tables;
  if (only && more.length === 0) return { ok: true, value: { node: only, path: text } };
  const message = only
    ? words.t("run.tableWhich", { text, tables: tables.map(({ id }) => id).join(", ") })
    : words.t("run.tableNone", { text });
  return { ok: false, message };
}

/** The graph with the rows of these files in its tables. @throws CommandFailure with every fault of a file. */
export async function withTables(
  studio: Pick<Studio, "readTable">,
  graph: Graph,
  texts: readonly string[],
): Promise<Graph> {
  let changed = graph;
  for (const text of texts) {
    const override = parseTableOverride(text, changed);
    if (!override.ok) throw new CommandFailure(exitCode.usage, override.message);
    const { node, path } = override.value;
    const read = await studio.readTable(resolve(path), rowsOf(node));
    if (!read.ok) throw new CommandFailure(exitCode.usage, faultLines(path, read.faults));
    for (const line of read.notes) note(`${path}: ${line}`);
    note(words.t("run.tableRead", { path, rows: read.table.rows.length, node: node.data.title ?? node.id }));
    changed = withRows(changed, node.id, read.table);
  }
  return changed;
}

function rowsOf(node: GraphNode): TableParams {
  const parsed = table.params.safeParse(node.data.params);
  return parsed.success ? parsed.data : { columns: [], rows: [] };
}

function withRows(graph: Graph, nodeId: string, { columns, rows }: Table): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === nodeId
        ? { ...node, data: { ...node.data, params: { ...node.data.params, columns, rows } } }
        : node,
    ),
  };
}

function faultLines(path: string, faults: readonly TableFault[]): readonly string[] {
  const lines = faults.map(
    ({ where, message, remedy, code }) =>
      `${path}${where ? `, ${where.toLowerCase()}` : ""}: ${message} ${remedy}${code ? ` (${code})` : ""}`,
  );
  return [...lines, words.t("run.nothingRun")];
}
