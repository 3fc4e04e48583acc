import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { systemClock } from "../base/clock.ts";
import { createEditor } from "../editing/editor.ts";
import type { EditorProcess } from "../editing/process.ts";
import type { EngineLimits } from "../engine/index.ts";
import { defaultLimits } from "../engine/index.ts";
import type { Table } from "../graph/describe/table.ts";
import { openLibrary } from "../library/open.ts";
import type {
  Connection,
  LedgerPost,
  PostFilter,
  RunLeftAtServer,
  RunSummary,
  StudioEvent,
  StudioInfo,
} from "./contract.ts";
import { createStudioDocuments } from "./documents/documents.ts";
import { exportWithMedia } from "./documents/export-with-media.ts";
import type { ChildProcess, GraphWithFolder, StudioOptions } from "./ground/options.ts";
import { createHeadlessRuns, type HeadlessRuns } from "./headless/headless-runs.ts";
import { createDiskBound } from "./media/disk-bound.ts";
import { createMediaRoutes } from "./media/media-routes.ts";
import { createStudioMedia } from "./media/media-store.ts";
import { createSaver } from "./media/saver.ts";
import { createStudioStorage } from "./media/storage.ts";
import { readTableFile, type TableRead } from "./media/table-files.ts";
import { createUploadFiles } from "./media/upload-files.ts";
import { createApprovals } from "./posts/approvals.ts";
import { createEvidenceRoom } from "./posts/evidence.ts";
import { createStudioPosts } from "./posts/posts.ts";
import {
  createRunOrders,
  type ResumeRequest,
  type RunOrders,
  type RunRequest,
} from "./preflight/run-orders.ts";
import { createStudioGallery } from "./results/gallery.ts";
import { createStudioTakes } from "./results/takes.ts";
import { createRouter } from "./router.ts";
import { createStudioHistory, type StudioHistory } from "./runs/history.ts";
import { type QuitNotice, quitNotice } from "./runs/quit-notice.ts";
import { createStudioRuns } from "./runs/runs.ts";
import { createConnections } from "./server/connection.ts";
import { createServerShares } from "./server/server-shares.ts";

/**
 * The application without a screen: what every host serves. Commands reject with `Refused`, `InvalidGraph` or
 * `LibraryFailure`, each with a `message` and (but for `InvalidGraph`, which has `problems`) a `code` and `remedy`.
 */
export type Studio = Pick<RunOrders, "check" | "preflight" | "resumePreflight"> &
  HeadlessRuns & {
    /** Serves `contract` over any oRPC adapter. Its context is a `StudioContext`; `{}` will do. */
    readonly router: ReturnType<typeof createRouter>;
    /** Answers `MediaRoutes`, whatever stands before `/media/` and `/import` in the path. */
    handleMedia(request: Request): Promise<Response>;
    /** Waits until the chosen server has answered, well or badly. */
    connect(): Promise<Connection>;
    /**
     * Begins when the queue has room. @throws InvalidGraph, Refused (`preflight-void` among them). Nothing has been
     * created then.
     */
    start(request: RunRequest): Promise<{ readonly runId: string; readonly queued: boolean }>;
    /**
     * Goes on with a run whose process has ended, for a person who is asked about doubts and posts. A run at rest is
     * opened for commands.
     *
     * @throws Refused (`consent-needed`, `preflight-void`, `run-parked` and those of `resumePreflight`). Nothing has been created then.
     */
    resume(request: ResumeRequest & { readonly evenIfParked?: boolean }): Promise<{ readonly runId: string }>;
    /** Ends an interrupted run where it stands, and says what goes on at the server. @throws Refused */
    discard(request: { readonly runId: string }): Promise<RunLeftAtServer>;
    readonly history: StudioHistory;
    listRuns(query?: { readonly graphId?: string; readonly limit?: number }): Promise<readonly RunSummary[]>;
    /** Every attempt to publish that the filter finds, newest first. */
    listPosts(filter: PostFilter): Promise<readonly LedgerPost[]>;
    /** What a person found out about the last post of a step. @throws Refused */
    settlePost(post: {
      readonly runId: string;
      readonly stepId: string;
      readonly as: "sent" | "not-sent";
    }): Promise<void>;
    /** Writes the graph and the files it uses into a folder that runs anywhere. @throws InvalidGraph */
    exportWithMedia(
      graph: GraphWithFolder,
      outFolder: string,
    ): Promise<{ readonly graphFile: string; readonly files: readonly string[] }>;
    /** Rows for a Table from a CSV or JSON file or a folder; the files they name go into the library. */
    readTable(path: string, before: Table): Promise<TableRead>;
    /** Graph files that a person opened by the operating system; the window opens them as soon as it is there. */
    offerFiles(paths: readonly string[]): void;
    /** What quitting would interrupt; undefined when there is nothing. */
    quitting(): QuitNotice | undefined;
    /** Whether the record of posts has holes since the library was damaged: then `--publish` asks a person. */
    hasLedgerHoles(): Promise<boolean>;
    /** Awaits creates in flight, leaves runs unfinished for a later start, ends child processes. */
    close(): Promise<void>;
  };

