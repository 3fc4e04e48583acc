import { useCallback } from "react";
import { notTaken } from "../../src/graph/document/files.ts";
import { isTable, workKindOf } from "../../src/nodes/definitions.ts";
import { addNode, addNodeInView, addNodes, besidePort, type Drop } from "../stores/add-nodes.ts";
import { type Commands, useCommands } from "../stores/commands.ts";
import { paletteEntries } from "../stores/entries.ts";
import { namesOf, notTakenNotice } from "../stores/not-taken.ts";
import { stage } from "../stores/stage.ts";
import { isMediaFile, isTableFile } from "../table/given-files.ts";
import { cameWith, importFiles, importIntoNew } from "../table/import-flow.ts";
import { t, told } from "../words/words.ts";
import { inputUnder } from "./port-under.ts";
import { startUpload } from "./uploads.ts";
import { connectToNode, type PortRef, refuse } from "./wiring.ts";

/** More files than this at once are rows to work through, not single things to wire by hand. */
const MOST_UPLOADS = 6;

type DropPlace = { readonly isFolder?: boolean; readonly onto?: Element | null };

/** `addDropped`, with the files going where the window sends them. */
export function useDroppedFiles(): (files: readonly File[], drop?: Drop, what?: DropPlace) => void {
  const { importFile } = useCommands();
  return useCallback((files, drop, what) => void addDropped(files, importFile, drop, what), [importFile]);
}

/**
 * Media become Uploads, one beside the other from the place given, wired to the input they were dropped on; a file of
 * rows becomes a Table, with the media that its rows name in it and the others beside it; a folder or many media become
 * one Table, several files of rows a Table each. What is dropped onto a Table or an Upload goes into it. Each file is taken, or named with the reason in
 * one notice. Graph files are the shell's to open. Resolves when each has been.
 */
export async function addDropped(
  files: readonly File[],
  importFile: Commands["importFile"],
  place?: Drop,
  { isFolder = false, onto: target }: DropPlace = {},
): Promise<void> {
  // What comes of one drop is one step.
  const merge = crypto.randomUUID();
  const drop = place && { ...place, merge };
  const onto = target?.closest<HTMLElement>("[data-node-type]");
  const nodeId = onto?.dataset["nodeId"];
  const type = onto?.dataset["nodeType"];
  if (nodeId !== undefined && type !== undefined && isTable(type))
    return importFiles(nodeId, files, importFile);
  const tell = notTakenNotice();
  const uploads: Promise<void>[] = [];
  /** Files that are no rows, each of which may become an Upload. */
  const addSingly = (singles: readonly File[]) => {
    const others = singles.filter((file) => !isMediaFile(file));
    tell(...others.map(({ name }) => ({ names: [name], reason: told(notTaken(name)) })));
    const [first, ...more] = singles.filter(isMediaFile);
    if (!first) return;
    if (nodeId !== undefined && type !== undefined && workKindOf(type) === "upload") {
      // The others once the first is in: before that there is nothing that their step could be part of.
      const taken = startUpload(nodeId, first, importFile, { merge });
      uploads.push(taken.then(() => addUploads(more, drop, importFile, tell)));
    } else uploads.push(addUploads([first, ...more], drop, importFile, tell, inputUnder(target ?? null)));
  };

  const tables = files.filter(isTableFile);
  const singles = files.filter((file) => !isTableFile(file));
  const isMany = isFolder || singles.length > MOST_UPLOADS;
  const intoTable = async (given: readonly File[]): Promise<readonly File[]> => {
    let left: readonly File[] = [];
    await importIntoNew(
      () => (drop ? addNode({ entry: entryOf("table"), ...drop }) : addNodeInView(entryOf("table"))),
      given,
      importFile,
      ({ files: more, notTaken: untaken }) => {
        tell(...untaken);
        left = more;
        if (tables.length < 2) addLeft(more, untaken.length > 0);
      },
    );
    return left;
  };
  const addLeft = (left: readonly File[], areRowsRefused = false) => {
    if (!isMany) return addSingly(left);
    const unnamed = t("canvas.noRowNames", {
      tables: tables.map(({ name }) => t("canvas.quoted", { name })),
    });
    tell({ names: namesOf(left), reason: areRowsRefused ? told(cameWith) : unnamed });
  };
  if (tables.length > 1) {
    // Each file of rows is a table of its own, which takes the media that its rows name.
    let left: readonly File[] = singles;
    for (const rows of tables) {
      const unnamed = await intoTable([rows, ...singles]);
      left = left.filter((file) => unnamed.includes(file));
    }
    addLeft(left);
  } else if (isMany || tables.length === 1) await intoTable(files);
  else addSingly(singles);
  await Promise.all(uploads);
}

function entryOf(type: "upload" | "table") {
  const entry = paletteEntries.find(({ id }) => id === type);
  if (!entry) throw new Error(`The palette has no entry “${type}”.`);
  return entry;
}

/** One undo step, with the wires and with the files, whenever they arrive; a file that is refused takes its card away. */
async function addUploads(
  files: readonly File[],
  drop: Drop | undefined,
  importFile: Commands["importFile"],
  tell: ReturnType<typeof notTakenNotice>,
  port?: PortRef,
): Promise<void> {
  if (files.length === 0) return;
  const merge = drop?.merge ?? crypto.randomUUID();
  const at = port && drop ? besidePort(port, drop.anchor ?? drop.at) : drop;
  const nodeIds = addNodes(entryOf("upload"), files.length, at && { ...at, merge });
  const ends = files.map(async (file, index) => {
    const nodeId = nodeIds[index];
    if (nodeId === undefined) return;
    const upload = startUpload(nodeId, file, importFile, { isNew: true });
    const decision = port && connectToNode(port, nodeId, { merge });
    if (decision?.ok === false) {
      const place = stage()?.toClient(drop?.anchor ?? { x: 0, y: 0 });
      if (place) refuse({ ...place, reason: decision.reason });
    }
    const problem = await upload;
    if (problem) tell({ names: [file.name], reason: told(problem) });
  });
  await Promise.all(ends);
}
