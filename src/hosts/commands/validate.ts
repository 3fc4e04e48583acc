import { openStudio } from "../process/open-studio.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { problemLine, readGraph } from "../terminal/read-graph.ts";

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
    if (options.json) process.stdout.write(`${JSON.stringify(problems, undefined, 2)}\n`);
    else {
      for (const problem of problems) process.stdout.write(`${problemLine(problem, opened.graph)}\n`);
      if (!broken) process.stdout.write(`${file}: ready to run, ${opened.graph.nodes.length} nodes\n`);
    }
    process.exitCode = broken ? exitCode.usage : exitCode.done;
  } finally {
    await studio.close();
  }
}
