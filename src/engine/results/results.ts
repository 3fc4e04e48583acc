import type { MediaKind } from "../../base/media-kind.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { MediaValue } from "../../nodes/definition/work.ts";
import type { JobRef, RemoteMedia } from "../../wondercat/types.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { Signals } from "../journal/signals.ts";
import { type Slots, takeSlot } from "../limits/limits.ts";
import type { EngineDeps, StoredMedia } from "../ports/deps.ts";
import type { Failure } from "../record/events.ts";
import { failureIn, localFailure, StepFailed } from "../record/failures.ts";
import type { TakeChange } from "../record/takes.ts";
import { patientTimeout, pauseBeforeTry, Stopped, sleep, unlessStopped } from "../time/waiting.ts";

type Fetched =
  | { readonly ok: true; readonly media: StoredMedia }
  | { readonly ok: false; readonly failure: Failure };

/** Keeps what jobs made: fetches it into the library at once, and knows who waits for the bytes. */
export type Results = {
  /** Begins to fetch an output of a finished step. */
  keep(output: FinishedOutput): void;
  /** Knows an output whose bytes are still on the server, and fetches it when it is asked for. */
  know(output: FinishedOutput): void;
  /** Its bytes were here and are gone: whoever asks next fetches them again. */
  lost(output: FinishedOutput): void;
  /** The media with its bytes; waits for a fetch under way and tries a failed one again. @throws Stopped */
  bytesOf(media: MediaValue, signal: AbortSignal): Promise<Fetched>;
  /** Fetches again what is missing of a step. False when nothing is. */
  fetchAgain(stepId: StepId): boolean;
  /** The step starts over: its old outputs concern nobody any more. */
  forget(stepId: StepId): void;
  /** Begins no fetch and no further try; what is on its way still arrives. */
  beginNoMore(): void;
  /** Ends the fetches under way; they can be tried again. */
  stop(): void;
  /** Fetches waiting or under way. */
  readonly underWay: number;
};

type FinishedOutput = {
  readonly stepId: StepId;
  readonly index: number;
  readonly job: JobRef;
  readonly mediaId: string;
  /** Where it was a moment ago. Absent: the job is looked at for it. */
  readonly remote?: RemoteMedia;
  readonly value: MediaValue;
};

/** Outputs that are fetched within one time, counted from where the first of them has its turn. */
type Batch = {
  /** No fetch and no further try begins any more. */
  readonly late: AbortController;
  isOverdue: boolean;
  /** Set once the time runs. */
  stopTimer?: () => void;
  /** Fetches that have not ended. */
  left: number;
};

type Kept = {
  readonly output: FinishedOutput;
  batch: Batch;
  controller: AbortController;
  fetched: Promise<Fetched>;
  state: "under-way" | "stored" | "failed";
};

