import { isBlankText } from "../../base/blank-text.ts";
import { messageOf } from "../../base/errors.ts";
import { isJsonObject } from "../../base/json-object.ts";
import type { MediaKind } from "../../base/media-kind.ts";
import { counted } from "../../base/words.ts";
import { uploadTypeOfName } from "../../graph/document/files.ts";
import type { ProblemCode } from "../../graph/document/problems.ts";
import type { Said } from "../../words/message.ts";
import { readCsv } from "./csv.ts";
import { columnNameTrouble, mostRows } from "./definition.ts";
import { keysFrom } from "./row-keys.ts";

/** Text of a CSV or JSON file → a table of texts, whole or not at all. Pure; media come in later, by `fillTable`. */

/** What stands in the file, before keys are given and files are found. */
export type TextTable = {
  readonly columns: readonly TextColumn[];
  readonly rows: readonly {
    /** Absent where the file has no column of keys. */
    readonly key?: string;
    readonly cells: readonly string[];
    /** Line in a CSV, place in a JSON array, counted from 1. */
    readonly at: number;
  }[];
  /** "Line" or "Row": what `at` counts. */
  readonly unit: "Line" | "Row";
  /** How many rows were left out, because every field of theirs is blank. */
  readonly blankRows: number;
  /** Why a column called like one of keys is none, for the person: its rows are known by numbers instead. */
  readonly keyWarning?: string;
};

export type TextColumn = {
  readonly name: string;
  /** What its cells name, where each that is not empty names a file of one kind. */
  readonly names?: MediaKind;
};

export type TableFault = {
  readonly where?: string;
  readonly message: Said;
  readonly remedy: Said;
  /** Of a file that a cell names: why it was not taken, by the name that problems have. */
  readonly code?: ProblemCode;
};

export type TextTableRead =
  | { readonly ok: true; readonly table: TextTable }
  | { readonly ok: false; readonly faults: readonly TableFault[] };

/** The largest file of rows that is read, in bytes: 20 MB. Media are files of their own. */
export const LARGEST_TABLE_BYTES = 20_000_000;

/** So many faults are told one by one; the rest is counted. */
const FAULTS_TOLD = 20;

/** Columns of these names hold the keys where their values differ. */
const keyNames: ReadonlySet<string> = new Set(["key", "id"]);

