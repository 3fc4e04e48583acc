import { notTaken, uploadTypeOfMime, uploadTypeOfName } from "../../src/graph/document/files.ts";
import {
  decodeTable,
  readTextTable,
  type TableFault,
  type TextTable,
} from "../../src/nodes/table/read-table.ts";
import { list } from "../words/words.ts";

const tableFile = /\.(csv|tsv|txt|json)$/i;

/** Whether a file holds rows; a JSON file may be a graph instead, which only its text tells. */
export function isTableFile({ name, type }: File): boolean {
  return tableFile.test(name) || type === "text/csv" || type === "application/json";
}

/** What file managers leave in folders; nobody means those. */
const isHidden = ({ name }: File) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);

export const isMediaFile = ({ name, type }: File) =>
  uploadTypeOfMime(type) !== undefined || uploadTypeOfName(name) !== undefined;

export type Given =
  | {
      readonly ok: true;
      readonly rows?: { readonly name: string; readonly text: TextTable };
      readonly media: readonly File[];
    }
  | {
      readonly ok: false;
      /** The file of rows that was not read, if it was one. */
      readonly rows?: { readonly name: string };
      readonly title: string;
      readonly faults: readonly TableFault[];
      /** What lay beside the rows, and is not in the faults. */
      readonly media: readonly File[];
    };

/** As far as it can be told without the studio and without a table to put it in. */
export async function readGiven(files: readonly File[]): Promise<Given> {
  const given = files.filter((file) => !isHidden(file));
  const media = given.filter((file) => !isTableFile(file));
  const [rows, ...more] = given.filter(isTableFile);
  if (rows && more.length > 0)
    return {
      ok: false,
      title: "Nothing was imported",
      media,
      faults: [
        {
          message: `${list([rows, ...more].map(({ name }) => `“${name}”`))} came at once, and each holds rows.`,
          remedy: "Drop one; its rows replace those here.",
        },
      ],
    };
  if (rows) return await readRows(rows, media);
  if (media.some(isMediaFile)) return { ok: true, media };
  return {
    ok: false,
    title: "Nothing was imported",
    media: [],
    faults:
      media.length > 0
        ? media.map(noMedia)
        : [
            {
              message: "There is no file in it.",
              remedy: "Choose a folder that holds pictures, videos or sounds.",
            },
          ],
  };
}

async function readRows(file: File, media: readonly File[]): Promise<Given> {
  const refused = { ok: false, rows: file, title: `“${file.name}” was not imported`, media } as const;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    const remedy = "Check that it still exists, then drop it again.";
    return { ...refused, faults: [{ message: "The file could not be read.", remedy }] };
  }
  const decoded = decodeTable(bytes);
  if (!decoded.ok) return { ...decoded, ...refused };
  const read = readTextTable(file.name, decoded.text);
  if (!read.ok) return { ...read, ...refused };
  return { ok: true, rows: { name: file.name, text: read.table }, media };
}

export const noMedia = ({ name }: File): TableFault => ({ where: name, ...notTaken(name) });
