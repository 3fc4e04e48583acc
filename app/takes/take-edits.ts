import { graphStore } from "../stores/graph.ts";
import type { NodeChoices } from "../stores/graph-edit.ts";
import { called, studio, wordsOf } from "../stores/studio.ts";
import { toast } from "../ui/toasts.tsx";
import { askSoon } from "./takes-store.ts";

/** What a person decides of a node's takes; each is one undo step. */

function choose(nodeId: string, data: NodeChoices, merge?: string): void {
  graphStore.getState().edit({ type: "data", id: nodeId, data }, merge === undefined ? {} : { merge });
}

/** Lets this take flow on; `undefined` leaves it to the run again. Choices in a row are one undo step. */
export function chooseTake(nodeId: string, item: string, takeId: string | undefined): void {
  const node = graphStore.getState().graph?.nodes.find(({ id }) => id === nodeId);
  if (!node) return;
  const { [item]: _before, ...others } = node.data.takes ?? {};
  const takes = takeId === undefined ? others : { ...others, [item]: takeId };
  // A lock holds a take: without one there is nothing to hold.
  const isFree = Object.keys(takes).length === 0;
  const data: NodeChoices = {
    takes: isFree ? undefined : takes,
    ...(isFree && node.data.reuse === "locked" ? { reuse: undefined } : {}),
  };
  choose(nodeId, data, `${nodeId}.takes.${item}`);
}

/** Keeps exactly this take, whatever changes before the node. */
export function lockTake(nodeId: string, item: string, takeId: string): void {
  const node = graphStore.getState().graph?.nodes.find(({ id }) => id === nodeId);
  choose(nodeId, { reuse: "locked", takes: { ...node?.data.takes, [item]: takeId } });
}

export function setReuse(nodeId: string, reuse: "never" | undefined): void {
  choose(nodeId, { reuse });
}

export function setVariations(nodeId: string, variations: number): void {
  choose(nodeId, { variations: variations <= 1 ? undefined : variations }, `${nodeId}.variations`);
}

/** Forgets a take for good; asked for before, with what it cost. */
export async function removeTake(nodeId: string, item: string, takeId: string): Promise<void> {
  const answer = await called(studio.client.takes.remove({ takeId, evenIfPaid: true }));
  if (!answer.ok) {
    const { message, remedy } = wordsOf(answer.failure);
    toast({ title: "The take was not deleted", description: `${message} ${remedy}`, look: "danger" });
    return;
  }
  const node = graphStore.getState().graph?.nodes.find(({ id }) => id === nodeId);
  if (node?.data.takes?.[item] === takeId) chooseTake(nodeId, item, undefined);
  askSoon(nodeId);
}
