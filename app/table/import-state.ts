import { createStore, useStore } from "zustand";
import type { UploadFile } from "../../src/graph/document/files.ts";
import type { WantedFile } from "../../src/nodes/table/fill-table.ts";
import type { TableFault } from "../../src/nodes/table/read-table.ts";
import type { Imported } from "../stores/commands.ts";

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

export type ImportFile = (
  file: File,
  onProgress?: (fraction: number) => void,
  signal?: AbortSignal,
) => Promise<Imported>;

export const importsStore = createStore<ReadonlyMap<string, ImportState>>(() => new Map());

export function useImport(nodeId: string): ImportState | undefined {
  return useStore(importsStore, (imports) => imports.get(nodeId));
}

export function setImport(nodeId: string, state: ImportState | undefined): void {
  const imports = new Map(importsStore.getState());
  if (state) imports.set(nodeId, state);
  else imports.delete(nodeId);
  importsStore.setState(imports, true);
}

export function dismissImport(nodeId: string): void {
  setImport(nodeId, undefined);
}

export function refuse(nodeId: string, title: string, faults: readonly TableFault[]): void {
  setImport(nodeId, { kind: "refused", title, faults });
}

/** One after the other, with progress. `undefined` when the person gave it up: then nothing is changed. */
export async function uploadAll(
  nodeId: string,
  files: readonly File[],
  importFile: ImportFile,
): Promise<
  { readonly files: ReadonlyMap<File, UploadFile>; readonly faults: readonly TableFault[] } | undefined
> {
  const stop = new AbortController();
  const unique = [...new Set(files)];
  const uploaded = new Map<File, UploadFile>();
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
    if (answer.ok) uploaded.set(file, answer.file);
    else {
      const { message, remedy } = answer.problem;
      faults.push({ where: file.name, message, remedy });
    }
  }
  return { files: uploaded, faults };
}
