/**
 * The edit operations, described once: what they take, what they give, and their params with labels, units,
 * ranges and defaults. Forms, validation, the remote request and the local render all read these records. Pure data
 * and pure functions, so the window may import it too.
 *
 * Operation and param names are the API's own. Where the API publishes no range or default, ours is a choice;
 * the descriptions say what we mean by it.
 *
 * @see docs/wondercat-api.md, sections 6 and 7.
 */

import type { z } from "zod";
import type { MediaKind } from "../base/media-kind.ts";
import { audioTrim } from "./operations/audio-trim.ts";
import { crop } from "./operations/crop.ts";
import { editAudio } from "./operations/edit-audio.ts";
import { extractAudio } from "./operations/extract-audio.ts";
import { extractFrame } from "./operations/extract-frame.ts";
import { imageCrop } from "./operations/image-crop.ts";
import { imageToVideo } from "./operations/image-to-video.ts";
import { merge } from "./operations/merge.ts";
import type {
  EditEndpoint,
  EditInputFacts,
  EditIssue,
  EditOperationSpec,
  EditOutput,
} from "./operations/operation.ts";
import { overlay } from "./operations/overlay.ts";
import { reverseVideo } from "./operations/reverse-video.ts";
import { speed } from "./operations/speed.ts";
import { splitScreen } from "./operations/split-screen.ts";
import { textOverlay } from "./operations/text-overlay.ts";
import { trim } from "./operations/trim.ts";
import { volume } from "./operations/volume.ts";

export type { EditEndpoint, EditInputFacts, EditOperationSpec };

/** In the order a palette or menu shows them. */
export const editOperations = {
  trim,
  crop,
  textOverlay,
  merge,
  extractFrame,
  imageToVideo,
  speed,
  volume,
  editAudio,
  overlay,
  splitScreen,
  reverseVideo,
  extractAudio,
  imageCrop,
  audioTrim,
} as const satisfies Record<string, EditOperationSpec>;

export type EditOperation = keyof typeof editOperations;

/** Params of one operation after parsing, defaults filled in. */
export type EditParams<Operation extends EditOperation> = z.infer<
  (typeof editOperations)[Operation]["params"]
>;

export const editOperationNames = Object.keys(editOperations) as readonly EditOperation[]; // its own keys, by definition

export function isEditOperation(value: unknown): value is EditOperation {
  return typeof value === "string" && Object.hasOwn(editOperations, value);
}

/** The remote endpoint of an operation, given the kind of its first input. */
export function editEndpoint(operation: EditOperation, firstKind: MediaKind): EditEndpoint {
  const { endpoint }: EditOperationSpec = editOperations[operation];
  return typeof endpoint === "string" ? endpoint : (endpoint[firstKind] ?? "video");
}

/** The kind of media an operation gives for these inputs. */
export function editOutputKind(
  operation: EditOperation,
  inputs: readonly { readonly slot: string; readonly kind: MediaKind }[],
): MediaKind {
  const { output }: EditOperationSpec = editOperations[operation];
  if (typeof output === "string") return output;
  return inputs.find((input) => input.slot === output.sameAs)?.kind ?? "video";
}

/** The ports of its results, and what of a render or a job goes to each. */
export function editOutputs({ output, outputs }: EditOperationSpec) {
  const [first, ...more] = outputs ?? [];
  if (!first) return [{ port: "out", label: "Result", type: output, select: { kind: "media" } }] as const;
  const ported = ({ port, label, kind, key }: EditOutput) => ({
    port,
    label,
    type: kind,
    select: { kind, key },
  });
  return [ported(first), ...more.map(ported)] as const;
}

/** Parses params (defaults filled in) and applies the rules across fields. Unknown params are dropped. */
export function parseEditParams<Operation extends EditOperation>(
  operation: Operation,
  params: unknown,
  inputs: readonly EditInputFacts[] = [],
):
  | { readonly ok: true; readonly params: EditParams<Operation> }
  | { readonly ok: false; readonly issues: readonly EditIssue[] } {
  const spec: EditOperationSpec = editOperations[operation];
  const parsed = spec.params.safeParse(params);
  if (!parsed.success)
    return {
      ok: false,
      issues: parsed.error.issues.map((issue) => ({
        param: issue.path.join(".") || "params",
        message: issue.message,
      })),
    };
  const issues = spec.check?.(parsed.data, inputs) ?? [];
  if (issues.length > 0) return { ok: false, issues };
  // Parsed by this operation's own schema, which the wider type of `spec` forgets.
  return { ok: true, params: parsed.data as EditParams<Operation> };
}

/** What is wrong with the inputs themselves: a missing one, one of the wrong kind, one that fits no slot. */
export function checkEditInputs(
  operation: EditOperation,
  inputs: readonly { readonly slot: string; readonly kind: MediaKind }[],
): EditIssue[] {
  const { slots, label }: EditOperationSpec = editOperations[operation];
  const issues: EditIssue[] = [];
  for (const slot of slots) {
    const given = inputs.filter((input) => input.slot === slot.id);
    if (given.length === 0 && slot.required)
      issues.push({ param: slot.id, message: `${label} needs an input for “${slot.label}”.` });
    if (given.length > 1)
      issues.push({ param: slot.id, message: `“${slot.label}” takes one input, not ${given.length}.` });
    for (const { kind } of given)
      if (slot.kind === "media" ? kind === "audio" : kind !== slot.kind)
        issues.push({
          param: slot.id,
          message: `“${slot.label}” takes ${slot.kind === "media" ? "an image or a video" : `${slot.kind === "video" ? "a" : "an"} ${slot.kind} input`}, not ${kind === "video" ? "a" : "an"} ${kind}${kind === "audio" ? " file" : ""}.`,
        });
  }
  for (const input of inputs)
    if (!slots.some((slot) => slot.id === input.slot))
      issues.push({ param: input.slot, message: `${label} has no input “${input.slot}”.` });
  return issues;
}
