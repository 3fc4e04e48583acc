import { join, resolve } from "node:path";
import { graphJsonSchema } from "../../graph/describe/graph-json-schema.ts";
import { nodeSchemas } from "../../nodes/definitions.ts";
import { InvalidGraph } from "../../studio/host.ts";
import { openStudio } from "../process/open-studio.ts";
import { CommandFailure, exitCode } from "../terminal/exit-codes.ts";
import { placeOfGraph, problemLines, readGraph } from "../terminal/read-graph.ts";
import { print, printJson } from "../terminal/terminal.ts";
import { words } from "../terminal/words.ts";

/** `catwalk validate`: everything wrong with a graph and its files, without asking any server. */
export async function validateFile(
  file: string,
  options: { readonly json?: boolean; readonly home?: string },
): Promise<void> {
  const opened = await readGraph(file);
  const studio = await openStudio(options);
  try {
    const problems = await studio.check(opened);
    const broken = problems.some((problem) => problem.severity === "error");
    if (options.json) printJson(problems, 2);
    else {
      for (const line of problemLines(problems, opened.graph)) print(line);
      if (!broken)
        print(words.t("run.readyToRun", { file: placeOfGraph(file), nodes: opened.graph.nodes.length }));
    }
    process.exitCode = broken ? exitCode.usage : exitCode.done;
  } finally {
    await studio.close();
  }
}

/** `catwalk export --with-media`: a folder with the graph and the files it uses, which runs anywhere. */
export async function exportWithMedia(
  file: string,
  options: { readonly withMedia: string; readonly home?: string },
): Promise<void> {
  const opened = await readGraph(file);
  const studio = await openStudio(options);
  try {
    const folder = resolve(options.withMedia);
    const { graphFile, files } = await studio.exportWithMedia(opened, folder).catch((error: unknown) => {
      if (!(error instanceof InvalidGraph)) throw error;
      const lines = problemLines(error.problems, opened.graph);
      throw new CommandFailure(exitCode.usage, [...lines, "Nothing was written."], {
        cause: error,
      });
    });
    const media = files.length === 1 ? "1 file" : `${files.length} files`;
    print(`${join(folder, graphFile)} with ${media}`);
  } finally {
    await studio.close();
  }
}

/** `catwalk schema`: the JSON Schema of graph files, for editors and for programs that write graphs. */
export function printSchema(): void {
  printJson(graphJsonSchema(nodeSchemas()), 2);
}
