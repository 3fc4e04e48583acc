import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseGraph } from "../../graph/parse.ts";
import type { Problem } from "../../graph/problems.ts";
import type { Graph } from "../../graph/schema.ts";
import type { GraphWithFolder } from "../../studio/options.ts";
import { CommandFailure, exitCode } from "./exit-codes.ts";

/** Reads a graph file; its folder is where its relative files are looked for. */
export async function readGraph(path: string): Promise<GraphWithFolder> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const words = missing ? "there is no such file" : "it cannot be read";
    throw new CommandFailure(exitCode.usage, `${path}: ${words}.`, { cause: error });
  }
  const opened = parseGraph(text);
  if (!opened.ok) {
    const issues = "issues" in opened.reason ? opened.reason.issues : [];
    const details = issues.map((issue) => `\n  ${issue.path}: ${issue.message}`).join("");
    throw new CommandFailure(
      exitCode.usage,
      `${path}: ${opened.reason.message}${details}\n${opened.reason.remedy} (${opened.reason.code})`,
    );
  }
  for (const warning of opened.warnings) process.stderr.write(`${path}: ${warning}\n`);
  return { graph: opened.graph, folder: dirname(resolve(path)) };
}

/** A problem as a line: where, what, and what to do. */
export function problemLine(problem: Problem, graph: Graph): string {
  const node = graph.nodes.find((candidate) => candidate.id === problem.nodeId);
  const place = node ? `node ${node.id}${node.data.title ? ` "${node.data.title}"` : ""}` : "graph";
  const part = problem.param ? `, ${problem.param}` : problem.portId ? `, port ${problem.portId}` : "";
  return `${problem.severity}: ${place}${part}: ${problem.message} ${problem.remedy} (${problem.code})`;
}
