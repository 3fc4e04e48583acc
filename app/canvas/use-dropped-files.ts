import { useCallback } from "react";
import { uploadTypeOfMime, uploadTypeOfName } from "../../src/graph/files.ts";
import { useCommands } from "../commands.ts";
import { paletteEntries } from "../palette/entries.ts";
import { toast } from "../ui/toasts.tsx";
import { addNode, addNodeInView } from "./graph-edits.ts";
import type { Point } from "./stage.ts";
import { startUpload } from "./uploads.ts";

const APART = 40;

/** Media become Uploads, one beside the other from the place given. Graph files are the shell's to open. */
export function useDroppedFiles(): (files: readonly File[], at?: Point) => void {
  const { importFile } = useCommands();
  return useCallback(
    (files, at) => {
      const entry = paletteEntries.find(({ id }) => id === "upload");
      let place = at;
      for (const file of files) {
        if (!uploadTypeOfMime(file.type) && !uploadTypeOfName(file.name)) {
          toast({
            title: `“${file.name}” was not taken`,
            description: "The canvas takes pictures, videos and sounds.",
            look: "danger",
          });
          continue;
        }
        if (!entry) return;
        const nodeId = place ? addNode({ entry, at: place }) : addNodeInView(entry);
        if (place) place = { x: place.x + APART, y: place.y + APART };
        void startUpload(nodeId, file, importFile);
      }
    },
    [importFile],
  );
}
