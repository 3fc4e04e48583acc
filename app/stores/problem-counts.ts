import type { Problem } from "../../src/graph/document/problems.ts";

/** What keeps a graph from running, as it is counted wherever problems are: warnings stand in the list beside it. */
export function countErrors(problems: readonly Problem[]): number {
  return problems.filter(({ severity }) => severity === "error").length;
}
