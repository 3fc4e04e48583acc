import type { Table, TableColumn, TableRow } from "../../src/graph/describe/table.ts";
import { uploadTypeOfMime } from "../../src/graph/document/files.ts";
import { cellText } from "../../src/graph/lists/templates.ts";
import { freeName, numbering } from "../../src/nodes/table/fill-table.ts";
import { type ColumnKeys, keysFrom } from "../../src/nodes/table/row-keys.ts";

/** What a person does to a table, as data, and the table after it. Pure; what changes nothing gives the same object. */

export type Cell = TableRow["cells"][string];

export type TableEdit =
  /** A block from this cell on; rows are added where it reaches below the last one. `undefined` leaves a cell alone. */
  | {
      readonly type: "cells";
      readonly row: number;
      readonly column: number;
      readonly values: readonly (readonly (Cell | undefined)[])[];
    }
  | { readonly type: "key"; readonly row: number; readonly key: string }
  /** Each row is called by what stands in this column, if that is its own in every row. */
  | { readonly type: "keys-from"; readonly column: number }
  | { readonly type: "add-rows"; readonly at: number; readonly count: number }
  | { readonly type: "remove-rows"; readonly from: number; readonly to: number }
  /** `by` rows down, or up where it is negative. */
  | { readonly type: "move-rows"; readonly from: number; readonly to: number; readonly by: number }
  | { readonly type: "add-column"; readonly at: number; readonly columnType: TableColumn["type"] }
  | { readonly type: "retype-column"; readonly column: number; readonly columnType: TableColumn["type"] }
  | { readonly type: "rename-column"; readonly column: number; readonly name: string }
  | { readonly type: "move-column"; readonly column: number; readonly by: number }
  | { readonly type: "remove-column"; readonly column: number };

export function applyTableEdit(table: Table, edit: TableEdit): Table {
  const { columns, rows } = table;
  switch (edit.type) {
    case "cells":
      return setCells(table, edit);
    case "key": {
      const row = rows[edit.row];
      const taken = rows.some(({ key }, index) => key === edit.key && index !== edit.row);
      if (!row || row.key === edit.key || edit.key.trim() === "" || taken) return table;
      return { columns, rows: rows.with(edit.row, { ...row, key: edit.key }) };
    }
    case "keys-from": {
      const found = columnKeys(table, edit.column);
      if (!found.ok || rows.every(({ key }, row) => key === found.keys[row])) return table;
      return { columns, rows: rows.map((row, at) => ({ ...row, key: found.keys[at] ?? row.key })) };
    }
    case "add-rows":
      return edit.count > 0
        ? { columns, rows: rows.toSpliced(edit.at, 0, ...fresh(rows, edit.count)) }
        : table;
    case "remove-rows":
      return edit.from > edit.to || edit.from >= rows.length
        ? table
        : { columns, rows: rows.toSpliced(edit.from, edit.to - edit.from + 1) };
    case "move-rows": {
      const { from, to, by } = edit;
      const place = from + by;
      if (by === 0 || place < 0 || to + by >= rows.length) return table;
      const moved = rows.slice(from, to + 1);
      return { columns, rows: rows.toSpliced(from, moved.length).toSpliced(place, 0, ...moved) };
    }
    case "add-column": {
      const name = freeName(edit.columnType === "text" ? "column" : edit.columnType, columns);
      return { columns: columns.toSpliced(edit.at, 0, { name, type: edit.columnType }), rows };
    }
    case "retype-column":
      return retype(table, edit.column, edit.columnType);
    case "rename-column":
      return rename(table, edit.column, edit.name);
    case "move-column": {
      const place = edit.column + edit.by;
      const column = columns[edit.column];
      if (!column || edit.by === 0 || place < 0 || place >= columns.length) return table;
      return { columns: columns.toSpliced(edit.column, 1).toSpliced(place, 0, column), rows };
    }
    case "remove-column": {
      const gone = columns[edit.column];
      if (!gone) return table;
      return {
        columns: columns.toSpliced(edit.column, 1),
        rows: rows.map((row) => {
          const { [gone.name]: _, ...cells } = row.cells;
          return { ...row, cells };
        }),
      };
    }
    default:
      return edit satisfies never;
  }
}

export function cellAt(table: Table, row: number, column: number): Cell | undefined {
  const name = table.columns[column]?.name;
  const cells = table.rows[row]?.cells;
  return name !== undefined && cells && Object.hasOwn(cells, name) ? cells[name] : undefined;
}

export function columnKeys(table: Table, column: number): ColumnKeys {
  return keysFrom(table.rows.map((_, row) => cellText(cellAt(table, row, column))));
}

function fresh(rows: readonly TableRow[], count: number): TableRow[] {
  const next = numbering(rows);
  return Array.from({ length: count }, () => ({ key: next(), cells: {} }));
}

function setCells(table: Table, { row, column, values }: Extract<TableEdit, { type: "cells" }>): Table {
  const { columns, rows } = table;
  const missing = Math.max(0, row + values.length - rows.length);
  const next = missing > 0 ? [...rows, ...fresh(rows, missing)] : [...rows];
  let changed = missing > 0;
  values.forEach((line, down) => {
    const old = next[row + down];
    if (!old) return;
    const cells: Record<string, Cell> = { ...old.cells };
    let touched = false;
    line.forEach((value, right) => {
      const at = columns[column + right];
      if (!at || value === undefined || !fits(value, at.type)) return;
      if ((Object.hasOwn(cells, at.name) ? cells[at.name] : "") === value) return;
      cells[at.name] = value;
      touched = true;
    });
    if (!touched) return;
    next[row + down] = { ...old, cells };
    changed = true;
  });
  return changed ? { columns, rows: next } : table;
}

/** An empty text clears any cell. */
function fits(value: Cell, type: TableColumn["type"]): boolean {
  if (typeof value === "string") return value === "" || type === "text";
  return type !== "text" && uploadTypeOfMime(value.mimeType)?.kind === type;
}

/** Files become their names in a column of texts; texts wait in a column of files until it is one of texts again. */
function retype(table: Table, index: number, type: TableColumn["type"]): Table {
  const column = table.columns[index];
  if (!column || column.type === type) return table;
  const rows =
    type === "text"
      ? table.rows.map((row) => {
          const cell = row.cells[column.name];
          return typeof cell === "object"
            ? { ...row, cells: { ...row.cells, [column.name]: cell.name } }
            : row;
        })
      : table.rows;
  return { columns: table.columns.with(index, { ...column, type }), rows };
}

function rename(table: Table, index: number, name: string): Table {
  const column = table.columns[index];
  if (!column || column.name === name || table.columns.some((other) => other.name === name)) return table;
  return {
    columns: table.columns.with(index, { ...column, name }),
    rows: table.rows.map((row) => {
      if (!Object.hasOwn(row.cells, column.name)) return row;
      const cells = Object.entries(row.cells).map(([key, cell]) => [key === column.name ? name : key, cell]);
      return { ...row, cells: Object.fromEntries(cells) };
    }),
  };
}
