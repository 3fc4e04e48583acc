import { createHash } from "node:crypto";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createEditor } from "../editing/editor.ts";
import type { EditorProcess } from "../editing/process.ts";
import type { EngineLimits, PublishPolicy } from "../engine/deps.ts";
import type { RunEvent, RunOutcome, RunSignal } from "../engine/events.ts";
import { defaultLimits } from "../engine/limits.ts";
import type { Run } from "../engine/run.ts";
import type { DoubtPolicy } from "../engine/run-setup.ts";
import type { RunState } from "../engine/run-state.ts";
import type { Problem } from "../graph/problems.ts";
import type { Graph } from "../graph/schema.ts";
import { exportGraph } from "../graph/serialise.ts";
import { rowKeysOf } from "../graph/step-id.ts";
import type { Table } from "../graph/table.ts";
import { openLibrary } from "../library/library.ts";
import { LEDGER_LOST } from "../library/salvage.ts";
import { sandboxAccounts } from "../nodes/sandbox-accounts.ts";
import { createApprovals } from "./approvals.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { createConnections, type Server } from "./connection.ts";
import type {
  Connection,
  LedgerPost,
  PostFilter,
  Preflight,
  RunLeftAtServer,
  RunLimits,
  RunSelection,
  RunSummary,
  StudioEvent,
  StudioInfo,
} from "./contract.ts";
import { createDiskBound } from "./disk-bound.ts";
import { createStudioDocuments } from "./documents.ts";
import { createEarlierDoubts } from "./earlier-doubts.ts";
import { createEvidenceRoom } from "./evidence.ts";
import { finishedSaves } from "./finished-saves.ts";
import { createStudioGallery } from "./gallery.ts";
import { filesOf, withFiles } from "./graph-files.ts";
import { createStudioHistory, type StudioHistory } from "./history.ts";
import { createMediaRoutes } from "./media-routes.ts";
import { createStudioMedia } from "./media-store.ts";
import type { ChildProcess, GraphWithFolder, StudioOptions } from "./options.ts";
import { plainName } from "./plain-name.ts";
import { createStudioPosts } from "./posts.ts";
import { checkGraph, consentCovers, type Rehearsal, rehearse, rehearseResume } from "./preflight.ts";
import { type QuitNotice, quitNotice } from "./quit-notice.ts";
import { InvalidGraph, Refused } from "./refused.ts";
import { createRouter } from "./router.ts";
import { writeRunReport } from "./run-report.ts";
import { createStudioRuns, type RunOrder } from "./runs.ts";
import { createSaver, type FolderSaver } from "./saver.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { createStudioStorage } from "./storage.ts";
import { systemClock } from "./system-clock.ts";
import { readTableFile, type TableRead } from "./table-files.ts";
import { createStudioTakes, takeStore } from "./takes.ts";
import { createUploadFiles } from "./upload-files.ts";

type GraphRequest = GraphWithFolder & {
  /** Default: everything. */
  readonly selection?: RunSelection;
  /** Default: earlier results are reused, and nothing bounds the cost. */
  readonly limits?: RunLimits;
};

type RunRequest = GraphRequest & {
  /** From `Preflight.consent`; needed on any server but the sandbox. */
  readonly consent: string | undefined;
};

type HeadlessRunRequest = RunRequest &
  Headless & {
    /** On the sandbox publishing needs no word, so there it is `sandbox` whatever is said here. */
    readonly publish: Exclude<PublishPolicy, "ask">;
  };

type ResumeOutlook = {
  readonly runId: string;
  /** Default: `ask`. */
  readonly inDoubt?: DoubtPolicy;
  /** Whether a person is there to approve posts. Default: true. */
  readonly attended?: boolean;
};

type ResumeRequest = {
  readonly runId: string;
  /** From `resumePreflight`; needed on any server but the sandbox for what may still be made. */
  readonly consent: string | undefined;
};

type HeadlessResumeRequest = ResumeRequest &
  Headless & {
    readonly inDoubt: DoubtPolicy;
    /** The run as it was left, before anything is told of how it goes on. */
    onOpen?(state: RunState): void;
  };

type Headless = {
  /** Where results and `run.json` go. Default: `out/RUN_ID` in the working folder. */
  readonly outFolder?: string;
  onEvent?(event: RunEvent): void;
  onSignal?(signal: RunSignal): void;
  /** Cancels the run: creates in flight are awaited, and remote jobs go on. */
  readonly signal?: AbortSignal;
};

