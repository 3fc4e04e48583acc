import type { LedgerPost } from "../../src/studio/contract.ts";
import { documentsStore } from "../stores/documents.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphStore } from "../stores/graph.ts";
import { runStore } from "../stores/run.ts";
import { historyStore, refreshHistory } from "../stores/run-history.ts";
import { toast } from "../ui/toasts.tsx";

/** Puts the run that made a post on show, in its own graph. */
export async function showRunOf({ runId, graphId, graphName, nodeId }: LedgerPost): Promise<void> {
  if (graphStore.getState().graph?.id !== graphId) {
    await documentsStore.getState().open(graphId);
    if (graphStore.getState().graph?.id !== graphId) return; // the trouble is told by who could not open it
  }
  if (historyStore.getState().graphId !== graphId) await refreshHistory(graphId);
  runStore.getState().show(runId);
  const isHere = graphStore.getState().graph?.nodes.some(({ id }) => id === nodeId);
  if (isHere) focusNode(nodeId);
  else toast({ title: `“${graphName}” no longer has the node that posted this.` });
}
