import { join, resolve } from "node:path";
import { InvalidGraph } from "../../studio/host.ts";
import { openStudio } from "../process/open-studio.ts";
import { CommandFailure, exitCode } from "../terminal/exit-codes.ts";
import { problemLines, readGraph } from "../terminal/read-graph.ts";
import { print } from "../terminal/terminal.ts";

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
