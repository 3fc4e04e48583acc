import type { PastRun } from "../../src/studio/contract.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { showRunOf } from "../stores/run-history.ts";
import { toast } from "../ui/toasts.tsx";
import { t } from "../words/words.ts";

/** Whether its graph is at hand, so that the run's steps can be laid over it. */
export function useCanShow({ graphId }: PastRun): boolean {
  const isOpen = useGraph((state) => state.graph?.id === graphId);
  const isKept = useDocuments((state) => state.recent.some(({ id }) => id === graphId));
  return isOpen || isKept;
}

/** Opens the graph as it is now, with this run on show. */
export async function showOnCanvas({ runId, graphId }: PastRun): Promise<void> {
  showRunOf(graphId, runId);
  await documentsStore.getState().open(graphId);
}

/** Opens the graph as it was when the run began: a copy of its own. What was open stays in the library. */
export async function openGraphOf(runId: string): Promise<void> {
  await documentsStore.getState().openRunGraph(runId);
}

export async function copyRunId(runId: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(runId);
    toast({ title: t("history.idCopied") });
  } catch {
    toast({ title: t("history.noClipboard"), description: runId, look: "danger" });
  }
}
