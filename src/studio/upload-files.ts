import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { UploadFile } from "../graph/files.ts";
import { safeRelativePath } from "../graph/files.ts";
import type { Problem } from "../graph/problems.ts";
import type { Graph, GraphNode } from "../graph/schema.ts";
import type { Library } from "../library/library.ts";
import { upload } from "../nodes/upload/definition.ts";
import { isMissing } from "./atomic-file.ts";
import type { StudioMedia } from "./media-store.ts";
import { Refused } from "./refused.ts";

export type ResolvedGraph = {
  /** The graph with what its files really are now; every file of it is in the library. */
  readonly graph: Graph;
  readonly problems: readonly Problem[];
};

export type UploadFiles = {
  /**
   * Finds the file of every Upload node: by its path inside `folder`, else by its hash in the library. What is found
   * by path goes into the library. Never throws for what is wrong with a file.
   *
   * @param folder where the graph file lies, symlinks and all; without one, paths are not read.
   */
  resolve(graph: Graph, folder: string | undefined): Promise<ResolvedGraph>;
};

type Found =
  | { readonly ok: true; readonly file: UploadFile }
  | { readonly ok: false; readonly problem: Problem };

export function createUploadFiles(library: Library, media: StudioMedia): UploadFiles {
  /** Hashes by path, size and time, so that looking again at an unchanged file costs nothing. */
  const hashes = new Map<string, string>();

  async function hashOf(path: string, { ino, size, mtimeMs }: Stats): Promise<string> {
    const name = `${path}\n${ino}\n${size}\n${mtimeMs}`;
    const known = hashes.get(name);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) hash.update(chunk);
    const sha256 = hash.digest("hex");
    hashes.set(name, sha256);
    return sha256;
  }

  async function byPath(
    node: GraphNode,
    file: UploadFile,
    folder: string,
    relative: string,
  ): Promise<Found | undefined> {
    let path: string;
    let stats: Stats;
    try {
      const root = await realpath(folder);
      path = await realpath(join(root, relative));
      if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return outside(node, file);
      stats = await stat(path);
    } catch (error) {
      return isMissing(error) ? undefined : unreadable(node, file);
    }
    if (!stats.isFile()) return unreadable(node, file);
    try {
      const sha256 = await hashOf(path, stats);
      if (sha256 === file.sha256 && library.media.get(sha256) && (await library.files.pathOf(sha256)))
        return { ok: true, file };
      const taken = await media.importBytes(createReadStream(path, { highWaterMark: 256 * 1024 }), file.name);
      return { ok: true, file: taken.sha256 === file.sha256 ? file : { ...taken, path: relative } };
    } catch (error) {
      if (error instanceof Refused)
        return problem(node, "file-type-unsupported", error.message, error.remedy);
      if (error instanceof Error && error.name === "LibraryFailure") throw error;
      return unreadable(node, file);
    }
  }

  async function find(node: GraphNode, file: UploadFile, folder: string | undefined): Promise<Found> {
    if (folder !== undefined && file.path !== undefined) {
      const safe = safeRelativePath(file.path);
      if (!safe.ok) return outside(node, file);
      const found = await byPath(node, file, folder, safe.path);
      if (found) return found;
    }
    if (library.media.get(file.sha256) && (await library.files.pathOf(file.sha256)) !== undefined)
      return { ok: true, file };
    return problem(
      node,
      "file-missing",
      `The file “${file.name}” is not ${folder !== undefined && file.path !== undefined ? "in the graph's folder" : "on this machine"} any more.`,
      "Choose the file again.",
    );
  }

  return {
    async resolve(graph, folder) {
      const problems: Problem[] = [];
      const nodes = await Promise.all(
        graph.nodes.map(async (node) => {
          const file = fileOf(node);
          if (!file) return node;
          const found = await find(node, file, folder);
          if (!found.ok) {
            problems.push(found.problem);
            return node;
          }
          if (found.file.sha256 !== file.sha256)
            problems.push({
              code: "file-changed",
              severity: "warning",
              message: `The file “${file.name}” has changed since it was chosen.`,
              remedy: "The run uses it as it is now. Choose the file again to keep that.",
              nodeId: node.id,
              param: "file",
            });
          return { ...node, data: { ...node.data, params: { ...node.data.params, file: found.file } } };
        }),
      );
      return { graph: { ...graph, nodes }, problems };
    },
  };
}

/** Undefined for other nodes, and where the params do not parse: validation says so. */
function fileOf(node: GraphNode): UploadFile | undefined {
  if (node.type !== "upload") return undefined;
  const parsed = upload.params.safeParse(node.data.params);
  return parsed.success ? parsed.data.file : undefined;
}

function problem(node: GraphNode, code: Problem["code"], message: string, remedy: string): Found {
  return {
    ok: false,
    problem: { code, severity: "error", message, remedy, nodeId: node.id, param: "file" },
  };
}

function outside(node: GraphNode, file: UploadFile): Found {
  return problem(
    node,
    "file-outside-folder",
    `The file “${file.name}” lies outside the graph's folder.`,
    "Move it into the folder, or choose it again.",
  );
}

function unreadable(node: GraphNode, file: UploadFile): Found {
  return problem(
    node,
    "file-unreadable",
    `The file “${file.name}” cannot be read.`,
    "Check that it is a file and that you may read it, or choose another.",
  );
}
