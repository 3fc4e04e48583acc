// biome-ignore-all lint/a11y/useSemanticElements: rows out of sight are not drawn, and a table element cannot do that
import { Plus } from "lucide-react";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Table } from "../../src/graph/describe/table.ts";
import { cellText } from "../../src/graph/lists/templates.ts";
import { readTabbed } from "../../src/nodes/table/csv.ts";
import { PortGlyph } from "../node-look/port-glyph.tsx";
import { useCommands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { keyNames } from "../ui/key-names.ts";
import { toast } from "../ui/toasts.tsx";
import { useWindowedRows } from "../ui/windowed-rows.ts";
import { CellEditor } from "./cell-editor.tsx";
import { CellView } from "./cell-view.tsx";
import { type ColumnMenu, ColumnMenuAt, columnMenu } from "./column-menu.tsx";
import { rememberCells, rememberedCells } from "./copied-cells.ts";
import { editTable, renameColumn } from "./edit-table.ts";
import { type GridPlace, keepInside, type Motion, move, selectionOf } from "./grid-places.ts";
import { chooseFiles, importCell } from "./import-flow.ts";
import { type Cell, cellAt } from "./table-edits.ts";
import styles from "./table-grid.module.css";

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 30;
const COLUMN_WIDTH = {
  small: { text: 132, media: 120 },
  large: { text: 220, media: 160 },
} as const;
const KEY_WIDTH = { small: 64, large: 96 } as const;
const ADD_WIDTH = 36;
/** The column of keys; the head is row −1. */
const KEYS = -1;

export type TableGridProps = {
  readonly nodeId: string;
  readonly table: Table;
  /** Cells, rows and columns that something is wrong with: param path → why. */
  readonly faults: ReadonlyMap<string, string>;
  /** Of columns and keys. */
  readonly width: "small" | "large";
};

/**
 * Columns and rows, edited like a spreadsheet. The grid has the focus as one; which cell is meant is told by
 * `aria-activedescendant`. Only rows in sight are drawn.
 */
export function TableGrid({ nodeId, table, faults, width }: TableGridProps) {
  const { columns, rows } = table;
  const { importFile } = useCommands();
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const windowed = useWindowedRows(rows.length, ROW_HEIGHT, HEAD_HEIGHT);
  const [place, setPlace] = useState<GridPlace>({ row: 0, column: 0 });
  const [anchor, setAnchor] = useState<GridPlace>();
  const [editing, setEditing] = useState<{ readonly text: string } | undefined>();
  const [menu, setMenu] = useState<ColumnMenu>();

  const size = { rows: rows.length, columns: columns.length };
  const active = keepInside(place, size);
  const selection = selectionOf(active, anchor && keepInside(anchor, size), size);
  const cellId = ({ row, column }: GridPlace) => `${id}-${row}-${column}`;

  // The cell that is meant stays in sight, also sideways.
  useLayoutEffect(() => {
    if (active.row >= 0) windowed.show(active.row);
    const cell = document.getElementById(`${id}-${active.row}-${active.column}`);
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active.row, active.column, id, windowed.show]);

  const go = (to: GridPlace, extend = false) => {
    setAnchor(extend ? (anchor ?? active) : undefined);
    setPlace(keepInside(to, size));
    setEditing(undefined);
  };
  const step = (motion: Motion, extend = false) => go(move(active, motion, size), extend);
  const focus = () => grid.current?.focus({ preventScroll: true });

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
  /** Takes what was written; false where it cannot be, and then it stays to be mended. */
  const commit = (text: string): boolean => {
    const { row, column } = active;
    setEditing(undefined);
    if (text === textAt(active)) return true;
    if (row < 0) {
      const trouble = renameColumn(nodeId, column, text.trim());
      if (trouble) toast({ title: "The column keeps its name.", description: trouble, look: "danger" });
    } else if (column === KEYS) {
      const taken = rows.some(({ key }, index) => key === text.trim() && index !== row);
      if (taken || text.trim() === "")
        toast({
          title: "The row keeps its key.",
          description: taken ? `Another row is called “${text.trim()}”.` : "A key cannot be empty.",
          look: "danger",
        });
      else editTable(nodeId, { type: "key", row, key: text.trim() });
    } else editTable(nodeId, { type: "cells", row, column, values: [[text]] });
    return true;
  };

  const clear = () => {
    if (active.row < 0) return openMenuByKey();
    if (selection.wholeRows)
      return editTable(nodeId, { type: "remove-rows", from: selection.top, to: selection.bottom });
    const blank = Array.from({ length: selection.bottom - selection.top + 1 }, () =>
      Array.from({ length: selection.right - selection.left + 1 }, () => ""),
    );
    editTable(nodeId, { type: "cells", row: selection.top, column: selection.left, values: blank });
  };
  const addRow = (at: number) => {
    editTable(nodeId, { type: "add-rows", at, count: 1 });
    setAnchor(undefined);
    setPlace({ row: at, column: Math.max(active.column, 0) });
    focus();
  };
  const addColumn = (at: number) => {
    editTable(nodeId, { type: "add-column", at, columnType: "text" });
    setAnchor(undefined);
    setPlace({ row: -1, column: at });
    setEditing({ text: "" });
  };
  const openMenu = (column: number, element: Element) => {
    const { left, bottom } = element.getBoundingClientRect();
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

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (editing) return;
    const [keys = ""] = keyNames(event.nativeEvent);
    const mod = keys.startsWith("Mod+");
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    const motion = motionOf(event.key, mod);
    if (motion && !event.altKey) {
      done();
      return step(motion, event.shiftKey && active.row >= 0);
    }
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && active.row >= 0) {
      done();
      const by = event.key === "ArrowUp" ? -1 : 1;
      const inside = selection.top + by >= 0 && selection.bottom + by < rows.length;
      if (!inside) return;
      editTable(nodeId, { type: "move-rows", from: selection.top, to: selection.bottom, by });
      setPlace({ ...active, row: active.row + by });
      if (anchor) setAnchor({ ...anchor, row: anchor.row + by });
      return;
    }
    if (mod) {
      if (keys === "Mod+A") {
        done();
        setAnchor({ row: 0, column: 0 });
        setPlace({ row: rows.length - 1, column: columns.length - 1 });
      } else if (keys === "Mod+Z" || keys === "Mod+Shift+Z" || keys === "Mod+Y") {
        done();
        const { undo, redo } = graphStore.getState();
        if (keys === "Mod+Z") undo();
        else redo();
      } else if (/Enter$|Insert$/.test(keys)) {
        done();
        addRow(active.row + 1);
      }
      return;
    }
    switch (event.key) {
      case "Enter":
        done();
        return active.row < 0 && !event.shiftKey ? openMenuByKey() : begin();
      case "F2":
        done();
        return begin();
      case "Tab": {
        // At the end of a row it leaves the grid, as Tab does everywhere.
        const to = active.column + (event.shiftKey ? -1 : 1);
        if (to < KEYS || to >= columns.length) return;
        done();
        return go({ ...active, column: to });
      }
      case "Delete":
      case "Backspace":
        done();
        return clear();
      case "Escape":
        if (!anchor) return;
        done();
        return setAnchor(undefined);
      case " ":
        if (!event.shiftKey) break;
        done();
        setAnchor({ row: active.row, column: KEYS });
        return setPlace({ row: active.row, column: columns.length - 1 });
      default:
        break;
    }
    if (event.key.length === 1 && !event.altKey) {
      done();
      begin(event.key);
    }
  };

  const selectedCells = (): readonly (readonly Cell[])[] =>
    Array.from({ length: selection.bottom - selection.top + 1 }, (_, down) =>
      Array.from({ length: selection.right - Math.max(selection.left, 0) + 1 }, (__, right): Cell => {
        const column = Math.max(selection.left, 0) + right;
        if (active.row < 0) return columns[column]?.name ?? "";
        return cellAt(table, selection.top + down, column) ?? "";
      }),
    );
  const onCopy = (event: ClipboardEvent) => {
    if (editing) return;
    event.preventDefault();
    event.stopPropagation();
    const onlyKey = active.column === KEYS && !selection.wholeRows;
    const cells = onlyKey ? [[textAt(active)]] : selectedCells();
    event.clipboardData.setData("text/plain", rememberCells(cells));
    if (event.type === "cut" && active.row >= 0) clear();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing) return;
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData.getData("text/plain");
    if (text === "" || active.row < 0) return;
    const values = rememberedCells(text) ?? readTabbed(text);
    const column = Math.max(active.column, 0);
    const only = values.length === 1 && values[0]?.length === 1 ? values[0][0] : undefined;
    // One cell fills the whole selection.
    const height = selection.bottom - selection.top + 1;
    const breadth = selection.right - Math.max(selection.left, 0) + 1;
    const filled =
      only === undefined
        ? values
        : Array.from({ length: height }, () => Array.from({ length: breadth }, () => only));
    const top = only === undefined ? active.row : selection.top;
    const left = only === undefined ? column : Math.max(selection.left, 0);
    editTable(nodeId, { type: "cells", row: top, column: left, values: filled });
    const right = Math.max(...filled.map((row) => row.length));
    setPlace({ row: top, column: left });
    setAnchor({ row: top + filled.length - 1, column: left + right - 1 });
    const wide = left + right - columns.length;
    if (wide > 0)
      toast({
        title: `The last ${wide === 1 ? "column was" : `${wide} columns were`} not pasted.`,
        description: "The table has no column there. Add one, then paste again.",
      });
  };

  const onPointerDown = (event: PointerEvent, at: GridPlace) => {
    if (event.button !== 0 || (editing && at.row === active.row && at.column === active.column)) return;
    // The field that is open takes what was written before it goes.
    if (editing && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    event.preventDefault();
    focus();
    if (at.column === KEYS && at.row >= 0 && !event.shiftKey) {
      setAnchor({ row: at.row, column: columns.length - 1 });
      setPlace(at);
      setEditing(undefined);
    } else go(at, event.shiftKey && at.row >= 0);
  };
  const onPointerEnter = (event: PointerEvent, at: GridPlace) => {
    if (event.buttons !== 1 || at.row < 0 || editing) return;
    setAnchor(anchor ?? active);
    setPlace(at);
  };

  const template = [
    `${KEY_WIDTH[width]}px`,
    ...columns.map(({ type }) => `${COLUMN_WIDTH[width][type === "text" ? "text" : "media"]}px`),
    `${ADD_WIDTH}px`,
  ].join(" ");
  const isActive = (row: number, column: number) => row === active.row && column === active.column;
  const isSelected = (row: number, column: number) =>
    anchor !== undefined &&
    row >= selection.top &&
    row <= selection.bottom &&
    column >= selection.left &&
    column <= selection.right;
  const drawnRows = Array.from(
    { length: windowed.to - windowed.from },
    (_, offset) => windowed.from + offset,
  );
  // A cell that is written in stays, however far it is scrolled away: its text is not in the table yet.
  if (editing && active.row >= 0 && !drawnRows.includes(active.row)) drawnRows.push(active.row);
  const editor = (isHead = false) =>
    editing && (
      <CellEditor
        label={isHead ? "Name of the column" : "Cell"}
        text={editing.text}
        isLine={isHead || active.column === KEYS}
        onDone={(text, next) => {
          const taken = commit(text);
          focus();
          if (taken && next) step(next);
        }}
        onGiveUp={() => {
          setEditing(undefined);
          focus();
        }}
      />
    );
  const handlers = (at: GridPlace) => ({
    onPointerDown: (event: PointerEvent) => onPointerDown(event, at),
    onPointerEnter: (event: PointerEvent) => onPointerEnter(event, at),
    onDoubleClick: () => begin(),
  });

  return (
    <>
      <div
        ref={(element) => {
          grid.current = element;
          windowed.ref.current = element;
        }}
        role="grid"
        aria-label="Rows"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={cellId(active)}
        tabIndex={0}
        className={`${styles["grid"]} nodrag nopan`}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onCut={onCopy}
        onPaste={onPaste}
      >
        <div
          role="row"
          tabIndex={-1}
          aria-rowindex={1}
          className={styles["head"]}
          style={{ gridTemplateColumns: template }}
        >
          <span role="columnheader" tabIndex={-1} className={styles["corner"]}>
            Key
          </span>
          {columns.map(({ name, type }, column) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: names may be twice until somebody mends that
              key={column}
              role="columnheader"
              tabIndex={-1}
              id={cellId({ row: -1, column })}
              className={styles["column"]}
              data-active={isActive(-1, column) ? "" : undefined}
              data-fault={faults.has(`columns.${column}`) ? "" : undefined}
              title={faults.get(`columns.${column}`) ?? name}
              {...handlers({ row: -1, column })}
              onContextMenu={(event) => {
                event.preventDefault();
                openMenu(column, event.currentTarget);
              }}
            >
              {isActive(-1, column) && editing ? (
                editor(true)
              ) : (
                <>
                  <PortGlyph type={type} filled />
                  <span className={styles["name"]}>{name}</span>
                  <button
                    type="button"
                    tabIndex={-1}
                    className={styles["more"]}
                    aria-label={`Column ${name}`}
                    onPointerDown={(event) => event.stopPropagation()}
                    onClick={({ currentTarget }) =>
                      openMenu(column, currentTarget.parentElement ?? currentTarget)
                    }
                  >
                    ▾
                  </button>
                </>
              )}
            </span>
          ))}
          <button
            type="button"
            tabIndex={-1}
            className={styles["add-column"]}
            aria-label="Add a column"
            title="Add a column"
            onClick={() => addColumn(columns.length)}
          >
            <Plus size={14} />
          </button>
        </div>
        <div className={styles["body"]} style={{ height: rows.length * ROW_HEIGHT }}>
          {drawnRows.map((row) => {
            const { key = "" } = rows[row] ?? {};
            return (
              <div
                key={row}
                role="row"
                tabIndex={-1}
                aria-rowindex={row + 2}
                className={styles["row"]}
                style={{ gridTemplateColumns: template, transform: `translateY(${row * ROW_HEIGHT}px)` }}
              >
                <span
                  role="rowheader"
                  tabIndex={-1}
                  id={cellId({ row, column: KEYS })}
                  className={styles["key"]}
                  data-active={isActive(row, KEYS) ? "" : undefined}
                  data-selected={isSelected(row, KEYS) ? "" : undefined}
                  data-fault={faults.has(`rows.${row}`) ? "" : undefined}
                  title={faults.get(`rows.${row}`) ?? key}
                  {...handlers({ row, column: KEYS })}
                >
                  {isActive(row, KEYS) && editing ? editor() : key}
                </span>
                {columns.map(({ name, type }, column) => {
                  const fault = faults.get(`rows.${row}.cells.${name}`);
                  return (
                    <span
                      // biome-ignore lint/suspicious/noArrayIndexKey: as above
                      key={column}
                      role="gridcell"
                      tabIndex={-1}
                      id={cellId({ row, column })}
                      className={styles["cell"]}
                      aria-selected={isSelected(row, column) || isActive(row, column)}
                      data-active={isActive(row, column) ? "" : undefined}
                      data-selected={isSelected(row, column) ? "" : undefined}
                      data-fault={fault === undefined ? undefined : ""}
                      title={fault}
                      {...handlers({ row, column })}
                    >
                      {isActive(row, column) && editing ? (
                        editor()
                      ) : (
                        <CellView cell={cellAt(table, row, column)} type={type} />
                      )}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
        <button
          type="button"
          className={styles["add-row"]}
          onClick={() => addRow(rows.length)}
          disabled={columns.length === 0}
        >
          <Plus size={13} />
          Add a row
        </button>
      </div>
      <ColumnMenuAt
        menu={menu}
        onClose={() => {
          setMenu(undefined);
        }}
      />
    </>
  );
}

const motions: Readonly<Record<string, Motion>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  PageUp: "page-up",
  PageDown: "page-down",
  Home: "row-start",
  End: "row-end",
};

function motionOf(key: string, mod: boolean): Motion | undefined {
  if (!mod) return motions[key];
  if (key === "Home" || key === "ArrowUp") return "first";
  return key === "End" || key === "ArrowDown" ? "last" : undefined;
}
