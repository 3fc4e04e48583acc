import { z } from "zod";
import { isBlankText } from "../../base/blank-text.ts";
import { mediaKinds } from "../../base/media-kind.ts";
import { counted } from "../../base/words.ts";
import { columnPort, type TableColumn, type TableRow } from "../../graph/describe/table.ts";
import { safeRelativePath, type UploadFile, uploadTypeOfMime } from "../../graph/document/files.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { Said } from "../../words/message.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { uploadFileSchema } from "../definition/upload-file.ts";
import { objectSchema } from "../fields/form.ts";

export type TableParams = { columns: readonly TableColumn[]; rows: readonly TableRow[] };

/** What one graph can hold and a window still edit. */
export const mostRows = 20_000;
const mostColumns = 40;

/** So many faults of cells are told one by one; the rest is counted. */
const FAULTS_TOLD = 20;

export const columnTypes = ["text", ...mediaKinds] as const satisfies TableColumn["type"][];

export const columnTypeLabels: Readonly<Record<TableColumn["type"], string>> = {
  text: "Text",
  image: "Image",
  video: "Video",
  audio: "Audio",
};

export const table: NodeDefinition<TableParams> = {
  title: "Table",
  description: "Rows to work through: what is wired to a column runs once for each row.",
  family: "input",
  // Not “spreadsheet”: typing “speech” would find it, letter by letter.
  keywords: ["csv", "sheet", "batch", "list", "rows", "json", "folder", "excel", "many", "items"],
  work: { kind: "local" },
  icon: "Table2",
  cardFields: () => ["rows"],
  params: z.object({
    columns: z
      .array(z.object({ name: z.string(), type: z.enum(columnTypes).default("text") }))
      .default([])
      .meta({ description: "Each column is an output port, `column:NAME`." }),
    rows: z
      .array(
        z.looseObject({
          key: z.string().meta({ description: "Names the row, whatever its place. Unique in the table." }),
          cells: z.record(z.string(), z.union([z.string(), uploadFileSchema])).default({}),
        }),
      )
      .default([])
      .meta({ description: `At most ${mostRows}. Each has a cell for each column, by its name.` }),
    // As in an Upload: what is optional of a file is absent, not undefined.
  }) as z.ZodType<TableParams>,
  table: {
    written: ({ columns, rows }) => ({ columns, rows }),
    // A row with nothing in it would be paid for like any other.
    running: ({ columns, rows }) => ({ columns, rows: rows.filter((row) => !isBlankRow(row, columns)) }),
  },
  files: {
    of: ({ rows }) => rows.flatMap(({ cells }) => Object.values(cells).filter(isFile)),
    replaced: ({ rows }, change) => ({
      rows: rows.map((row) => ({
        ...row,
        cells: Object.fromEntries(
          Object.entries(row.cells).map(([column, cell]) => [column, isFile(cell) ? change(cell) : cell]),
        ),
      })),
    }),
  },
  ports: ({ columns }) => ({
    inputs: [],
    outputs: distinct(columns).map(({ name, type }) => ({
      id: columnPort(name),
      label: name,
      type,
      list: true,
    })),
  }),
  form: () => [
    {
      path: "",
      schema: objectSchema({ rows: { type: "array", title: "Rows", "x-control": "table" } }),
    },
  ],
  check(params): ParamProblem[] {
    const { columns, rows } = params;
    if (columns.length === 0 || rows.length === 0)
      return [
        ...columnProblems(params),
        {
          code: "table-empty",
          severity: "warning",
          param: "rows",
          message: columns.length === 0 ? "The table is empty." : "The table has no rows.",
          remedy: "Import a CSV, JSON or folder, or add rows. Until then nothing runs for it.",
        },
      ];
    return [
      ...columnProblems(params),
      ...keyProblems(rows),
      ...cellProblems(params),
      ...blankRowProblems(params),
    ];
  },
};

/** Whether a row has nothing in any column of its table. What columns that were removed left in it is not seen. */
function isBlankRow({ cells }: TableRow, columns: readonly TableColumn[]): boolean {
  return columns.every(({ name }) => {
    const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
    return cell === undefined || (typeof cell === "string" && isBlankText(cell));
  });
}

function blankRowProblems({ columns, rows }: TableParams): ParamProblem[] {
  const blank = rows.filter((row) => isBlankRow(row, columns)).length;
  if (blank === 0) return [];
  const all = blank === rows.length;
  const what =
    all && blank > 1
      ? "All rows of the table are empty"
      : `${counted(blank, "row")} of the table ${blank === 1 ? "is" : "are"} empty`;
  return [
    {
      code: all ? "table-empty" : "blank-rows",
      severity: "warning",
      param: "rows",
      message: `${what}, and nothing runs for ${blank === 1 ? "it" : "them"}.`,
      remedy: `Fill ${blank === 1 ? "it" : "them"} in, or remove ${blank === 1 ? "it" : "them"}.`,
    },
  ];
}