type HeadlessRun = {
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly state: RunState;
  readonly outFolder: string;
  /** Results that are not in the folder, because their bytes are no longer in the library. */
  readonly unsaved: readonly { readonly title: string; readonly message: string }[];
};

/**
 * The application without a screen: what every host serves. Commands reject with `Refused`, `InvalidGraph` or
 * `LibraryFailure`, each with a `message` and (but for `InvalidGraph`, which has `problems`) a `code` and `remedy`.
 */
export type Studio = {
  /** Serves `contract` over any oRPC adapter. Its context is a `StudioContext`; `{}` will do. */
  readonly router: ReturnType<typeof createRouter>;
  /** Answers `MediaRoutes`, whatever stands before `/media/` and `/import` in the path. */
  handleMedia(request: Request): Promise<Response>;
  /** Waits until the chosen server has answered, well or badly. */
  connect(): Promise<Connection>;
  /** Problems that can be found without a server, files included. */
  check(request: GraphRequest): Promise<readonly Problem[]>;
  /** @throws Refused when the server cannot be reached or refuses the key. */
  preflight(request: GraphRequest): Promise<Preflight>;
  /**
   * Begins when the queue has room. @throws InvalidGraph, Refused (`consent-needed` among them). Nothing has been
   * created then.
   */
  start(request: RunRequest): Promise<{ readonly runId: string; readonly queued: boolean }>;
  /** Runs to the end, whatever the queue, saves every result and `run.json` into a folder. @throws as `start`. */
  runGraph(request: HeadlessRunRequest): Promise<HeadlessRun>;
  /** What resuming would still do, cost and post. @throws Refused (`run-held`, `run-other-server` and others) */
  resumePreflight(request: ResumeOutlook): Promise<Preflight>;
  /**
   * Goes on with a run whose process has ended, for a person who is asked about doubts and posts. A run at rest is
   * opened for commands.
   *
   * @throws Refused (`consent-needed`, `run-parked` and those of `resumePreflight`). Nothing has been created then.
   */
  resume(request: ResumeRequest & { readonly evenIfParked?: boolean }): Promise<{ readonly runId: string }>;
  /**
   * Goes on to the end, as `runGraph`. Jobs past their deadline are looked at once more; posts keep to what the run was
   * started with. @throws as `resume`
   */
  resumeGraph(request: HeadlessResumeRequest): Promise<HeadlessRun>;
  /** Ends an interrupted run where it stands, and says what goes on at the server. @throws Refused */
  discard(request: { readonly runId: string }): Promise<RunLeftAtServer>;
  readonly history: StudioHistory;
  listRuns(query?: { readonly graphId?: string; readonly limit?: number }): readonly RunSummary[];
  /** Every attempt to publish that the filter finds, newest first. */
  listPosts(filter: PostFilter): readonly LedgerPost[];
  /** What a person found out about the last post of a step. @throws Refused */
  settlePost(post: {
    readonly runId: string;
    readonly stepId: string;
    readonly as: "sent" | "not-sent";
  }): void;
  /** Writes the graph and the files it uses into a folder that runs anywhere. @throws InvalidGraph */
  exportWithMedia(
    graph: GraphWithFolder,
    outFolder: string,
  ): Promise<{ readonly graphFile: string; readonly files: readonly string[] }>;
  /** Rows for a Table from a CSV or JSON file or a folder; the files they name go into the library. */
  readTable(path: string, before: Table): Promise<TableRead>;
  /** What quitting would interrupt; undefined when there is nothing. */
  quitting(): QuitNotice | undefined;
  /** Whether the record of posts has holes since the library was damaged: then `--publish` asks a person. */
  readonly isLedgerLost: boolean;
  /** Awaits creates in flight, leaves runs unfinished for a later start, ends child processes. */
  close(): Promise<void>;
};

