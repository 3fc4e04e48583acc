import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, posix, relative, resolve, sep, win32 } from "node:path";
import { isMissing } from "../../base/errors.ts";
import type { MediaKind } from "../../base/media-kind.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import { safeRelativePath } from "../../graph/document/files.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Graph, GraphNode } from "../../graph/document/schema.ts";
import { bytesOf, type Library, LibraryFailure } from "../../library/index.ts";
import { isTable, workKindOf } from "../../nodes/definitions.ts";
import { table } from "../../nodes/table/definition.ts";
import { upload } from "../../nodes/upload/definition.ts";
import type { Said } from "../../words/message.ts";
import { Refused } from "../ground/refused.ts";
import { IMPORT_LIMIT_BYTES, type StudioMedia } from "./media-store.ts";

export type ResolvedGraph = {
  /** The graph with what its files really are now; every file of it is in the library. */
  readonly graph: Graph;
  readonly problems: readonly Problem[];
};

export type UploadFiles = {
  /**
   * Finds the file of every Upload node and of every cell of a Table: by its path inside `folder`, else by its hash in
   * the library. What is found by path goes into the library. Never throws for what is wrong with a file.
   *
   * @param folder where the graph file lies, symlinks and all; without one, paths are not read.
   */
  resolve(graph: Graph, folder: string | undefined): Promise<ResolvedGraph>;
  /**
   * Takes files into the library by their paths inside a folder, by the same rules. Such a path is as a person or a
   * spreadsheet wrote it: it may have backslashes, or be the whole path of a file inside the folder.
   */
  take(
    paths: Iterable<string>,
    folder: string,
  ): Promise<{
    readonly files: ReadonlyMap<string, UploadFile>;
    readonly faults: ReadonlyMap<string, FileFault>;
  }>;
};

/** Why a file was not taken. */
type FileFault = Pick<Problem, "code" | "message" | "remedy">;

type Found =
  | { readonly ok: true; readonly file: UploadFile }
  | { readonly ok: false; readonly problem: Problem };

/** Where a graph names a file. */
type Place = { readonly nodeId: string; readonly param: string };

/** So many files are looked at at once; each may have to be read and probed. */
const AT_ONCE = 4;
/** So many faults of one table are told one by one; the rest is counted. */
const FAULTS_TOLD = 20;