export function createResults(
  deps: Pick<EngineDeps, "clock" | "server" | "media" | "limits"> & {
    random(): number;
    readonly fetches: Slots;
    readonly recorder: Recorder;
    readonly signals: Signals;
    /** What kinds of media the port of an output may give. */
    kindsOf(stepId: StepId, index: number): readonly MediaKind[];
    /** What is written of takes when an output has arrived. */
    takesWith(stepId: StepId, index: number, media: MediaValue): readonly TakeChange[];
    onEnd(): void;
  },
): Results {
  const { clock, server, media, fetches, recorder, signals, limits } = deps;
  /** The one of a step's outputs that came together. */
  const batches = new Map<StepId, Batch>();
  const open = new Set<Batch>();
  const bySteps = new Map<StepId, Kept[]>();
  const byMediaId = new Map<string, Kept>();
  let underWay = 0;

  /** Each try but the first asks the job for a fresh link: the one before may have expired, or not be good yet. */
  async function fetchBytes(kept: Kept, remote: RemoteMedia | undefined) {
    const { output, batch, controller } = kept;
    const { signal } = controller;
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
    const release = await takeSlot(fetches, {
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

  /** A server may name a thousand outputs and give each slowly: they have about the time that their job had, all together. */
  function startTime(batch: Batch, { value }: FinishedOutput): void {
    batch.stopTimer ??= patientTimeout(clock, limits.deadlineMs ?? fetchMs[value.kind], () => {
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

  async function run(kept: Kept, remote: RemoteMedia | undefined): Promise<Fetched> {
    const { stepId, index } = kept.output;
    const { batch } = kept;
    let result: Fetched;
    underWay++;
    batch.left++;
    try {
      result = { ok: true, media: await fetchBytes(kept, remote) };
    } catch (error) {
      const stopped = batch.isOverdue && !kept.controller.signal.aborted ? overdueFetch : stoppedFetch;
      result = { ok: false, failure: error instanceof Stopped ? stopped : notFetched(error) };
    }
    underWay--;
    leave(batch);
    kept.state = result.ok ? "stored" : "failed";
    signals.end(stepId);
    if (bySteps.get(stepId)?.includes(kept)) {
      if (result.ok)
        recorder.record(
          { type: "output-stored", stepId, index, media: result.media },
          deps.takesWith(stepId, index, result.media),
        );
      else recorder.record({ type: "output-not-stored", stepId, index, failure: result.failure });
    }
    deps.onEnd();
    return result;
  }

  function again(kept: Kept, batch: Batch): void {
    kept.batch = batch;
    kept.controller = new AbortController();
    kept.state = "under-way";
    kept.fetched = run(kept, undefined);
  }

  function add(output: FinishedOutput): Kept {
    const kept: Kept = {
      output,
      batch: { late: new AbortController(), isOverdue: false, left: 0 },
      controller: new AbortController(),
      state: "failed",
      fetched: Promise.resolve({ ok: false, failure: stoppedFetch }),
    };
    bySteps.set(output.stepId, [...(bySteps.get(output.stepId) ?? []), kept]);
    byMediaId.set(output.mediaId, kept);
    return kept;
  }

  return {
    keep(output) {
      const kept = add(output);
      kept.batch = batchOf(output.stepId);
      kept.state = "under-way";
      kept.fetched = run(kept, output.remote);
    },
    know: (output) => void add(output),
    lost(output) {
      const kept = byMediaId.get(output.mediaId);
      if (!kept) add(output);
      else if (kept.state === "stored") kept.state = "failed";
    },
    async bytesOf(value, signal) {
      const { sha256 } = value;
      if (sha256 !== undefined) return { ok: true, media: { ...value, sha256 } };
      const kept = value.mediaId === undefined ? undefined : byMediaId.get(value.mediaId);
      if (!kept) return { ok: false, failure: unknownBytes };
      if (kept.state === "failed") again(kept, newBatch());
      return await unlessStopped(kept.fetched, signal);
    },
    fetchAgain(stepId) {
      const failed = (bySteps.get(stepId) ?? []).filter((kept) => kept.state === "failed");
      const batch = newBatch();
      for (const kept of failed) again(kept, batch);
      if (failed.length === 0) open.delete(batch);
      return failed.length > 0;
    },
    forget(stepId) {
      const forgotten = bySteps.get(stepId) ?? [];
      bySteps.delete(stepId);
      for (const kept of forgotten) {
        const { mediaId } = kept.output;
        if (byMediaId.get(mediaId) === kept) byMediaId.delete(mediaId);
        kept.controller.abort();
      }
    },
    beginNoMore() {
      for (const { late } of open) late.abort();
    },
    stop() {
      for (const kepts of bySteps.values()) for (const kept of kepts) kept.controller.abort();
    },
    get underWay() {
      return underWay;
    },
  };
}

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

const FETCH_AGAIN = "The result is safe on the server: fetch it again. That costs nothing.";

function notFetched(error: unknown): Failure {
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

const stoppedFetch: Failure = {
  code: "fetch_stopped",
  message: "The run stopped before the result was fetched.",
  remedy: FETCH_AGAIN,
  cost: "none",
  retryable: true,
};

const overdueFetch: Failure = {
  ...stoppedFetch,
  code: "fetch_overdue",
  message: "The result was not fetched within the deadline.",
};

const unknownBytes: Failure = {
  code: "bytes_unknown",
  message: "This media is only known to the server, and Catwalk does not know which job made it.",
  remedy: "Retry the step that made it.",
  cost: "none",
  retryable: true,
};

export function megabytes(done: number, total: number | undefined): string {
  const format = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return total ? `${format(done)} of ${format(total)} MB` : `${format(done)} MB`;
}

/** How long the results of one job are fetched, by what they are, in milliseconds. */
const fetchMs: Readonly<Record<MediaKind, number>> = {
  image: 900_000,
  audio: 900_000,
  video: 3_600_000,
};
