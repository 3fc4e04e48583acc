import { z } from "zod";
import { createStore, type StoreApi, useStore } from "zustand";
import type { StepState } from "../../src/engine/record.ts";
import { allDoubts } from "../../src/engine/record.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import { upload } from "../../src/nodes/upload/definition.ts";
import type { ApprovalAnswer, DoubtAnswer, Preflight, RunSelection } from "../../src/studio/contract.ts";
import type { Commands, Imported, RunLimits } from "../stores/commands.ts";
import { documentsStore } from "../stores/documents.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphStore, sameWork } from "../stores/graph.ts";
import { importUrl } from "../stores/media-urls.ts";
import { queueStore } from "../stores/queue.ts";
import { runStore } from "../stores/run.ts";
import { historyStore, refreshHistory } from "../stores/run-history.ts";
import { shellStore } from "../stores/shell.ts";
import { type Called, type CallFailure, called, studio, wordsOf } from "../stores/studio.ts";
import { toast } from "../ui/toasts.tsx";
import { count, list } from "../words/amounts.ts";
import { waitingPosts } from "./approval-choice.ts";
import { lookForOutdated } from "./outdated-posts.ts";

/** What stands between a press of Run and its events: the check, the consent, and what waits for a person. */
export type RunControlState = {
  /** From the press until the studio accepted or refused. */
  readonly starting: boolean;
  /** What a run of the whole graph would do now; `undefined` while it is not known. */
  readonly outlook: Preflight | undefined;
  readonly consent:
    | (RunRequest & { readonly preflight: Preflight })
    /** To what is left of an interrupted run. */
    | { readonly runId: string; readonly preflight: Preflight }
    | undefined;
  /** Which part of the graph the dry run on show is about. */
  readonly dryRun: RunSelection | undefined;
  readonly approval: StepId | undefined;
  readonly doubt: StepId | undefined;
  /** Whether all that is in doubt is on show; under a single `doubt` it waits. */
  readonly doubts: boolean;
};

type RunRequest = {
  readonly graph: Graph;
  /** What of the open document runs. */
  readonly change: (open: Graph) => Graph;
  readonly selection: RunSelection;
  readonly limits: RunLimits;
  /** Posts of the run on show that it makes anew: they are given up once it is under way. */
  readonly insteadOf?: readonly StepId[];
};

export const runControlStore: StoreApi<RunControlState> = createStore(() => ({
  starting: false,
  outlook: undefined,
  consent: undefined,
  dryRun: undefined,
  approval: undefined,
  doubt: undefined,
  doubts: false,
}));

export function useRunControl<T>(select: (state: RunControlState) => T): T {
  return useStore(runControlStore, select);
}

const everything: RunSelection = { kind: "all" };

async function run(
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
        `The studio does not have your latest edits, so it cannot tell whether a post is still what the graph makes. ${notKept?.message ?? ""}`.trim(),
      remedy: notKept?.remedy ?? "Wait until the window is connected again, then approve once more.",
    },
  });
  return false;
}

/** Whether it still waits: what was given up for it may have made room. */
async function isQueued(runId: string): Promise<boolean> {
  const queue = await called(studio.client.queue.get());
  return !queue.ok || queue.value.queued.some((entry) => entry.runId === runId);
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

function decline(stepIds: readonly StepId[]): Promise<boolean> {
  return onRun("Skip", async (runId) => {
    for (const stepId of stepIds) await studio.client.runs.decline({ runId, stepId });
  });
}

/** The node as it would be if every run made it anew, so many times; the open document stays as it is. */
function withNewTakes(graph: Graph, nodeId: string, variations: number): Graph {
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

function showProblems(problems: readonly Problem[]): void {
  graphStore.getState().setProblems(problems);
  shellStore.setState({ runPanel: "problems" });
  const first = problems.find(({ severity, nodeId }) => severity === "error" && nodeId !== undefined);
  if (first?.nodeId !== undefined) focusNode(first.nodeId);
}

function tell(title: string, failure: CallFailure): void {
  if (failure.kind === "invalid-graph") showProblems(failure.problems);
  else documentsStore.setState({ trouble: { title, ...wordsOf(failure) } });
}

/** A command about the run on show; `what` completes "… did not work". */
async function onRun(what: string, call: (runId: string) => Promise<unknown>): Promise<boolean> {
  const shown = runStore.getState().run;
  return shown === undefined ? false : await commandRun(shown, what, call);
}

async function commandRun(
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
  const othersWait = (queueStore.getState().queue?.queued.length ?? 0) > 0;
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

/** XMLHttpRequest, because fetch tells nothing of how much is sent. */
function importFile(
  file: File,
  onProgress?: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<Imported> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", importUrl(file.name));
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) onProgress?.(loaded / total);
    });
    request.addEventListener("load", () => resolve(readImported(request.response, file.name)));
    request.addEventListener("error", () => resolve({ ok: false, problem: lost(file.name) }));
    request.addEventListener("abort", () => resolve({ ok: false, problem: givenUp(file.name) }));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return resolve({ ok: false, problem: givenUp(file.name) });
    request.send(file);
  });
}

