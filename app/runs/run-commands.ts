import type { StepId } from "../../src/graph/plan/plan.ts";
import type { ApprovalAnswer, DoubtAnswer } from "../../src/studio/contract.ts";
import type { Commands } from "../stores/commands.ts";
import { documentsStore } from "../stores/documents.ts";
import { importFile } from "../stores/import-file.ts";
import { openWorkStore } from "../stores/open-work.ts";
import { runStore } from "../stores/run.ts";
import { called, studio } from "../stores/studio.ts";
import { toast } from "../ui/toasts.tsx";
import { count, list, say } from "../words/words.ts";
import { waitingPosts } from "./approval-choice.ts";
import { reviewDoubts } from "./open-doubts.ts";
import { lookForOutdated } from "./outdated-posts.ts";
import { commandRun, decline, onRun, tell } from "./run-calls.ts";
import { runControlStore } from "./run-control.ts";
import { run, withNewTakes } from "./start-run.ts";

export function createCommands(): Commands {
  const { runs } = studio.client;
  const settle = async (what: string, call: (runId: string) => Promise<unknown>) => {
    if (await onRun(what, call)) runControlStore.setState({ doubt: undefined });
  };
  return {
    run: (selection, limits) => void run(selection, limits),
    makeTakes: (nodeId, variations) =>
      void run(
        { kind: "only", nodeIds: [nodeId] },
        {},
        { change: (open) => withNewTakes(open, nodeId, variations) },
      ),
    dryRun: (selection) => runControlStore.setState({ dryRun: selection }),
    retryFailed: () => void onRun("Running what failed", (runId) => runs.retryFailed({ runId })),
    cancel: () => void cancelRun(),
    retry: (stepId) => void onRun("Retry", (runId) => runs.retry({ runId, stepId })),
    checkAgain: (stepId) => void onRun("Check again", (runId) => runs.checkAgain({ runId, stepId })),
    async collect(run, stepIds) {
      for (const stepId of stepIds) {
        const { runId } = run;
        if (!(await commandRun(run, "Collect result", () => runs.checkAgain({ runId, stepId })))) return;
      }
    },
    fetchPreviewAgain: (stepId) =>
      void onRun("Fetching the preview", (runId) => runs.fetchPreviewAgain({ runId, stepId })),
    openApproval: (approval) => runControlStore.setState({ approval }),
    async approve(stepId, digest) {
      if (!(await isKeptForPosts())) return;
      await onRun("Approve", (runId) => runs.approve({ runId, stepId, digest }));
    },
    async approveMany(posts) {
      if (!(await isKeptForPosts())) return undefined;
      let answers: readonly ApprovalAnswer[] | undefined;
      await onRun("Approve", async (runId) => {
        answers = await runs.approveMany({ runId, posts: [...posts] });
      });
      if (answers?.some((answer) => !answer.ok)) void lookForOutdated();
      return answers;
    },
    decline: (...stepIds) => void decline(stepIds),
    renewPosts: (...stepIds) => void renewPosts(stepIds),
    openDoubt: (doubt) => runControlStore.setState({ doubt }),
    settleDoubt: ({ stepId, attempt }, decision) =>
      void settle("Settling the doubt", (runId) => runs.settleDoubt({ runId, stepId, attempt, decision })),
    openDoubts: reviewDoubts,
    async settleDoubts(seen, word) {
      const doubts = seen.map(({ stepId, attempt }) => ({ stepId, attempt }));
      let answers: readonly DoubtAnswer[] | undefined;
      await onRun("Settling the doubts", async (runId) => {
        answers = await runs.settleDoubts({ runId, doubts, word });
      });
      return answers;
    },
    async settlePost(post, as) {
      const { runId, stepId, attempt } = post;
      const answer = await called(studio.client.ledger.settle({ runId, stepId, attempt, as }));
      if (!answer.ok) return tell("This was not written down", answer.failure);
      runControlStore.setState({ doubt: undefined });
      // A run at rest that no process holds takes the word up when it is opened; that starts nothing by itself.
      const shown = runStore.getState().run;
      if (shown && shown.status !== "running")
        await called(studio.client.runs.resume({ runId: shown.runId }));
    },
    importFile,
  };
}

/** The next run of the queue takes the canvas at once: what goes on at the server stays within reach. */
async function cancelRun(): Promise<void> {
  const { run: shown } = runStore.getState();
  const left = [...(shown?.steps.values() ?? [])].filter(
    ({ status, job }) => status.kind === "running" && job !== undefined,
  );
  const othersWait = (openWorkStore.getState().queue?.queued.length ?? 0) > 0;
  const cancelled = await onRun("Cancel", (runId) => studio.client.runs.cancel({ runId }));
  if (!cancelled || !shown || left.length === 0 || !othersWait) return;
  const titles = [...new Set(left.map(({ title }) => `“${title}”`))];
  toast({
    id: "cancelled",
    title: `${count(left.length, "job")} of the cancelled run ${left.length === 1 ? "goes" : "go"} on at the server.`,
    description: `${titles.length > 3 ? "Their results" : `The results of ${list(titles)}`} can be collected there.`,
    action: { label: "Show that run", onPress: () => runStore.getState().show(shown.runId) },
  });
}

/** The studio approves nothing that the document as it is kept would not make, so every edit must be in it. */
async function isKeptForPosts(): Promise<boolean> {
  const documents = documentsStore.getState();
  await documents.keepNow();
  const { keeping, notKept } = documentsStore.getState();
  if (keeping !== "failed") return true;
  documentsStore.setState({
    trouble: {
      title: "Nothing was approved",
      code: notKept?.code ?? "NOT_KEPT",
      message:
        `The studio does not have your latest edits, so it cannot tell whether a post is still what the graph makes. ${say(notKept?.message ?? "")}`.trim(),
      remedy: notKept?.remedy ?? "Wait until the window is connected again, then approve once more.",
    },
  });
  return false;
}

/** The posts of these nodes, made of the graph as it is now, in place of those of the run on show that wait. */
async function renewPosts(stepIds: readonly StepId[]): Promise<void> {
  const wanted = new Set<string>(stepIds);
  const posts = waitingPosts(runStore.getState().run);
  const nodeIds = [...new Set(posts.flatMap(({ stepId, nodeId }) => (wanted.has(stepId) ? [nodeId] : [])))];
  if (nodeIds.length === 0) return;
  const insteadOf = posts.flatMap(({ stepId, nodeId }) => (nodeIds.includes(nodeId) ? [stepId] : []));
  runControlStore.setState({ approval: undefined });
  await run({ kind: "to", nodeIds }, {}, { insteadOf });
}
