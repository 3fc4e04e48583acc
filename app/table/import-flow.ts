import { createStore, useStore } from "zustand";
import type { MediaKind } from "../../src/base/media-kind.ts";
import {
  notTaken,
  type UploadFile,
  uploadTypeOfMime,
  uploadTypeOfName,
} from "../../src/graph/document/files.ts";
import {
  addFiles,
  type ColumnTypes,
  filesWanted,
  fillTable,
  guessTypes,
  type WantedFile,
  withoutWantedNames,
} from "../../src/nodes/table/fill-table.ts";
import {
  blankWords,
  decodeTable,
  readTextTable,
  type TableFault,
  type TextTable,
} from "../../src/nodes/table/read-table.ts";
import type { Imported } from "../stores/commands.ts";
import { type EditOptions, graphStore } from "../stores/graph.ts";
import { type NotTaken, namesOf, tellNotTaken } from "../stores/not-taken.ts";
import { openTable } from "../stores/shell.ts";
import { toast } from "../ui/toasts.tsx";
import { count, list } from "../words/words.ts";
import { editTable, replaceTable, tableOf } from "./edit-table.ts";

/** Files on their way into a Table, or what stands in the way. By node: a card may leave the view meanwhile. */
export type ImportState =
  | {
      readonly kind: "taking";
      readonly done: number;
      readonly total: number;
      /** Of the file under way, 0 to 1. */
      readonly fraction: number;
      readonly cancel: () => void;
    }
  /** The rows name files that have not been given. */
  | {
      readonly kind: "wants-files";
      readonly name: string;
      readonly columns: readonly string[];
      readonly missing: readonly WantedFile[];
      readonly wanted: number;
      /** With these files beside those that are here. */
      readonly goOn: (files: readonly File[]) => void;
      /** Takes the names as texts. */
      readonly asText: () => void;
    }
  | { readonly kind: "refused"; readonly title: string; readonly faults: readonly TableFault[] };

type ImportFile = (
  file: File,
  onProgress?: (fraction: number) => void,
  signal?: AbortSignal,
) => Promise<Imported>;

const importsStore = createStore<ReadonlyMap<string, ImportState>>(() => new Map());

export function useImport(nodeId: string): ImportState | undefined {
  return useStore(importsStore, (imports) => imports.get(nodeId));
}

function setImport(nodeId: string, state: ImportState | undefined): void {
  const imports = new Map(importsStore.getState());
  if (state) imports.set(nodeId, state);
  else imports.delete(nodeId);
  importsStore.setState(imports, true);
}

export function dismissImport(nodeId: string): void {
  setImport(nodeId, undefined);
}

const tableFile = /\.(csv|tsv|txt|json)$/i;

/** Whether a file holds rows; a JSON file may be a graph instead, which only its text tells. */
export function isTableFile({ name, type }: File): boolean {
  return tableFile.test(name) || type === "text/csv" || type === "application/json";
}

/** What file managers leave in folders; nobody means those. */
const isHidden = ({ name }: File) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);

export const isMediaFile = ({ name, type }: File) =>
  uploadTypeOfMime(type) !== undefined || uploadTypeOfName(name) !== undefined;

/**
 * Takes what was dropped or picked into a Table: one file of rows, with the files they name beside it or without, or
 * media alone, a row for each.
 */
export async function importFiles(
  nodeId: string,
  files: readonly File[],
  importFile: ImportFile,
): Promise<void> {
  const given = await readGiven(files);
  if (given.ok) return await importGiven(nodeId, given, importFile);
  const others = given.media.map(({ name }) => ({ where: name, ...cameWith }));
  refuse(nodeId, given.title, [...given.faults, ...others]);
}

/** Of what lies beside rows that were not taken. */
export const cameWith = {
  message: "It came with rows that were not taken.",
  remedy: "Drop it again with them, or by itself.",
};

/**
 * The same for a Table that is not there yet: what cannot be taken leaves the graph as it was.
 *
 * @param left is told what the table does not take: with the reason, or as files that others may take, because no row
 *   names them or because there are no rows.
 */
