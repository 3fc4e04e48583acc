import { createStore, type StoreApi, useStore } from "zustand";
import type { QueueEntry, RunQueueState, RunSummary } from "../../src/studio/contract.ts";
import { toast } from "../ui/toasts.tsx";
import { type CallFailure, called, studio, wordsOf } from "./studio.ts";

/** What goes on, waits or was left, of any graph. */
export type OpenWork = {
  /** The runs of this Catwalk that go on or wait their turn; undefined until it is known. */
  readonly queue: RunQueueState | undefined;
  /** Runs that were under way when their process ended, parked ones among them; newest first. */
  readonly interrupted: readonly RunSummary[];
  /** How many posts of the ledger wait for a person's word, because it is unknown whether they went out. */
  readonly openPosts: number;
};

export const openWorkStore: StoreApi<OpenWork> = createStore(() => ({
  queue: undefined,
  interrupted: [],
  openPosts: 0,
}));

export function useOpenWork<T>(select: (work: OpenWork) => T): T {
  return useStore(openWorkStore, select);
}

export function useQueue<T>(select: (queue: RunQueueState | undefined) => T): T {
  return useOpenWork(({ queue }) => select(queue));
}

export async function refreshInterrupted(): Promise<void> {
  const answer = await called(studio.client.runs.list({ limit: 50 }));
  if (!answer.ok) return;
  openWorkStore.setState({ interrupted: answer.value.filter(({ status }) => status === "interrupted") });
}

/** The studio's largest page. */
const PAGE = 200;

export async function refreshOpenPosts(): Promise<void> {
  const answer = await called(studio.client.ledger.list({ standing: "open", limit: PAGE }));
  if (!answer.ok) return;
  const { total, posts } = answer.value;
  // What is being sent is listed among them until its answer is there. It is the newest, so it is on this page.
  const sending = posts.filter(({ standing }) => standing === "sending");
  openWorkStore.setState({ openPosts: total - sending.length });
}

export async function refreshQueue(): Promise<void> {
  const answer = await called(studio.client.queue.get());
  if (answer.ok) openWorkStore.setState({ queue: answer.value });
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
  const { queue } = openWorkStore.getState();
  const entry = queue?.queued.find((each) => each.runId === runId);
  if (!queue || !entry || place < 0 || place >= queue.queued.length) return;
  const others = queue.queued.filter((each) => each !== entry);
  openWorkStore.setState({ queue: { ...queue, queued: others.toSpliced(place, 0, entry) } });
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
  if (answer.ok) openWorkStore.setState({ queue: answer.value });
  else {
    tell(answer.failure);
    await refreshQueue();
  }
}

function tell(failure: CallFailure): void {
  const { message, remedy } = wordsOf(failure);
  toast({ title: message, description: remedy, look: "danger" });
}
