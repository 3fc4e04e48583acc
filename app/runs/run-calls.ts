import type { Problem } from "../../src/graph/document/problems.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { documentsStore } from "../stores/documents.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphStore } from "../stores/graph.ts";
import { runStore } from "../stores/run.ts";
import { shellStore } from "../stores/shell.ts";
import { type Called, type CallFailure, called, studio, wordsOf } from "../stores/studio.ts";
import { lookForOutdated } from "./outdated-posts.ts";

/** Calls about the run on show, and what a person is told where one did not work. */

export function showProblems(problems: readonly Problem[]): void {
  graphStore.getState().setProblems(problems);
  shellStore.setState({ runPanel: "problems" });
  const first = problems.find(({ severity, nodeId }) => severity === "error" && nodeId !== undefined);
  if (first?.nodeId !== undefined) focusNode(first.nodeId);
}

export function tell(title: string, failure: CallFailure): void {
  if (failure.kind === "invalid-graph") showProblems(failure.problems);
  else documentsStore.setState({ trouble: { title, ...wordsOf(failure) } });
}

/** A command about the run on show; `what` completes "… did not work". */
export async function onRun(what: string, call: (runId: string) => Promise<unknown>): Promise<boolean> {
  const shown = runStore.getState().run;
  return shown === undefined ? false : await commandRun(shown, what, call);
}

export async function commandRun(
  { runId, status }: { readonly runId: string; readonly status: string },
  what: string,
  call: (runId: string) => Promise<unknown>,
): Promise<boolean> {
  let answer: Called<unknown> = await called(call(runId));
  // A run at rest whose process has ended takes commands again once it is opened here; that starts nothing by itself.
  const isClosed = !answer.ok && answer.failure.kind === "refused" && answer.failure.code === "run-over";
  if (isClosed && status !== "running") {
    const opened = await called(studio.client.runs.resume({ runId }));
    answer = opened.ok ? await called(call(runId)) : opened;
  }
  if (answer.ok) return true;
  // Edited a moment ago: the post itself says what it is about, with what to do.
  if (answer.failure.kind === "refused" && answer.failure.code === "post-outdated") void lookForOutdated();
  else tell(`${what} did not work`, answer.failure);
  return false;
}

/** Gives up posts that wait. */
export function decline(stepIds: readonly StepId[]): Promise<boolean> {
  return onRun("Skip", async (runId) => {
    for (const stepId of stepIds) await studio.client.runs.decline({ runId, stepId });
  });
}
