import { randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import type { UploadFile } from "../graph/files.ts";
import { type OpenFailure, parseGraph } from "../graph/parse.ts";
import type { Graph } from "../graph/schema.ts";
import { exportGraph, serialise } from "../graph/serialise.ts";
import type { DocumentRow } from "../library/documents.ts";
import { LibraryFailure } from "../library/failure.ts";
import type { Library } from "../library/library.ts";
import { sandboxAccounts } from "../nodes/definition/sandbox-accounts.ts";
import { isMissing, writeFileAtomically } from "./atomic-file.ts";
import type { DocumentSummary, Example, OpenDocument, OpenResult } from "./contract.ts";
import { withFiles } from "./graph-files.ts";
import type { FileDialogs } from "./options.ts";
import { plainName } from "./plain-name.ts";
import { InvalidGraph, Refused } from "./refused.ts";
import type { UploadFiles } from "./upload-files.ts";
import { withoutHarm } from "./without-harm.ts";

export type StudioDocuments = {
  restore(): Promise<OpenDocument | undefined>;
  keep(graph: Graph, revision: number): { readonly unsaved: boolean };
  save(graph: Graph): Promise<OpenDocument>;
  list(): readonly DocumentSummary[];
  load(id: string): OpenResult;
  remove(id: string): void;
  importText(text: string, name: string): OpenResult;
  /** Makes a copy of a graph of this machine the open document: of its own id, without the results it had chosen. */
  openCopy(json: string, name: string): OpenResult;
  exportText(graph: Graph): { readonly text: string; readonly fileName: string };
  examples(): Promise<readonly Example[]>;
  openExample(id: string): Promise<OpenResult>;
  openFile(): Promise<OpenResult | undefined>;
  saveAs(graph: Graph): Promise<OpenDocument | undefined>;
  exportFile(graph: Graph): Promise<{ readonly fileName: string } | undefined>;
  /** Where the document's file lies; its relative files are read there and nowhere else. */
  folderOf(graphId: string): string | undefined;
  onChange(listener: () => void): () => void;
};

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
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };

  /** A disk that does not take this much must not keep a graph from being opened: it can be read all the same. */
  function setOpen(id: string): void {
    if (openId() !== id) withoutHarm(() => settings.set("studio", openSetting, id));
  }
  const openId = () => z.string().optional().catch(undefined).parse(settings.get("studio", openSetting));

  function open(row: DocumentRow): OpenResult {
    const parsed = parseGraph(row.json);
    if (!parsed.ok) return refusedBy(parsed.reason);
    setOpen(row.id);
    return { ok: true, document: openDocument(row, parsed.graph), notices: parsed.warnings };
  }

  /**
   * Makes a graph that came from outside the open document. What a person has not saved is never written over: where
   * its id is another document's, it is opened as a copy.
   */
  function adopt(graph: Graph, notices: readonly string[]): OpenResult {
    const there = documents.get(graph.id);
    const isFree = there === undefined || contentOf(there.json) === contentOf(serialise(graph));
    const taken = isFree ? graph : { ...graph, id: randomUUID() };
    const revision = (documents.get(taken.id)?.revision ?? 0) + 1;
    const row = documents.keep({ id: taken.id, json: serialise(taken), revision, changedAt: clock.now() });
    setOpen(taken.id);
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
    const there = documents.get(graph.id);
    const json = serialise(graph);
    const isSameFile =
      there?.filePath === filePath || (there?.filePath !== undefined && !(await isFile(there.filePath)));
    if (there && isSameFile && isUnsaved(there)) {
      const opened = open(there);
      // Only where the file is as we left it is it certain which of the two is the newer.
      if (opened.ok && there.savedJson !== undefined && contentOf(there.savedJson) === contentOf(json))
        return { ...opened, notices: [...notices, "Changes that were not saved yet are here again."] };
    }
    const isTaken = there !== undefined && contentOf(there.json) !== contentOf(json);
    const keepsId = !isTaken || (isSameFile && !isUnsaved(there));
    const taken = keepsId ? graph : { ...graph, id: randomUUID() };
    const row = documents.save({ id: taken.id, json: serialise(taken), savedAt: clock.now(), filePath });
    setOpen(taken.id);
    changed();
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
  function inLibrary(filePath: string | undefined, keep: () => DocumentRow): DocumentRow {
    try {
      return keep();
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

  async function openExample(id: string): Promise<OpenResult> {
    const example = (await examples()).find((one) => one.id === id);
    if (!example)
      throw new Refused("example-missing", "There is no such example.", "Choose one of the examples shown.");
    const { graph } = await uploads.resolve({ ...example.graph, id: randomUUID() }, examplesFolder);
    return adopt(withoutPaths(graph), []);
  }

  return {
    async restore() {
      const id = openId();
      const isFirstStart = id === undefined && documents.list().length === 0;
      if (isFirstStart && firstExample !== undefined) {
        const example = await openExample(firstExample);
        return example.ok ? example.document : undefined;
      }
      const row = id === undefined ? undefined : documents.get(id);
      const opened = row && open(row);
      return opened?.ok ? opened.document : undefined;
    },
    keep(graph, revision) {
      const row = documents.keep({ id: graph.id, json: serialise(graph), revision, changedAt: clock.now() });
      setOpen(graph.id);
      return { unsaved: isUnsaved(row) };
    },
    async save(graph) {
      const json = serialise(graph);
      const filePath = documents.get(graph.id)?.filePath;
      if (filePath !== undefined) await write(filePath, json);
      const row = inLibrary(filePath, () => documents.save({ id: graph.id, json, savedAt: clock.now() }));
      setOpen(graph.id);
      changed();
      return openDocument(row, graph);
    },
    list: () =>
      documents.list().flatMap((row): DocumentSummary[] => {
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
    load(id) {
      const row = documents.get(id);
      if (row) return open(row);
      return {
        ok: false,
        code: "document-missing",
        message: "This graph is no longer in the library.",
        remedy: "Open another one, or import its file.",
      };
    },
    remove(id) {
      documents.remove(id);
      changed();
    },
    importText(text) {
      const found = read(text);
      return found.ok ? adopt(found.graph, found.notices) : found;
    },
    openCopy(json, name) {
      const found = read(json);
      if (!found.ok) return found;
      const copy = { ...withoutChoices(withoutPaths(found.graph)), id: randomUUID(), name };
      return adopt(copy, found.notices);
    },
    exportText: exported,
    examples,
    openExample,
    async openFile() {
      const path = await nativeDialogs().open();
      if (path === undefined) return undefined;
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        throw new Refused(
          "file-not-read",
          `“${basename(path)}” could not be read.`,
          "Check that the file is there and that you may read it.",
          error,
        );
      }
      const found = read(text);
      if (!found.ok) return found;
      // What the graph uses is brought into the library now, so that its cards show it.
      await uploads.resolve(found.graph, dirname(path));
      return await adoptFile(found.graph, path, found.notices);
    },
    async saveAs(graph) {
      const path = await nativeDialogs().save(`${plainName(graph.name)}.json`);
      if (path === undefined) return undefined;
      // Files are found by their path beside the old file; the new one finds them by their bytes.
      await uploads.resolve(graph, folderOf(graph.id));
      const before = documents.get(graph.id);
      const copy = before?.savedAt === undefined ? graph : { ...graph, id: randomUUID() };
      const json = serialise(copy);
      await write(path, json);
      const row = inLibrary(path, () =>
        documents.save({ id: copy.id, json, savedAt: clock.now(), filePath: path }),
      );
      setOpen(copy.id);
      changed();
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

  function folderOf(graphId: string): string | undefined {
    const filePath = documents.get(graphId)?.filePath;
    return filePath === undefined ? undefined : dirname(filePath);
  }
}

function openDocument(row: DocumentRow, graph: Graph): OpenDocument {
  const { revision, savedAt, filePath } = row;
  return {
    graph,
    revision,
    unsaved: isUnsaved(row),
    ...(savedAt === undefined ? {} : { savedAt }),
    ...(filePath === undefined ? {} : { fileName: basename(filePath) }),
  };
}

function isUnsaved({ json, savedJson }: DocumentRow): boolean {
  return savedJson === undefined || contentOf(json) !== contentOf(savedJson);
}

/** Looking somewhere else on the canvas is no change of the document. */
function contentOf(json: string): string {
  const parsed = parseGraph(json);
  return parsed.ok ? serialise({ ...parsed.graph, viewport: { x: 0, y: 0, zoom: 1 } }) : json;
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
