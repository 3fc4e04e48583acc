import type { MediaKind } from "../../base/media-kind.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { MediaValue } from "../../nodes/definition/work.ts";
import type { JobRef, RemoteMedia } from "../../wondercat/types.ts";
import type { Signals } from "../journal/signals.ts";
import { acquireSlot, type Slots } from "../limits/limits.ts";
import type { EngineDeps, StoredMedia } from "../ports/deps.ts";
import type { Failure } from "../record/events.ts";
import { failureIn, localFailure, StepFailed } from "../record/failures.ts";
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

  /** Each try but the first asks the job for a fresh link: the one before may have expired, or not be good yet. */
  async function fetchBytes(
    output: FinishedOutput,
    remote: RemoteMedia | undefined,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<StoredMedia> {
    const begins = AbortSignal.any([signal, batch.late.signal]);
    for (let turn = 0; ; turn++) {
      let waitMs: number;
      try {
        return await fetchOnce(output, turn === 0 ? remote : undefined, { batch, signal, begins });
      } catch (error) {
        if (error instanceof Stopped) throw error;
        const { retryable, retryAtMs, message } = failureIn(error);
        if (!retryable) throw error;
        if (turn + 1 >= MAX_TRIES) throw new GivenUp(error);
        waitMs = pauseBeforeTry(turn, retryAtMs, deps);
        signals.send(output.stepId, { waitingFor: "the server, to fetch the result again", detail: message });
      }
      await sleep(clock, waitMs, begins);
    }
  }

  async function fetchOnce(
    output: FinishedOutput,
    remote: RemoteMedia | undefined,
    { batch, signal, begins }: { batch: Batch; signal: AbortSignal; begins: AbortSignal },
  ) {
    const { stepId } = output;
    const release = await acquireSlot(fetches, {
      ...{ stepId, signal: begins, signals },
      waitingFor: "a free download slot",
    });
    try {
      startTime(batch, output);
      const from = remote ?? (await unlessStopped(freshUrl(output, signal), signal));
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
    const batch = { late: new AbortController(), isOverdue: false, left: 0 };
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
  }

  /** The server's URLs are short-lived, so a later fetch asks for a new one. */
  async function freshUrl(output: FinishedOutput, signal: AbortSignal): Promise<RemoteMedia> {
    const view = await server.look(output.job, { signal });
    for (const each of view.outputs)
      if (each.type === "media" && each.media.mediaId === output.mediaId) return each.media;
    const isListed = view.outputs.some((each) => each.type === "unusable" && each.mediaId === output.mediaId);
    throw new StepFailed(isListed ? noLink : notListed);
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

/** The last of so many tries failed, too. */
class GivenUp extends Error {
  override readonly cause: unknown;
  constructor(cause: unknown) {
    super("The result could not be fetched.");
    this.cause = cause;
  }
}

export const FETCH_AGAIN = "The result is safe on the server: fetch it again. That costs nothing.";

/** A fetch that ended badly, as a run keeps it. */
export function notFetched(error: unknown): Failure {
  const fallback = { code: "fetch_failed", remedy: FETCH_AGAIN };
  if (!(error instanceof GivenUp)) return { ...localFailure(error, fallback), remedy: FETCH_AGAIN };
  const last = localFailure(error.cause, fallback);
  return { ...last, message: `${last.message} (tried ${MAX_TRIES} times)`, remedy: FETCH_AGAIN };
}

const noLink: Failure = {
  code: "no_link",
  message: "The server lists this result without a link to it.",
  remedy: FETCH_AGAIN,
  cost: "none",
  retryable: true,
};

const notListed: Failure = {
  ...noLink,
  code: "not_listed",
  message: "The server does not list this result of the job any more.",
  retryable: false,
};

export function megabytes(done: number, total: number | undefined): string {
  const format = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return total ? `${format(done)} of ${format(total)} MB` : `${format(done)} MB`;
}
