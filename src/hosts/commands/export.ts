import { join, resolve } from "node:path";
import { openStudio } from "../open-studio.ts";
import { readGraph } from "../read-graph.ts";

/** `catwalk export --with-media`: a folder with the graph and the files it uses, which runs anywhere. */
export async function exportWithMedia(
  file: string,
  options: { readonly withMedia: string; readonly home?: string },
): Promise<void> {
  const opened = await readGraph(file);
  const studio = await openStudio(options);
  try {
    const folder = resolve(options.withMedia);
    const { graphFile, files } = await studio.exportWithMedia(opened, folder);
    const media = files.length === 1 ? "1 file" : `${files.length} files`;
    process.stdout.write(`${join(folder, graphFile)} with ${media}\n`);
  } finally {
    await studio.close();
  }
}
