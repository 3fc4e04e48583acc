import type { MediaKind } from "../../base/media-kind.ts";
import type { UploadFile } from "../document/files.ts";

/** The rows of a Table node: what the steps mapped over it run once for each of. */
export type Table = {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
};

export type TableColumn = { readonly name: string; readonly type: "text" | MediaKind };

export type TableRow = {
  /** Unique in its table and stable: the row's name in item paths, whatever its place. */
  readonly key: string;
  /** By column name. A media cell is a file of the library; a missing one is an empty text, or no media. */
  readonly cells: Readonly<Record<string, string | UploadFile>>;
};

const columnMark = "column:";

/** The output port of a column. @public */
export function columnPort(name: string): string {
  return `${columnMark}${name}`;
}

/** What a row has in the column of this port. */
export function cellAtPort(row: TableRow, portId: string): string | UploadFile | undefined {
  return cellOf(row, portId.slice(columnMark.length));
}

export function cellOf({ cells }: TableRow, column: string): string | UploadFile | undefined {
  return Object.hasOwn(cells, column) ? cells[column] : undefined;
}
