import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exportGraph } from "../../graph/document/serialise.ts";
import type { Library } from "../../library/index.ts";
import { sandboxAccounts } from "../../nodes/definition/sandbox-accounts.ts";
import { copyAsNew, writeFileAtomically } from "../ground/atomic-file.ts";
import type { GraphWithFolder } from "../ground/options.ts";
import { plainName } from "../ground/plain-name.ts";
import { InvalidGraph } from "../ground/refused.ts";
import type { UploadFiles } from "../media/upload-files.ts";
import { filesOf, withFiles } from "./graph-files.ts";

/** Writes the graph and the files it uses into a folder that runs anywhere. @throws InvalidGraph */
export async function exportWithMedia(
  { graph, folder }: GraphWithFolder,
  outFolder: string,
  { library, uploads }: { readonly library: Library; readonly uploads: UploadFiles },
): Promise<{ readonly graphFile: string; readonly files: readonly string[] }> {
  const resolved = await uploads.resolve(graph, folder);
  const stopping = resolved.problems.filter((problem) => problem.severity === "error");
  if (stopping.length > 0) throw new InvalidGraph(stopping);
  await mkdir(join(outFolder, "media"), { recursive: true });
  const names = fileNames();
  for (const { sha256, name } of resolved.graph.nodes.flatMap(filesOf)) {
    const source = names.has(sha256) ? undefined : await library.files.pathOf(sha256);
    if (source !== undefined) await copyAsNew(source, join(outFolder, "media", names.nameFor(sha256, name)));
  }
  const nodes = resolved.graph.nodes.map((node) =>
    withFiles(node, (file) => {
      const name = names.get(file.sha256);
      return name === undefined ? file : { ...file, path: `media/${name}` };
    }),
  );
  const exported = exportGraph(
    { ...resolved.graph, nodes },
    { accountsToKeep: sandboxAccounts.map((account) => account.accountId) },
  );
  if (!exported.ok) throw new InvalidGraph(exported.problems);
  const graphFile = `${plainName(graph.name)}.json`;
  await writeFileAtomically(join(outFolder, graphFile), exported.text);
  return { graphFile, files: [...names.values()].map((name) => `media/${name}`) };
}

/** Names files of a folder by hash: the file's own name, or with a number where two different files have the same. */
function fileNames(): ReadonlyMap<string, string> & { nameFor(sha256: string, name: string): string } {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  return Object.assign(names, {
    nameFor(sha256: string, name: string): string {
      const plain = plainName(name);
      const dot = plain.lastIndexOf(".");
      const [stem, extension] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ""];
      let candidate = plain;
      for (let number = 2; taken.has(candidate.toLowerCase()); number++)
        candidate = `${stem} ${number}${extension}`;
      taken.add(candidate.toLowerCase());
      names.set(sha256, candidate);
      return candidate;
    },
  });
}
