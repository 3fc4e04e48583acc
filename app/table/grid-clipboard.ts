import type { ClipboardEvent } from "react";
import { cellText } from "../../src/graph/lists/templates.ts";
import { readTabbed, writeTabbed } from "../../src/nodes/table/csv.ts";
import { toast } from "../ui/toasts.tsx";
import { editTable } from "./edit-table.ts";
import { type Cell, cellAt } from "./table-edits.ts";
import { type Grid, KEYS } from "./use-grid.ts";

type Cells = readonly (readonly Cell[])[];

/** What was last copied from a grid in this window: a clipboard holds text alone, and cells may be files. */
const copied = createCopiedCells();

function createCopiedCells() {
  let last: { readonly text: string; readonly cells: Cells } | undefined;
  return {
    /** @returns the text for the clipboard. */
    remember(cells: Cells): string {
      const text = writeTabbed(cells.map((row) => row.map(cellText)));
      last = { text, cells };
      return text;
    },
    /** The very cells, where the clipboard still holds what was copied here. */
    cellsOf: (text: string): Cells | undefined =>
      last?.text === text.replaceAll("\r\n", "\n") ? last.cells : undefined,
  };
}

/** Copies, or cuts, what is selected. */
export function onGridCopy(event: ClipboardEvent, grid: Grid): void {
  if (grid.editing) return;
  event.preventDefault();
  event.stopPropagation();
  const { active, selection } = grid;
  const onlyKey = active.column === KEYS && !selection.wholeRows;
  const cells = onlyKey ? [[grid.textAt(active)]] : selectedCells(grid);
  event.clipboardData.setData("text/plain", copied.remember(cells));
  if (event.type === "cut" && active.row >= 0) grid.clear();
}

export function onGridPaste(event: ClipboardEvent, grid: Grid): void {
  if (grid.editing) return;
  event.preventDefault();
  event.stopPropagation();
  const { active, selection, nodeId, size } = grid;
  const text = event.clipboardData.getData("text/plain");
  if (text === "" || active.row < 0) return;
  const values = copied.cellsOf(text) ?? readTabbed(text);
  const only = values.length === 1 && values[0]?.length === 1 ? values[0][0] : undefined;
  // One cell fills the whole selection.
  const filled = only === undefined ? values : selectedCells(grid).map((row) => row.map(() => only));
  const top = only === undefined ? active.row : selection.top;
  const left = Math.max(only === undefined ? active.column : selection.left, 0);
  editTable(nodeId, { type: "cells", row: top, column: left, values: filled });
  const right = Math.max(...filled.map((row) => row.length));
  grid.select({ row: top + filled.length - 1, column: left + right - 1 }, { row: top, column: left });
  const wide = left + right - size.columns;
  if (wide > 0)
    toast({
      title: `The last ${wide === 1 ? "column was" : `${wide} columns were`} not pasted.`,
      description: "The table has no column there. Add one, then paste again.",
    });
}

function selectedCells({ table, active, selection }: Grid): readonly (readonly Cell[])[] {
  const { top, bottom, right } = selection;
  const left = Math.max(selection.left, 0);
  return Array.from({ length: bottom - top + 1 }, (_, down) =>
    Array.from({ length: right - left + 1 }, (__, across): Cell => {
      const column = left + across;
      if (active.row < 0) return table.columns[column]?.name ?? "";
      return cellAt(table, top + down, column) ?? "";
    }),
  );
}