/** Why a column cannot be called this; `undefined` if it can. */
export function columnNameTrouble(name: string): string | undefined {
  if (name.trim() === "") return "A column has no name.";
  if (name !== name.trim()) return `“${name}” begins or ends with a space.`;
  if (name.length > 80) return "A column's name is longer than 80 characters.";
  if (name === "__proto__") return "A column cannot be called __proto__.";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[{}\u0000-\u001f\u007f]/.test(name)) return `“${name}” holds a brace or a line end.`;
  return undefined;
}

function distinct(columns: readonly TableColumn[]): readonly TableColumn[] {
  const seen = new Set<string>();
  return columns.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function invalid(param: string, message: Said, remedy: Said): ParamProblem {
  return { code: "invalid-param", param, message, remedy };
}

function columnProblems({ columns, rows }: TableParams): ParamProblem[] {
  const problems: ParamProblem[] = [];
  const seen = new Set<string>();
  columns.forEach(({ name }, index) => {
    const trouble = columnNameTrouble(name);
    if (trouble) problems.push(invalid(`columns.${index}`, trouble, "Rename the column."));
    else if (seen.has(name))
      problems.push(
        invalid(`columns.${index}`, `Two columns are called “${name}”.`, "Rename or remove one of them."),
      );
    seen.add(name);
  });
  if (columns.length > mostColumns)
    problems.push(
      invalid(
        "columns",
        `The table has ${counted(columns.length, "column")}; at most ${mostColumns} are taken.`,
        "Remove the ones that nothing uses.",
      ),
    );
  if (rows.length > mostRows)
    problems.push(
      invalid(
        "rows",
        `The table has ${counted(rows.length, "row")}; at most ${mostRows.toLocaleString("en")} are taken.`,
        "Split it into several tables.",
      ),
    );
  return problems;
}

function keyProblems(rows: readonly TableRow[]): ParamProblem[] {
  const first = new Map<string, number>();
  const problems: ParamProblem[] = [];
  rows.forEach(({ key }, index) => {
    const before = first.get(key);
    if (key.trim() === "")
      problems.push(invalid(`rows.${index}`, `Row ${index + 1} has no key.`, "Give it a name of its own."));
    else if (before !== undefined)
      problems.push(
        invalid(
          `rows.${index}`,
          `Rows ${before + 1} and ${index + 1} have the same key, “${key}”.`,
          "Give one of them another key.",
        ),
      );
    else first.set(key, index);
  });
  return told(problems);
}

function cellProblems({ columns, rows }: TableParams): ParamProblem[] {
  const problems: ParamProblem[] = [];
  rows.forEach((row, index) => {
    if (isBlankRow(row, columns)) return;
    const { key, cells } = row;
    for (const { name, type } of columns) {
      const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
      const trouble = cellTrouble(cell, type);
      if (trouble)
        problems.push({
          ...trouble,
          param: `rows.${index}.cells.${name}`,
          message: `Row “${key}”, ${name}: ${trouble.message}`,
        });
    }
  });
  return told(problems);
}

type CellTrouble = Omit<ParamProblem, "param">;

function cellTrouble(
  cell: string | UploadFile | undefined,
  type: TableColumn["type"],
): CellTrouble | undefined {
  if (type === "text")
    return typeof cell === "object"
      ? {
          code: "invalid-param",
          message: "a file stands in a column of texts.",
          remedy: "Change the column's type.",
        }
      : undefined;
  if (cell === undefined || cell === "")
    return {
      code: "file-not-chosen",
      message: "no file is chosen.",
      remedy: "Choose one, or remove the row.",
    };
  if (typeof cell === "string")
    return {
      code: "invalid-param",
      message: `the text “${cell.slice(0, 40)}” stands in a column of files.`,
      remedy: "Choose the file, or make it a column of texts.",
    };
  const mime = uploadTypeOfMime(cell.mimeType);
  if (!mime)
    return {
      code: "file-type-unsupported",
      message: `“${cell.name}” is of the type ${cell.mimeType}, which cannot be uploaded.`,
      remedy: "Choose another file.",
    };
  if (mime.kind !== type || cell.kind !== type)
    return {
      code: "invalid-param",
      message: `“${cell.name}” is ${mime.kind}, and the column takes ${type}.`,
      remedy: "Choose another file, or change the column's type.",
    };
  const path = cell.path === undefined ? undefined : safeRelativePath(cell.path);
  return path?.ok === false
    ? {
        code: "file-outside-folder",
        message: `“${cell.name}” is not named by a path inside the graph's folder.`,
        remedy: "Choose the file again.",
      }
    : undefined;
}

function told(problems: readonly ParamProblem[]): ParamProblem[] {
  if (problems.length <= FAULTS_TOLD) return [...problems];
  const more = problems.length - FAULTS_TOLD;
  return [
    ...problems.slice(0, FAULTS_TOLD),
    invalid(
      "rows",
      `${more.toLocaleString("en")} more rows of the table have faults like these.`,
      "Mend them, too.",
    ),
  ];
}

function isFile(cell: TableRow["cells"][string]): cell is UploadFile {
  return typeof cell === "object";
}
