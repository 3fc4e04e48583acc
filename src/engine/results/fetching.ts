import type { MediaKind } from "../../base/media-kind.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { MediaValue } from "../../nodes/definition/work.ts";
import type { JobRef, JobView, RemoteMedia } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import { Told } from "../../words/told.ts";
import type { Signals } from "../journal/signals.ts";
import { acquireSlot, type Slots } from "../limits/limits.ts";
import type { EngineDeps, StoredMedia } from "../ports/deps.ts";
import type { Failure, Timestamp } from "../record/events.ts";
import { failureIn, localFailure, StepFailed, unsafeOutput } from "../record/failures.ts";
import { patientTimeout, pauseBeforeTry, Stopped, sleep, unlessStopped } from "../time/waiting.ts";

export type FinishedOutput = {
  readonly stepId: StepId;
  readonly index: number;
  readonly job: JobRef;
  readonly mediaId: string;
  /** Where it was a moment ago. Absent: the job is looked at for it. */
  readonly remote?: RemoteMedia;
  readonly value: MediaValue;
};

/** Outputs that are fetched within one time, counted from where the first of them has its turn. */
export type Batch = {
  /** No fetch and no further try begins any more. */
  readonly late: AbortController;
  isOverdue: boolean;
  /** Set once the time runs. */
  stopTimer?: () => void;
  /** Fetches that have not ended. */
  left: number;
  /** Fetches that failed and are tried again. */
  retrying: number;
  /** Others that failed wait for one of those to succeed, and are told whether it did. */
  waiting: ((goOn: boolean) => void)[];
};