export function createUploadFiles(library: Library, media: StudioMedia): UploadFiles {
  /** Hashes by path, size and time, so that looking again at an unchanged file costs nothing. */
  const hashes = new Map<string, string>();

  async function hashOf(path: string, { ino, size, mtimeMs }: Stats): Promise<string> {
    const name = `${path}\n${ino}\n${size}\n${mtimeMs}`;
    const known = hashes.get(name);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    for await (const chunk of bytesOf(path)) hash.update(chunk);
    const sha256 = hash.digest("hex");
    hashes.set(name, sha256);
    return sha256;
  }

  async function byPath(
    place: Place,
    file: Named,
    folder: string,
    relative: string,
  ): Promise<Found | undefined> {
    let path: string;
    let stats: Stats;
    try {
      const root = await realpath(folder);
      path = await realpath(join(root, relative));
      if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return outside(place, file);
      stats = await stat(path);
    } catch (error) {
      return isMissing(error) ? undefined : unreadable(place, file);
    }
    if (!stats.isFile()) return unreadable(place, file);
    // Not even read: a sparse file of terabytes would be hashed for hours.
    if (stats.size > IMPORT_LIMIT_BYTES) return tooLarge(place, file);
    try {
      if (isUploadFile(file)) {
        const sha256 = await hashOf(path, stats);
        if (
          sha256 === file.sha256 &&
          (await library.media.get(sha256)) &&
          (await library.files.pathOf(sha256))
        )
          return { ok: true, file };
      }
      const taken = await media.importBytes(bytesOf(path), file.name);
      if (isUploadFile(file) && taken.sha256 === file.sha256) return { ok: true, file };
      return { ok: true, file: { ...taken, path: relative } };
    } catch (error) {
      if (error instanceof Refused)
        return problem(place, "file-type-unsupported", error.message, error.remedy);
      // It grew while it was read.
      if (error instanceof LibraryFailure && error.code === "too-large") return tooLarge(place, file);
      if (error instanceof LibraryFailure) throw error;
      return unreadable(place, file);
    }
  }

  async function find(place: Place, file: UploadFile, folder: string | undefined): Promise<Found> {
    if (folder !== undefined && file.path !== undefined) {
      const safe = safeRelativePath(file.path);
      if (!safe.ok) return outside(place, file);
      const found = await byPath(place, file, folder, safe.path);
      if (found) return found;
    }
    if ((await library.media.get(file.sha256)) && (await library.files.pathOf(file.sha256)) !== undefined)
      return { ok: true, file };
    const where =
      folder !== undefined && file.path !== undefined ? "in the graph's folder" : "on this machine";
    return missing(place, file, `is not ${where} any more`);
  }

  async function resolveUpload(node: GraphNode, folder: string | undefined): Promise<ResolvedNode> {
    const file = fileOf(node);
    if (!file) return { node, problems: [] };
    const place = { nodeId: node.id, param: "file" };
    const found = await find(place, file, folder);
    if (!found.ok) return { node, problems: [found.problem] };
    return {
      node: withParams(node, { file: found.file }),
      problems: [
        ...(found.file.sha256 === file.sha256 ? [] : [changed(place, file)]),
        // One photo is a person's own choice, and may be all there is of it.
        ...((await media.isWhole(found.file.sha256)) ? [] : [incomplete(place, found.file, "warning")]),
      ],
    };
  }

  /** Each file once, however many rows have it. */
  async function resolveTable(node: GraphNode, folder: string | undefined): Promise<ResolvedNode> {
    const parsed = table.params.safeParse(node.data.params);
    if (!parsed.success) return { node, problems: [] };
    const { rows } = parsed.data;
    const wanted = new Map<
      string,
      { readonly place: Place; readonly file: UploadFile; readonly row: string }
    >();
    rows.forEach(({ key, cells }, index) => {
      for (const [column, cell] of Object.entries(cells))
        if (typeof cell === "object" && !wanted.has(identityOf(cell)))
          wanted.set(identityOf(cell), {
            place: { nodeId: node.id, param: `rows.${index}.cells.${column}` },
            file: cell,
            row: key,
          });
    });
    if (wanted.size === 0) return { node, problems: [] };
    const found = new Map<string, UploadFile>();
    const problems: Problem[] = [];
    await eachOf([...wanted], AT_ONCE, async ([identity, { place, file, row }]) => {
      const result = await find(place, file, folder);
      if (!result.ok) {
        problems.push(result.problem);
        return;
      }
      if (result.file !== file) found.set(identity, result.file);
      if (result.file.sha256 !== file.sha256) problems.push(changed(place, file));
      if (!(await media.isWhole(result.file.sha256)))
        problems.push(incomplete(place, result.file, "error", row));
    });
    const told = atMost(problems, node.id);
    if (found.size === 0) return { node, problems: told };
    const resolved = rows.map((row) => {
      const cells = Object.entries(row.cells).map(([column, cell]) => [
        column,
        typeof cell === "object" ? (found.get(identityOf(cell)) ?? cell) : cell,
      ]);
      return { ...row, cells: Object.fromEntries(cells) };
    });
    return { node: withParams(node, { rows: resolved }), problems: told };
  }

  return {
    async resolve(graph, folder) {
      const resolved = await Promise.all(
        graph.nodes.map((node) =>
          isTable(node.type) ? resolveTable(node, folder) : resolveUpload(node, folder),
        ),
      );
      return {
        graph: { ...graph, nodes: resolved.map(({ node }) => node) },
        problems: resolved.flatMap(({ problems }) => problems),
      };
    },
    async take(paths, folder) {
      const files = new Map<string, UploadFile>();
      const faults = new Map<string, FileFault>();
      await eachOf(paths, AT_ONCE, async (path) => {
        const place = { nodeId: "", param: "" };
        const file = { name: basename(path) };
        const written = await pathAsWritten(path, folder);
        const found = written.ok
          ? ((await byPath(place, file, folder, written.path)) ??
            missing(place, { name: path }, "is not there"))
          : problem(place, "file-outside-folder", written.message, written.remedy);
        if (found.ok && !(await media.isWhole(found.file.sha256))) {
          const { code, message, remedy } = incomplete(place, found.file, "error");
          faults.set(path, { code, message, remedy });
        } else if (found.ok) {
          // Its bytes are in the library now, and the folder is not the graph's own.
          const { path: _place, ...taken } = found.file;
          files.set(path, taken);
        } else {
          const { code, message, remedy } = found.problem;
          faults.set(path, { code, message, remedy });
        }
      });
      return { files, faults };
    },
  };
}

type ResolvedNode = { readonly node: GraphNode; readonly problems: readonly Problem[] };

/** A file that is only known by name so far, or one that was chosen before. */
type Named = { readonly name: string };

const isUploadFile = (file: Named): file is UploadFile => "sha256" in file;

