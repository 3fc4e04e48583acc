import type { Said } from "../../words/message.ts";
import type { QueuePause } from "../ports/deps.ts";

/** @param waitingFor completes "waiting for …" on a step that waits. */
export function createQueuePause(waitingFor: Said): QueuePause & { pause(): void; resume(): void } {
  let paused: PromiseWithResolvers<void> | undefined;
  return {
    waitingFor,
    get isPaused() {
      return paused !== undefined;
    },
    whenResumed: () => paused?.promise ?? Promise.resolve(),
    pause() {
      paused ??= Promise.withResolvers();
    },
    resume() {
      paused?.resolve();
      paused = undefined;
    },
  };
}
