import type { Clock } from "../../base/clock.ts";
import type { MediaKind } from "../../base/media-kind.ts";
import type { MediaValue, StepValue } from "../../nodes/definition/work.ts";
import type { CreateOutcome, CreateRequest, JobRef, JobView, RemoteMedia } from "../../wondercat/types.ts";
import type { Said } from "../../words/message.ts";
import type { Approver, RunEvent, RunSignal, Scope, Timestamp, UnsettledPost } from "../record/events.ts";
import type { JobOut, Take, TakeChange } from "../record/takes.ts";

/** Effects come in as parameters: this is all the engine knows of the world. */

/** Media whose bytes are in the library. */
export type StoredMedia = MediaValue & { readonly sha256: string };

/** One server in one scope. `src/wondercat` has it. */
export type RemoteServer = {
  readonly scope: Scope;
  readonly label: string;
  readonly isSandbox: boolean;
  /**
   * `signal` only prevents a create that has not been started; it never aborts one in flight.
   *
   * `mayLeave` is asked once, when the connection stands and before the first byte: if it says no, or fails, nothing
   * is sent.
   */
  create(
    request: CreateRequest,
    options: { signal: AbortSignal; mayLeave(): Promise<boolean> },
  ): Promise<CreateOutcome>;
  /** One look; reads are retried inside. Rejects with an error that carries `failure: RemoteFailure`. */
  look(job: JobRef, options: { signal: AbortSignal }): Promise<JobView>;
  /**
   * Sends bytes of the library to the server, or answers from memory of an earlier upload in this scope.
   * With `again` the memory is wrong (the server no longer has that media): the bytes are sent anew.
   */
  upload(
    media: StoredMedia,
    options: {
      signal: AbortSignal;
      again?: true;
      onProgress(sentBytes: number, totalBytes: number): void;
    },
  ): Promise<{ readonly mediaId: string; readonly remembered: boolean }>;
  /** About what a create costs; undefined where it is not known. */
  estimate(request: CreateRequest): Promise<number | undefined>;
  accountName(platform: string, accountId: string): string | undefined;
};

/** Takes of all runs on this machine, and the numbers that are handed out for new ones. */
export type TakeStore = {
  get(takeId: string): Promise<Take | undefined>;
  /** Numbers handed out under a key above this one, oldest first. */
  numbers(key: string, above: number): Promise<readonly TakeNumber[]>;
  stateOf(key: string, number: number): Promise<TakeState>;
  /** The take that this node had last for this item; of these keys, where they are given. */
  lastUsed(step: TakeUser, keys?: readonly string[]): Promise<string | undefined>;
  /** Nodes that had it as their result. */
  usersOf(takeId: string): Promise<readonly TakeUser[]>;
  /**
   * Hands out a number under the key that was never handed out before. Nothing, when there is one above `seen` that is
   * not over, which could do instead; of those of its own run that holds only with `shares`, and never for a doubt.
   */
  reserve(order: {
    readonly key: string;
    readonly runId: string;
    readonly stepId: string;
    readonly at: Timestamp;
    readonly seen: ReadonlyMap<string, number>;
    readonly shares: boolean;
  }): Promise<number | undefined>;
  /** This process goes on with a number that a dead one had reserved. */
  resume(key: string, number: number): Promise<void>;
  /**
   * This process looks at the job of this number from now on, and others wait for what it makes. Nothing, when the job
   * is not out any more. Of several who ask at once one gets it.
   */
  adopt(key: string, number: number): Promise<JobOut | undefined>;
};

type TakeUser = { readonly nodeId: string; readonly itemPath: readonly string[] };

/**
 * `open`: a living process may still bring the take. `out`: the server has its job, and no process looks at it. `doubt`: its
 * create may have arrived, and no process waits for the answer. `over`: nothing comes of it.
 */
export type TakeState = "open" | "made" | "out" | "doubt" | "over";

type TakeNumber = {
  readonly number: number;
  readonly runId: string;
  /** Of the step it was handed out to, in that run. */
  readonly stepId: string;
  readonly state: TakeState;
};

export type MediaStore = {
  /**
   * Fetches a finished output into the library: streamed, size-limited, hashed, and only if it is whole media of a
   * promised kind. One try; rejects with an error that carries `failure: RemoteFailure`, or with the library's.
   */
  fetch(
    remote: RemoteMedia,
    options: {
      scope: Scope;
      /** Not empty. What the server or the step's port says it is; the bytes decide which. */
      promised: readonly MediaKind[];
      signal: AbortSignal;
      onProgress(received: number, total?: number): void;
    },
  ): Promise<StoredMedia>;
  /** Takes a local file (a render) into the library, remembering what it was made from. */
  adopt(path: string, options: { madeFrom: readonly string[] }): Promise<StoredMedia>;
  /** Of media that this server knows by the id: the hash of its bytes, once they were here. */
  sha256Of(scope: Scope, mediaId: string): Promise<string | undefined>;
  /** Where the bytes lie, or undefined when they are gone. */
  pathOf(sha256: string): Promise<string | undefined>;
  /** Whether a file of these bytes is there, without looking into it. */
  has(sha256: string): Promise<boolean>;
};

/** A file that a render made. */
export type RenderedMedia = {
  readonly path: string;
  /** Which of the edit's results it is, where there are several. */
  readonly key?: string;
};

export type LocalEditor = {
  render(
    request: {
      readonly operation: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly inputs: readonly { readonly slot: string; readonly path: string; readonly kind: MediaKind }[];
      readonly text?: string;
    },
    options: { signal: AbortSignal; onProgress(fraction: number, detail?: Said): void },
  ): Promise<readonly RenderedMedia[]>;
};

