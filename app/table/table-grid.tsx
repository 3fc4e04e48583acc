// biome-ignore-all lint/a11y/useSemanticElements: rows out of sight are not drawn, and a table element cannot do that
import { Plus } from "lucide-react";
import { type PointerEvent, useLayoutEffect } from "react";
import type { Table } from "../../src/graph/describe/table.ts";
import { PortGlyph } from "../node-look/port-glyph.tsx";
import { useWindowedRows } from "../ui/windowed-rows.ts";
import { CellEditor } from "./cell-editor.tsx";
import { CellView } from "./cell-view.tsx";
import { ColumnMenuAt } from "./column-menu.tsx";
import { onGridCopy, onGridPaste } from "./grid-clipboard.ts";
import { onGridKey } from "./grid-keys.ts";
import type { GridPlace } from "./grid-places.ts";
import { cellAt } from "./table-edits.ts";
import styles from "./table-grid.module.css";
import { type Grid, KEYS, useGrid } from "./use-grid.ts";

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 30;
const COLUMN_WIDTH = {
  small: { text: 132, media: 120 },
  large: { text: 220, media: 160 },
} as const;
const KEY_WIDTH = { small: 64, large: 96 } as const;
const ADD_WIDTH = 36;

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
  const grid = useGrid(nodeId, table);
  const { active, editing } = grid;
  const windowed = useWindowedRows(rows.length, ROW_HEIGHT, HEAD_HEIGHT);

  // The cell that is meant stays in sight, also sideways.
  const activeId = grid.cellId(active);
  useLayoutEffect(() => {
    if (active.row >= 0) windowed.show(active.row);
    document.getElementById(activeId)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active.row, activeId, windowed.show]);

  const template = [
    `${KEY_WIDTH[width]}px`,
    ...columns.map(({ type }) => `${COLUMN_WIDTH[width][type === "text" ? "text" : "media"]}px`),
    `${ADD_WIDTH}px`,
  ].join(" ");
  const drawnRows = Array.from(
    { length: windowed.to - windowed.from },
    (_, offset) => windowed.from + offset,
  );
  // A cell that is written in stays, however far it is scrolled away: its text is not in the table yet.
  if (editing && active.row >= 0 && !drawnRows.includes(active.row)) drawnRows.push(active.row);

  return (
    <>
      <div
        ref={(element) => {
          grid.element.current = element;
          windowed.ref.current = element;
        }}
        role="grid"
        aria-label="Rows"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={activeId}
        tabIndex={0}
        className={`${styles["grid"]} nodrag nopan`}
        onKeyDown={(event) => onGridKey(event, grid)}
        onCopy={(event) => onGridCopy(event, grid)}
        onCut={(event) => onGridCopy(event, grid)}
        onPaste={(event) => onGridPaste(event, grid)}
      >
        <GridHead grid={grid} faults={faults} template={template} />
        <div className={styles["body"]} style={{ height: rows.length * ROW_HEIGHT }}>
          {drawnRows.map((row) => (
            <GridRow key={row} grid={grid} row={row} faults={faults} template={template} />
          ))}
        </div>
        <button
          type="button"
          className={styles["add-row"]}
          onClick={() => grid.addRow(rows.length)}
          disabled={columns.length === 0}
        >
          <Plus size={13} />
          Add a row
        </button>
      </div>
      <ColumnMenuAt menu={grid.menu} onClose={grid.closeMenu} />
    </>
  );
}

type GridPartProps = {
  readonly grid: Grid;
  readonly faults: TableGridProps["faults"];
  /** Of the columns, for CSS. */
  readonly template: string;
};

