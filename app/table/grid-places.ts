/** Where one is in a grid, and where keys lead. Row −1 is the head, column −1 the keys. Pure. */

export type GridPlace = { readonly row: number; readonly column: number };
export type GridSize = { readonly rows: number; readonly columns: number };

export type Motion =
  | "up"
  | "down"
  | "left"
  | "right"
  | "page-up"
  | "page-down"
  | "row-start"
  | "row-end"
  | "first"
  | "last"
  /** To the next cell in reading order, as Tab goes on after writing. */
  | "next"
  | "previous";

export type GridSelection = {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** From the keys to the last column. */
  readonly wholeRows: boolean;
};

const PAGE = 15;

export function keepInside({ row, column }: GridPlace, { rows, columns }: GridSize): GridPlace {
  return {
    row: Math.max(-1, Math.min(row, rows - 1)),
    column: Math.max(row < 0 ? 0 : -1, Math.min(column, columns - 1)),
  };
}

export function move(from: GridPlace, motion: Motion, size: GridSize): GridPlace {
  const { row, column } = from;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  switch (motion) {
    case "up":
      return keepInside({ row: row - 1, column }, size);
    case "down":
      return keepInside({ row: row + 1, column }, size);
    case "left":
      return keepInside({ row, column: column - 1 }, size);
    case "right":
      return keepInside({ row, column: column + 1 }, size);
    case "page-up":
      return keepInside({ row: Math.max(0, row - PAGE), column }, size);
    case "page-down":
      return keepInside({ row: row + PAGE, column }, size);
    case "row-start":
      return keepInside({ row, column: 0 }, size);
    case "row-end":
      return keepInside({ row, column: last.column }, size);
    case "first":
      return keepInside({ row: 0, column }, size);
    case "last":
      return keepInside({ row: last.row, column }, size);
    case "next":
      return column < last.column || row >= last.row
        ? keepInside({ row, column: column + 1 }, size)
        : { row: row + 1, column: 0 };
    case "previous":
      return column > 0 || row <= 0
        ? keepInside({ row, column: column - 1 }, size)
        : { row: row - 1, column: last.column };
    default:
      return motion satisfies never;
  }
}

/** The cells between two places, both included. */
export function selectionOf(
  active: GridPlace,
  anchor: GridPlace | undefined,
  { columns }: GridSize,
): GridSelection {
  const other = anchor ?? active;
  const [left, right] = [Math.min(active.column, other.column), Math.max(active.column, other.column)];
  return {
    top: Math.min(active.row, other.row),
    bottom: Math.max(active.row, other.row),
    left,
    right,
    wholeRows: left < 0 && right === columns - 1 && anchor !== undefined,
  };
}
