import { eventIterator, oc, type } from "@orpc/contract";
import { z } from "zod";
import type { Failure, RunEvent, RunOutcome, RunSignal } from "../engine/events.ts";
import type { RunSnapshot, StepStatus } from "../engine/run-state.ts";
import type { Take } from "../engine/takes.ts";
import type { MediaKind } from "../graph/ports.ts";
import type { Problem } from "../graph/problems.ts";
import { type Graph, graphSchema } from "../graph/schema.ts";
import type { Catalogue } from "../nodes/catalogue.ts";
import type { SocialAccount } from "../wondercat/types.ts";

/**
 * What a window or a script can ask of the studio, stated once. The Electron app serves it over a MessagePort, the
 * web host over a WebSocket. It imports no implementer.
 *
 * Bytes do not travel here but by plain HTTP requests under `StudioInfo.mediaBase` (see `MediaRoutes`).
 */

// ── Studio ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type StudioInfo = {
  readonly version: string;
  readonly host: "electron" | "web";
  /** "Ctrl" or "⌘" follows from it. */
  readonly platform: "mac" | "windows" | "linux";
  /** Prefix of the routes in `MediaRoutes`, without a trailing slash. */
  readonly mediaBase: string;
  /** Whether `files.*` can open native dialogs. */
  readonly nativeFiles: boolean;
};

/**
 * Plain HTTP under `mediaBase`, same on every host:
 * - `GET /media/:sha256` the bytes, with range requests; `?download=NAME` asks for a download.
 * - `GET /media/:sha256/poster` a JPEG at most 768 px on its longer side (image or video).
 * - `GET /media/:sha256/waveform` JSON `{ peaks: number[] }`, 0 to 1.
 * - `POST /import?name=NAME` takes the body's bytes into the library, answers an `UploadFile` as JSON, or
 *   `{ error: { code, message, remedy } }` with a 4xx.
 *
 * @public
 */
export type MediaRoutes = never;

/** Something changed that is not part of a run; ask again for what concerns you. */
export type StudioEvent =
  /** Something was posted, or something became of a post. */
  | { readonly type: "ledger" }
  | { readonly type: "connection"; readonly connection: Connection }
  | { readonly type: "catalogue" }
  | { readonly type: "runs" }
  /** Its order, pause or limit, or how far its runs are; the latter once a second at most. */
  | { readonly type: "queue" }
  /** Results came or went. */
  | { readonly type: "gallery" }
  | { readonly type: "documents" }
  | { readonly type: "preferences" };

// ── Connection ─────────────────────────────────────────────────────────────────────────────────────────────────

export const serverChoiceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sandbox") }),
  z.object({ kind: z.literal("live") }),
  z.object({ kind: z.literal("custom"), url: z.url() }),
]);
export type ServerChoice = z.infer<typeof serverChoiceSchema>;

export type Connection = {
  readonly server: ServerChoice;
  /** "Sandbox", "Live" or the host of a custom server. */
  readonly label: string;
  readonly origin: string;
  readonly isSandbox: boolean;
  readonly state: "connecting" | "ready" | "unreachable" | "refused";
  /** Why it is not ready, with what to do. */
  readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly account?: { readonly accountId: string; readonly email?: string; readonly plan?: string };
  readonly balance?: string;
  /** Never the key itself. */
  readonly key?: { readonly lastFour: string; readonly source: "environment" | "stored" | "sandbox" };
  /** Where a stored key lies, in words. */
  readonly keyStorage: string;
};

// ── Documents ──────────────────────────────────────────────────────────────────────────────────────────────────

export type OpenDocument = {
  readonly graph: Graph;
  /** Grows with each `keep`; an older revision never replaces a newer one. */
  readonly revision: number;
  /** Whether it differs from what was last saved. */
  readonly unsaved: boolean;
  readonly savedAt?: number;
  /** Set when it lives in a file: its name, never its path. */
  readonly fileName?: string;
};

export type DocumentSummary = {
  readonly id: string;
  readonly name: string;
  readonly changedAt: number;
  readonly savedAt?: number;
  readonly unsaved: boolean;
  readonly nodeCount: number;
  readonly fileName?: string;
};

export type Example = {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly nodeCount: number;
  readonly graph: Graph;
};

