import type { MediaKind } from "../../src/base/media-kind.ts";
import type { UploadFile } from "../../src/graph/document/files.ts";
import { addFiles } from "../../src/nodes/table/fill-table.ts";
import type { TableFault } from "../../src/nodes/table/read-table.ts";
import type { EditOptions } from "../stores/graph.ts";
import { toast } from "../ui/toasts.tsx";
import { count } from "../words/words.ts";
import { editTable, replaceTable, tableOf } from "./edit-table.ts";
import { isMediaFile, noMedia } from "./given-files.ts";
import { type ImportFile, refuse, setImport, uploadAll } from "./import-state.ts";

export async function importMedia(
  nodeId: string,
  media: readonly File[],
  importFile: ImportFile,
  options: EditOptions,
): Promise<void> {
  const good = media.filter(isMediaFile);
  const unknown = media.filter((file) => !isMediaFile(file)).map(noMedia);
  const sorted = [...good].sort((a, b) => collator.compare(placeOf(a), placeOf(b)));
  const uploaded = await uploadAll(nodeId, sorted, importFile);
  if (!uploaded) return;
  const files = [...uploaded.files.values()];
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
  const faults = [...unknown, ...uploaded.faults, ...others];
  const rows = files.length - others.length;
  if (faults.length === 0) {
    setImport(nodeId, undefined);
    toast({ title: `${count(rows, "file")} imported.` });
  } else refuse(nodeId, `${count(rows, "file")} imported, ${faults.length} not`, faults);
}

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
  const uploaded = await uploadAll(nodeId, [file], importFile);
  if (!uploaded) return;
  const upload = uploaded.files.get(file);
  const table = tableOf(nodeId);
  const row = table?.rows.findIndex(({ key }) => key === cell.key) ?? -1;
  const column = table?.columns.findIndex(({ name }) => name === cell.column) ?? -1;
  const type = table?.columns[column]?.type;
  if (!upload) return refuse(nodeId, "The file was not taken", uploaded.faults);
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
