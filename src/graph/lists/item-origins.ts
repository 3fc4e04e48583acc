/** From which tables the items of each node come: by its wires, and by the columns its texts name. */

import { listed } from "../../base/words.ts";
import { type GraphIndex, topologicalOrder } from "../describe/graph-index.ts";
import type { InputPort } from "../describe/ports.ts";
import type { Table } from "../describe/table.ts";
import { nameOf } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { GraphEdge } from "../document/schema.ts";
import { columnsNamed } from "./templates.ts";

export type Origin = {
  /** Wires whose items come in one at a time. */
  readonly mapping: readonly { readonly edge: GraphEdge; readonly port: InputPort }[];
  /** Ports that take whole lists. */
  readonly whole: readonly { readonly port: InputPort; readonly edges: readonly GraphEdge[] }[];
  /** Tables it maps over only because its texts name them. */
  readonly byText: readonly string[];
  readonly columns: ReadonlyMap<string, string>;
  /** Texts in which columns count, as no wire overrides them. */
  readonly templated: readonly string[];
  /** All tables it maps over. */
  readonly tables: ReadonlySet<string>;
  /** A text names a column that there is not, or that there are several of. */
  readonly isUnknown: boolean;
};

/** Whether a port takes all items of its wires together, as one list, instead of one at a time. */
export function isWhole(port: InputPort): boolean {
  return port.list !== undefined && port.list.perItem !== true;
}

type Origins = {
  readonly tables: ReadonlyMap<string, Table>;
  readonly nodes: ReadonlyMap<string, Origin>;
  /** Every node that is in no circle and behind none, after those it gets something from. */
  readonly order: readonly string[];
  readonly problems: readonly Problem[];
};

const knownOrigins = new WeakMap<GraphIndex, Origins>();

/** The tables that a node maps over although no wire leads there: its texts name their columns. */
export function tablesNamedBy(index: GraphIndex): (nodeId: string) => readonly string[] {
  const { nodes } = originsOf(index);
  return (nodeId) => nodes.get(nodeId)?.byText ?? [];
}

/** By tables alone, without their rows: cheap enough for whoever only asks what belongs together. */
export function originsOf(index: GraphIndex): Origins {
  const kept = knownOrigins.get(index);
  if (kept) return kept;
  const tables = new Map<string, Table>();
  for (const nodeId of index.nodes.keys()) {
    const table = index.describe(nodeId)?.table;
    if (table) tables.set(nodeId, table);
  }
  const tablesWith = new Map<string, string[]>();
  for (const [nodeId, { columns }] of tables)
    for (const { name } of columns) tablesWith.set(name, [...(tablesWith.get(name) ?? []), nodeId]);
  const nodes = new Map<string, Origin>();
  const problems: Problem[] = [];
  const order = topologicalOrder(index);
  for (const nodeId of order) {
    const { origin, faults } = originOf(index, nodeId, tables, nodes, tablesWith);
    nodes.set(nodeId, origin);
    problems.push(...faults);
  }
  const made: Origins = { tables, nodes, order, problems };
  knownOrigins.set(index, made);
  return made;
}

function originOf(
  index: GraphIndex,
  nodeId: string,
  tables: ReadonlyMap<string, Table>,
  nodes: ReadonlyMap<string, Origin>,
  tablesWith: ReadonlyMap<string, readonly string[]>,
): { readonly origin: Origin; readonly faults: readonly Problem[] } {
  const description = index.describe(nodeId);
  const wires = index.incoming(nodeId);
  const mapping: { edge: GraphEdge; port: InputPort }[] = [];
  const whole: { port: InputPort; edges: GraphEdge[] }[] = [];
  const overridden = new Set<string>();
  for (const port of description?.ports.inputs ?? []) {
    const edges = wires.filter((edge) => edge.targetHandle === port.id && index.nodes.has(edge.source));
    if (edges.length === 0) continue;
    if (port.param !== undefined) overridden.add(port.param);
    if (isWhole(port)) whole.push({ port, edges });
    else for (const edge of edges) mapping.push({ edge, port });
  }
  const reached = new Set<string>();
  for (const { edge } of mapping)
    if (tables.has(edge.source)) reached.add(edge.source);
    else for (const table of nodes.get(edge.source)?.tables ?? []) reached.add(table);

  const columns = new Map<string, string>();
  const byText: string[] = [];
  const faults: Problem[] = [];
  const templated = description?.templated.filter((param) => !overridden.has(param)) ?? [];
  let open = description ? columnsNamed(description.params, templated) : [];
  // A table that one column leads to is one of the node's own for the next, so unsettled ones are looked at again.
  for (let before = -1; open.length > 0 && open.length !== before; ) {
    before = open.length;
    open = open.filter(({ column }) => {
      const having = tablesWith.get(column) ?? [];
      const own = having.filter((table) => reached.has(table));
      const [only, ...more] = own.length > 0 ? own : having;
      if (only === undefined || more.length > 0) return true;
      columns.set(column, only);
      if (!reached.has(only)) byText.push(only);
      reached.add(only);
      return false;
    });
  }
  for (const { column, param } of open)
    faults.push(columnProblem(index, nodeId, column, param, tablesWith.get(column) ?? []));
  return {
    origin: { mapping, whole, byText, columns, templated, tables: reached, isUnknown: open.length > 0 },
    faults,
  };
}

function columnProblem(
  index: GraphIndex,
  nodeId: string,
  column: string,
  param: string,
  having: readonly string[],
): Problem {
  const where = { severity: "error", nodeId, param } as const;
  const name = nameOf(index, nodeId);
  return having.length === 0
    ? {
        ...where,
        code: "unknown-column",
        message: `${name} names the column “${column}”, which no table of this graph has.`,
        remedy: `Add it to a table, correct the name, or write \\{{ where the text itself holds {{.`,
      }
    : {
        ...where,
        code: "ambiguous-column",
        message: `${name} names the column “${column}”, which ${listed(having.map((id) => nameOf(index, id)))} have.`,
        remedy: `Wire a column of the table that is meant to ${name}, or give the columns different names.`,
      };
}