/** From how a cell names a file to its path below the folder, or why it is none. */
async function pathAsWritten(
  written: string,
  folder: string,
): Promise<
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly message: Said; readonly remedy: Said }
> {
  const no = (message: Said, remedy: Said) => ({ ok: false, message, remedy }) as const;
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(written))
    return no(
      `“${written}” is a web address; only files of the folder are taken.`,
      "Save the file into the folder, and write its name.",
    );
  const isWhole = isAbsolute(written) || win32.isAbsolute(written);
  const below = isWhole ? await belowFolder(written, folder) : written;
  if (below === undefined)
    return no(
      `The file “${written}” lies outside the folder of the table.`,
      "Move it into the folder, and write its path from there.",
    );
  // Only what is named counts, not the way there: "sub/../sub//a.jpg" is "sub/a.jpg".
  const plain = below === "" ? "" : posix.normalize(below.replaceAll("\\", "/"));
  const safe = safeRelativePath(plain);
  if (safe.ok) return safe;
  return isOutside.test(plain)
    ? no(
        `The file “${written}” lies outside the folder of the table.`,
        "Move it into the folder, or choose it again.",
      )
    : no(`“${written}” is no path of a file. ${safe.reason}`, "Correct it.");
}

const isOutside = /(?:^|[\\/])\.\.(?:[\\/]|$)/;

/** A whole path as one from the folder; the folder may be named by its links or without. */
async function belowFolder(path: string, folder: string): Promise<string | undefined> {
  // A whole path of another system.
  if (!isAbsolute(path)) return undefined;
  for (const root of [resolve(folder), await realpath(folder)]) {
    const below = relative(root, path);
    if (below !== "" && !below.startsWith("..") && !isAbsolute(below)) return below;
  }
  return undefined;
}

const identityOf = ({ name, path, sha256 }: UploadFile) => `${sha256}\n${path ?? ""}\n${name}`;

async function eachOf<T>(items: Iterable<T>, atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function withParams(node: GraphNode, params: Readonly<Record<string, unknown>>): GraphNode {
  return { ...node, data: { ...node.data, params: { ...node.data.params, ...params } } };
}

/** Undefined for other nodes, and where the params do not parse: validation says so. */
function fileOf(node: GraphNode): UploadFile | undefined {
  if (workKindOf(node.type) !== "upload") return undefined;
  const parsed = upload.params.safeParse(node.data.params);
  return parsed.success ? parsed.data.file : undefined;
}

function atMost(problems: readonly Problem[], nodeId: string): readonly Problem[] {
  if (problems.length <= FAULTS_TOLD) return problems;
  const isError = problems.some(({ severity }) => severity === "error");
  return [
    // What stops the run stands before what is only worth a word.
    ...[...problems].sort((a, b) => (a.severity < b.severity ? -1 : 1)).slice(0, FAULTS_TOLD),
    {
      code: problems[0]?.code ?? "file-missing",
      severity: isError ? "error" : "warning",
      message: `${(problems.length - FAULTS_TOLD).toLocaleString("en")} more files of the table have faults like these.`,
      remedy: "Import its folder again, or choose the files again.",
      nodeId,
      param: "rows",
    },
  ];
}

function problem(place: Place, code: Problem["code"], message: Said, remedy: Said): Found {
  return { ok: false, problem: { code, severity: "error", message, remedy, ...place } };
}

function missing(place: Place, file: Named, words: string): Found {
  return problem(place, "file-missing", `The file “${file.name}” ${words}.`, "Choose the file again.");
}

function changed(place: Place, file: Named): Problem {
  return {
    code: "file-changed",
    severity: "warning",
    message: `The file “${file.name}” has changed since it was chosen.`,
    remedy: "The run uses it as it is now. Choose the file again to keep that.",
    ...place,
  };
}

const kindWords: { readonly [K in MediaKind]: string } = { image: "picture", video: "video", audio: "sound" };

/** A copy or a download that was cut: a server takes it, makes something of the half, and charges for it. */
function incomplete(
  place: Place,
  { name, kind }: UploadFile,
  severity: Problem["severity"],
  row?: string,
): Problem {
  return {
    code: "file-incomplete",
    severity,
    message: `${row === undefined ? "Only" : `Row “${row}”: only`} a part of the ${kindWords[kind]} “${name}” is here: it stops before its end.`,
    remedy:
      severity === "error"
        ? "Copy it anew and choose it again, or leave it out."
        : "The run uses it as it is, and jobs that use it are charged. Copy it anew and choose it again for the whole of it.",
    ...place,
  };
}

function outside(place: Place, file: Named): Found {
  return problem(
    place,
    "file-outside-folder",
    `The file “${file.name}” lies outside the graph's folder.`,
    "Move it into the folder, or choose it again.",
  );
}

function tooLarge(place: Place, file: Named): Found {
  return problem(
    place,
    "file-too-large",
    `The file “${file.name}” is larger than the ${IMPORT_LIMIT_BYTES / 1024 ** 3} GB that can be uploaded.`,
    "Choose a smaller file.",
  );
}

function unreadable(place: Place, file: Named): Found {
  return problem(
    place,
    "file-unreadable",
    `The file “${file.name}” cannot be read.`,
    "Check that it is a file and that you may read it, or choose another.",
  );
}
