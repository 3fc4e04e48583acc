import type { Graph } from "../../src/graph/document/schema.ts";
import type { Preflight, RunSelection } from "../../src/studio/contract.ts";
import type { RunLimits } from "../stores/commands.ts";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { runStore } from "../stores/run.ts";
import { historyStore, refreshHistory } from "../stores/run-history.ts";
import { shellStore } from "../stores/shell.ts";
import { type CallFailure, called, studio } from "../stores/studio.ts";
import { toast } from "../ui/toasts.tsx";
import { decline, showProblems, tell } from "./run-calls.ts";
import { type RunRequest, runControlStore } from "./run-control.ts";

/** Checks first; asks for consent where the server is not the sandbox. */
export async function run(
  selection: RunSelection,
  limits: RunLimits = {},
  { change = (graph) => graph, insteadOf = [] }: Pick<Partial<RunRequest>, "change" | "insteadOf"> = {},
): Promise<void> {
  if (runControlStore.getState().starting) return;
  runControlStore.setState({ starting: true });
  // A look holds as long as the document stays as it is kept.
  await documentsStore.getState().keepNow();
  const open = graphStore.getState().graph;
  if (!open) return runControlStore.setState({ starting: false });
  const graph = change(open);
  const request: RunRequest = { graph, change, selection, limits, insteadOf };
  const answer = await called(studio.client.graphs.preflight({ graph, selection, ...limits }));
  if (!answer.ok) {
    runControlStore.setState({ starting: false });
    return tell("The run did not start", answer.failure);
  }
  const preflight = answer.value;
  const errors = preflight.problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    runControlStore.setState({ starting: false });
    return showProblems(preflight.problems);
  }
  if (preflight.isSandbox) return start(request, preflight);
  runControlStore.setState({ starting: false, consent: { ...request, preflight } });
}

async function start(request: RunRequest, { handle = "", isSandbox }: Preflight): Promise<void> {
  const { graph, selection, limits, insteadOf = [] } = request;
  runControlStore.setState({ starting: true });
  // A run hangs on its graph: that of a copy stays from now on.
  if (documentsStore.getState().origin) await documentsStore.getState().keepAsOwn();
  const answer = await called(studio.client.runs.start({ handle }));
  if (!answer.ok) {
    runControlStore.setState({ starting: false, consent: undefined });
    tell("The run did not start", answer.failure);
    // Where it costs money the person sees at once what it would be by now.
    if (isVoid(answer.failure) && !isSandbox) await run(selection, limits, request);
    return;
  }
  runControlStore.setState({ consent: undefined });
  const { runId } = answer.value;
  if (insteadOf.length > 0) await decline(insteadOf);
  // Of a run that waits there is nothing to show yet; the canvas keeps what it shows until it begins.
  if (!(answer.value.queued && (await isQueued(runId)))) await show(runId);
  // The open queue shows it, and a toast would only lie over its rows.
  else if (shellStore.getState().runPanel !== "queue")
    toast({
      id: "queued",
      title: `“${graph.name}” waits in the queue.`,
      action: { label: "Show queue", onPress: () => shellStore.setState({ runPanel: "queue" }) },
    });
  runControlStore.setState({ starting: false });
  await refreshHistory(graph.id);
}

/** Whether it still waits: what was given up for it may have made room. */
async function isQueued(runId: string): Promise<boolean> {
  const queue = await called(studio.client.queue.get());
  return !queue.ok || queue.value.queued.some((entry) => entry.runId === runId);
}

/** The node as it would be if every run made it anew, so many times; the open document stays as it is. */
export function withNewTakes(graph: Graph, nodeId: string, variations: number): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.id !== nodeId) return node;
    const { takes: _chosen, ...data } = node.data;
    return { ...node, data: { ...data, reuse: "never" as const, variations } };
  });
  return { ...graph, nodes };
}

/** A line this slow is not waited for, in milliseconds. */
const SHOWN_WITHIN_MS = 5000;

/** Shows a run and waits until it is there: between the studio's yes and the first of it, Run must not be offered again. */
function show(runId: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, SHOWN_WITHIN_MS);
    const stop = runStore.subscribe(({ run }) => {
      if (run?.runId === runId) done();
    });
    runStore.getState().show(runId);
  });
}

/** The person's yes to exactly what the dialog shows. */
export function giveConsent(): void {
  const { consent } = runControlStore.getState();
  if (!consent) return;
  if ("runId" in consent) void goOn(consent.runId, consent.preflight);
  else void start(consent, consent.preflight);
}

/** Goes on with an interrupted run; where that may cost money, the person is shown what and asked first. */
export async function resumeRun(runId: string): Promise<"resumed" | "asked" | "failed"> {
  const answer = await called(studio.client.runs.resumePreflight({ runId }));
  if (!answer.ok) {
    tell("The run was not resumed", answer.failure);
    return "failed";
  }
  const preflight = answer.value;
  if (preflight.isSandbox || preflight.steps === 0) return await goOn(runId, preflight);
  runControlStore.setState({ consent: { runId, preflight } });
  return "asked";
}

async function goOn(
  runId: string,
  { handle, isSandbox }: Preflight,
): Promise<"resumed" | "asked" | "failed"> {
  runControlStore.setState({ starting: true });
  // A parked one is offered by a button of its own alone, never along with others.
  const resume = { runId, evenIfParked: true, ...(handle === undefined ? {} : { handle }) };
  const answer = await called(studio.client.runs.resume(resume));
  runControlStore.setState({ starting: false, consent: undefined });
  if (!answer.ok) {
    tell("The run was not resumed", answer.failure);
    return isVoid(answer.failure) && !isSandbox ? await resumeRun(runId) : "failed";
  }
  const { graphId, runs } = historyStore.getState();
  if (runs.some((run) => run.runId === runId)) runStore.getState().show(runId);
  await refreshHistory(graphId);
  return "resumed";
}

export function withholdConsent(): void {
  runControlStore.setState({ consent: undefined });
}

/** What the person saw is not what would start. */
function isVoid(failure: CallFailure): boolean {
  return failure.kind === "refused" && failure.code === "preflight-void";
}
