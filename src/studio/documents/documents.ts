import { createHash, randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import { isMissing } from "../../base/errors.ts";
import { changesOf, isSameContent, rebased } from "../../graph/changes/changes.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import { graphLimits, type OpenFailure, parseGraph, tooLarge } from "../../graph/document/parse.ts";
import type { Graph } from "../../graph/document/schema.ts";
import { exportGraph, serialise } from "../../graph/document/serialise.ts";
import { type DocumentRow, type Library, LibraryFailure } from "../../library/index.ts";
import { sandboxAccounts } from "../../nodes/definition/sandbox-accounts.ts";
import type {
  DocumentOrigin,
  DocumentSummary,
  Example,
  FileChoice,
  KeepAnswer,
  LatestAnswer,
  OfferedFile,
  OpenDocument,
  OpenResult,
  SaveAnswer,
} from "../contract/documents.ts";
import type { StudioEvent } from "../contract/studio.ts";
import { writeFileAtomically } from "../ground/atomic-file.ts";
import type { FileDialogs } from "../ground/options.ts";
import { plainName } from "../ground/plain-name.ts";
import { InvalidGraph, Refused } from "../ground/refused.ts";
import { withoutHarm } from "../ground/without-harm.ts";
import type { UploadFiles } from "../media/upload-files.ts";
import { runMissing } from "../runs/run-refusals.ts";
import { withFiles } from "./graph-files.ts";

export type StudioDocuments = {
  restore(own?: {
    readonly id?: string | undefined;
    readonly origin?: DocumentOrigin | undefined;
  }): Promise<OpenDocument | undefined>;
  keep(graph: Graph, base: number): Promise<KeepAnswer>;
  latest(id: string, revision: number): Promise<LatestAnswer>;
  save(id: string, revision: number, file?: FileChoice): Promise<SaveAnswer>;
  list(): Promise<readonly DocumentSummary[]>;
  load(id: string): Promise<OpenResult>;
  remove(id: string): Promise<void>;
  importText(text: string, name: string): Promise<OpenResult>;
  /** Opens a copy of the graph as it was when a run began: of its own id, without the results it had chosen. */
  openRun(runId: string): Promise<OpenResult>;
  exportText(graph: Graph): { readonly text: string; readonly fileName: string };
  examples(): Promise<readonly Example[]>;
  openExample(id: string): Promise<OpenResult>;
  openFile(): Promise<OpenResult | undefined>;
  /** Files that a person opened by the operating system; only a host may say so. They wait for a window. */
  offerFiles(paths: readonly string[]): void;
  /** Opens the first of those that wait; undefined when none does. */
  openOffered(): Promise<OfferedFile | undefined>;
  saveAs(graph: Graph): Promise<OpenDocument | undefined>;
  exportFile(graph: Graph): Promise<{ readonly fileName: string } | undefined>;
  /** Where the document's file lies; its relative files are read there and nowhere else. */
  folderOf(graphId: string): Promise<string | undefined>;
  onChange(listener: (change: DocumentsChange) => void): () => void;
};

type DocumentsChange = Extract<StudioEvent, { readonly type: "documents" | "document" | "files-offered" }>;

const openSetting = "open-document";

/** What a first view shows, in this order. Other graphs of the folder are for the command line. */
const shownExamples = ["product-clip", "music-reel", "batch", "quick-picture"];

export function createStudioDocuments(deps: {
  readonly library: Library;
  readonly uploads: Pick<UploadFiles, "resolve">;
  readonly clock: Clock;
  readonly examplesFolder: string;
  /** Opened when the library has no document yet. */
  readonly firstExample: string | undefined;
  readonly dialogs: FileDialogs | undefined;
}): StudioDocuments {
  const { library, uploads, clock, examplesFolder, firstExample, dialogs } = deps;
  const { documents, settings } = library;
  const listeners = new Set<(change: DocumentsChange) => void>();
  const offered: string[] = [];
  const tell = (change: DocumentsChange) => {
    for (const listener of listeners) listener(change);
  };
  const changed = () => tell({ type: "documents" });
  const changedOne = ({ id, revision, savedAt }: DocumentRow) =>
    tell({ type: "document", id, revision, savedAt });
  /** A file is looked at before it is written: one save after the other. */
  let saves: Promise<unknown> = Promise.resolve();

  /** A disk that does not take this much must not keep a graph from being opened: it can be read all the same. */
  async function setOpen(id: string): Promise<void> {
    if ((await openId()) !== id) await withoutHarm(() => settings.set("studio", openSetting, id));
  }
  const openId = async () =>
    z
      .string()
      .optional()
      .catch(undefined)
      .parse(await settings.get("studio", openSetting));

  async function open(row: DocumentRow): Promise<OpenResult> {
    const parsed = parseGraph(row.json);
    if (!parsed.ok) return refusedBy(parsed.reason);
    await setOpen(row.id);
    return { ok: true, document: openDocument(row, parsed.graph), notices: parsed.warnings };
  }

  /**
   * Makes a graph that came from outside the open document. What a person has not saved is never written over: where
   * its id is another document's, it is opened as a copy.
   */
  async function adopt(graph: Graph, notices: readonly string[]): Promise<OpenResult> {
    const there = await documents.get(graph.id);
    const isFree = there === undefined || isSameWork(there.json, serialise(graph));
    const taken = isFree ? graph : { ...graph, id: randomUUID() };
    const { isKept, row } = await documents.keep(
      {
        id: taken.id,
        json: serialise(taken),
        base: isFree ? (there?.revision ?? 0) : 0,
        changedAt: clock.now(),
      },
      isSameText,
    );
    // Another hand came between the look and this: what is there now may be its work.
    if (!isKept) return await adopt(graph, notices);
    await setOpen(taken.id);
    changed();
    return {
      ok: true,
      document: openDocument(row, taken),
      notices: isFree
        ? notices
        : [...notices, "A graph with the same id is in the library already, so this is opened as a copy."],
    };
  }

  /** As `adopt`, for a graph that lives in a file from now on. */
  async function adoptFile(graph: Graph, filePath: string, notices: readonly string[]): Promise<OpenResult> {
    const there = await documents.get(graph.id);
    const json = serialise(graph);
    const isSameFile =
      there?.filePath === filePath || (there?.filePath !== undefined && !(await isFile(there.filePath)));
    if (there && isSameFile && isUnsaved(there)) {
      const opened = await open(there);
      // Only where the file is as we left it is it certain which of the two is the newer.
      if (opened.ok && there.savedJson !== undefined && isSameWork(there.savedJson, json))
        return { ...opened, notices: [...notices, "Changes that were not saved yet are here again."] };
    }
    const isTaken = there !== undefined && !isSameWork(there.json, json);
    const keepsId = !isTaken || (isSameFile && !isUnsaved(there));
    const taken = keepsId ? graph : { ...graph, id: randomUUID() };
    const row = await documents.putAfter(
      keepsId ? (there?.revision ?? 0) : 0,
      { id: taken.id, json: serialise(taken), savedAt: clock.now(), filePath },
      isSameText,
    );
    // As in `adopt`.
    if (!row) return await adoptFile(graph, filePath, notices);
    await setOpen(taken.id);
    changed();
    changedOne(row);
    return {
      ok: true,
      document: openDocument(row, taken),
      notices: keepsId
        ? notices
        : [...notices, "Another graph of the same id has changes of its own, so this is opened as a copy."],
    };
  }

  /** The graph in a text, with what the person should know about how it was read. */
  function read(
    text: string,
  ):
    | { readonly ok: true; readonly graph: Graph; readonly notices: readonly string[] }
    | (OpenResult & { readonly ok: false }) {
    const parsed = parseGraph(text);
    if (!parsed.ok) return refusedBy(parsed.reason);
    const older =
      parsed.migratedFrom === undefined
        ? []
        : [
            `The file was written in an older format (version ${parsed.migratedFrom}) and has been brought up to date.`,
          ];
    return { ok: true, graph: parsed.graph, notices: [...older, ...parsed.warnings] };
  }

  /** Opens a file that a person chose, in a dialog or where the system shows it. Its failures are answers. */
  async function openPath(path: string): Promise<OpenResult> {
    const text = await textOfGraph(path);
    if (typeof text !== "string") return text;
    const found = read(text);
    if (!found.ok) return found;
    // What the graph uses is brought into the library now, so that its cards show it.
    await uploads.resolve(found.graph, dirname(path));
    return await adoptFile(found.graph, path, found.notices);
  }

  function exported(graph: Graph): { readonly text: string; readonly fileName: string } {
    const result = exportGraph(graph, {
      accountsToKeep: sandboxAccounts.map((account) => account.accountId),
    });
    if (!result.ok) throw new InvalidGraph(result.problems);
    return { text: result.text, fileName: `${plainName(graph.name)}.json` };
  }

  function nativeDialogs(): FileDialogs {
    if (dialogs) return dialogs;
    throw new Refused(
      "no-native-files",
      "This window has no file dialogs of the system.",
      "Use Import and Export instead.",
    );
  }

  async function write(path: string, text: string): Promise<void> {
    try {
      await writeFileAtomically(path, text);
    } catch (error) {
      throw new Refused(
        "file-not-written",
        `“${basename(path)}” could not be written${isNoSpace(error) ? ": the disk is full" : ""}. The file is as it was before.`,
        "Check the folder and the free space, or save under another name.",
        error,
      );
    }
  }

  /** The file is written by now, so a library that does not take the graph as well must not make it look lost. */
  async function inLibrary<Row>(filePath: string | undefined, keep: () => Promise<Row>): Promise<Row> {
    try {
      return await keep();
    } catch (error) {
      if (filePath === undefined || !(error instanceof LibraryFailure)) throw error;
      throw new Refused(
        error.code,
        `“${basename(filePath)}” is saved, but the library could not take the graph as well: ${error.message}`,
        error.remedy,
        error,
      );
    }
  }

  async function readExample(id: string): Promise<Example | undefined> {
    let text: string;
    try {
      text = await readFile(join(examplesFolder, `${id}.json`), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const parsed = parseGraph(text);
    if (!parsed.ok) return undefined;
    const { graph } = parsed;
    const description = z.string().catch("").parse(graph["description"]);
    return { id, title: graph.name, description, nodeCount: graph.nodes.length, graph };
  }

  async function examples(): Promise<readonly Example[]> {
    const found = await Promise.all(shownExamples.map(readExample));
    return found.filter((example) => example !== undefined);
  }

  /** Not in the library before it is changed: who only looks leaves nothing behind. */
  async function openExample(id: string, graphId: string = randomUUID()): Promise<OpenResult> {
    const example = (await examples()).find((one) => one.id === id);
    if (!example)
      throw new Refused("example-missing", "There is no such example.", "Choose one of the examples shown.");
    const { graph } = await uploads.resolve({ ...example.graph, id: graphId }, examplesFolder);
    return {
      ok: true,
      document: {
        ...{ graph: withoutPaths(graph), revision: 0, unsaved: false },
        origin: { kind: "example", id },
      },
      notices: [],
    };
  }

  /** As with an example: the copy is in the library once it is kept. */
  async function openRun(runId: string, graphId: string = randomUUID()): Promise<OpenResult> {
    const row = await library.runs.get(runId);
    const source = row && (await library.runs.source(runId));
    if (!source) throw runMissing();
    const found = read(source.graphJson);
    if (!found.ok) return found;
    const name = `${row.graphName} · run of ${inWords(row.startedAt)}`;
    const graph = { ...withoutChoices(withoutPaths(found.graph)), id: graphId, name };
    return {
      ok: true,
      document: { graph, revision: 0, unsaved: false, origin: { kind: "run", id: runId } },
      notices: found.notices,
    };
  }

  /** Opens again what a window shows that is not in the library; undefined where it is not there any more. */
  async function openOrigin(
    { kind, id }: DocumentOrigin,
    graphId: string | undefined,
  ): Promise<OpenResult | undefined> {
    if (kind === "example") return await openExample(id, graphId);
    return (await library.runs.get(id)) && (await openRun(id, graphId));
  }

  /** What is in the way of an edit that began with an older revision. */
  function overtaken(row: DocumentRow | undefined): Exclude<KeepAnswer, { answer: "kept" }> {
    const parsed = row && parseGraph(row.json);
    if (!row || !parsed) return { answer: "gone" };
    // It was written by this studio or a newer one; a window cannot join what it cannot read.
    if (!parsed.ok) throw new Refused(parsed.reason.code, parsed.reason.message, parsed.reason.remedy);
    return { answer: "changed", document: openDocument(row, parsed.graph) };
  }

  /** The text of a document's file; `undefined` where there is none any more, so that nothing can be written over. */
  async function textOf(path: string): Promise<string | undefined> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Refused(
        "file-not-written",
        `“${basename(path)}” could not be read, so it is not known whether somebody else has changed it. It was not written over.`,
        "Check the file, or save under another name.",
        error,
      );
    }
  }

  /** Takes what was changed in the file into the document. Where both changed the same, the file is kept as a copy. */
  async function joinFile(
    row: DocumentRow,
    text: string,
    isCopyKept = false,
  ): Promise<{ readonly row: DocumentRow | undefined; readonly notices: readonly string[] }> {
    const [before, file, now] = [row.savedJson ?? row.json, text, row.json].map((json) => parseGraph(json));
    if (!before?.ok || !file?.ok || !now?.ok) return { row, notices: [] };
    const changes = changesOf(before.graph, file.graph);
    const { graph, conflicts } = changes ? rebased(changes, now.graph) : { graph: now.graph, conflicts: [] };
    const notices: string[] = [];
    if (conflicts.length > 0) {
      const name = `${file.graph.name} (as it was in the file)`;
      const copy = { ...withoutPaths(file.graph), id: randomUUID(), name };
      const kept = { id: copy.id, json: serialise(copy), base: 0, changedAt: clock.now() };
      if (!isCopyKept) await documents.keep(kept, isSameText);
      notices.push(
        `File and window had changed the same. The file's version is kept under Recent as “${name}”.`,
      );
    }
    const joined = await documents.putAfter(
      row.revision,
      { id: row.id, json: serialise(graph), savedJson: serialise(file.graph), savedAt: clock.now() },
      isSameText,
    );
    if (joined) return { row: joined, notices };
    // A window has kept more meanwhile: that is joined with.
    const latest = await documents.get(row.id);
    return latest
      ? await joinFile(latest, text, isCopyKept || conflicts.length > 0)
      : { row: undefined, notices };
  }

  async function save(id: string, revision: number, choice: FileChoice | undefined): Promise<SaveAnswer> {
    const found = await documents.get(id);
    if (found?.revision !== revision) return overtaken(found);
    let row: DocumentRow = found;
    const { filePath } = row;
    let notices: readonly string[] = [];
    if (filePath !== undefined) {
      const text = await textOf(filePath);
      const isAsLeft = text === undefined || (row.savedJson !== undefined && isSameWork(text, row.savedJson));
      const seen = createHash("sha256")
        .update(text ?? "")
        .digest("hex");
      if (!isAsLeft && choice?.seen !== seen)
        return {
          ...{ answer: "file-changed", fileName: basename(filePath), seen },
          canJoin: parseGraph(text).ok,
        };
      if (!isAsLeft && choice?.act === "join") {
        // While the file was read a window may have kept more: that is joined with, and saved.
        const latest = await documents.get(id);
        const joined = latest && (await joinFile(latest, text));
        if (!joined?.row) return overtaken(undefined);
        ({ row, notices } = { row: joined.row, notices: joined.notices });
      }
      await write(filePath, row.json);
    }
    const saved = { id, savedJson: row.json, savedAt: clock.now() };
    const now = await inLibrary(filePath, () => documents.markSaved(saved));
    const parsed = now && parseGraph(now.json);
    if (!now || !parsed?.ok) return overtaken(now);
    await setOpen(id);
    changed();
    changedOne(now);
    return { answer: "saved", document: openDocument(now, parsed.graph), notices };
  }

  return {
    async restore({ id: own, origin } = {}) {
      const row = own === undefined ? undefined : await documents.get(own);
      const opened = row && (await open(row));
      if (opened) return opened.ok ? opened.document : undefined;
      const again = origin && (await openOrigin(origin, own));
      if (again) return again.ok ? again.document : undefined;
      const id = await openId();
      const isFirstStart = id === undefined && (await documents.list()).length === 0;
      if (isFirstStart && firstExample !== undefined) {
        const example = await openExample(firstExample);
        return example.ok ? example.document : undefined;
      }
      const last = id === undefined ? undefined : await documents.get(id);
      const reopened = last && (await open(last));
      return reopened?.ok ? reopened.document : undefined;
    },
    async keep(graph, base) {
      const { isKept, row } = await documents.keep(
        { id: graph.id, json: serialise(graph), base, changedAt: clock.now() },
        isSameText,
      );
      if (!isKept) return overtaken(row);
      await setOpen(graph.id);
      if (base === 0) changed();
      if (row.revision !== base) changedOne(row);
      return { answer: "kept", revision: row.revision, unsaved: isUnsaved(row) };
    },
    async latest(id, revision) {
      const row = await documents.get(id);
      return row?.revision === revision ? { answer: "same", ...savedStateOf(row) } : overtaken(row);
    },
    save(id, revision, choice) {
      const saving = saves.then(() => save(id, revision, choice));
      saves = saving.catch(() => undefined); // told by the call that asked for it
      return saving;
    },
    list: async () =>
      (await documents.list()).flatMap((row): DocumentSummary[] => {
        const parsed = parseGraph(row.json);
        if (!parsed.ok) return [];
        const { savedAt, filePath } = row;
        return [
          {
            id: row.id,
            name: parsed.graph.name,
            changedAt: row.changedAt,
            unsaved: isUnsaved(row),
            nodeCount: parsed.graph.nodes.length,
            ...(savedAt === undefined ? {} : { savedAt }),
            ...(filePath === undefined ? {} : { fileName: basename(filePath) }),
          },
        ];
      }),
    async load(id) {
      const row = await documents.get(id);
      if (row) return await open(row);
      return {
        ok: false,
        code: "document-missing",
        message: "This graph is no longer in the library.",
        remedy: "Open another one, or import its file.",
      };
    },
    async remove(id) {
      await documents.remove(id);
      changed();
      tell({ type: "document", id, revision: undefined });
    },
    async importText(text) {
      const found = read(text);
      return found.ok ? await adopt(found.graph, found.notices) : found;
    },
    openRun: (runId) => openRun(runId),
    exportText: exported,
    examples,
    openExample: (id) => openExample(id),
    async openFile() {
      const path = await nativeDialogs().open();
      return path === undefined ? undefined : await openPath(path);
    },
    offerFiles(paths) {
      if (paths.length === 0) return;
      offered.push(...paths);
      tell({ type: "files-offered" });
    },
    async openOffered() {
      const path = offered.shift();
      return path === undefined ? undefined : { name: basename(path), opened: await openPath(path) };
    },
    async saveAs(graph) {
      const path = await nativeDialogs().save(`${plainName(graph.name)}.json`);
      if (path === undefined) return undefined;
      // Files are found by their path beside the old file; the new one finds them by their bytes.
      await uploads.resolve(graph, await folderOf(graph.id));
      const before = await documents.get(graph.id);
      const copy = before?.savedAt === undefined ? graph : { ...graph, id: randomUUID() };
      const json = serialise(copy);
      await write(path, json);
      const row = await inLibrary(path, () =>
        documents.put({ id: copy.id, json, savedAt: clock.now(), filePath: path }, isSameText),
      );
      await setOpen(copy.id);
      changed();
      changedOne(row);
      return openDocument(row, copy);
    },
    async exportFile(graph) {
      const { text, fileName } = exported(graph);
      const path = await nativeDialogs().save(fileName);
      if (path === undefined) return undefined;
      await write(path, text);
      return { fileName: basename(path) };
    },
    folderOf,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  async function folderOf(graphId: string): Promise<string | undefined> {
    const filePath = (await documents.get(graphId))?.filePath;
    return filePath === undefined ? undefined : dirname(filePath);
  }
}

function openDocument(row: DocumentRow, graph: Graph): OpenDocument {
  return { graph, revision: row.revision, ...savedStateOf(row) };
}

/** How far a document is saved, and in which file. */
function savedStateOf(row: DocumentRow): Pick<OpenDocument, "unsaved" | "savedAt" | "fileName"> {
  const { savedAt, filePath } = row;
  return {
    unsaved: isUnsaved(row),
    ...(savedAt === undefined ? {} : { savedAt }),
    ...(filePath === undefined ? {} : { fileName: basename(filePath) }),
  };
}

function isUnsaved({ json, savedJson }: DocumentRow): boolean {
  return savedJson === undefined || !isSameText(json, savedJson);
}

/** Looking somewhere else on the canvas is no change of the document. Of two texts that `serialise` wrote. */
function isSameText(a: string, b: string): boolean {
  return a === b || withoutView(a) === withoutView(b);
}

/** Only keys of the document itself are indented by two spaces. */
function withoutView(json: string): string {
  return json.replace(/^ {2}"viewport": \{[\s\S]*?^ {2}\}/m, "");
}

/** As `isSameText`, of texts that other hands may have written: spacing and the order of keys do not count. */
function isSameWork(a: string, b: string): boolean {
  if (isSameText(a, b)) return true;
  const [one, other] = [parseGraph(a), parseGraph(b)];
  return one.ok && other.ok && isSameContent(one.graph, other.graph);
}

function withoutPaths(graph: Graph): Graph {
  const withoutPath = ({ path: _, ...file }: UploadFile): UploadFile => file;
  return { ...graph, nodes: graph.nodes.map((node) => withFiles(node, withoutPath)) };
}

/** Which results flow on is a choice made for the document it was made in. */
function withoutChoices(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const { takes: _, reuse, ...data } = node.data;
      return { ...node, data: { ...data, ...(reuse === undefined || reuse === "locked" ? {} : { reuse }) } };
    }),
  };
}

function refusedBy(reason: OpenFailure): OpenResult & { readonly ok: false } {
  return { ok: false, code: reason.code, message: reason.message, remedy: reason.remedy };
}

/** The most bytes that a text of so many characters has. */
const MOST_BYTES = 3 * graphLimits.characters;

/** Nothing is read that is no file or cannot be a graph: what is dropped on an icon may be a folder, or endless. */
async function textOfGraph(path: string): Promise<string | (OpenResult & { readonly ok: false })> {
  const name = basename(path);
  try {
    const stats = await stat(path);
    if (!stats.isFile())
      return {
        ...{ ok: false, code: "file-not-read", message: `“${name}” is not a file.` },
        remedy: "Open the graph's own .json file.",
      };
    if (stats.size > MOST_BYTES) return refusedBy(tooLarge);
    return await readFile(path, "utf8");
  } catch {
    return {
      ...{ ok: false, code: "file-not-read", message: `“${name}” could not be read.` },
      remedy: "Check that the file is there and that you may read it.",
    };
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function inWords(at: number): string {
  const options = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
  return new Date(at).toLocaleString("en-GB", options);
}