function GridHead({ grid, faults, template }: GridPartProps) {
  const { columns } = grid.table;
  return (
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
          className={styles["column"]}
          {...cellProps(grid, { row: -1, column }, faults.get(`columns.${column}`), name)}
          onContextMenu={(event) => {
            event.preventDefault();
            grid.openMenu(column, event.currentTarget);
          }}
        >
          {isWritten(grid, -1, column) ? (
            <GridEditor grid={grid} label="Name of the column" isLine />
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
                  grid.openMenu(column, currentTarget.parentElement ?? currentTarget)
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
        onClick={() => grid.addColumn(columns.length)}
      >
        <Plus size={14} />
      </button>
    </div>
  );
}

function GridRow({ grid, row, faults, template }: GridPartProps & { readonly row: number }) {
  const { columns, rows } = grid.table;
  const { key = "" } = rows[row] ?? {};
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={row + 2}
      className={styles["row"]}
      style={{ gridTemplateColumns: template, transform: `translateY(${row * ROW_HEIGHT}px)` }}
    >
      <span
        role="rowheader"
        tabIndex={-1}
        className={styles["key"]}
        data-selected={isSelected(grid, row, KEYS) ? "" : undefined}
        {...cellProps(grid, { row, column: KEYS }, faults.get(`rows.${row}`), key)}
      >
        {isWritten(grid, row, KEYS) ? <GridEditor grid={grid} label="Cell" isLine /> : key}
      </span>
      {columns.map(({ name, type }, column) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={column}
          role="gridcell"
          tabIndex={-1}
          className={styles["cell"]}
          aria-selected={isSelected(grid, row, column) || isActive(grid, row, column)}
          data-selected={isSelected(grid, row, column) ? "" : undefined}
          {...cellProps(grid, { row, column }, faults.get(`rows.${row}.cells.${name}`))}
        >
          {isWritten(grid, row, column) ? (
            <GridEditor grid={grid} label="Cell" isLine={false} />
          ) : (
            <CellView cell={cellAt(grid.table, row, column)} type={type} />
          )}
        </span>
      ))}
    </div>
  );
}

/** What heads, keys and cells have alike. */
function cellProps(grid: Grid, at: GridPlace, fault: string | undefined, title?: string) {
  return {
    id: grid.cellId(at),
    "data-active": isActive(grid, at.row, at.column) ? "" : undefined,
    "data-fault": fault === undefined ? undefined : "",
    title: fault ?? title,
    onPointerDown: (event: PointerEvent) => onPointerDown(event, grid, at),
    onPointerEnter: (event: PointerEvent) => {
      if (event.buttons === 1 && at.row >= 0 && !grid.editing) grid.select(grid.anchor ?? grid.active, at);
    },
    onDoubleClick: () => grid.begin(),
  };
}

function onPointerDown(event: PointerEvent, grid: Grid, at: GridPlace): void {
  if (event.button !== 0 || isWritten(grid, at.row, at.column)) return;
  // The field that is open takes what was written before it goes.
  if (grid.editing && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  event.preventDefault();
  grid.focus();
  grid.go(at, event.shiftKey && at.row >= 0);
  if (at.column === KEYS && at.row >= 0 && !event.shiftKey)
    grid.select({ row: at.row, column: grid.size.columns - 1 }, at);
}

const isActive = ({ active }: Grid, row: number, column: number) =>
  row === active.row && column === active.column;

const isWritten = (grid: Grid, row: number, column: number) =>
  grid.editing !== undefined && isActive(grid, row, column);

function isSelected({ anchor, selection }: Grid, row: number, column: number): boolean {
  const { top, bottom, left, right } = selection;
  return anchor !== undefined && row >= top && row <= bottom && column >= left && column <= right;
}

type GridEditorProps = { readonly grid: Grid; readonly label: string; readonly isLine: boolean };

function GridEditor({ grid, label, isLine }: GridEditorProps) {
  return (
    <CellEditor
      label={label}
      text={grid.editing?.text ?? ""}
      isLine={isLine}
      onDone={(text, next) => {
        grid.commit(text);
        grid.focus();
        if (next) grid.step(next);
      }}
      onGiveUp={() => {
        grid.giveUp();
        grid.focus();
      }}
    />
  );
}