/**
 * Two classes of durability: `now` returns after the commit with synchronous=FULL, `soon` within 50 ms.
 * The engine does not wait for one append before the next: they are committed in the order of the calls, a `now`
 * takes along what was handed in before it, and after a rejected one the later ones of that run are rejected too.
 */
export type Journal = {
  append(events: readonly RunEvent[], durability: "now" | "soon", extras?: JournalExtras): Promise<void>;
};

/** What is written in the same transaction. */
export type JournalExtras = { readonly ledger?: LedgerEntry; readonly takes?: readonly TakeChange[] };

/** A row of the publish ledger, by run, step and attempt; written in the transaction of the events it comes with. */
export type LedgerEntry = {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly scope: Scope;
  readonly platform: string;
  readonly accountId: string;
  /** What it is posted as there, such as `REELS`. @see productOf in src/nodes/publish/platforms */
  readonly product: string;
  readonly mediaSha256: string;
  readonly caption: string;
  readonly paramsJson: string;
  readonly digest: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly nodeId: string;
  readonly serverLabel: string;
  readonly accountName?: string;
  readonly mediaKind: MediaKind;
  /** Whose yes it was sent with. */
  readonly approvedBy: Approver;
  readonly permalink?: string;
  readonly state:
    | "intended"
    | "sent"
    | "refused"
    | "not-sent"
    | "in-doubt"
    | "succeeded"
    | "failed"
    | "unknown";
  readonly jobId?: string;
  /** When this attempt was sent; stays the same while its state goes on. */
  readonly at: Timestamp;
  /** What a person found out about a post in doubt or of unknown outcome. Its state stays as the server left it. */
  readonly settled?: PostSettlement;
};

/** What the ledger is told of a post with its intent; state and time come with the row. */
export type SentPost = Omit<LedgerEntry, "state" | "at">;

export type PostSettlement = {
  readonly as: "sent" | "not-sent";
  readonly by: "person";
  readonly at: Timestamp;
};

/** What the ledger takes for the same post, whatever its caption and params. */
export type PostKey = Pick<LedgerEntry, "scope" | "accountId" | "product" | "mediaSha256">;

export type PostHistory = {
  /** When the same post last went out or may have: refused, unsent and failed ones and those settled as not sent left out. */
  readonly lastSentAt?: Timestamp;
  /** The newest one that may or may not have gone out. While there is one, no other is sent. */
  readonly unsettled?: UnsettledPost;
};

export type Ledger = {
  history(key: PostKey): Promise<PostHistory>;
  /**
   * Locks the post: until the returned function is called, no other step on this data folder sends the same one, in any
   * process. Rejects when the signal comes first.
   */
  lock(key: PostKey, signal: AbortSignal): Promise<() => void>;
};

/** Puts results where the person wants files: the run's `--out` folder, or the library's saved folder. */
export type Saver = {
  save(items: readonly StepValue[], name: string): Promise<readonly string[]>;
};

/** Which generation of the API the server speaks, learned from capabilities or the first 410. */
export type EditingMode = {
  current(): "remote" | "local" | "unknown";
  learned(mode: "remote" | "local"): void;
};

/**
 * What happens when a publish step is ready.
 * `ask`: waits for a person. `sandbox`: approved by itself, because nothing leaves the machine.
 * `flag`: approved by an explicit flag on the command line. `skip`: ends as skipped.
 */
export type PublishPolicy = "ask" | "sandbox" | "flag" | "skip";

/** The queue's pause: while it lasts no create is sent. */
export type QueuePause = {
  readonly isPaused: boolean;
  /** What a step says it waits for meanwhile. */
  readonly waitingFor: Said;
  /** Resolves at once where there is no pause. */
  whenResumed(): Promise<void>;
};

export type EngineLimits = {
  /** Creates in flight at once per server. Default 8. */
  readonly createsInFlight: number;
  readonly uploadsInFlight: number;
  readonly rendersInFlight: number;
  readonly fetchesInFlight: number;
  /** Poll requests per second and server. Default 10. */
  readonly pollsPerSecond: number;
  /** How long a cancelled run waits for a create in flight, in milliseconds. Default 30 000. */
  readonly createGraceMs: number;
  /** How long edits and posts are looked at, in milliseconds. Default 60 min. What is generated has its family's time. */
  readonly deadlinesMs: Readonly<Record<"edit" | "publish", number>>;
  /** For every job, in place of its own deadline, in milliseconds. */
  readonly deadlineMs?: number;
};

export type EngineDeps = {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  random(): number;
  sha256(text: string): string;
  readonly server: RemoteServer;
  readonly media: MediaStore;
  readonly editor: LocalEditor;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly takes: TakeStore;
  readonly saver: Saver;
  readonly editing: EditingMode;
  readonly publishPolicy: PublishPolicy;
  /** Whether a person of this machine said not to be asked, under policy `ask`. Default: no. */
  mayPostUnasked?(post: {
    readonly graphId: string;
    readonly nodeId: string;
    readonly accountId: string;
  }): Promise<boolean>;
  readonly limits: EngineLimits;
  /** Looked at before each create; polling, fetches, uploads and renders go on. Default: never paused. */
  readonly pause?: QueuePause;
  /** Called after the journal has the events, in `seq` order. */
  onEvents(events: readonly RunEvent[]): void;
  onSignal(signal: RunSignal): void;
};
