import { useCallback } from "react";
import { uploadTypeOfMime, uploadTypeOfName } from "../../src/graph/files.ts";
import { useCommands } from "../commands.ts";
import { paletteEntries } from "../palette/entries.ts";
import { importGraphFile } from "../shell/actions.ts";
import { toast } from "../ui/toasts.tsx";
import { addNode, addNodeInView } from "./graph-edits.ts";
import type { Point } from "./stage.ts";
import { startUpload } from "./uploads.ts";

const APART = 40;

/** Media become Uploads, side by side from the place given; a graph file is opened. */
export function useDroppedFiles(): (files: readonly File[], at?: Point) => void {
  const { importFile } = useCommands();
  return useCallback(
    (files, at) => {
      const entry = paletteEntries.find(({ id }) => id === "upload");
      const graphFile = files.find(({ name, type }) => name.endsWith(".json") || type === "application/json");
      if (graphFile) return void importGraphFile(graphFile);
      let place = at;
      for (const file of files) {
        if (!uploadTypeOfMime(file.type) && !uploadTypeOfName(file.name)) {
          toast({
            title: `“${file.name}” was not taken`,
            description: "The canvas takes pictures, videos, sounds and graph files.",
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