/** @throws LibraryFailure when the data folder cannot be used. */
export async function createStudio(options: StudioOptions): Promise<Studio> {
  const { homeFolder } = options;
  keepHeapSmall();
  const clock = options.clock ?? systemClock;
  const random = Math.random;
  const library = await (options.openLibrary ?? openLibrary)(homeFolder);
  const editor = createEditor({ spawn: () => editorProcess(options.spawn(options.entries.editor, [])) });
  const connections = await createConnections(options, { library, clock, random });
  const media = createStudioMedia({ library, editor, clock });
  const uploads = createUploadFiles(library, media);
  const savedFolder = join(homeFolder, "saved");
  const limits = limitsWith(options.jobDeadlineMs);
  const servers = createServerShares({ library, clock, random, limits });
  const runs = await createStudioRuns({
    library,
    media,
    editor,
    clock,
    random,
    homeFolder,
    savedSaver: () => createSaver(savedFolder, library.files, { isPrivate: true }),
    ...{ servers, limits },
  });
  const documents = createStudioDocuments({
    library,
    uploads,
    clock,
    examplesFolder: options.examplesFolder,
    firstExample: options.firstExample,
    dialogs: options.fileDialogs,
  });

  const history = createStudioHistory({
    ...{ library, clock },
    ...{ reads: runs.reads, commands: runs.commands },
    onRemoved: () => tell({ type: "runs" }),
  });

  const gallery = createStudioGallery({
    library,
    stateOf: async (runId) => (await runs.reads.steps(runId)).state,
    onRemoved: () => tell({ type: "gallery" }),
  });

  const disk = createDiskBound({ library, clock, onFreed: () => tell({ type: "gallery" }) });

  const listeners = new Set<(event: StudioEvent) => void>();
  const tell = (event: StudioEvent) => {
    for (const listener of listeners) listener(event);
  };
  connections.onChange((what) =>
    tell(what === "connection" ? { type: what, connection: connections.current() } : { type: what }),
  );
  runs.onChange(() => {
    tell({ type: "runs" });
    disk.lookSoon();
    void connections.refreshBalance();
  });
  runs.queue.onChange(() => tell({ type: "queue" }));
  documents.onChange(tell);
  runs.posts.onChange(() => tell({ type: "ledger" }));
  const posts = createStudioPosts({ library, isSending: runs.posts.isSending });
  const approvals = createApprovals({
    ...{ library, uploads, documents },
    ...{ reads: runs.reads, commands: runs.commands },
    catalogue: () => connections.catalogue(),
  });
  const evidence = createEvidenceRoom({ library, clock, server: () => connections.ready() });

  const orders = createRunOrders({
    ...{ library, uploads, connections, servers, clock },
    ...{ resting: runs.resting, ledger: runs.posts.ledger },
  });
  const headless = createHeadlessRuns({ library, runs, orders, homeFolder });
  const { check, preflight, resumePreflight } = orders;

  const start: Studio["start"] = async (request) => runs.starts.enqueue(await orders.toStart(request, "ask"));

  const resume: Studio["resume"] = async ({ runId, handle, evenIfParked = false }) => {
    if (runs.starts.isOpen(runId)) return { runId };
    const order = await orders.toResume({ runId, handle, inDoubt: "ask", attended: true });
    await runs.starts.resumeOrEnqueue({ ...order, evenIfParked });
    return { runId };
  };

  const info: StudioInfo = {
    version: options.version,
    host: options.host,
    platform: platform(),
    mediaBase: options.mediaBase ?? ".",
    nativeFiles: options.fileDialogs !== undefined,
  };
  const router = createRouter({
    info,
    checksAnswers: options.environment["CATWALK_CHECK_ANSWERS"] !== undefined,
    connections,
    documents,
    runs,
    posts,
    approvals,
    evidence,
    takes: createStudioTakes(library),
    history,
    gallery,
    storage: createStudioStorage(library),
    disk,
    ...{ orders, start, resume },
    preferences: {
      all: () => library.settings.all("window"),
      async set(name, value) {
        await library.settings.set("window", name, value);
        tell({ type: "preferences" });
      },
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    await history.close();
    await runs.stop();
    await disk.close();
    await connections.close();
    await editor.close();
    await library.close();
  }

  return {
    router,
    handleMedia: createMediaRoutes({ library, media, editor }),
    async connect() {
      await connections.ready().catch(() => undefined); // what is wrong is part of the connection
      return connections.current();
    },
    ...{ check, preflight, resumePreflight, start, resume },
    ...headless,
    discard: ({ runId }) => runs.commands.discard(runId),
    history,
    listRuns: ({ graphId, limit = 50 } = {}) => runs.reads.list({ graphId, limit }),
    listPosts: (filter) => posts.all(filter),
    async settlePost({ runId, stepId, as }) {
      const attempts = (await library.ledger.ofRun(runId)).filter((row) => row.stepId === stepId);
      const post = attempts.at(-1) ?? { runId, stepId, attempt: 1 };
      await runs.posts.settle(post, as, as === "sent" ? evidence.permalinkOf(post) : undefined);
    },
    exportWithMedia: (graph, outFolder) => exportWithMedia(graph, outFolder, { library, uploads }),
    readTable: (path, before) => readTableFile(uploads, path, before),
    offerFiles: documents.offerFiles,
    quitting: () => quitNotice(runs.reads.unfinished()),
    hasLedgerHoles: () => library.ledger.hasHoles(),
    close: () => (closing ??= close()),
  };
}

function limitsWith(jobDeadlineMs: number | undefined): EngineLimits {
  return { ...defaultLimits, ...(jobDeadlineMs === undefined ? {} : { deadlineMs: jobDeadlineMs }) };
}

/** A host's child process as the editor wants it. */
function editorProcess(child: ChildProcess): EditorProcess {
  return {
    postMessage: (message) => child.postMessage(message),
    onMessage: (listener) => child.onMessage(listener),
    onExit: (listener) => child.onExit((code) => listener({ code, signal: null })),
    onStderr: (listener) => child.onStderr(listener),
    kill: () => child.kill(),
  };
}

function platform(): StudioInfo["platform"] {
  if (process.platform === "darwin") return "mac";
  return process.platform === "win32" ? "windows" : "linux";
}

/**
 * Keeps the young part of this process's heap at the size it starts with, and the old part from growing by more than a
 * share of what lives. A batch makes much that lives for a second or two; in a young part that has grown to 128 MB most
 * of it is taken for old, and V8 would let the old part grow threefold, by hundreds of megabytes, before it looks
 * through it.
 */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=70");
}
