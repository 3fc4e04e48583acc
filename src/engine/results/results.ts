import type { StepId } from "../../graph/plan/plan.ts";
import type { MediaValue } from "../../nodes/definition/work.ts";
import type { RemoteMedia } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { StoredMedia } from "../ports/deps.ts";
import type { Failure } from "../record/events.ts";
import { isFetchable } from "../record/failures.ts";
import type { TakeChange } from "../record/takes.ts";
import { Stopped, unlessStopped } from "../time/waiting.ts";
import {
  type Batch,
  createFetching,
  FETCH_AGAIN,
  type FetchDeps,
  type FinishedOutput,
  notFetched,
} from "./fetching.ts";

type Fetched =
  | { readonly ok: true; readonly media: StoredMedia }
  | { readonly ok: false; readonly failure: Failure };

/** Keeps what jobs made: fetches it into the library at once, and knows who waits for the bytes. */
export type Results = {
  /** Begins to fetch an output of a finished step. */
  keep(output: FinishedOutput): void;
  /** Knows an output whose bytes are still on the server, and fetches it when it is asked for. */
  know(output: FinishedOutput): void;
  /** Its bytes were here and are gone: the next step that asks fetches them again. */
  lost(output: FinishedOutput): void;
  /** The media with its bytes; waits for a fetch under way and tries a failed one again. @throws Stopped */
  bytesOf(media: MediaValue, signal: AbortSignal): Promise<Fetched>;
  /** Fetches again what is missing of a step. False when nothing is. */
  fetchAgain(stepId: StepId): boolean;
  /** The step starts over: its old outputs count no more. */
  forget(stepId: StepId): void;
  /** Begins no fetch and no further try; what is on its way still arrives. */
  beginNoMore(): void;
  /** Ends the fetches under way; they can be tried again. */
  stop(): void;
  /** Fetches waiting or under way. */
  readonly underWay: number;
};

type Kept = {
  readonly output: FinishedOutput;
  controller: AbortController;
  fetched: Promise<Fetched>;
  state: "under-way" | "stored" | "failed";
};

export function createResults(
  deps: FetchDeps & {
    readonly recorder: Recorder;
    /** What is written of takes when an output has arrived. */
    takesWith(stepId: StepId, index: number, media: MediaValue): readonly TakeChange[];
    onEnd(): void;
  },
): Results {
  const { recorder, signals } = deps;
  const fetching = createFetching(deps);
  const bySteps = new Map<StepId, Kept[]>();
  const byMediaId = new Map<string, Kept>();
  let underWay = 0;

  async function run(kept: Kept, batch: Batch, remote?: RemoteMedia): Promise<Fetched> {
    const { stepId, index } = kept.output;
    const { signal } = kept.controller;
    let result: Fetched;
    underWay++;
    try {
      result = { ok: true, media: await fetching.fetch(kept.output, remote, batch, signal) };
    } catch (error) {
      const stopped = batch.isOverdue && !signal.aborted ? overdueFetch : stoppedFetch;
      result = { ok: false, failure: error instanceof Stopped ? stopped : notFetched(error) };
    }
    underWay--;
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
    kept.controller = new AbortController();
    kept.state = "under-way";
    kept.fetched = run(kept, batch);
  }

  function add(output: FinishedOutput): Kept {
    const kept: Kept = {
      output,
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
      kept.state = "under-way";
      kept.fetched = run(kept, fetching.batchOf(output.stepId), output.remote);
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
      const last = kept.state === "failed" ? await kept.fetched : undefined;
      // What is refused by rule has been told, and asking again changes nothing.
      if (last && (last.ok || isFetchable(last.failure)) && kept.state === "failed")
        again(kept, fetching.newBatch());
      return await unlessStopped(kept.fetched, signal);
    },
    fetchAgain(stepId) {
      const failed = (bySteps.get(stepId) ?? []).filter((kept) => kept.state === "failed");
      if (failed.length === 0) return false;
      const batch = fetching.newBatch();
      for (const kept of failed) again(kept, batch);
      return true;
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
    beginNoMore: fetching.beginNoMore,
    stop() {
      for (const kepts of bySteps.values()) for (const kept of kepts) kept.controller.abort();
    },
    get underWay() {
      return underWay;
    },
  };
}

const stoppedFetch: Failure = {
  code: "fetch_stopped",
  message: message("failures.stoppedBeforeFetched"),
  remedy: FETCH_AGAIN,
  cost: "none",
  retryable: true,
};

const overdueFetch: Failure = {
  ...stoppedFetch,
  code: "fetch_overdue",
  message: message("failures.notFetchedInTime"),
};

const unknownBytes: Failure = {
  code: "bytes_unknown",
  message: message("failures.makerUnknown"),
  remedy: message("failures.retryItsMaker"),
  cost: "none",
  retryable: true,
};