export async function importIntoNew(
  place: () => string,
  files: readonly File[],
  importFile: ImportFile,
  left: (what: { readonly files: readonly File[]; readonly notTaken: readonly NotTaken[] }) => void,
): Promise<void> {
  const given = await readGiven(files);
  if (!given.ok) return left({ files: given.media, notTaken: refusedWords(given) });
  const nodeId = place();
  let unused = given.rows ? given.media : [];
  await importGiven(nodeId, given, importFile, {
    edit: { follows: true },
    onUnused: (more) => {
      unused = [];
      left({ files: more, notTaken: [] });
    },
  });
  const state = importsStore.getState().get(nodeId);
  if (state?.kind !== "refused" || (tableOf(nodeId)?.rows.length ?? 0) > 0) return;
  graphStore.getState().edit({ type: "remove", nodeIds: [nodeId], edgeIds: [] }, { follows: true });
  setImport(nodeId, undefined);
  left({ files: unused, notTaken: refusedWords({ rows: given.rows, ...state }) });
}

/** Of faults in rows the first one and a count will do; of files each has its own. */
function refusedWords({
  rows,
  title,
  faults,
}: {
  readonly rows?: { readonly name: string } | undefined;
  readonly title: string;
  readonly faults: readonly TableFault[];
}): readonly NotTaken[] {
  const words = ({ message, remedy }: TableFault) => `${message} ${remedy}`;
  if (!rows)
    return faults.map((fault) =>
      fault.where === undefined
        ? { names: [], reason: words(fault), title }
        : { names: [fault.where], reason: words(fault) },
    );
  const [first, ...more] = faults;
  if (!first) return [{ names: [rows.name], reason: "", title }];
  const where = first.where === undefined ? "" : `${first.where}: `;
  const others = more.length === 0 ? "" : ` And ${count(more.length, "more fault")}.`;
  return [{ names: [rows.name], reason: `${where}${words(first)}${others}`, title }];
}

