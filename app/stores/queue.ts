import { createStore, type StoreApi, useStore } from "zustand";
import type { QueueEntry, RunQueueState } from "../../src/studio/contract.ts";
import { toast } from "../ui/toasts.tsx";
import { type CallFailure, called, studio, wordsOf } from "./studio.ts";

/** The runs of this Catwalk that go on or wait their turn, of any graph; undefined until it is known. */
export const queueStore: StoreApi<{ readonly queue: RunQueueState | undefined }> = createStore(() => ({
  queue: undefined,
}));

export function useQueue<T>(select: (queue: RunQueueState | undefined) => T): T {
  return useStore(queueStore, (state) => select(state.queue));
}

export async function refreshQueue(): Promise<void> {
  const answer = await called(studio.client.queue.get());
  if (answer.ok) queueStore.setState({ queue: answer.value });
}

/** Whether a run started now would wait. */
export function wouldWait(queue: RunQueueState | undefined): boolean {
  return queue !== undefined && (queue.paused || queue.running.length >= queue.limit);
}

export const pauseQueue = (): Promise<void> => change(studio.client.queue.pause());
export const resumeQueue = (): Promise<void> => change(studio.client.queue.resume());
export const setQueueLimit = (limit: number): Promise<void> =>
  change(studio.client.queue.setLimit({ limit }));

/** @param place 0 begins next. Shown at once; the studio has the last word. */
export async function moveInQueue(runId: string, place: number): Promise<void> {
  const { queue } = queueStore.getState();
  const entry = queue?.queued.find((each) => each.runId === runId);
  if (!queue || !entry || place < 0 || place >= queue.queued.length) return;
  const others = queue.queued.filter((each) => each !== entry);
  queueStore.setState({ queue: { ...queue, queued: others.toSpliced(place, 0, entry) } });
  await change(studio.client.queue.move({ runId, place }));
}

/** One that waits is forgotten; one that goes on is told to stop. */
export async function cancelInQueue({ runId, graphName, status }: QueueEntry): Promise<void> {
  const answer = await called(studio.client.runs.cancel({ runId }));
  if (!answer.ok) return tell(answer.failure);
  if (status === "queued")
    toast({ title: `“${graphName}” was taken out of the queue.`, description: "Nothing of it was made." });
}

async function change(asked: Promise<RunQueueState>): Promise<void> {
  const answer = await called(asked);
  if (answer.ok) queueStore.setState({ queue: answer.value });
  else {
    tell(answer.failure);
    await refreshQueue();
  }
}

function tell(failure: CallFailure): void {
  const { message, remedy } = wordsOf(failure);
  toast({ title: message, description: remedy, look: "danger" });
}
