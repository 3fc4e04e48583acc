import { ValidationError } from "@orpc/contract";
import { implement, ORPCError } from "@orpc/server";
import { z } from "zod";
import type { Run } from "../engine/index.ts";
import type { StepId } from "../graph/plan/plan.ts";
import { LibraryFailure } from "../library/index.ts";
import { WondercatError } from "../wondercat/failures.ts";
import { english } from "../words/english.ts";
import { contract, type RunLimits, type StudioEvent, type StudioInfo } from "./contract.ts";
import type { StudioDocuments } from "./documents/documents.ts";
import { InvalidGraph, Refused } from "./ground/refused.ts";
import type { DiskBound } from "./media/disk-bound.ts";
import type { StudioStorage } from "./media/storage.ts";
import type { Approvals } from "./posts/approvals.ts";
import type { EvidenceRoom } from "./posts/evidence.ts";
import type { StudioPosts } from "./posts/posts.ts";
import type { ResumeRequest, RunOrders, RunRequest } from "./preflight/run-orders.ts";
import type { StudioGallery } from "./results/gallery.ts";
import type { StudioTakes } from "./results/takes.ts";
import type { StudioHistory } from "./runs/history.ts";
import type { RunCommands } from "./runs/run-commands.ts";
import type { StudioRuns } from "./runs/runs.ts";
import type { Connections } from "./server/connection.ts";

/** What a host tells of the window behind a call. */
export type StudioContext = {
  /** Whether more is on the way to the window than it takes (`webSocket.bufferedAmount`); default never. */
  isCongested?(): boolean;
};

