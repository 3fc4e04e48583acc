import type { MediaKind } from "../../base/media-kind.ts";
import type { TableColumn, TableRow } from "../../graph/describe/table.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import type { TableParams } from "./definition.ts";
import type { TextTable } from "./read-table.ts";

/** A text table → the rows of a Table node: types to columns, files to cells, keys to rows. Pure. */

export type ColumnTypes = ReadonlyMap<string, TableColumn["type"]>;

/** As the node has them now, by name; a new column that names files is one of files, any other of texts. */
export function guessTypes(text: TextTable, before: TableParams): ColumnTypes {
  const now = new Map(before.columns.map(({ name, type }) => [name, type]));
  return new Map(text.columns.map(({ name, names }) => [name, now.get(name) ?? names ?? "text"]));
}

/**
 * Columns whose cells look like files, in a table that did not say so before, and of which not one is there: they hold
 * the names that results are wanted under, so they are taken as texts.
 */
export function withoutWantedNames(
  text: TextTable,
  types: ColumnTypes,
  before: TableParams,
  isThere: (path: string) => boolean,
): ColumnTypes {
  const said = new Set(before.columns.map(({ name }) => name));
  const namesAny = (index: number) =>
    text.rows.some(({ cells }) => {
      const path = (cells[index] ?? "").trim();
      return path !== "" && isThere(path);
    });
  return new Map(
    text.columns.map(({ name }, index) => {
      const type = types.get(name) ?? "text";
      const isWanted = type !== "text" && !said.has(name) && !namesAny(index);
      return [name, isWanted ? "text" : type];
    }),
  );
}

export type WantedFile = {
  /** As the cell has it. */
  readonly path: string;
  readonly column: string;
  /** "Line 3". */
  readonly where: string;
};

/** The files that cells of media columns name, each path once, in the order of the rows. */
export function filesWanted(text: TextTable, types: ColumnTypes): readonly WantedFile[] {
  const wanted = new Map<string, WantedFile>();
  for (const { at, cells } of text.rows)
    text.columns.forEach(({ name }, index) => {
      const path = (cells[index] ?? "").trim();
      if (path !== "" && (types.get(name) ?? "text") !== "text" && !wanted.has(path))
        wanted.set(path, { path, column: name, where: `${text.unit} ${at}` });
    });
  return [...wanted.values()];
}

/**
 * @param files by the path that cells name; a cell whose file is not among them is left empty, and the node says so.
 * @param before what the node holds now: a row without a key of its own gets that of the row with the same cells.
 */
export function fillTable(
  text: TextTable,
  types: ColumnTypes,
  files: ReadonlyMap<string, UploadFile>,
  before: TableParams,
): TableParams {
  const columns = text.columns.map(({ name }): TableColumn => ({ name, type: types.get(name) ?? "text" }));
  const rows = text.rows.map(({ key, cells }) => ({
    key,
    cells: Object.fromEntries(
      columns.map(({ name, type }, index) => {
        const cell = cells[index] ?? "";
        return [name, type === "text" ? cell : (files.get(cell.trim()) ?? "")];
      }),
    ),
  }));
  return { columns, rows: withKeys(rows, before.rows) };
}

/**
 * A row more for each file, in the first column of its kind. Its key is the file's name, with a number behind it where
 * that is taken. A file that is in a row already gets no second one.
 */
export function addFiles(before: TableParams, files: readonly UploadFile[], kind: MediaKind): TableParams {
  const isNew = before.columns.length === 0;
  const columns: readonly TableColumn[] = isNew
    ? [
        { name: kind, type: kind },
        { name: "name", type: "text" },
      ]
    : before.columns.some(({ type }) => type === kind)
      ? before.columns
      : [...before.columns, { name: freeName(kind, before.columns), type: kind }];
  const column = columns.find(({ type }) => type === kind)?.name ?? kind;
  const there = new Set(
    before.rows.flatMap(({ cells }) => {
      const cell = cells[column];
      return typeof cell === "object" ? [`${cell.name} ${cell.sha256}`] : [];
    }),
  );
  const keys = new Set(before.rows.map(({ key }) => key));
  const rows = files
    .filter((file) => file.kind === kind && !there.has(`${file.name} ${file.sha256}`))
    .map((file): TableRow => {
      let key = file.name;
      for (let number = 2; keys.has(key); number++) key = `${file.name} ${number}`;
      keys.add(key);
      const name = isNew ? { name: file.name.replace(/\.[^.]+$/, "") } : {};
      return { key, cells: { ...name, [column]: file } };
    });
  return { columns, rows: [...before.rows, ...rows] };
}

/** The name itself, or with a number behind it where a column has it. */
export function freeName(name: string, columns: readonly TableColumn[]): string {
  const taken = new Set(columns.map((column) => column.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}

type Keyless = { readonly key: string | undefined; readonly cells: TableRow["cells"] };

/** Rows keep the keys they had: results, takes and retries hang on them. Numbers are given out only once. */
function withKeys(rows: readonly Keyless[], before: readonly TableRow[]): TableRow[] {
  if (rows.every(({ key }) => key !== undefined)) return rows.map(({ key = "", cells }) => ({ key, cells }));
  const free = new Map<string, string[]>();
  for (const { key, cells } of before) {
    const content = contentOf(cells);
    const same = free.get(content);
    if (same) same.push(key);
    else free.set(content, [key]);
  }
  const kept = rows.map(({ cells }) => free.get(contentOf(cells))?.shift());
  const next = numbering(before);
  return rows.map(({ cells }, index) => ({ key: kept[index] ?? next(), cells }));
}

/** Numbers after the highest that the rows have. */
export function numbering(rows: readonly TableRow[]): () => string {
  let highest = 0;
  for (const { key } of rows) if (/^\d{1,9}$/.test(key)) highest = Math.max(highest, Number(key));
  return () => String(++highest);
}

function contentOf(cells: TableRow["cells"]): string {
  return JSON.stringify(
    Object.entries(cells)
      .map(([name, cell]) => [name, typeof cell === "string" ? cell : cell.sha256])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
}
