import { type RefObject, useId, useRef, useState } from "react";
import type { Table } from "../../src/graph/describe/table.ts";
import { cellText } from "../../src/graph/lists/templates.ts";
import { chooseFiles } from "../stores/chosen-files.ts";
import { useCommands } from "../stores/commands.ts";
import { toast } from "../ui/toasts.tsx";
import { type ColumnMenu, columnMenu } from "./column-menu.tsx";
import { editTable, renameColumn } from "./edit-table.ts";
import {
  type GridPlace,
  type GridSelection,
  type GridSize,
  keepInside,
  type Motion,
  move,
  selectionOf,
} from "./grid-places.ts";
import { importCell } from "./import-media.ts";
import { cellAt } from "./table-edits.ts";

/** The column of keys; the head is row −1. */
export const KEYS = -1;

/** Where a person is in a grid, and what they can do there. */
export type Grid = {
  readonly nodeId: string;
  readonly table: Table;
  readonly size: GridSize;
  readonly element: RefObject<HTMLDivElement | null>;
  cellId(place: GridPlace): string;
  /** The cell that keys are about. */
  readonly active: GridPlace;
  /** Where a selection of several began. */
  readonly anchor: GridPlace | undefined;
  readonly selection: GridSelection;
  /** The active cell is written in, and began with this text. */
  readonly editing: { readonly text: string } | undefined;
  readonly menu: ColumnMenu | undefined;
  focus(): void;
  /** Ends what is written without taking it. @param extend the selection, instead of ending it. */
  go(to: GridPlace, extend?: boolean): void;
  step(motion: Motion, extend?: boolean): void;
  /** @param from undefined for one cell alone. */
  select(from: GridPlace | undefined, to: GridPlace): void;
  textAt(place: GridPlace): string;
  /** Writes in the active cell, or asks for its file. @param text what it begins with. Default: what is there. */
  begin(text?: string): void;
  commit(text: string): void;
  giveUp(): void;
  /** Empties what is selected; whole rows go. */
  clear(): void;
  addRow(at: number): void;
  addColumn(at: number): void;
  /** Moves the selected rows up (−1) or down (1), where there is room. */
  moveRows(by: -1 | 1): void;
  openMenu(column: number, element: Element): void;
  /** Of the column whose head is active. */
  openMenuByKey(): void;
  closeMenu(): void;
};

export function useGrid(nodeId: string, table: Table): Grid {
  const { columns, rows } = table;
  const { importFile } = useCommands();
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<GridPlace>({ row: 0, column: 0 });
  const [start, setAnchor] = useState<GridPlace>();
  const [editing, setEditing] = useState<Grid["editing"]>();
  const [menu, setMenu] = useState<ColumnMenu>();

  const size = { rows: rows.length, columns: columns.length };
  const active = keepInside(place, size);
  const anchor = start && keepInside(start, size);
  const selection = selectionOf(active, anchor, size);
  const cellId = ({ row, column }: GridPlace) => `${id}-${row}-${column}`;
  const focus = () => element.current?.focus({ preventScroll: true });

  const select = (from: GridPlace | undefined, to: GridPlace) => {
    setAnchor(from);
    setPlace(to);
  };
  const go = (to: GridPlace, extend = false) => {
    select(extend ? (anchor ?? active) : undefined, keepInside(to, size));
    setEditing(undefined);
  };

  const textAt = ({ row, column }: GridPlace): string => {
    if (row < 0) return columns[column]?.name ?? "";
    return column === KEYS ? (rows[row]?.key ?? "") : cellText(cellAt(table, row, column));
  };
  const pickFile = async (row: number, column: number) => {
    const { name, type } = columns[column] ?? {};
    const key = rows[row]?.key;
    if (key === undefined || name === undefined) return;
    const [file] = await chooseFiles({ accept: `${type}/*` });
    if (file) await importCell(nodeId, { key, column: name }, file, importFile);
    focus();
  };
  const begin = (text?: string) => {
    const { row, column } = active;
    const type = columns[column]?.type;
    if (row >= rows.length || (row < 0 && column === KEYS)) return;
    if (row >= 0 && column !== KEYS && type !== undefined && type !== "text") {
      if (text === undefined) void pickFile(row, column);
      return;
    }
    setAnchor(undefined);
    setEditing({ text: text ?? textAt(active) });
  };
  const commit = (text: string) => {
    const { row, column } = active;
    setEditing(undefined);
    if (text === textAt(active)) return;
    if (row < 0) {
      const trouble = renameColumn(nodeId, column, text.trim());
      if (trouble) toast({ title: "The column keeps its name.", description: trouble, look: "danger" });
    } else if (column === KEYS) {
      const key = text.trim();
      const isThere = rows.some((other, index) => other.key === key && index !== row);
      if (isThere || key === "")
        toast({
          title: "The row keeps its key.",
          description: isThere ? `Another row is called “${key}”.` : "A key cannot be empty.",
          look: "danger",
        });
      else editTable(nodeId, { type: "key", row, key });
    } else editTable(nodeId, { type: "cells", row, column, values: [[text]] });
  };

  const clear = () => {
    const { top, bottom, left, right, wholeRows } = selection;
    if (active.row < 0) return openMenuByKey();
    if (wholeRows) return editTable(nodeId, { type: "remove-rows", from: top, to: bottom });
    const blank = Array.from({ length: bottom - top + 1 }, () =>
      Array.from({ length: right - left + 1 }, () => ""),
    );
    editTable(nodeId, { type: "cells", row: top, column: left, values: blank });
  };
  const addRow = (at: number) => {
    editTable(nodeId, { type: "add-rows", at, count: 1 });
    select(undefined, { row: at, column: Math.max(active.column, 0) });
    focus();
  };
  const addColumn = (at: number) => {
    editTable(nodeId, { type: "add-column", at, columnType: "text" });
    select(undefined, { row: -1, column: at });
    setEditing({ text: "" });
  };
  const moveRows = (by: -1 | 1) => {
    const { top, bottom } = selection;
    if (top + by < 0 || bottom + by >= rows.length) return;
    editTable(nodeId, { type: "move-rows", from: top, to: bottom, by });
    select(anchor && { ...anchor, row: anchor.row + by }, { ...active, row: active.row + by });
  };

  const openMenu = (column: number, head: Element) => {
    const { left, bottom } = head.getBoundingClientRect();
    go({ row: -1, column });
    setMenu(
      columnMenu({
        ...{ nodeId, table, column, at: { x: left, y: bottom } },
        onRename: () => setEditing({ text: columns[column]?.name ?? "" }),
        onAdd: addColumn,
      }),
    );
  };
  const openMenuByKey = () => {
    const head = document.getElementById(cellId(active));
    if (head && active.row < 0 && active.column >= 0) openMenu(active.column, head);
  };

  return {
    ...{ nodeId, table, size, element, cellId, active, anchor, selection, editing, menu },
    ...{
      focus,
      go,
      select,
      textAt,
      begin,
      commit,
      clear,
      addRow,
      addColumn,
      moveRows,
      openMenu,
      openMenuByKey,
    },
    step: (motion, extend) => go(move(active, motion, size), extend),
    giveUp: () => setEditing(undefined),
    closeMenu: () => setMenu(undefined),
  };
}
