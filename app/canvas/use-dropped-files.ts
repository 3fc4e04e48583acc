import { useCallback } from "react";
import { uploadTypeOfMime, uploadTypeOfName } from "../../src/graph/files.ts";
import { useCommands } from "../stores/commands.ts";
import { paletteEntries } from "../stores/entries.ts";
import { addNode, addNodeInView } from "../stores/graph-edits.ts";
import type { Point } from "../stores/stage.ts";
import { importFiles, importIntoNew, isTableFile } from "../table/import-flow.ts";
import { toast } from "../ui/toasts.tsx";
import { startUpload } from "./uploads.ts";

const APART = 40;

/** More files than this at once are rows to work through, not single things to wire by hand. */
const MOST_UPLOADS = 6;

/**
 * Media become Uploads, one beside the other from the place given; a folder, many files or a file of rows become one
 * Table. What is dropped onto a Table goes into it. Graph files are the shell's to open.
 */
export function useDroppedFiles(): (
  files: readonly File[],
  at?: Point,
  what?: { readonly isFolder?: boolean; readonly onto?: Element | null },
) => void {
  const { importFile } = useCommands();
  return useCallback(
    (files, at, what) => {
      const table = what?.onto?.closest<HTMLElement>('[data-node-type="table"]')?.dataset["nodeId"];
      if (table !== undefined) return void importFiles(table, files, importFile);
      const place = (type: "upload" | "table", point: Point | undefined) => {
        const entry = paletteEntries.find(({ id }) => id === type);
        if (!entry) throw new Error(`The palette has no entry “${type}”.`);
        return point ? addNode({ entry, at: point }) : addNodeInView(entry);
      };
      if (what?.isFolder || files.length > MOST_UPLOADS || files.some(isTableFile))
        return void importIntoNew(() => place("table", at), files, importFile);
      let point = at;
      for (const file of files) {
        if (!uploadTypeOfMime(file.type) && !uploadTypeOfName(file.name)) {
          toast({
            title: `“${file.name}” was not taken`,
            description:
              "The canvas takes pictures, videos, sounds, folders of them, and rows as CSV or JSON.",
            look: "danger",
          });
          continue;
        }
        void startUpload(place("upload", point), file, importFile);
        if (point) point = { x: point.x + APART, y: point.y + APART };
      }
    },
    [importFile],
  );
}