export type OpenResult =
  | { readonly ok: true; readonly document: OpenDocument; readonly notices: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly remedy: string };

// ── Runs ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** @public */
export const selectionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.enum(["to", "from", "only"]), nodeIds: z.array(z.string()).min(1) }),
]);
export type RunSelection = z.infer<typeof selectionSchema>;

/** What a run would do at one node, all its items together. */
export type NodeOutlook = {
  readonly nodeId: string;
  readonly title: string;
  readonly type: string;
  readonly steps: number;
  readonly estimateMicrodollars: number;
  /** Steps whose price is not known. */
  readonly unpricedSteps: number;
  /** Steps that take an earlier result, and about what that saves. Default: none. */
  readonly reusedSteps?: number;
  readonly savedMicrodollars?: number;
  /** How long one of its jobs takes by this machine's own history: half of them at most, nine of ten at most. */
  readonly time?: { readonly p50Ms: number; readonly p90Ms: number };
};

/** Along the longest chain of steps, by this machine's own history, as if the server took any number of jobs at once. */
export type TimeOutlook = {
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Jobs and renders of which this machine knows too little; their time is not in it. */
  readonly unknownSteps: number;
};

export type Preflight = {
  readonly problems: readonly Problem[];
  /** In the order of the plan. */
  readonly nodes: readonly NodeOutlook[];
  readonly time: TimeOutlook;
  readonly nodeIds: readonly string[];
  readonly steps: number;
  readonly jobs: {
    readonly uploads: number;
    readonly generate: number;
    readonly edits: number;
    readonly publishes: number;
  };
  readonly estimateMicrodollars: number;
  /** Steps whose price is not known; their cost is not in the estimate. */
  readonly unpricedSteps: number;
  /** Steps that take an earlier result, and about what that saves. They are among `steps` and cost nothing. */
  readonly reusedSteps: number;
  readonly savedMicrodollars: number;
  readonly posts: readonly {
    readonly nodeId: string;
    readonly platform: string;
    readonly accountName: string;
    readonly caption: string;
  }[];
  readonly isSandbox: boolean;
  readonly serverLabel: string;
  /** Consent to exactly this, to be given back to `runs.start`. Absent while problems stop the run. */
  readonly consent?: string;
};

export type RunSummary = {
  readonly runId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly serverLabel: string;
  readonly startedAt: number;
  readonly settledAt?: number;
  /** `queued`: waits in a living process, nothing made yet. `interrupted`: unfinished, and no living process holds it. */
  readonly status: "queued" | "running" | "interrupted" | RunOutcome;
  readonly steps: number;
  readonly done: number;
  readonly failed: number;
  /** Remote jobs that were accepted and had not ended, for an interrupted run. */
  readonly openJobs: readonly { readonly stepId: string; readonly kind: string; readonly id: string }[];
  /** Steps of an interrupted run whose create nobody can say arrived: in doubt, or without an answer at the end. */
  readonly doubts: readonly string[];
  /** Set on an interrupted run that ended Catwalk's process each time it was resumed: only a person's word resumes it. */
  readonly parked?: true;
  /** Set on a run that stopped because its journal could not be written: why, and what to do before it is resumed. */
  readonly stopped?: Refusal;
};

/** A run that goes on or waits its turn, as the list of the queue shows it. */
export type QueueEntry = RunSummary & {
  /** Which part of its graph it takes, by titles. */
  readonly selection: { readonly kind: RunSelection["kind"]; readonly titles: readonly string[] };
  /** About what it cost so far. */
  readonly spentMicrodollars: number;
};

/** The runs of this process that a person started here; the command line's own runs never wait. */
export type RunQueueState = {
  /** No create leaves and nothing waiting begins; looking at jobs, fetching and rendering go on. */
  readonly paused: boolean;
  /** Runs that may go on at once. */
  readonly limit: number;
  readonly running: readonly QueueEntry[];
  /** In the order in which they will begin. */
  readonly queued: readonly QueueEntry[];
};

/** What goes on at the server, or may, of a run that is discarded. */
export type RunLeftAtServer = Pick<RunSummary, "openJobs" | "doubts">;

// ── History ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Media of the library, as far as a thumbnail needs to know it. */
export type MediaGlance = { readonly sha256: string; readonly kind: MediaKind };

