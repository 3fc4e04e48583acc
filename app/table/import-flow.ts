import { guessTypes } from "../../src/nodes/table/fill-table.ts";
import type { TableFault } from "../../src/nodes/table/read-table.ts";
import { type EditOptions, graphStore } from "../stores/graph.ts";
import { type NotTaken, namesOf, tellNotTaken } from "../stores/not-taken.ts";
import { count, told } from "../words/words.ts";
import { tableOf } from "./edit-table.ts";
import { type Given, readGiven } from "./given-files.ts";
import { importMedia } from "./import-media.ts";
import { importRows } from "./import-rows.ts";
import { type ImportFile, importsStore, refuse, setImport } from "./import-state.ts";

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
 * The same for a Table that is not there yet: what cannot be imported leaves the graph as it was.
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
  const words = (fault: TableFault) => told(fault);
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

type ImportOptions = {
  readonly edit?: EditOptions;
  /** Files beside the rows that no row names. Default: they are named with that reason. */
  readonly onUnused?: (files: readonly File[]) => void;
};

async function importGiven(
  nodeId: string,
  { rows, media }: Extract<Given, { readonly ok: true }>,
  importFile: ImportFile,
  { edit = {}, onUnused }: ImportOptions = {},
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
