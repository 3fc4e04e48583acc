import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing } from "../../base/errors.ts";
import { amount, counted, someOf } from "../../base/words.ts";
import type { Table } from "../../graph/describe/table.ts";
import { notTaken, uploadTypeOfName } from "../../graph/document/files.ts";
import { mostRows } from "../../nodes/table/definition.ts";
import {
  addFiles,
  filesWanted,
  fillTable,
  guessTypes,
  withoutWantedNames,
} from "../../nodes/table/fill-table.ts";
import {
  blankWords,
  decodeTable,
  LARGEST_TABLE_BYTES,
  readTextTable,
  type TableFault,
} from "../../nodes/table/read-table.ts";
import type { Said } from "../../words/message.ts";
import type { UploadFiles } from "./upload-files.ts";

export type TableRead =
  | { readonly ok: true; readonly table: Table; readonly notes: readonly string[] }
  | { readonly ok: false; readonly faults: readonly TableFault[] };

/**
 * Rows from a CSV or JSON file, or one for each media file of a folder. Files that cells name are read inside the
 * table's own folder alone, symlinks resolved, and go into the library. All of it or nothing.
 *
 * @param before what the Table holds now: its columns keep their types, its rows their keys.
 */
export async function readTableFile(
  uploads: Pick<UploadFiles, "take">,
  path: string,
  before: Table,
): Promise<TableRead> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return await fromFolder(uploads, path);
    if (stats.size > LARGEST_TABLE_BYTES)
      return fault(
        `The file has ${Math.round(stats.size / 1e6)} MB; at most ${LARGEST_TABLE_BYTES / 1e6} MB are read.`,
        "Split it into several files.",
      );
    return await fromText(uploads, path, await readFile(path), before);
  } catch (error) {
    if (isMissing(error)) return fault("There is no such file or folder.", "Check its name.");
    if (error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EISDIR"))
      return fault("It cannot be read.", "Check that you may read it.");
    throw error;
  }
}

async function fromText(
  uploads: Pick<UploadFiles, "take">,
  path: string,
  bytes: Uint8Array,
  before: Table,
): Promise<TableRead> {
  const decoded = decodeTable(bytes);
  if (!decoded.ok) return decoded;
  const read = readTextTable(basename(path), decoded.text);
  if (!read.ok) return read;
  const guessed = guessTypes(read.table, before);
  const { files, faults } = await uploads.take(
    filesWanted(read.table, guessed).map((each) => each.path),
    dirname(path),
  );
  // One that is there and cannot be taken is a file all the same.
  const isThere = (name: string) => files.has(name) || (faults.get(name)?.code ?? missing) !== missing;
  const types = withoutWantedNames(read.table, guessed, before, isThere);
  const asWords = read.table.columns.filter(({ name }) => types.get(name) !== guessed.get(name));
  const wanted = filesWanted(read.table, types);
  const wrong = wanted.flatMap(({ path: name, column, where }): TableFault[] => {
    const refused = faults.get(name);
    if (refused) return [{ where, ...refused }];
    const kind = files.get(name)?.kind;
    const type = types.get(column);
    return kind === type
      ? []
      : [
          {
            where,
            message: `“${name}” is ${kind}, and “${column}” takes ${type}.`,
            remedy: "Name another file.",
          },
        ];
  });
  if (wrong.length > 0) return { ok: false, faults: wrong };
  const { keyWarning } = read.table;
  const notes = [
    ...blankWords(read.table),
    ...(keyWarning === undefined ? [] : [`Warning: ${keyWarning}`]),
    ...asWords.map(
      ({ name }) => `“${name}” names files of which none is there, so its cells are taken as words.`,
    ),
  ];
  return { ok: true, table: fillTable(read.table, types, files, before), notes };
}

const missing = "file-missing";

/** With the folders inside it, as the window takes a folder that is dropped. Hidden ones and links to folders stay out, and are named. */
async function fromFolder(uploads: Pick<UploadFiles, "take">, folder: string): Promise<TableRead> {
  const left: Left = { hidden: [], links: [] };
  const found = await namesIn(folder, "", left);
  if (found.length > mostRows)
    return fault(
      `The folder holds more than ${mostRows.toLocaleString("en")} files.`,
      "Name a folder with fewer, or a CSV or JSON file.",
    );
  const names = found.sort(new Intl.Collator("en", { numeric: true }).compare);
  const [media, others] = [names.filter(uploadTypeOfName), names.filter((name) => !uploadTypeOfName(name))];
  if (media.length === 0)
    return fault(
      "The folder holds no pictures, videos or sounds.",
      "Name another folder, or a CSV or JSON file.",
    );
  const { files, faults } = await uploads.take(media, folder);
  const taken = media.flatMap((name) => files.get(name) ?? []);
  // Each file stands for itself: the good ones come in, the others are named.
  if (taken.length === 0)
    return { ok: false, faults: [...faults].map(([where, refused]) => ({ where, ...refused })) };
  const byKind = Map.groupBy(
    media.filter((name) => files.has(name)),
    (name) => files.get(name)?.kind,
  );
  const [kind, ...more] = new Set(taken.map((file) => file.kind));
  if (!kind || more.length > 0)
    return fault(
      `The folder holds files of several kinds: ${[...byKind].map(([one, names]) => `${one} (${someOf(names)})`).join("; ")}.`,
      "Give each kind a folder of its own; a column takes one.",
    );
  return {
    ok: true,
    table: addFiles({ columns: [], rows: [] }, taken, kind),
    notes: [
      ...together(
        [...faults].map(([name, { message, remedy, code }]) => [
          name,
          `not taken. ${message} ${remedy} (${code})`,
        ]),
      ),
      ...together(others.map((name) => [name, `${notTaken(name).message} ${notTaken(name).remedy}`])),
      ...(left.links.length === 0
        ? []
        : [
            `${counted(left.links.length, "link")} to folders not taken: ${someOf(left.links)}. Put the folder itself there.`,
          ]),
      ...(left.hidden.length === 0
        ? []
        : [
            `${amount(left.hidden.length)} hidden and not taken: ${someOf(left.hidden)}. Rename what you want in the table.`,
          ]),
      ...foldersOf(media.filter((name) => files.has(name))).map(
        ([inner, count]) => `${counted(count, "file")} from the folder ${inner} in it.`,
      ),
    ],
  };
}

/** One line for all files of which the same is to be said, with their number. */
function together(said: readonly (readonly [name: string, words: string])[]): string[] {
  return [...Map.groupBy(said, ([, words]) => words)].map(([words, group]) => {
    const names = someOf(group.map(([name]) => name));
    return group.length === 1
      ? `${names}: ${words}`
      : `${counted(group.length, "file")} (${names}): ${words}`;
  });
}

type Left = { readonly hidden: string[]; readonly links: string[] };

/** Paths below the folder, with `/`; no more than a table could take and one. `left` hears of what stays out. */
async function namesIn(folder: string, below: string, left: Left): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".")) left.hidden.push(name);
    else if (entry.isDirectory()) names.push(...(await namesIn(folder, name, left)));
    else if (entry.isSymbolicLink() && (await isFolder(join(folder, name)))) left.links.push(name);
    else names.push(name);
    if (names.length > mostRows) break;
  }
  return names;
}

/** A link that leads nowhere is told of when it is read. */
async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function foldersOf(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const inner = name.slice(0, name.lastIndexOf("/") + 1);
    if (inner !== "") counts.set(inner, (counts.get(inner) ?? 0) + 1);
  }
  return [...counts];
}

function fault(message: Said, remedy: Said): TableRead {
  return { ok: false, faults: [{ message, remedy }] };
}
