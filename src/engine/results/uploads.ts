import type { StepId } from "../../graph/plan/plan.ts";
import { message } from "../../words/message.ts";
import type { Signals } from "../journal/signals.ts";
import { acquireSlot, type Slots } from "../limits/limits.ts";
import type { EngineDeps, StoredMedia } from "../ports/deps.ts";
import { failureIn } from "../record/failures.ts";
import { pauseBeforeTry, Stopped, sleep, unlessStopped } from "../time/waiting.ts";
import { megabytes } from "./fetching.ts";

/** An upload makes no job and costs nothing, so it is tried again without asking. */
const MAX_TRIES = 5;
const MAX_WHOLE_SENDS = 2;

type Uploaded = { readonly mediaId: string; readonly remembered: boolean };

export type Uploads = {
  /**
   * Brings bytes to the server; several steps that need the same bytes share one upload.
   *
   * @throws Stopped, or what the server rejected with.
   */
  send(
    media: StoredMedia,
    options: { readonly stepId: StepId; readonly signal: AbortSignal; readonly again?: boolean },
  ): Promise<Uploaded>;
};

export function createUploads(
  deps: Pick<EngineDeps, "clock" | "server"> & {
    random(): number;
    readonly slots: Slots;
    readonly signals: Signals;
  },
): Uploads {
  const { clock, server, slots, signals } = deps;
  const underWay = new Map<string, Promise<Uploaded>>();

  async function upload(
    media: StoredMedia,
    stepId: StepId,
    signal: AbortSignal,
    again: boolean,
  ): Promise<Uploaded> {
    let wholeSends = 0;
    for (let turn = 0; ; turn++) {
      let isWhole = false;
      const release = await acquireSlot(slots, {
        ...{ stepId, signal, signals },
        waitingFor: message("failures.waitsForUpload"),
      });
      let waitMs: number;
      try {
        return await unlessStopped(
          server.upload(media, {
            signal,
            ...(again ? { again } : {}),
            onProgress(sent, total) {
              isWhole = sent >= total;
              signals.send(stepId, {
                detail: megabytes(sent, total),
                ...(total > 0 ? { fraction: sent / total } : {}),
              });
            },
          }),
          signal,
        );
      } catch (error) {
        if (error instanceof Stopped) throw error;
        const { retryable, retryAtMs, message: detail, status } = failureIn(error);
        if (!retryable || turn + 1 >= MAX_TRIES) throw error;
        // Where nothing but silence comes back for the whole file, more copies of it only fill the server.
        if (isWhole && status === undefined && ++wholeSends >= MAX_WHOLE_SENDS) throw error;
        waitMs = pauseBeforeTry(turn, retryAtMs, deps);
        signals.send(stepId, { waitingFor: message("failures.waitsForServer"), detail });
      } finally {
        release();
      }
      await sleep(clock, waitMs, signal);
    }
  }

  return {
    async send(media, { stepId, signal, again = false }) {
      const known = again ? undefined : underWay.get(media.sha256);
      if (known) return await unlessStopped(known, signal);
      const sending = upload(media, stepId, signal, again);
      underWay.set(media.sha256, sending);
      try {
        return await sending;
      } finally {
        // What succeeded is remembered by the server's own side, across runs.
        if (underWay.get(media.sha256) === sending) underWay.delete(media.sha256);
      }
    },
  };
}
