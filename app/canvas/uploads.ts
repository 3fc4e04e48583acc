import { createStore, useStore } from "zustand";
import { editParam } from "../../src/nodes/definitions.ts";
import type { Refusal } from "../../src/studio/contract.ts";
import type { Commands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { catalogueNow } from "../stores/server.ts";

/** A file on its way into the library, or why it did not get there. */
export type UploadState =
  | { readonly kind: "sending"; readonly fraction: number }
  | { readonly kind: "refused"; readonly problem: Refusal };

/** By node: a card may leave the view and come back while its file is on the way. */
const uploadsStore = createStore<ReadonlyMap<string, UploadState>>(() => new Map());

export function useUpload(nodeId: string): UploadState | undefined {
  return useStore(uploadsStore, (uploads) => uploads.get(nodeId));
}

function setUpload(nodeId: string, state: UploadState | undefined): void {
  const uploads = new Map(uploadsStore.getState());
  if (state) uploads.set(nodeId, state);
  else uploads.delete(nodeId);
  uploadsStore.setState(uploads, true);
}

/**
 * Takes a file into the library and gives it to an Upload node.
 *
 * @param isNew the node was added for this file: one undo step, however long the file takes, and it goes again where
 *   the file is refused. Default: a step of its own, and the card says why it was refused.
 * @param merge of the step that it is part of, where the node was there before. Default: a step of its own.
 * @returns why it was refused, if it was.
 */
export async function startUpload(
  nodeId: string,
  file: File,
  importFile: Commands["importFile"],
  { isNew = false, merge }: { readonly isNew?: boolean; readonly merge?: string } = {},
): Promise<Refusal | undefined> {
  const paramsNow = () => graphStore.getState().graph?.nodes.find(({ id }) => id === nodeId)?.data.params;
  const was = paramsNow();
  setUpload(nodeId, { kind: "sending", fraction: 0 });
  const answer = await importFile(file, (fraction) => setUpload(nodeId, { kind: "sending", fraction }));
  const { edit } = graphStore.getState();
  if (!answer.ok) {
    const { problem } = answer;
    setUpload(nodeId, isNew ? undefined : { kind: "refused", problem });
    if (isNew) edit({ type: "remove", nodeIds: [nodeId], edgeIds: [] }, { follows: true });
    return problem;
  }
  setUpload(nodeId, undefined);
  // The node as it is now: other edits may have come in between, or it may be gone.
  const before = isNew ? was : paramsNow();
  if (!before) return undefined;
  const params = editParam("upload", before, "file", answer.file, catalogueNow());
  if (isNew) edit({ type: "params", id: nodeId, params, was: before }, { follows: true });
  else edit({ type: "params", id: nodeId, params }, merge === undefined ? {} : { merge });
  return undefined;
}