export function createRouter(deps: {
  readonly info: StudioInfo;
  /**
   * Whether an answer that the contract does not describe fails the call, for tests and development. Never where people
   * work: such a mistake of ours would hide the answer of a run that has started, and a person might start it again.
   */
  readonly checksAnswers: boolean;
  readonly connections: Connections;
  readonly documents: StudioDocuments;
  readonly runs: StudioRuns;
  readonly posts: StudioPosts;
  readonly approvals: Approvals;
  readonly evidence: EvidenceRoom;
  readonly takes: StudioTakes;
  readonly history: StudioHistory;
  readonly gallery: StudioGallery;
  readonly storage: StudioStorage;
  readonly disk: DiskBound;
  readonly preferences: {
    all(): Promise<Record<string, unknown>>;
    set(name: string, value: unknown): Promise<void>;
  };
  readonly orders: Pick<RunOrders, "check" | "preflight" | "forecast" | "resumePreflight">;
  start(request: RunRequest): Promise<{ readonly runId: string; readonly queued: boolean }>;
  resume(request: ResumeRequest & { readonly evenIfParked: boolean }): Promise<{ readonly runId: string }>;
  onChange(listener: (event: StudioEvent) => void): () => void;
}) {
  const { connections, documents, runs, takes, history, gallery, storage, disk, orders } = deps;
  /** Only what the contract declares crosses with its words; anything else would arrive as "Internal server error". */
  const os = implement(contract)
    .$config({ initialOutputValidationIndex: deps.checksAnswers ? 0 : Number.NaN })
    .$context<StudioContext>()
    .use(async ({ next, path }) => {
      try {
        return await next();
      } catch (error) {
        throw declared(error, path.join("."));
      }
    });
  const act = (runId: string, command: Parameters<RunCommands["command"]>[1]) =>
    runs.commands.command(runId, command);
  // Step ids come from events the window was sent; a wrong one is refused by the run.
  const step = (stepId: string) => stepId as StepId;
  const onStep =
    (command: (run: Run, stepId: StepId) => ReturnType<Run["retry"]>) =>
    ({ input }: { input: { runId: string; stepId: string } }) =>
      act(input.runId, (run) => command(run, step(input.stepId)));

  return os.router({
    studio: {
      info: os.studio.info.handler(() => deps.info),
      watch: os.studio.watch.handler(async function* ({ signal }) {
        yield* changes(deps.onChange, signal);
      }),
    },
    connection: {
      get: os.connection.get.handler(() => connections.current()),
      choose: os.connection.choose.handler(({ input }) => connections.choose(input.server)),
      refresh: os.connection.refresh.handler(() => connections.refresh()),
      setKey: os.connection.setKey.handler(({ input }) => connections.setKey(input.key)),
      clearKey: os.connection.clearKey.handler(() => connections.clearKey()),
    },
    catalogue: {
      get: os.catalogue.get.handler(() => connections.catalogue()),
      accounts: os.catalogue.accounts.handler(async () => (await connections.ready()).accounts),
    },
    documents: {
      restore: os.documents.restore.handler(({ input }) => documents.restore(input)),
      keep: os.documents.keep.handler(({ input }) => documents.keep(input.graph, input.base)),
      latest: os.documents.latest.handler(({ input }) => documents.latest(input.id, input.revision)),
      save: os.documents.save.handler(({ input }) => documents.save(input.id, input.revision, input.file)),
      list: os.documents.list.handler(() => documents.list()),
      load: os.documents.load.handler(({ input }) => documents.load(input.id)),
      remove: os.documents.remove.handler(({ input }) => documents.remove(input.id)),
      importText: os.documents.importText.handler(({ input }) =>
        documents.importText(input.text, input.name),
      ),
      exportText: os.documents.exportText.handler(({ input }) => documents.exportText(input.graph)),
      examples: os.documents.examples.handler(() => documents.examples()),
      openExample: os.documents.openExample.handler(({ input }) => documents.openExample(input.id)),
    },
    files: {
      open: os.files.open.handler(() => documents.openFile()),
      openOffered: os.files.openOffered.handler(() => documents.openOffered()),
      saveAs: os.files.saveAs.handler(({ input }) => documents.saveAs(input.graph)),
      export: os.files.export.handler(({ input }) => documents.exportFile(input.graph)),
    },
    graphs: {
      check: os.graphs.check.handler(async ({ input }) => orders.check(await withFolder(input))),
      preflight: os.graphs.preflight.handler(async ({ input }) => orders.preflight(await withLimits(input))),
      forecast: os.graphs.forecast.handler(async ({ input }) => orders.forecast(await withLimits(input))),
    },
    runs: {
      start: os.runs.start.handler(({ input }) => deps.start(input)),
      list: os.runs.list.handler(({ input }) => runs.reads.list(input)),
      watch: os.runs.watch.handler(async function* ({ input, signal, context }) {
        yield* runs.reads.watch(input.runId, {
          signal,
          ...(context.isCongested ? { isCongested: context.isCongested } : {}),
        });
      }),
      log: os.runs.log.handler(({ input }) => runs.reads.log(input)),
      cancel: os.runs.cancel.handler(({ input }) => runs.commands.cancel(input.runId)),
      retry: os.runs.retry.handler(onStep((run, stepId) => run.retry(stepId))),
      retryFailed: os.runs.retryFailed.handler(({ input }) => act(input.runId, (run) => run.retryFailed())),
      checkAgain: os.runs.checkAgain.handler(onStep((run, stepId) => run.checkAgain(stepId))),
      fetchPreviewAgain: os.runs.fetchPreviewAgain.handler(
        onStep((run, stepId) => run.fetchPreviewAgain(stepId)),
      ),
      outdated: os.runs.outdated.handler(({ input }) => deps.approvals.outdated(input)),
      approve: os.runs.approve.handler(({ input }) => deps.approvals.approve(input)),
      approveMany: os.runs.approveMany.handler(({ input }) => deps.approvals.approveMany(input)),
      decline: os.runs.decline.handler(onStep((run, stepId) => run.declineApproval(stepId))),
      settleDoubt: os.runs.settleDoubt.handler(({ input }) =>
        act(input.runId, (run) => run.settleDoubt(step(input.stepId), input.decision, input.attempt)),
      ),
      settleDoubts: os.runs.settleDoubts.handler(({ input: { runId, ...said } }) =>
        runs.commands.settleDoubts(runId, said),
      ),
      evidence: os.runs.evidence.handler(({ input, signal }) => deps.evidence.of(input, signal)),
      evidenceOfMany: os.runs.evidenceOfMany.handler(({ input, signal }) =>
        deps.evidence.ofMany(input, signal),
      ),
      resumePreflight: os.runs.resumePreflight.handler(({ input }) => orders.resumePreflight(input)),
      resume: os.runs.resume.handler(({ input: { runId, handle, evenIfParked } }) =>
        deps.resume({ runId, handle, evenIfParked }),
      ),
      discard: os.runs.discard.handler(({ input }) => runs.commands.discard(input.runId)),
      remove: os.runs.remove.handler(({ input }) => history.remove(input.runId)),
    },
    storage: {
      usage: os.storage.usage.handler(() => storage.usage()),
      clearPreviews: os.storage.clearPreviews.handler(() => storage.clearPreviews()),
      bound: os.storage.bound.handler(() => disk.state()),
      setLimit: os.storage.setLimit.handler(({ input }) => disk.setLimit(input.limitBytes)),
      freeUp: os.storage.freeUp.handler(() => disk.freeUp()),
    },
    gallery: {
      list: os.gallery.list.handler(({ input }) => gallery.list(input)),
      recipe: os.gallery.recipe.handler(({ input }) => gallery.recipe(input)),
      removal: os.gallery.removal.handler(({ input }) => gallery.removal(input.sha256)),
      remove: os.gallery.remove.handler(({ input }) => gallery.remove(input.sha256)),
    },
    history: {
      list: os.history.list.handler(({ input }) => history.list(input)),
      run: os.history.run.handler(({ input }) => history.run(input.runId)),
      openGraph: os.history.openGraph.handler(({ input }) => documents.openRun(input.runId)),
      removal: os.history.removal.handler(({ input }) => history.removal(input.runId)),
      retention: os.history.retention.handler(() => history.retention()),
      setRetention: os.history.setRetention.handler(({ input }) => history.setRetention(input)),
      cleanUpPreview: os.history.cleanUpPreview.handler(({ input }) => history.cleanUpPreview(input)),
      cleanUp: os.history.cleanUp.handler(async ({ input }) => ({
        removed: await history.cleanUp(input.retention, input.runIds),
      })),
    },
    ledger: {
      list: os.ledger.list.handler(({ input }) => deps.posts.list(input)),
      accounts: os.ledger.accounts.handler(() => deps.posts.accounts()),
      settle: os.ledger.settle.handler(({ input: { as, ...post } }) =>
        runs.posts.settle(post, as, as === "sent" ? deps.evidence.permalinkOf(post) : undefined),
      ),
      exportText: os.ledger.exportText.handler(({ input }) => deps.posts.exportText(input)),
    },
    unasked: {
      list: os.unasked.list.handler(() => runs.posts.unasked.list()),
      add: os.unasked.add.handler(({ input }) => runs.posts.unasked.add(input.runId, input.stepId)),
      remove: os.unasked.remove.handler(({ input }) => runs.posts.unasked.remove(input.ruleId)),
    },
    takes: {
      ofNode: os.takes.ofNode.handler(({ input }) => takes.ofNode(input)),
      get: os.takes.get.handler(({ input }) => takes.get(input.takeId)),
      remove: os.takes.remove.handler(({ input }) => takes.remove(input)),
    },
    queue: {
      get: os.queue.get.handler(() => runs.queue.state()),
      pause: os.queue.pause.handler(() => runs.queue.pause()),
      resume: os.queue.resume.handler(() => runs.queue.resume()),
      move: os.queue.move.handler(({ input }) => runs.queue.move(input.runId, input.place)),
      setLimit: os.queue.setLimit.handler(({ input }) => runs.queue.setLimit(input.limit)),
    },
    preferences: {
      get: os.preferences.get.handler(() => deps.preferences.all()),
      set: os.preferences.set.handler(({ input }) => deps.preferences.set(input.name, input.value)),
    },
  });

  async function withLimits<Input extends RunLimits & { readonly graph: { readonly id: string } }>(
    input: Input,
  ) {
    const { fresh, budgetMicrodollars, assumedPriceMicrodollars } = input;
    return {
      ...(await withFolder(input)),
      limits: {
        fresh,
        ...(budgetMicrodollars === undefined ? {} : { budgetMicrodollars }),
        ...(assumedPriceMicrodollars === undefined ? {} : { assumedPriceMicrodollars }),
      },
    };
  }

  async function withFolder<Input extends { readonly graph: { readonly id: string } }>(input: Input) {
    const folder = await documents.folderOf(input.graph.id);
    return { ...input, ...(folder === undefined ? {} : { folder }) };
  }
}

