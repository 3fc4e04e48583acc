import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseGraph } from "../../graph/parse.ts";
import type { Problem } from "../../graph/problems.ts";
import type { Graph } from "../../graph/schema.ts";
import type { GraphWithFolder } from "../../studio/options.ts";
import { CommandFailure, exitCode } from "./exit-codes.ts";
import { note } from "./terminal.ts";

/** A graph that another program gives, in place of a file. */
export const standardInput = "-";

/** What a person reads as the graph's place. */
export function placeOfGraph(path: string): string {
  return path === standardInput ? "standard input" : path;
}

/**
 * Reads a graph file, or standard input for `-`. Relative files are looked for in its folder, for standard input in the
 * working one.
 */
export async function readGraph(argument: string): Promise<GraphWithFolder> {
  const path = placeOfGraph(argument);
  const json = argument === standardInput ? await readInput() : await readText(path);
  const opened = parseGraph(json);
  if (!opened.ok) {
    const issues = "issues" in opened.reason ? opened.reason.issues : [];
    throw new CommandFailure(exitCode.usage, [
      `${path}: ${opened.reason.message}`,
      ...issues.map((issue) => `  ${issue.path}: ${issue.message}`),
      `${opened.reason.remedy} (${opened.reason.code})`,
    ]);
  }
  for (const warning of opened.warnings) note(`${path}: ${warning}`);
  return { graph: opened.graph, folder: argument === standardInput ? process.cwd() : dirname(resolve(path)) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const words = missing ? "there is no such file" : "it cannot be read";
    throw new CommandFailure(exitCode.usage, `${path}: ${words}.`, { cause: error });
  }
}

/** A person who types `-` by mistake would wait for ever without a word. */
async function readInput(): Promise<string> {
  if (process.stdin.isTTY) note("Reading the graph from standard input, up to its end (Ctrl-D).");
  let input: string;
  try {
    input = await text(process.stdin);
  } catch (error) {
    throw new CommandFailure(exitCode.usage, "standard input: it cannot be read.", { cause: error });
  }
  if (input.trim() === "") throw new CommandFailure(exitCode.usage, "standard input: it is empty.");
  return input;
}

/** A problem as a line: where, what, and what to do. */
export function problemLine(problem: Problem, graph: Graph): string {
  const node = graph.nodes.find((candidate) => candidate.id === problem.nodeId);
  const place = node ? `node ${node.id}${node.data.title ? ` "${node.data.title}"` : ""}` : "graph";
  const part = problem.param ? `, ${problem.param}` : problem.portId ? `, port ${problem.portId}` : "";
  return `${problem.severity}: ${place}${part}: ${problem.message} ${problem.remedy} (${problem.code})`;
}
