import type { UploadFile } from "../../src/graph/document/files.ts";
import {
  type ColumnTypes,
  filesWanted,
  fillTable,
  type WantedFile,
  withoutWantedNames,
} from "../../src/nodes/table/fill-table.ts";
import { blankWords, type TextTable } from "../../src/nodes/table/read-table.ts";
import type { EditOptions } from "../stores/graph.ts";
import { openTable } from "../stores/shell.ts";
import { toast } from "../ui/toasts.tsx";
import { count } from "../words/words.ts";
import { replaceTable, tableOf } from "./edit-table.ts";
import { isMediaFile } from "./given-files.ts";
import { type ImportFile, refuse, setImport, uploadAll } from "./import-state.ts";

type Rows = {
  readonly nodeId: string;
  readonly name: string;
  readonly text: TextTable;
  readonly types: ColumnTypes;
  readonly media: readonly File[];
  readonly importFile: ImportFile;
  readonly options: EditOptions;
  readonly onUnused: (files: readonly File[]) => void;
};

export async function importRows(rows: Rows): Promise<void> {
  const { nodeId, name, text, media, importFile, options, onUnused } = rows;
  const before = tableOf(nodeId);
  if (!before) return;
  // With files beside the rows, a column that names none of them is one of names that are wanted.
  const isGiven = (path: string) => fileAt(path, media) !== undefined;
  const types = media.length > 0 ? withoutWantedNames(text, rows.types, before, isGiven) : rows.types;
  const wanted = filesWanted(text, types);
  const found = new Map<WantedFile, File>();
  for (const each of wanted) {
    const file = fileAt(each.path, media);
    if (file) found.set(each, file);
  }
  const missing = wanted.filter((each) => !found.has(each));
  const used = [...new Set(found.values())];
  const unused = media.filter((file) => !used.includes(file));
  if (missing.length > 0) {
    // They are not asked for, so they need not wait for those that are.
    if (unused.length > 0) onUnused(unused);
    return setImport(nodeId, {
      kind: "wants-files",
      name,
      columns: [...new Set(missing.map(({ column }) => column))],
      missing,
      wanted: wanted.length,
      goOn: (more) => void importRows({ ...rows, media: [...used, ...more.filter(isMediaFile)] }),
      asText: () => {
        const texts = new Map(text.columns.map((column) => [column.name, "text" as const]));
        void importRows({ ...rows, media: used, types: texts });
      },
    });
  }
  const uploaded = await uploadAll(nodeId, [...found.values()], importFile);
  if (!uploaded) return;
  const faults = [...uploaded.faults];
  const files = new Map<string, UploadFile>();
  for (const [{ path, column, where }, file] of found) {
    const upload = uploaded.files.get(file);
    if (!upload) continue;
    const type = types.get(column);
    if (upload.kind === type) files.set(path, upload);
    else
      faults.push({
        where,
        message: `“${path}” is ${upload.kind}, and “${column}” takes ${type}.`,
        remedy: "Name another file.",
      });
  }
  if (faults.length > 0) return refuse(nodeId, `“${name}” was not imported`, faults);
  const now = tableOf(nodeId);
  if (!now) return setImport(nodeId, undefined);
  const after = fillTable(text, types, files, now);
  const notes = [...blankWords(text), ...(text.keyWarning === undefined ? [] : [text.keyWarning])];
  replaceTable(nodeId, after, options);
  setImport(nodeId, undefined);
  if (unused.length > 0) onUnused(unused);
  toast({
    title: `${count(after.rows.length, "row")} imported from “${name}”.`,
    ...(notes.length === 0 ? {} : { description: notes.join(" ") }),
    ...(text.keyWarning === undefined
      ? {}
      : { action: { label: "Edit rows", onPress: () => openTable(nodeId) } }),
  });
}

/** By its place in the folder that was given, else by its name where only one has it. */
function fileAt(path: string, files: readonly File[]): File | undefined {
  const wanted = path.replaceAll("\\", "/").replace(/^\.\//, "").toLowerCase();
  const placeOf = ({ webkitRelativePath, name }: File) => (webkitRelativePath || name).toLowerCase();
  const exact = files.find((file) => {
    const place = placeOf(file);
    return place === wanted || place.endsWith(`/${wanted}`);
  });
  if (exact) return exact;
  const base = wanted.split("/").at(-1);
  const [only, ...others] = files.filter(({ name }) => name.toLowerCase() === base);
  return others.length === 0 ? only : undefined;
}