/** Media that steps made: how many, and the first few of them. */
type OutputsGlance = { readonly count: number; readonly shown: readonly MediaGlance[] };

export type PastRun = RunSummary & {
  /** About what it cost, by estimates; jobs that failed without a charge not counted. */
  readonly spentMicrodollars: number;
  readonly outputs: OutputsGlance;
  /** Steps that wait for a person. */
  readonly needsYou: number;
};

/** @public */
export const historyQuerySchema = z.object({
  /** Default: runs of every graph. */
  graphId: z.string().optional(),
  /** Words that all occur in the name of the graph, the server, the outcome, a prompt or a caption. */
  text: z.string().max(200).optional(),
  outcomes: z
    .array(z.enum(["queued", "running", "interrupted", "done", "failed", "cancelled", "needs-you"]))
    .optional(),
  /** Started at or after, in milliseconds since the epoch. */
  since: z.number().optional(),
  /** `next` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(30),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

export type HistoryPage = {
  /** Newest first. */
  readonly runs: readonly PastRun[];
  /** Set when there are more. */
  readonly next?: string;
};

/** What a node's steps came to in a run. */
export type NodeRecord = {
  readonly nodeId: string;
  readonly title: string;
  readonly type: string;
  readonly steps: number;
  /** How many of its steps stand how. */
  readonly statuses: { readonly [Kind in StepStatus["kind"]]?: number };
  /** Of those that succeeded: the ones that took an earlier result. */
  readonly cached: number;
  readonly spentMicrodollars: number;
  /** From the first start to the last end, in milliseconds. */
  readonly tookMs?: number;
  readonly outputs: OutputsGlance;
  /** The first text it made, cut short. */
  readonly text?: string;
  /** Of the first step that failed or is in doubt. */
  readonly failure?: Failure;
  readonly permalink?: string;
};

export type RunRecord = { readonly run: PastRun; readonly nodes: readonly NodeRecord[] };

/** What a person should know before a run is removed. Its steps and events go; all this stays, or goes on. */
export type RunRemoval = RunLeftAtServer & {
  readonly runId: string;
  /** Results that stay in the library, and about what they cost. */
  readonly outputs: number;
  readonly spentMicrodollars: number;
  /** Posts that stay in the ledger. */
  readonly posts: number;
};

// ── Gallery ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Facts of a piece of media that the library has. */
type MediaFacts = MediaGlance & {
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly durationMs?: number | undefined;
};

/** A piece of media that a node made. */
export type Result = MediaFacts & {
  readonly resultId: number;
  /** The run and step that made it last; the run may be gone. */
  readonly runId: string;
  readonly stepId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly nodeType: string;
  readonly title: string;
  /** The beginning of the words it was made from; empty without any. */
  readonly excerpt: string;
  readonly madeAt: number;
};

/** A piece of media that a person brought in. */
export type BroughtMedia = MediaFacts & { readonly addedAt: number };

/** @public */
export const galleryQuerySchema = z.object({
  /** What nodes made, or what a person brought in. */
  source: z.enum(["made", "brought"]).default("made"),
  /** Only what this graph made or took. Default: what was made in any graph. */
  graphId: z.string().optional(),
  /** Of what was brought in: only these hashes. */
  among: z.array(z.string()).max(20_000).optional(),
  kind: z.enum(["image", "video", "audio"]).optional(),
  /** Words that all occur in title, graph, model, operation, prompt or caption. */
  text: z.string().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(60),
});
export type GalleryQuery = z.infer<typeof galleryQuerySchema>;

/** Newest first; `next` is set when there are more. */
export type GalleryPage =
  | { readonly source: "made"; readonly results: readonly Result[]; readonly next?: string }
  | { readonly source: "brought"; readonly media: readonly BroughtMedia[]; readonly next?: string };

export type RecipeInput = {
  readonly portId: string;
  readonly text?: string;
  /** `title`: of the node that made it, where one did. */
  readonly media?: MediaGlance & { readonly title?: string };
};

export type MadeRecipe = {
  readonly kind: "made";
  readonly result: Result;
  /** Whether its run is still kept, so that the graph that made it can be opened. */
  readonly runIsThere: boolean;
  /** False when its run went before recipes were kept. */
  readonly isKnown: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly RecipeInput[];
  /** Whether making it anew may cost money. */
  readonly paid: boolean;
  /** About what it cost. */
  readonly estimateMicrodollars?: number;
  readonly tookMs?: number;
};

/** How a piece of media came to be. */
export type Recipe = MadeRecipe | { readonly kind: "brought"; readonly media: BroughtMedia };

/** What a person should know before media is deleted. */
export type MediaRemoval = {
  readonly brought: boolean;
  readonly paid: boolean;
  readonly estimateMicrodollars?: number;
  /** Graphs of the library that have it in a node. */
  readonly documents: number;
  /** Names of the graphs whose unfinished runs need it: until these are over it cannot be deleted. */
  readonly neededBy: readonly string[];
};

/** @public What the data folder holds. `renders` and `previews` can be made again here, free of charge. */
export const storageClasses = [
  "results",
  "uploads",
  "renders",
  "previews",
  "records",
  "saved",
  "sandbox",
  "other",
] as const;
export type StorageClass = (typeof storageClasses)[number];

export type StorageUsage = {
  readonly [Class in StorageClass]: { readonly bytes: number; readonly files: number };
};

/** @public How long runs are kept; what is absent sets no bound. */
export const retentionSchema = z.object({
  days: z.number().int().min(1).max(3650).optional(),
  /** At most so many runs; the oldest go first. */
  runs: z.number().int().min(1).max(1_000_000).optional(),
});
export type Retention = z.infer<typeof retentionSchema>;

export type CleanUpPreview = {
  readonly count: number;
  /** Oldest first; the first few hundred of them. */
  readonly runs: readonly PastRun[];
};

/** A subscription begins with a snapshot at seq N; then come the events after N. A slow window gets a new snapshot. */
export type RunMessage =
  | { readonly type: "snapshot"; readonly snapshot: RunSnapshot }
  | { readonly type: "events"; readonly events: readonly RunEvent[] }
  | { readonly type: "signals"; readonly signals: readonly RunSignal[] };

/** Of one of several approvals. A post that has changed since it was seen is void, and asked for again. */
export type ApprovalAnswer =
  | { readonly stepId: string; readonly ok: true }
  | ({ readonly stepId: string; readonly ok: false } & Refusal);

/** A node of a graph whose posts to an account go out without asking. Kept on this machine, never in a file. */
export type UnaskedRule = {
  readonly ruleId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly title: string;
  readonly platform: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly serverLabel: string;
  readonly at: number;
};

// ── Posts ──────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What a person needs to know of a post. `open`: nobody can say whether it went out, and until somebody does, no equal
 * one is sent. `accepted`: the server took it and has not said how it ended. `not-posted`: refused, never sent or failed.
 */
export const postStandings = [
  "sending",
  "accepted",
  "posted",
  "open",
  "said-sent",
  "said-not-sent",
  "not-posted",
] as const;
export type PostStanding = (typeof postStandings)[number];

/** One attempt to publish, as the ledger keeps it when its run is long gone. */
export type LedgerPost = {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly serverLabel: string;
  readonly platform: string;
  readonly accountId: string;
  readonly accountName?: string;
  readonly product: string;
  readonly caption: string;
  readonly mediaKind: "image" | "video" | "audio";
  /** Absent where only the server had its bytes. */
  readonly mediaSha256?: string;
  readonly standing: PostStanding;
  readonly approvedBy: "person" | "sandbox" | "flag" | "setting";
  readonly at: number;
  readonly settledAt?: number;
  readonly jobId?: string;
  /** https only. */
  readonly permalink?: string;
  /** Whether its run is still kept. */
  readonly hasRun: boolean;
};

const postFilter = z.object({
  /** In caption, account and the graph's name. */
  search: z.string().max(200).optional(),
  standing: z.enum(["posted", "accepted", "open", "settled", "not-posted"]).optional(),
  platform: z.string().optional(),
  accountId: z.string().optional(),
});
export type PostFilter = z.infer<typeof postFilter>;

export type PostPage = {
  readonly posts: readonly LedgerPost[];
  /** Of all pages. */
  readonly total: number;
  /** For the page after this one; absent at the end. */
  readonly cursor?: string;
};

export type PostAccount = {
  readonly platform: string;
  readonly accountId: string;
  readonly accountName?: string;
};

/** What was found on the server since a create was sent of which nobody heard the end. It settles nothing by itself. */
export type Evidence = {
  /** When the create was sent. */
  readonly since: number;
  readonly lookedAt: number;
  /** Newest first; what is known to be of other steps is left out. */
  readonly found: readonly EvidenceItem[];
  /**
   * The one post with this media on this account since then, where there is exactly one, and nothing else of ours could
   * have made it.
   */
  readonly match?: EvidenceItem;
  /** More was there than was looked at. */
  readonly cutOff?: true;
};

export type EvidenceItem = {
  readonly what: "post" | "image" | "video" | "audio" | "media";
  readonly at?: number;
  /** Of a post: whether it carries this very media. */
  readonly sameMedia?: boolean;
  readonly status?: string;
  readonly caption?: string;
  /** https only. */
  readonly permalink?: string;
};

/** At least this much, in bytes: 100 MB. @public */
export const LEAST_DISK_LIMIT_BYTES = 100_000_000;

/** How media and previews stand to the bound on their use of the disk, in bytes. */
export type DiskBoundState = {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Of it what can be made again free of charge: previews, and renders whose recipe can still be carried out. */
  readonly freeableBytes: number;
};

const runRef = z.object({ runId: z.string() });
const mediaRef = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const takeRef = z.object({ takeId: z.string() });
const stepRef = z.object({ runId: z.string(), stepId: z.string() });
const postRef = stepRef.extend({ attempt: z.int() });

/** A command was not carried out: why, and what to do. */
const refusal = z.object({ code: z.string(), message: z.string(), remedy: z.string() });
export type Refusal = z.infer<typeof refusal>;

const base = oc.errors({
  REFUSED: { status: 409, message: "Refused", data: refusal },
  INVALID_GRAPH: {
    status: 422,
    message: "The graph has problems",
    data: z.object({ problems: z.array(z.custom<Problem>()) }),
  },
});

const graphInput = z.object({
  graph: graphSchema,
  selection: selectionSchema.default({ kind: "all" }),
});

/** How a run may spend. Consent is bound to it. */
export const runLimitsSchema = z.object({
  /** Nothing is taken from earlier results. A publish is no result, and asks as ever. */
  fresh: z.boolean().default(false),
  /** Creates stop where their estimates would go above this. It bounds estimates: the server's prices may differ. */
  budgetMicrodollars: z.int().min(0).optional(),
  /** What a job without a known price counts as. With a budget and without this none is made. */
  assumedPriceMicrodollars: z.int().min(0).optional(),
});
export type RunLimits = z.infer<typeof runLimitsSchema>;

export const contract = {
  studio: {
    info: base.output(type<StudioInfo>()),
    watch: base.output(eventIterator(type<StudioEvent>())),
  },
  connection: {
    get: base.output(type<Connection>()),
    choose: base.input(z.object({ server: serverChoiceSchema })).output(type<Connection>()),
    /** Looks again: reachable, account, balance, catalogue. */
    refresh: base.output(type<Connection>()),
    /** Stores a key for the chosen server's origin. There is no way to read it back. */
    setKey: base.input(z.object({ key: z.string().trim().min(1).max(500) })).output(type<Connection>()),
    clearKey: base.output(type<Connection>()),
  },
  catalogue: {
    get: base.output(type<Catalogue>()),
    accounts: base.output(type<readonly SocialAccount[]>()),
  },
  documents: {
    /** What was open when the window, the app or the machine stopped; undefined on the first start. */
    restore: base.output(type<OpenDocument | undefined>()),
    /** Keeps the open document as it is now; called within a second of each edit. */
    keep: base
      .input(z.object({ graph: graphSchema, revision: z.number().int() }))
      .output(type<{ readonly unsaved: boolean }>()),
    /** Saves under its own id: into its file if it has one, else into the library. */
    save: base.input(z.object({ graph: graphSchema })).output(type<OpenDocument>()),
    list: base.output(type<readonly DocumentSummary[]>()),
    load: base.input(z.object({ id: z.string() })).output(type<OpenResult>()),
    remove: base.input(z.object({ id: z.string() })),
    /** Text of a picked, dropped or pasted file. Becomes the open document. */
    importText: base.input(z.object({ text: z.string(), name: z.string() })).output(type<OpenResult>()),
    /** Stable JSON to write into a file: no secret, no absolute path, no account the receiver lacks. */
    exportText: base
      .input(z.object({ graph: graphSchema }))
      .output(type<{ readonly text: string; readonly fileName: string }>()),
    examples: base.output(type<readonly Example[]>()),
    /** Opens a copy of an example, its media taken into the library. */
    openExample: base.input(z.object({ id: z.string() })).output(type<OpenResult>()),
  },
  /** Native dialogs; refused where `StudioInfo.nativeFiles` is false. Paths stay with the host. */
  files: {
    open: base.output(type<OpenResult | undefined>()),
    saveAs: base.input(z.object({ graph: graphSchema })).output(type<OpenDocument | undefined>()),
    export: base
      .input(z.object({ graph: graphSchema }))
      .output(type<{ readonly fileName: string } | undefined>()),
  },
  graphs: {
    /** Everything that can be found out before a run, files included. Creates and uploads nothing. */
    check: base.input(graphInput).output(type<readonly Problem[]>()),
    /** What a run would do, cost and post. Creates and uploads nothing. */
    preflight: base.input(graphInput.extend(runLimitsSchema.shape)).output(type<Preflight>()),
  },
  runs: {
    /**
     * `consent` is needed on any server but the sandbox. Begins at once where the queue has room, else waits there:
     * what was consented to is what begins, whatever is edited meanwhile.
     */
    start: base
      .input(graphInput.extend({ consent: z.string().optional(), ...runLimitsSchema.shape }))
      .output(type<{ readonly runId: string; readonly queued: boolean }>()),
    list: base
      .input(
        z.object({ graphId: z.string().optional(), limit: z.number().int().min(1).max(200).default(50) }),
      )
      .output(type<readonly RunSummary[]>()),
    watch: base.input(runRef).output(eventIterator(type<RunMessage>())),
    /** The event log, a page at a time, oldest first. */
    log: base
      .input(
        runRef.extend({
          afterSeq: z.number().int().default(0),
          limit: z.number().int().min(1).max(1000).default(200),
        }),
      )
      .output(type<readonly RunEvent[]>()),
    /** A queued run is taken out as if it had never been: nothing of it was made. */
    cancel: base.input(runRef),
    retry: base.input(stepRef),
    /** Every step that failed or was cancelled, with the finished results of the run. Posts that went out ask again. */
    retryFailed: base.input(runRef),
    checkAgain: base.input(stepRef),
    fetchPreviewAgain: base.input(stepRef),
    approve: base.input(stepRef.extend({ digest: z.string() })),
    /** Each is checked on its own: the answers come in the order of the posts. */
    approveMany: base
      .input(
        runRef.extend({
          posts: z
            .array(z.object({ stepId: z.string(), digest: z.string() }))
            .min(1)
            .max(10_000),
        }),
      )
      .output(type<readonly ApprovalAnswer[]>()),
    decline: base.input(stepRef),
    settleDoubt: base.input(stepRef.extend({ decision: z.enum(["resend", "skip"]) })),
    /** Looks on the server for what a step in doubt may have made. Creates nothing and settles nothing. */
    evidence: base.input(stepRef).output(type<Evidence>()),
    /** What resuming would still do, cost and post. Creates and uploads nothing. */
    resumePreflight: base.input(runRef).output(type<Preflight>()),
    /**
     * Goes on with an interrupted run, or opens one at rest for commands. `consent`, from `resumePreflight`, is needed
     * on any server but the sandbox for what may still be made. Refused while a living process holds it (`run-held`),
     * on another server or account (`run-other-server`), and after three crashes in a row (`run-parked`).
     */
    resume: base
      .input(runRef.extend({ consent: z.string().optional(), evenIfParked: z.boolean().default(false) }))
      .output(type<{ readonly runId: string }>()),
    /** Ends an interrupted run where it stands. Nothing is asked of the server. */
    discard: base.input(runRef).output(type<RunLeftAtServer>()),
    /** Removes the run, its steps and events. Results and the ledger stay: `history.removal` says which. */
    remove: base.input(runRef),
  },
  ledger: {
    /** Newest first. */
    list: base
      .input(
        postFilter.extend({
          cursor: z.string().max(1000).optional(),
          limit: z.int().min(1).max(200).default(50),
        }),
      )
      .output(type<PostPage>()),
    accounts: base.output(type<readonly PostAccount[]>()),
    /** What a person found out about a post of which nobody could say whether it went out. */
    settle: base.input(postRef.extend({ as: z.enum(["sent", "not-sent"]) })),
    /** All posts that the filter finds, as a file: no secret, no path. */
    exportText: base
      .input(postFilter.extend({ format: z.enum(["csv", "json"]) }))
      .output(type<{ readonly text: string; readonly fileName: string }>()),
  },
  /** Which posts go out without asking, on this machine. One that may repeat an earlier one asks even so. */
  unasked: {
    list: base.output(type<readonly UnaskedRule[]>()),
    /** For the node and the account of this step, which waits for an approval. */
    add: base.input(stepRef),
    remove: base.input(z.object({ ruleId: z.string() })),
  },
  takes: {
    /** What this node had as its result, newest first: made by it, or taken from an earlier run or another graph. */
    ofNode: base
      .input(
        z.object({
          graphId: z.string(),
          nodeId: z.string(),
          limit: z.number().int().min(1).max(500).default(100),
        }),
      )
      .output(type<readonly Take[]>()),
    get: base.input(takeRef).output(type<Take | undefined>()),
    /** Forgets a take. One that may have cost money is refused (`take-paid`, with about how much) unless `evenIfPaid`. */
    remove: base.input(takeRef.extend({ evenIfPaid: z.boolean().default(false) })),
  },
  storage: {
    /** What fills the data folder, by what it is. */
    usage: base.output(type<StorageUsage>()),
    /** Takes away posters and waveforms; they are drawn again when they are looked at. */
    clearPreviews: base.output(type<{ readonly freedBytes: number }>()),
    /**
     * Above the limit goes by itself what can be made again free of charge, least recently used first, and nothing
     * else ever: results of jobs and a person's files go by hand alone.
     */
    bound: base.output(type<DiskBoundState>()),
    setLimit: base
      .input(z.object({ limitBytes: z.int().min(LEAST_DISK_LIMIT_BYTES) }))
      .output(type<DiskBoundState>()),
    /** Takes away all that can be made again free of charge. */
    freeUp: base.output(type<{ readonly freedBytes: number; readonly files: number }>()),
  },
  gallery: {
    list: base.input(galleryQuerySchema).output(type<GalleryPage>()),
    /** By a result of the gallery, else the latest with these bytes. */
    recipe: base
      .input(z.object({ sha256: z.string(), resultId: z.number().int().optional() }))
      .output(type<Recipe | undefined>()),
    removal: base.input(mediaRef).output(type<MediaRemoval>()),
    /** Deletes the bytes, the results and the takes that are made of them. Refused while a run needs them (`media-in-use`). */
    remove: base.input(mediaRef),
  },
  history: {
    list: base.input(historyQuerySchema).output(type<HistoryPage>()),
    run: base.input(runRef).output(type<RunRecord>()),
    /** Opens a copy of the graph that made the run, under an id of its own. Becomes the open document. */
    openGraph: base.input(runRef).output(type<OpenResult>()),
    removal: base.input(runRef).output(type<RunRemoval>()),
    retention: base.output(type<Retention>()),
    setRetention: base.input(retentionSchema),
    /** What a clean-up under these bounds would remove now. Removes nothing. */
    cleanUpPreview: base.input(retentionSchema).output(type<CleanUpPreview>()),
    /** Removes those of these runs that are outside the bounds still. */
    cleanUp: base
      .input(z.object({ retention: retentionSchema, runIds: z.array(z.string()) }))
      .output(type<{ readonly removed: number }>()),
  },
  queue: {
    get: base.output(type<RunQueueState>()),
    /** Survives a restart, until `resume`. */
    pause: base.output(type<RunQueueState>()),
    resume: base.output(type<RunQueueState>()),
    /** `place` 0 begins next. */
    move: base.input(runRef.extend({ place: z.number().int().min(0) })).output(type<RunQueueState>()),
    setLimit: base.input(z.object({ limit: z.number().int().min(1).max(8) })).output(type<RunQueueState>()),
  },
  preferences: {
    /** Small settings of the window (theme, panel sizes), as JSON by name. */
    get: base.output(z.record(z.string(), z.unknown())),
    set: base.input(z.object({ name: z.string().max(100), value: z.unknown() })),
  },
};
