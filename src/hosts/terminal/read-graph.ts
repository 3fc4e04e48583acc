import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { codeOf } from "../../base/errors.ts";
import { amount, counted, someOf } from "../../base/words.ts";
import { parseGraph } from "../../graph/document/parse.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { GraphWithFolder } from "../../studio/host.ts";
import { CommandFailure, exitCode } from "./exit-codes.ts";
import { note } from "./terminal.ts";
import { words } from "./words.ts";

/** A graph that another program gives, in place of a file. */
export const standardInput = "-";

/** What a person reads as the graph's place. */
export function placeOfGraph(path: string): string {
  return path === standardInput ? words.t("run.stdin") : path;
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
      `${path}: ${words.say(opened.reason.message)}`,
      ...issues.map((issue) => `  ${issue.path}: ${words.say(issue.message)}`),
      `${words.say(opened.reason.remedy)} (${opened.reason.code})`,
    ]);
  }
  for (const warning of opened.warnings) note(`${path}: ${warning}`);
  return { graph: opened.graph, folder: argument === standardInput ? process.cwd() : dirname(resolve(path)) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = words.t(codeOf(error) === "ENOENT" ? "run.noSuchFile" : "run.cannotBeRead");
    throw new CommandFailure(exitCode.usage, `${path}: ${why}.`, { cause: error });
  }
}

/** A person who types `-` by mistake would wait for ever without a word. */
async function readInput(): Promise<string> {
  if (process.stdin.isTTY) note(words.t("run.readingStdin"));
  let input: string;
  try {
    input = await text(process.stdin);
  } catch (error) {
    throw new CommandFailure(exitCode.usage, words.t("run.stdinUnreadable"), { cause: error });
  }
  if (input.trim() === "") throw new CommandFailure(exitCode.usage, words.t("run.stdinEmpty"));
  return input;
}

/** So many problems of one kind have a line each. */
const TOLD = 3;

/** Problems as lines: where, what, and what to do. Many of one kind with the same words are one line, with their count. */
export function problemLines(problems: readonly Problem[], graph: Graph): readonly string[] {
  const alike = Map.groupBy(problems, ({ severity, code, nodeId, message, remedy, param }) =>
    // Slips of one node differ in nothing but the name.
    code === "unknown-param" && severity === "warning"
      ? JSON.stringify([code, nodeId, remedy])
      : JSON.stringify([code, severity, message, remedy, param]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    if (group.length <= TOLD) return group.map((problem) => problemLine(problem, graph));
    const ofOne = first.code === "unknown-param" && group.every(({ nodeId }) => nodeId === first.nodeId);
    const named = [...new Set(group.map((each) => (ofOne ? each.param : each.nodeId) ?? "graph"))];
    const which = someOf(named);
    const what = ofOne
      ? `${placeOf(first, graph)}: there are no params ${which}.`
      : `${counted(named.length, "node")} (${which})${partOf(first)}: ${words.say(first.message)}`;
    return [
      `${first.severity}: ${what} ${words.say(first.remedy)} (${first.code}, ${amount(group.length)} times)`,
    ];
  });
}

function problemLine(problem: Problem, graph: Graph): string {
  return `${problem.severity}: ${placeOf(problem, graph)}${partOf(problem)}: ${words.told(problem)} (${problem.code})`;
}

function placeOf({ nodeId }: Problem, graph: Graph): string {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  return node ? `node ${node.id}${node.data.title ? ` "${node.data.title}"` : ""}` : "graph";
}

function partOf({ param, portId }: Problem): string {
  return param ? `, ${param}` : portId ? `, port ${portId}` : "";
}