/** Fetches outputs of finished jobs into the library, with tries and within the time of their batch. */
export type Fetching = {
  /** Those of one step that come in one go share their time. */
  batchOf(stepId: StepId): Batch;
  newBatch(): Batch;
  /** @throws Stopped when the signal comes or the time is up; else what `notFetched` makes a failure of. */
  fetch(
    output: FinishedOutput,
    remote: RemoteMedia | undefined,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<StoredMedia>;
  /** No fetch and no further try begins any more. */
  beginNoMore(): void;
};

export type FetchDeps = Pick<EngineDeps, "clock" | "server" | "media" | "limits"> & {
  random(): number;
  readonly fetches: Slots;
  readonly signals: Signals;
  /** What kinds of media the port of an output may give. */
  kindsOf(stepId: StepId, index: number): readonly MediaKind[];
};

export function createFetching(deps: FetchDeps): Fetching {
  const { clock, server, media, fetches, signals, limits } = deps;
  /** The one of a step's outputs that came together. */
  const batches = new Map<StepId, Batch>();
  const open = new Set<Batch>();
  /** The last look at each job with open fetches. */
  const views = new Map<string, Look>();

  /** Each try but the first asks the job for a fresh link: the one before may have expired, or not be good yet. */
  async function fetchBytes(
    output: FinishedOutput,
    remote: RemoteMedia | undefined,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<StoredMedia> {
    const begins = AbortSignal.any([signal, batch.late.signal]);
    let isRetrying = false;
    let isHere = false;
    let failedAt = clock.now();
    try {
      for (let turn = 0; ; turn++) {
        let waitMs: number;
        try {
          const from = { batch, signal, begins, failedAt };
          const stored = await fetchOnce(output, turn === 0 ? remote : undefined, from);
          isHere = true;
          return stored;
        } catch (error) {
          if (error instanceof Stopped) throw error;
          failedAt = clock.now();
          const { retryable, retryAtMs, message: detail } = failureIn(error);
          if (!retryable) throw error;
          if (turn + 1 >= MAX_TRIES) throw new GivenUp(error, MAX_TRIES);
          waitMs = pauseBeforeTry(turn, retryAtMs, deps);
          signals.send(output.stepId, {
            waitingFor: message("failures.waitsToFetch"),
            detail,
          });
          if (!isRetrying && !(await unlessStopped(mayRetry(batch), begins)))
            throw new GivenUp(error, turn + 1);
          isRetrying = true;
        }
        await sleep(clock, waitMs, begins);
      }
    } finally {
      if (isRetrying) retried(batch, isHere);
    }
  }

  /** A job may have hundreds of outputs. Each is tried once, but only so many find out whether trying again helps. */
  async function mayRetry(batch: Batch): Promise<boolean> {
    if (batch.retrying < MOST_RETRYING) {
      batch.retrying++;
      return true;
    }
    return await new Promise((resolve) => {
      batch.waiting.push(resolve);
    });
  }

  function retried(batch: Batch, isHere: boolean): void {
    batch.retrying--;
    if (!isHere && batch.retrying > 0) return;
    const waiting = batch.waiting.splice(0);
    if (isHere) batch.retrying += waiting.length;
    for (const resolve of waiting) resolve(isHere);
  }

  async function fetchOnce(
    output: FinishedOutput,
    remote: RemoteMedia | undefined,
    { batch, signal, begins, failedAt }: Turn,
  ) {
    const { stepId } = output;
    const release = await acquireSlot(fetches, {
      ...{ stepId, signal: begins, signals },
      waitingFor: message("failures.waitsForDownload"),
    });
    try {
      startTime(batch, output);
      const from = remote ?? (await freshUrl(output, failedAt, signal));
      const stored = await unlessStopped(
        media.fetch(from, {
          scope: server.scope,
          promised: [...new Set([output.value.kind, ...deps.kindsOf(stepId, output.index)])],
          signal,
          onProgress: (received, total) =>
            signals.send(stepId, {
              detail: megabytes(received, total),
              ...(total ? { fraction: received / total } : {}),
            }),
        }),
        signal,
      );
      return { ...output.value, ...stored, mediaId: output.mediaId };
    } finally {
      release();
    }
  }

  /** A server may name a thousand outputs and give each slowly: together they have about the time that their job had. */
  function startTime(batch: Batch, { value }: FinishedOutput): void {
    batch.stopTimer ??= patientTimeout(clock, limits.deadlineMs ?? FETCH_MS[value.kind], () => {
      batch.isOverdue = true;
      batch.late.abort();
    });
  }

  function newBatch(): Batch {
    const batch: Batch = {
      late: new AbortController(),
      isOverdue: false,
      ...{ left: 0, retrying: 0, waiting: [] },
    };
    open.add(batch);
    return batch;
  }

  /** Those of one step that come in one go share their time. */
  function batchOf(stepId: StepId): Batch {
    const known = batches.get(stepId);
    if (known && open.has(known)) return known;
    const batch = newBatch();
    batches.set(stepId, batch);
    return batch;
  }

  function leave(batch: Batch): void {
    if (--batch.left > 0) return;
    batch.stopTimer?.();
    open.delete(batch);
    if (open.size === 0) views.clear();
  }

  /** The server's URLs are short-lived, so a later fetch asks for a new one; one look serves all outputs of the job. */
  async function freshUrl(
    output: FinishedOutput,
    failedAt: Timestamp,
    signal: AbortSignal,
  ): Promise<RemoteMedia> {
    const view = await viewOf(output.job, failedAt, signal);
    for (const each of view.outputs)
      if (each.type === "media" && each.media.mediaId === output.mediaId) return each.media;
    const listed = view.outputs.find((each) => each.type === "unusable" && each.mediaId === output.mediaId);
    throw new StepFailed(!listed ? notListed : "isUnsafe" in listed ? unsafeOutput : noLink);
  }

  /** @param since a look begun earlier knows no better link. */
  async function viewOf(job: JobRef, since: Timestamp, signal: AbortSignal): Promise<JobView> {
    const key = `${job.kind} ${job.id}`;
    const last = views.get(key);
    const isFresh = last && last.begunAt >= since && clock.now() - last.begunAt < FRESH_MS;
    const look = isFresh ? last : lookAt(job, key);
    look.asking++;
    try {
      return await unlessStopped(look.view, signal);
    } finally {
      // Several may wait for it, so the last of them to go ends it. One that has its answer is not disturbed.
      if (--look.asking === 0 && signal.aborted) {
        forget(key, look);
        look.end.abort();
      }
    }
  }

  function lookAt(job: JobRef, key: string): Look {
    const end = new AbortController();
    const view = server.look(job, { signal: end.signal });
    const look: Look = { begunAt: clock.now(), view, end, asking: 0 };
    views.set(key, look);
    view.catch(() => forget(key, look));
    return look;
  }

  function forget(key: string, look: Look): void {
    if (views.get(key) === look) views.delete(key);
  }

  return {
    batchOf,
    newBatch,
    async fetch(output, remote, batch, signal) {
      batch.left++;
      try {
        return await fetchBytes(output, remote, batch, signal);
      } finally {
        leave(batch);
      }
    },
    beginNoMore() {
      for (const { late } of open) late.abort();
    },
  };
}

/** How long the results of one job are fetched, by what they are, in milliseconds. */
const FETCH_MS: Readonly<Record<MediaKind, number>> = { image: 900_000, audio: 900_000, video: 3_600_000 };

/** A fetch costs nothing, so it is tried again without asking. */
const MAX_TRIES = 5;

/** So many of a batch are tried again before one of them succeeds. */
const MOST_RETRYING = 20;

/** So long the links of one look are used, in milliseconds. */
const FRESH_MS = 30_000;

/** A look at a job for fresh links, shared by those who ask for one at about the same time. */
type Look = {
  readonly begunAt: Timestamp;
  readonly view: Promise<JobView>;
  readonly end: AbortController;
  /** Fetches that wait for it. */
  asking: number;
};

type Turn = {
  readonly batch: Batch;
  readonly signal: AbortSignal;
  readonly begins: AbortSignal;
  /** When the fetch began, or its last try failed. */
  readonly failedAt: Timestamp;
};

/** The last of so many tries failed, too. */
class GivenUp extends Told {
  override readonly cause: unknown;
  readonly tries: number;
  constructor(cause: unknown, tries: number) {
    super(message("failures.notFetched"));
    this.cause = cause;
    this.tries = tries;
  }
}

export const FETCH_AGAIN = message("failures.fetchAgain");

/** A fetch that ended badly, as a run keeps it. */
export function notFetched(error: unknown): Failure {
  const fallback = { code: "fetch_failed", remedy: FETCH_AGAIN };
  const isGivenUp = error instanceof GivenUp;
  const last = localFailure(isGivenUp ? error.cause : error, fallback);
  if (last.code === unsafeOutput.code) return unsafeOutput;
  const said =
    isGivenUp && error.tries > 1
      ? message("failures.tried", { said: last.message, times: error.tries })
      : last.message;
  return { ...last, message: said, remedy: isFromServer(last) ? ASK_AGAIN : FETCH_AGAIN };
}

/** The server was asked and gave something else: whether it has the result is not known. */
const ASK_AGAIN = message("failures.askAgain");

const fromServer: readonly string[] = [
  "download_failed",
  "too_many_redirects",
  "result_unfit",
  "no_link",
  "not_listed",
];
const isFromServer = ({ code }: Failure) => fromServer.includes(code);

const noLink: Failure = {
  code: "no_link",
  message: message("failures.noLink"),
  remedy: FETCH_AGAIN,
  cost: "none",
  retryable: true,
};

const notListed: Failure = {
  ...noLink,
  code: "not_listed",
  message: message("failures.notListed"),
  retryable: false,
};

export function megabytes(done: number, total: number | undefined): string {
  const format = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return total ? `${format(done)} of ${format(total)} MB` : `${format(done)} MB`;
}