function declared(error: unknown, procedure: string): unknown {
  if (error instanceof ORPCError && error.status === 500 && error.cause instanceof ValidationError) {
    const { code, cause } = error;
    const message = `${procedure} answers what the contract does not describe: ${z.prettifyError(cause)}`;
    return new ORPCError(code, { message, cause });
  }
  if (error instanceof InvalidGraph)
    return new ORPCError("INVALID_GRAPH", {
      defined: true,
      status: 422,
      message: error.message,
      data: { problems: error.problems },
    });
  const refusal =
    error instanceof Refused || error instanceof LibraryFailure
      ? { code: error.code, message: error.said, remedy: error.remedy }
      : error instanceof WondercatError
        ? error.failure
        : undefined;
  if (!refusal) return error;
  const { code, message, remedy } = refusal;
  const data = { code, message, remedy };
  return new ORPCError("REFUSED", { defined: true, status: 409, message: english.say(message), data });
}

/** The latest of each type waits for the window; these carry no history. */
async function* changes(
  onChange: (listener: (event: StudioEvent) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<StudioEvent, void, void> {
  const waiting = new Map<StudioEvent["type"], StudioEvent>();
  let wake = Promise.withResolvers<void>();
  const off = onChange((event) => {
    waiting.set(event.type, event);
    wake.resolve();
  });
  const stop = () => wake.resolve();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    while (!signal?.aborted) {
      await wake.promise;
      wake = Promise.withResolvers();
      const events = [...waiting.values()];
      waiting.clear();
      for (const event of events) yield event;
    }
  } finally {
    off();
    signal?.removeEventListener("abort", stop);
  }
}