/** @throws LibraryFailure when the data folder cannot be used. */
export async function createStudio(options: StudioOptions): Promise<Studio> {
  const { homeFolder } = options;
  keepHeapSmall();
  const clock = options.clock ?? systemClock;
  const random = Math.random;
  const library = openLibrary(homeFolder);
  const editor = createEditor({ spawn: () => editorProcess(options.spawn(options.entries.editor, [])) });
  const connections = createConnections(options, { library, clock, random });
  const media = createStudioMedia({ library, editor, clock });
  const uploads = createUploadFiles(library, media);
  const savedFolder = join(homeFolder, "saved");
  const runs = createStudioRuns({
    library,
    media,
    editor,
    clock,
    random,
    homeFolder,
    savedSaver: () => createSaver(savedFolder, library.files),
    limits: limitsWith(options.jobDeadlineMs),
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
    ...{ library, runs, documents, clock },
    onRemoved: () => tell({ type: "runs" }),
  });

  const gallery = createStudioGallery({
    library,
    stateOf: (runId) => runs.steps(runId).state,
    onRemoved: () => tell({ type: "gallery" }),
  });

  const disk = createDiskBound({ library, clock, onFreed: () => tell({ type: "gallery" }) });

  const knownTakes = {
    store: takeStore(library),
    has: (sha256: string) => library.files.has(sha256),
    sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
  };

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
  documents.onChange(() => tell({ type: "documents" }));
  runs.posts.onChange(() => tell({ type: "ledger" }));
  const posts = createStudioPosts({ library, isSending: runs.posts.isSending });
  const approvals = createApprovals({
    ...{ library, uploads, documents, runs },
    catalogue: () => connections.catalogue(),
  });
  const earlierDoubts = createEarlierDoubts(library);
  const evidence = createEvidenceRoom({ library, clock, server: () => connections.ready() });

  async function rehearsal({
    graph,
    folder,
    selection = { kind: "all" },
    limits = { fresh: false },
  }: GraphRequest): Promise<Rehearsal & { readonly graph: Graph; readonly server: Server }> {
    // Files first: what is wrong with them is told even when the server is not there.
    const resolved = await uploads.resolve(graph, folder);
    const server = await connections.ready();
    const rehearsed = await rehearse({
      ...{ resolved, selection, limits, server },
      remote: runs.remote(server),
      times: runs.times(server),
      takes: knownTakes,
      ledger: runs.posts.ledger,
    });
    const doubts = earlierDoubts(resolved.graph.id, server.scope);
    const preflight = {
      ...rehearsed.preflight,
      ...(doubts.length > 0 ? { earlierDoubts: doubts } : {}),
    };
    return { ...rehearsed, preflight, graph: resolved.graph, server };
  }

  async function order(request: RunRequest): Promise<Omit<RunOrder, "publishPolicy">> {
    const { plan, preflight, graph, server } = await rehearsal(request);
    if (!plan) throw new InvalidGraph(preflight.problems);
    if (!server.isSandbox && !consentCovers(request.consent, preflight.consent))
      throw new Refused(
        "consent-needed",
        `A run on ${server.label} makes paid jobs, and nobody has said yes to exactly this one.`,
        "Look at what it will do and cost, and start it from there.",
      );
    const { selection = { kind: "all" }, limits = { fresh: false } } = request;
    return { plan, graph, server, selection, limits };
  }

  async function start(request: RunRequest): Promise<{ readonly runId: string; readonly queued: boolean }> {
    const ordered = await order(request);
    return runs.enqueue({ ...ordered, publishPolicy: ordered.server.isSandbox ? "sandbox" : "ask" });
  }

  async function runGraph(request: HeadlessRunRequest): Promise<HeadlessRun> {
    const ordered = await order(request);
    if (request.signal?.aborted)
      throw new Refused("cancelled", "The run was cancelled before it began.", "Start it again.");
    const out = outFolderOf(request);
    const run = runs.start({
      ...ordered,
      publishPolicy: ordered.server.isSandbox ? "sandbox" : flagOrAsk(request.publish),
      ...out.company,
    });
    return await followToEnd(run, request, out);
  }

  /** A ledger with holes cannot say that something was never sent, so no flag stands in for a person. */
  function flagOrAsk(policy: HeadlessRunRequest["publish"]): PublishPolicy {
    return policy === "flag" && isLedgerLost() ? "ask" : policy;
  }

  function isLedgerLost(): boolean {
    return library.settings.get("studio", LEDGER_LOST) !== undefined;
  }

  function outFolderOf(request: Headless, { takeUp = false } = {}) {
    let folder = request.outFolder ?? "";
    let saver = createSaver(folder, library.files);
    return {
      place: () => ({ folder, saver }),
      company: {
        saver: (runId: string) => {
          folder ||= join(process.cwd(), "out", runId);
          saver = createSaver(folder, library.files, { takeUp });
          return saver;
        },
        onEvents: (events: readonly RunEvent[]) => {
          for (const event of events) request.onEvent?.(event);
        },
        ...(request.onSignal ? { onSignal: request.onSignal } : {}),
      },
    };
  }

  async function followToEnd(
    run: Run,
    request: Headless,
    out: { place(): { readonly folder: string; readonly saver: FolderSaver } },
  ): Promise<HeadlessRun> {
    const cancel = () => void run.cancel();
    request.signal?.addEventListener("abort", cancel, { once: true });
    if (request.signal?.aborted) cancel();
    let outcome: RunOutcome;
    try {
      outcome = await run.whenSettled();
    } finally {
      request.signal?.removeEventListener("abort", cancel);
    }
    const state = run.state();
    const { folder: outFolder, saver } = out.place();
    const unsaved: { title: string; message: string }[] = [];
    // What no Save node took is a result all the same.
    for (const step of state.steps.values()) {
      if (step.type === "upload") continue;
      for (const { value } of step.outputs) {
        const content =
          value.type === "media" ? value.sha256 : step.type === "generate" ? value.text : undefined;
        if (content === undefined || saver.saved.has(content)) continue;
        const title = [step.title, ...rowKeysOf(step.itemPath)].join(" ");
        try {
          await saver.save([value], title);
        } catch (error) {
          // One whose bytes were deleted keeps no other from its folder.
          if (!(error instanceof Refused)) throw error;
          unsaved.push({ title, message: error.message });
        }
      }
    }
    await mkdir(outFolder, { recursive: true });
    await writeRunReport(outFolder, { state, saved: saver.saved, hiddenFolders: [outFolder, homeFolder] });
    return { runId: run.runId, outcome, state, outFolder, unsaved };
  }

  async function resumePreflight(outlook: ResumeOutlook): Promise<Preflight> {
    const { runId, inDoubt = "ask", attended = true } = outlook;
    const server = await connections.ready();
    const resting = runs.resting(runId, server);
    return await rehearseResume({
      ...{ resting, inDoubt, attended, server },
      remote: runs.remote(server),
      times: runs.times(server),
      takes: knownTakes,
      ledger: runs.posts.ledger,
    });
  }

  async function checkResumeConsent(
    server: Server,
    consent: string | undefined,
    outlook: ResumeOutlook,
  ): Promise<void> {
    if (server.isSandbox) return;
    const preflight = await resumePreflight(outlook);
    if (preflight.steps > 0 && !consentCovers(consent, preflight.consent))
      throw new Refused(
        "consent-needed",
        `Going on with this run may make paid jobs on ${server.label}, and nobody has said yes to exactly these.`,
        "Look at what it will still do and cost, and resume it from there.",
      );
  }

  async function resume(
    request: ResumeRequest & { readonly evenIfParked?: boolean },
  ): Promise<{ readonly runId: string }> {
    const { runId, evenIfParked = false } = request;
    if (runs.isOpen(runId)) return { runId };
    const server = await connections.ready();
    await checkResumeConsent(server, request.consent, { runId });
    runs.resumeOrEnqueue({ runId, server, inDoubt: "ask", attended: true, evenIfParked });
    return { runId };
  }

  async function resumeGraph(request: HeadlessResumeRequest): Promise<HeadlessRun> {
    const { runId, inDoubt } = request;
    const server = await connections.ready();
    await checkResumeConsent(server, request.consent, { runId, inDoubt, attended: false });
    const out = outFolderOf(request, { takeUp: true });
    const { plan, state } = runs.resting(runId, server);
    if (state) request.onOpen?.(state);
    const run = runs.resume({
      ...{ runId, server, inDoubt },
      attended: false,
      evenIfParked: true,
      ...out.company,
    });
    for (const { stepId, status } of run.state().steps.values())
      if (status.kind === "overdue" || status.kind === "outcome-unknown") run.checkAgain(stepId);
    // So that the folder is whole, and nothing of it is saved once more under another name.
    for (const { items, name } of state ? finishedSaves(plan, state) : [])
      await out.place().saver.save(items, name);
    return await followToEnd(run, request, out);
  }

  async function exportWithMedia(
    { graph, folder }: GraphWithFolder,
    outFolder: string,
  ): Promise<{ readonly graphFile: string; readonly files: readonly string[] }> {
    const resolved = await uploads.resolve(graph, folder);
    const stopping = resolved.problems.filter((problem) => problem.severity === "error");
    if (stopping.length > 0) throw new InvalidGraph(stopping);
    await mkdir(join(outFolder, "media"), { recursive: true });
    const names = fileNames();
    for (const { sha256, name } of resolved.graph.nodes.flatMap(filesOf)) {
      const source = names.has(sha256) ? undefined : await library.files.pathOf(sha256);
      if (source !== undefined) await copyFile(source, join(outFolder, "media", names.nameFor(sha256, name)));
    }
    const nodes = resolved.graph.nodes.map((node) =>
      withFiles(node, (file) => {
        const name = names.get(file.sha256);
        return name === undefined ? file : { ...file, path: `media/${name}` };
      }),
    );
    const exported = exportGraph(
      { ...resolved.graph, nodes },
      { accountsToKeep: sandboxAccounts.map((account) => account.accountId) },
    );
    if (!exported.ok) throw new InvalidGraph(exported.problems);
    const graphFile = `${plainName(graph.name)}.json`;
    await writeFileAtomically(join(outFolder, graphFile), exported.text);
    return { graphFile, files: [...names.values()].map((name) => `media/${name}`) };
  }

  const info: StudioInfo = {
    version: options.version,
    host: options.host,
    platform: platform(),
    mediaBase: options.mediaBase ?? "",
    nativeFiles: options.fileDialogs !== undefined,
  };
  const check = async ({ graph, folder, selection = { kind: "all" } }: GraphRequest) =>
    checkGraph(await uploads.resolve(graph, folder), connections.catalogue(), selection);
  const preflight = async (request: GraphRequest) => (await rehearsal(request)).preflight;
  const router = createRouter({
    info,
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
    studio: { check, preflight, start, resumePreflight, resume },
    preferences: {
      all: () => library.settings.all("window"),
      set(name, value) {
        library.settings.set("window", name, value);
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
    library.close();
  }

  return {
    router,
    handleMedia: createMediaRoutes({ library, media, editor }),
    async connect() {
      await connections.ready().catch(() => undefined); // what is wrong is part of the connection
      return connections.current();
    },
    check,
    preflight,
    start,
    runGraph,
    resumePreflight,
    resume,
    resumeGraph,
    discard: ({ runId }) => runs.discard(runId),
    history,
    listRuns: ({ graphId, limit = 50 } = {}) => runs.list({ graphId, limit }),
    listPosts: (filter) => posts.all(filter),
    async settlePost({ runId, stepId, as }) {
      const attempts = library.ledger.ofRun(runId).filter((row) => row.stepId === stepId);
      const post = attempts.at(-1) ?? { runId, stepId, attempt: 1 };
      await runs.posts.settle(post, as, as === "sent" ? evidence.permalinkOf(post) : undefined);
    },
    exportWithMedia,
    readTable: (path, before) => readTableFile(uploads, path, before),
    quitting: () => quitNotice(runs.unfinished()),
    get isLedgerLost() {
      return isLedgerLost();
    },
    close: () => (closing ??= close()),
  };
}

function limitsWith(jobDeadlineMs: number | undefined): EngineLimits {
  if (jobDeadlineMs === undefined) return defaultLimits;
  const ms = jobDeadlineMs;
  return {
    ...defaultLimits,
    deadlinesMs: { image: ms, audio: ms, text: ms, video: ms, edit: ms, publish: ms },
  };
}

/** Names files of a folder by hash: the file's own name, or with a number where two different files have the same. */
function fileNames(): ReadonlyMap<string, string> & { nameFor(sha256: string, name: string): string } {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  return Object.assign(names, {
    nameFor(sha256: string, name: string): string {
      const plain = plainName(name);
      const dot = plain.lastIndexOf(".");
      const [stem, extension] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ""];
      let candidate = plain;
      for (let number = 2; taken.has(candidate.toLowerCase()); number++)
        candidate = `${stem} ${number}${extension}`;
      taken.add(candidate.toLowerCase());
      names.set(sha256, candidate);
      return candidate;
    },
  });
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