const importFailure = z.object({
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }),
});

function readImported(body: unknown, name: string): Imported {
  const taken = upload.params.safeParse({ file: body });
  if (taken.success && taken.data.file) return { ok: true, file: taken.data.file };
  const refused = importFailure.safeParse(body);
  return { ok: false, problem: refused.success ? refused.data.error : lost(name) };
}

const lost = (name: string) => ({
  code: "IMPORT_FAILED",
  message: `“${name}” did not reach the studio.`,
  remedy: "Check that Catwalk is still running, then drop the file again.",
});

const givenUp = (name: string) => ({
  code: "CANCELLED",
  message: `“${name}” was not taken in.`,
  remedy: "Drop the file again.",
});

/** The outlook is asked for this long after the last edit that could change it. */
const OUTLOOK_DELAY_MS = 700;

let outlookTimer: ReturnType<typeof setTimeout> | undefined;
let outlookTurn = 0;

/** Asks again soon what a run would do, e.g. after an edit or after another server was chosen. */
export function refreshOutlook(): void {
  clearTimeout(outlookTimer);
  outlookTimer = setTimeout(() => void askOutlook(), OUTLOOK_DELAY_MS);
}

async function askOutlook(): Promise<void> {
  const { graph } = graphStore.getState();
  const turn = ++outlookTurn;
  if (!graph || graph.nodes.length === 0) {
    runControlStore.setState({ outlook: undefined });
    return;
  }
  if (!studio.isUp()) return;
  const answer = await called(studio.client.graphs.forecast({ graph, selection: everything }));
  if (turn !== outlookTurn || !answer.ok) return;
  const { problems, steps } = answer.value;
  // Of a graph that cannot be planned no step is counted: that is not known, and neither none nor free.
  const isCounted = steps > 0 || !problems.some(({ severity }) => severity === "error");
  runControlStore.setState({ outlook: isCounted ? answer.value : undefined });
  graphStore.getState().setProblems(problems);
}

/** Keeps the outlook and the problems only the studio can find (files, accounts) true while a person edits. */
export function watchOutlook(): void {
  graphStore.subscribe((state, before) => {
    // What another document would do is no answer for this one, and no stale answer may come after it.
    if (state.graph?.id !== before.graph?.id || state.graph?.nodes.length === 0) {
      outlookTurn++;
      runControlStore.setState({ outlook: undefined });
    }
    if (state.graph !== before.graph && !sameWork(state.graph, before.graph)) refreshOutlook();
  });
  // What is settled, or comes to be in doubt, is said before the next run.
  runStore.subscribe(({ run: now }, { run: before }) => {
    if (now?.status !== before?.status) refreshOutlook();
  });
  studio.onUp((up) => up && refreshOutlook());
}

/** So long after the first post begins to wait it is told, with those that came meanwhile, in milliseconds. */
const TOLD_AFTER_MS = 800;

/** Says in passing that posts wait. No dialog opens by itself: whoever types here would be typing into it. */
export function watchApprovals(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  runStore.subscribe(({ run: now }, { run: before }) => {
    if (now === before) return;
    const { approval } = runControlStore.getState();
    // The dialog shows all that wait, so it stays while there are others.
    if (approval && now?.steps.get(approval)?.status.kind !== "waiting-for-approval")
      runControlStore.setState({ approval: waitingPosts(now)[0]?.stepId });
    // What waited already when it was put on show is told by the top bar alone.
    if (now?.runId !== before?.runId) clearTimeout(timer);
    else if (now && before && waitingPosts(before).length === 0 && waitingPosts(now).length > 0) {
      clearTimeout(timer);
      timer = setTimeout(tellWaiting, TOLD_AFTER_MS);
    }
  });
}

function tellWaiting(): void {
  const waiting = waitingPosts(runStore.getState().run);
  if (waiting.length === 0 || runControlStore.getState().approval) return;
  toast({
    id: "waiting",
    // Others may begin to wait while it is read; the top bar counts.
    title: waiting.length === 1 ? "A post waits for you." : "Posts wait for you.",
    description: "Nothing is posted until you approve it.",
    action: { label: "Look", onPress: reviewPosts },
  });
}

/** Opens the posts of the run on show that wait, if there are any. */
export function reviewPosts(): void {
  const [first] = waitingPosts(runStore.getState().run);
  if (first) runControlStore.setState({ approval: first.stepId });
}

export function hasWaitingPosts(): boolean {
  return waitingPosts(runStore.getState().run).length > 0;
}

function doubtsOnShow(): readonly StepState[] {
  const { run } = runStore.getState();
  return run ? allDoubts(run) : [];
}

/** Opens what is in doubt in the run on show, if anything is: one alone, several as a list. */
export function reviewDoubts(): void {
  const [first, ...others] = doubtsOnShow();
  if (first && others.length === 0) runControlStore.setState({ doubt: first.stepId, doubts: false });
  else if (first) runControlStore.setState({ doubt: undefined, doubts: true });
}

export function hasDoubts(): boolean {
  return doubtsOnShow().length > 0;
}
