import { isPost, isPostOpen, type RunState, type StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import {
  isMedia,
  type MediaValue,
  type StepOutput,
  type StepValue,
} from "../../src/nodes/definition/work.ts";
import { workKindOf } from "../../src/nodes/definitions.ts";
import type { StoredMedia } from "../media/stored-media.ts";
import { uploadedFile } from "../media/uploaded-file.ts";

/** The media a card shows: an Upload's file at once, else the result of the step. `undefined` until bytes are here. */
export function shownMedia(node: GraphNode, step: StepState | undefined): StoredMedia | undefined {
  return workKindOf(node.type) === "upload" ? uploadedFile(node) : storedMedia(step);
}

/** The first result whose bytes are in the library. The same object as long as the step is. */
function storedMedia(step: StepState | undefined): StoredMedia | undefined {
  return step?.outputs.map(({ value }) => value).find(isStored);
}

const isStored = (value: StepValue): value is MediaValue & { readonly sha256: string } =>
  isMedia(value) && value.sha256 !== undefined;

/** One result as a card shows it: media whose bytes are here, or a text. */
export type ShownResult = {
  readonly portId: string;
  readonly media?: StoredMedia;
  readonly text?: string;
};

/** Of each port the first result that can be shown, so that no output of a node stays unseen. */
export function shownResults(outputs: readonly StepOutput[]): readonly ShownResult[] {
  const shown = new Map<string, ShownResult>();
  for (const { portId, value } of outputs) {
    if (shown.has(portId)) continue;
    if (value.type === "text") shown.set(portId, { portId, text: value.text });
    else if (isStored(value)) shown.set(portId, { portId, media: value });
  }
  return [...shown.values()];
}

/** What a Publish sent, or may have. Before that its approval shows it. */
export function postedMedia(
  { type }: GraphNode,
  step: StepState | undefined,
  run: RunState | undefined,
): StoredMedia | undefined {
  if (!isPost({ type }) || !step) return undefined;
  if (step.status.kind !== "succeeded" && !isPostOpen(step)) return undefined;
  for (const need of step.needs) {
    const found = storedMedia(run?.steps.get(need));
    if (found) return found;
  }
  return undefined;
}

export function shownText(step: StepState | undefined): string | undefined {
  const output = step?.outputs.find(({ value }) => value.type === "text")?.value;
  return output?.type === "text" ? output.text : undefined;
}
