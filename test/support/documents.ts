import type { Graph } from "../../src/graph/document/schema.ts";
import type { KeepAnswer, LatestAnswer } from "../../src/studio/contract.ts";

type DocumentsClient = {
  readonly documents: {
    latest(input: { id: string; revision: number }): Promise<LatestAnswer>;
    keep(input: { graph: Graph; base: number }): Promise<KeepAnswer>;
  };
};

/** Keeps a graph as a window does that has seen the latest state. @returns its revision now */
export async function keepNow({ documents }: DocumentsClient, graph: Graph): Promise<number> {
  const latest = await documents.latest({ id: graph.id, revision: -1 });
  const base = latest.answer === "changed" ? latest.document.revision : 0;
  const answer = await documents.keep({ graph, base });
  if (answer.answer !== "kept") throw new Error(`The graph was not kept: ${answer.answer}`);
  return answer.revision;
}
