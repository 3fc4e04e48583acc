import { useCallback } from "react";
import { type Commands, useCommands } from "../stores/commands.ts";
import { paletteEntries } from "../stores/entries.ts";
import { addNode, addNodeInView, addNodes, besidePort, type Drop } from "../stores/graph-edits.ts";
import { namesOf, tellNotTaken } from "../stores/not-taken.ts";
import { stage } from "../stores/stage.ts";
import { importFiles, importIntoNew, isMediaFile, isTableFile } from "../table/import-flow.ts";
import { inputUnder } from "./port-under.ts";
import { startUpload } from "./uploads.ts";
import { connectToNode, type PortRef, refuse } from "./wiring.ts";

/** More files than this at once are rows to work through, not single things to wire by hand. */
const MOST_UPLOADS = 6;

/**
 * Media become Uploads, one beside the other from the place given, wired to the input they were dropped on; a folder,
 * many files or a file of rows become one Table. What is dropped onto a Table or an Upload goes into it. Each file is
 * taken, or named with the reason. Graph files are the shell's to open.
 */
export function useDroppedFiles(): (
  files: readonly File[],
  drop?: Drop,
  what?: { readonly isFolder?: boolean; readonly onto?: Element | null },
) => void {
  const { importFile } = useCommands();
  return useCallback(
    (files, drop, what) => {
      const onto = what?.onto?.closest<HTMLElement>("[data-node-type]");
      const nodeId = onto?.dataset["nodeId"];
      const type = onto?.dataset["nodeType"];
      if (nodeId !== undefined && type === "table") return void importFiles(nodeId, files, importFile);
      if (what?.isFolder || files.length > MOST_UPLOADS || files.some(isTableFile)) {
        const place = () =>
          drop ? addNode({ entry: entryOf("table"), ...drop }) : addNodeInView(entryOf("table"));
        return void importIntoNew(place, files, importFile);
      }
      const media = files.filter(isMediaFile);
      const others = files.filter((file) => !isMediaFile(file));
      if (others.length > 0) tellNotTaken(namesOf(others), reason);
      const [first, ...more] = media;
      if (first && nodeId !== undefined && type === "upload") {
        void startUpload(nodeId, first, importFile);
        addUploads(more, drop, importFile);
      } else addUploads(media, drop, importFile, inputUnder(what?.onto ?? null));
    },
    [importFile],
  );
}

const reason = "The canvas takes pictures, videos, sounds, folders of them, and rows as CSV or JSON.";

function entryOf(type: "upload" | "table") {
  const entry = paletteEntries.find(({ id }) => id === type);
  if (!entry) throw new Error(`The palette has no entry “${type}”.`);
  return entry;
}

/** One undo step, with the wires and with the files, whenever they arrive. */
function addUploads(
  files: readonly File[],
  drop: Drop | undefined,
  importFile: Commands["importFile"],
  port?: PortRef,
): void {
  if (files.length === 0) return;
  const merge = crypto.randomUUID();
  const at = port && drop ? besidePort(port, drop.anchor ?? drop.at) : drop;
  const nodeIds = addNodes(entryOf("upload"), files.length, at && { ...at, merge });
  for (const [index, file] of files.entries()) {
    const nodeId = nodeIds[index];
    if (nodeId === undefined) continue;
    void startUpload(nodeId, file, importFile, { isNew: true });
    const decision = port && connectToNode(port, nodeId, { merge });
    if (decision?.ok === false) {
      const place = stage()?.toClient(drop?.anchor ?? { x: 0, y: 0 });
      if (place) refuse({ ...place, reason: decision.reason });
    }
  }
}