type Given =
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
async function readGiven(files: readonly File[]): Promise<Given> {
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

type TakeOptions = {
  readonly edit?: EditOptions;
  /** Files beside the rows that no row names. Default: they are named with that reason. */
  readonly onUnused?: (files: readonly File[]) => void;
};

async function importGiven(
  nodeId: string,
  { rows, media }: Extract<Given, { readonly ok: true }>,
  importFile: ImportFile,
  { edit = {}, onUnused }: TakeOptions = {},
): Promise<void> {
  if (!rows) return await importMedia(nodeId, media, importFile, edit);
  const before = tableOf(nodeId);
  if (!before) return;
  const { name, text } = rows;
  await importRows({
    ...{ nodeId, name, text, types: guessTypes(text, before), media, importFile, options: edit },
    onUnused:
      onUnused ?? ((files) => tellNotTaken(namesOf(files), `No row of “${name}” names a file like that.`)),
  });
}

function refuse(nodeId: string, title: string, faults: readonly TableFault[]): void {
  setImport(nodeId, { kind: "refused", title, faults });
}

// ── Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

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

async function importRows(rows: Rows): Promise<void> {
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
  const taken = await take(nodeId, [...found.values()], importFile);
  if (!taken) return;
  const faults = [...taken.faults];
  const files = new Map<string, UploadFile>();
  for (const [{ path, column, where }, file] of found) {
    const upload = taken.files.get(file);
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

// ── Media ──────────────────────────────────────────────────────────────────────────────────────────────────────

async function importMedia(
  nodeId: string,
  media: readonly File[],
  importFile: ImportFile,
  options: EditOptions,
): Promise<void> {
  const good = media.filter(isMediaFile);
  const unknown = media.filter((file) => !isMediaFile(file)).map(noMedia);
  const sorted = [...good].sort((a, b) => collator.compare(placeOf(a), placeOf(b)));
  const taken = await take(nodeId, sorted, importFile);
  if (!taken) return;
  const files = [...taken.files.values()];
  const kind = mostFrequent(files);
  const others = files
    .filter((file) => file.kind !== kind)
    .map(
      ({ name, kind: own }): TableFault => ({
        where: name,
        message: `It is ${own}, and most of the files are ${kind}.`,
        remedy: "Drop it on a table of its own.",
      }),
    );
  const before = tableOf(nodeId);
  if (!before) return setImport(nodeId, undefined);
  if (kind) replaceTable(nodeId, addFiles(before, files, kind), options);
  const faults = [...unknown, ...taken.faults, ...others];
  const rows = files.length - others.length;
  if (faults.length === 0) {
    setImport(nodeId, undefined);
    toast({ title: `${count(rows, "file")} imported.` });
  } else refuse(nodeId, `${count(rows, "file")} imported, ${faults.length} not`, faults);
}

const noMedia = ({ name }: File): TableFault => ({ where: name, ...notTaken(name) });

const collator = new Intl.Collator("en", { numeric: true });
const placeOf = ({ webkitRelativePath, name }: File) => webkitRelativePath || name;

function mostFrequent(files: readonly UploadFile[]): MediaKind | undefined {
  const counts = new Map<MediaKind, number>();
  for (const { kind } of files) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** One file for one cell. By names, since rows and columns may move meanwhile. */
export async function importCell(
  nodeId: string,
  cell: { readonly key: string; readonly column: string },
  file: File,
  importFile: ImportFile,
): Promise<void> {
  const taken = await take(nodeId, [file], importFile);
  if (!taken) return;
  const upload = taken.files.get(file);
  const table = tableOf(nodeId);
  const row = table?.rows.findIndex(({ key }) => key === cell.key) ?? -1;
  const column = table?.columns.findIndex(({ name }) => name === cell.column) ?? -1;
  const type = table?.columns[column]?.type;
  if (!upload) return refuse(nodeId, "The file was not taken", taken.faults);
  if (row < 0 || column < 0) return setImport(nodeId, undefined);
  if (type !== upload.kind)
    return refuse(nodeId, "The file was not taken", [
      {
        where: file.name,
        message: `It is ${upload.kind}, and the column takes ${type}.`,
        remedy: "Choose another file.",
      },
    ]);
  setImport(nodeId, undefined);
  editTable(nodeId, { type: "cells", row, column, values: [[upload]] });
}

/** One after the other, with progress. `undefined` when the person gave it up: then nothing is changed. */
async function take(
  nodeId: string,
  files: readonly File[],
  importFile: ImportFile,
): Promise<
  { readonly files: ReadonlyMap<File, UploadFile>; readonly faults: readonly TableFault[] } | undefined
> {
  const stop = new AbortController();
  const unique = [...new Set(files)];
  const taken = new Map<File, UploadFile>();
  const faults: TableFault[] = [];
  const cancel = () => {
    stop.abort();
    setImport(nodeId, undefined);
  };
  for (const [done, file] of unique.entries()) {
    const tell = (fraction: number) => {
      if (!stop.signal.aborted)
        setImport(nodeId, { kind: "taking", done, total: unique.length, fraction, cancel });
    };
    tell(0);
    const answer = await importFile(file, tell, stop.signal);
    if (stop.signal.aborted) return undefined;
    if (answer.ok) taken.set(file, answer.file);
    else {
      const { message, remedy } = answer.problem;
      faults.push({ where: file.name, message, remedy });
    }
  }
  return { files: taken, faults };
}

// ── Choosing ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The browser's own dialog. The answer is empty when the person closes it. */
export function chooseFiles(what: {
  readonly accept?: string;
  readonly folder?: boolean;
  readonly several?: boolean;
}): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    if (what.accept) input.accept = what.accept;
    input.multiple = what.several ?? false;
    if (what.folder) input.webkitdirectory = true;
    input.addEventListener("change", () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.click();
  });
}

/** Everything that was dropped, folders looked through. Must be asked for while the drop is being told of. */
export function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some(({ isDirectory }) => isDirectory)) return Promise.resolve([...transfer.files]);
  return inFolders(entries);
}

async function inFolders(entries: readonly FileSystemEntry[]): Promise<readonly File[]> {
  const unread: string[] = [];
  const read = async (entry: FileSystemEntry): Promise<readonly File[]> => {
    try {
      if (isFileEntry(entry))
        return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
      const found: File[] = [];
      for (const each of await entriesOf(entry)) found.push(...(await read(each)));
      return found;
    } catch {
      unread.push(entry.fullPath.slice(1));
      return [];
    }
  };
  const found = await Promise.all(entries.map(read));
  if (unread.length > 0) tellNotTaken(unread, "Check that it still exists and that you may read it.");
  return found.flat();
}

/** Whether a folder is among what was dropped. */
export function hasFolder(transfer: DataTransfer): boolean {
  return [...transfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
}

async function entriesOf(entry: FileSystemEntry): Promise<readonly FileSystemEntry[]> {
  if (!isDirectoryEntry(entry)) return [];
  const reader = entry.createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    // It answers a hundred at a time, and nothing when there is no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return inside;
    inside.push(...some);
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectoryEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