export function readTextTable(fileName: string, text: string): TextTableRead {
  const isJson = /\.json$/i.test(fileName) || (!/\.(csv|tsv|txt)$/i.test(fileName) && /^\s*[[{]/.test(text));
  const raw = isJson ? rawFromJson(text) : rawFromCsv(text);
  if ("faults" in raw) return { ok: false, faults: told(raw.faults) };
  const rows = raw.rows.filter(({ cells }) => !isBlank(cells));
  const filled = { ...raw, rows };
  const faults = [...headerFaults(filled), ...sizeFaults(filled)];
  if (faults.length > 0) return { ok: false, faults: told(faults) };
  return { ok: true, table: { ...withKeys(filled), blankRows: raw.rows.length - rows.length } };
}

/** What a person is told of rows that were left out. */
export function blankWords({ blankRows, unit }: TextTable): readonly string[] {
  const what = counted(blankRows, unit === "Line" ? "line" : "row");
  return blankRows === 0
    ? []
    : [`${what} with nothing in ${blankRows === 1 ? "it was" : "them were"} left out.`];
}

/** A spreadsheet writes separators for rows that were emptied, and a person a line of them for order. */
function isBlank(cells: readonly string[]): boolean {
  return cells.every(isBlankText);
}

/** As bytes come from disk or a drop. */
export function decodeTable(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly faults: readonly TableFault[] } {
  if (bytes.length > LARGEST_TABLE_BYTES)
    return {
      ok: false,
      faults: [
        {
          message: `The file has ${Math.round(bytes.length / 1e6)} MB; at most ${LARGEST_TABLE_BYTES / 1e6} MB are read.`,
          remedy: "Split it into several files.",
        },
      ],
    };
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = !isUtf16 ? "utf-8" : first === 0xff ? "utf-16le" : "utf-16be";
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return {
      ok: false,
      faults: [{ message: "The file is not text in UTF-8.", remedy: "Save it as “CSV UTF-8”, or as JSON." }],
    };
  }
}

type RawTable = {
  readonly header: readonly string[];
  readonly rows: readonly { readonly at: number; readonly cells: readonly string[] }[];
  readonly unit: TextTable["unit"];
};
type Raw = RawTable | { readonly faults: readonly TableFault[] };

function rawFromCsv(text: string): Raw {
  const read = readCsv(text);
  if (!read.ok) return { faults: [{ ...read.fault, where: `Line ${read.fault.line}` }] };
  const from = read.records.findIndex(({ fields }) => !isBlank(fields));
  const [header, ...records] = from < 0 ? [] : read.records.slice(from);
  if (!header) return { faults: [noHeader] };
  const names = header.fields.map((name) => name.trim());
  const faults = records.flatMap(({ line, fields }): TableFault[] =>
    fields.length === names.length || isBlank(fields)
      ? []
      : [
          {
            where: `Line ${line}`,
            message: `It has ${count(fields.length, "field")}, but the header has ${names.length}.`,
            remedy: "Give it one field per column; quote texts that hold a separator.",
          },
        ],
  );
  if (faults.length > 0) return { faults };
  return {
    header: names,
    rows: records.map(({ line, fields }) => ({ at: line, cells: fields })),
    unit: "Line",
  };
}

const noHeader: TableFault = {
  message: "The file is empty.",
  remedy: "Give it a first row with the names of its columns.",
};

function rawFromJson(text: string): Raw {
  let json: unknown;
  try {
    json = JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    return { faults: [jsonFault(text, error)] };
  }
  if (Array.isArray(json)) return rawFromObjects(json);
  if (isJsonObject(json)) return rawFromColumns(json);
  return { faults: [{ message: "The JSON holds neither an array nor an object.", remedy: jsonShape }] };
}

const jsonShape = 'Write an array of objects ([{"subject": "a red shoe"}]) or an object of arrays.';

function jsonFault(text: string, error: unknown): TableFault {
  const message = messageOf(error, "");
  const position = /position (\d+)/.exec(message)?.[1];
  const line = position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
  return {
    ...(line === undefined ? {} : { where: `Line ${line}` }),
    message: "The file is not JSON from here on.",
    remedy: "Look for a missing comma, quote or bracket there.",
  };
}

function rawFromObjects(items: readonly unknown[]): Raw {
  const faults: TableFault[] = [];
  const names = new Set<string>();
  items.forEach((item, index) => {
    if (isJsonObject(item)) for (const name of Object.keys(item)) names.add(name);
    else
      faults.push({
        where: `Row ${index + 1}`,
        message: "It is no object.",
        remedy: "Write each row as an object of column names and values.",
      });
  });
  if (items.length === 0) return { faults: [{ message: "The JSON holds no rows.", remedy: jsonShape }] };
  const header = [...names];
  const rows = items.map((item, index) => ({
    at: index + 1,
    cells: header.map((name) => cellText(isJsonObject(item) ? item[name] : undefined, index, name, faults)),
  }));
  return faults.length > 0 ? { faults } : { header: header.map((name) => name.trim()), rows, unit: "Row" };
}

function rawFromColumns(columns: Readonly<Record<string, unknown>>): Raw {
  const faults: TableFault[] = [];
  const header = Object.keys(columns);
  const lists = header.map((name): readonly unknown[] => {
    const values = columns[name];
    if (Array.isArray(values)) return values;
    faults.push({ where: `Column “${name}”`, message: "It is no array.", remedy: jsonShape });
    return [];
  });
  const [length = 0] = lists.map((list) => list.length);
  lists.forEach((list, index) => {
    if (faults.length === 0 && list.length !== length)
      faults.push({
        where: `Column “${header[index]}”`,
        message: `It has ${count(list.length, "value")}, but the first column has ${length}.`,
        remedy: "Give every column as many values as there are rows.",
      });
  });
  if (header.length === 0 || (length === 0 && faults.length === 0))
    return { faults: [{ message: "The JSON holds no rows.", remedy: jsonShape }] };
  const rows = Array.from({ length }, (_, index) => ({
    at: index + 1,
    cells: lists.map((list, column) => cellText(list[index], index, header[column] ?? "", faults)),
  }));
  return faults.length > 0 ? { faults } : { header: header.map((name) => name.trim()), rows, unit: "Row" };
}

function cellText(value: unknown, index: number, name: string, faults: TableFault[]): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  faults.push({
    where: `Row ${index + 1}`,
    message: `“${name}” holds ${Array.isArray(value) ? "an array" : "an object"}.`,
    remedy: "A cell is a text, a number, or true or false.",
  });
  return "";
}

