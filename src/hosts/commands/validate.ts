import { counted } from "../../base/words.ts";
import { openStudio } from "../process/open-studio.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { placeOfGraph, problemLines, readGraph } from "../terminal/read-graph.ts";
import { print, printJson } from "../terminal/terminal.ts";

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
        print(`${placeOfGraph(file)}: ready to run, ${counted(opened.graph.nodes.length, "node")}`);
    }
    process.exitCode = broken ? exitCode.usage : exitCode.done;
  } finally {
    await studio.close();
  }
}