function headerFaults({ header, unit }: RawTable): TableFault[] {
  const where = unit === "Line" ? { where: "Header" } : {};
  const seen = new Set<string>();
  return header.flatMap((name, index): TableFault[] => {
    const trouble = columnNameTrouble(name);
    if (trouble)
      return [{ ...where, message: `Column ${index + 1}: ${trouble}`, remedy: "Rename the column." }];
    if (seen.has(name))
      return [{ ...where, message: `Two columns are called “${name}”.`, remedy: "Rename one of them." }];
    seen.add(name);
    return [];
  });
}

function sizeFaults({ rows }: RawTable): TableFault[] {
  if (rows.length === 0)
    return [
      {
        message: "There is a header, but no row under it.",
        remedy: "Add a row for each thing that is to be made.",
      },
    ];
  return rows.length > mostRows
    ? [
        {
          message: `The file has ${rows.length.toLocaleString("en")} rows; a table takes at most ${mostRows.toLocaleString("en")}.`,
          remedy: "Split it into several files.",
        },
      ]
    : [];
}

/** Of several columns that are called like one of keys, the first whose values can be. */
function withKeys({ header, rows, unit }: RawTable): Omit<TextTable, "blankRows"> {
  const columns = header.map(columnFrom(rows));
  let keyWarning: string | undefined;
  for (const [index, name] of header.entries()) {
    if (!keyNames.has(name.toLowerCase())) continue;
    const found = keysFrom(rows.map(({ cells }) => cells[index] ?? ""));
    if (found.ok)
      return { columns, rows: rows.map((row, at) => ({ ...row, key: found.keys[at] ?? "" })), unit };
    keyWarning ??= `“${name}” ${found.why}, so rows are known by numbers. Give each row a value of its own there to have them known by it.`;
  }
  return { columns, rows, unit, ...(keyWarning === undefined ? {} : { keyWarning }) };
}

/** A column names files when each of its cells that is not empty does, and all of one kind. */
function columnFrom(rows: RawTable["rows"]): (name: string, column: number) => TextColumn {
  return (name, column) => {
    let kind: MediaKind | undefined;
    for (const { cells } of rows) {
      const cell = (cells[column] ?? "").trim();
      if (isBlankText(cell)) continue;
      const named = uploadTypeOfName(cell)?.kind;
      // A sentence that ends in “.mp4” is still a sentence.
      if (!named || (kind && named !== kind) || /\s{2}|[\n\r]|^\w+:\/\//.test(cell)) return { name };
      kind = named;
    }
    return kind ? { name, names: kind } : { name };
  };
}

function told(faults: readonly TableFault[]): readonly TableFault[] {
  if (faults.length <= FAULTS_TOLD) return faults;
  const more = faults.length - FAULTS_TOLD;
  return [
    ...faults.slice(0, FAULTS_TOLD),
    { message: `And ${more.toLocaleString("en")} more of the kind.`, remedy: "Mend these first." },
  ];
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
