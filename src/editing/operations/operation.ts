import { z } from "zod";
import type { MediaKind } from "../../base/media-kind.ts";
import type { Said } from "../../words/message.ts";

export type EditEndpoint = "video" | "image" | "audio";

/** One input of an operation. `media` takes an image or a video. */
type EditSlot = {
  /** The API's slot name, stable: `video_0`, `audio_0`, `image_0`, `media_0`. */
  readonly id: string;
  readonly label: string;
  readonly kind: MediaKind | "media";
  readonly required: boolean;
  /** Where the remote request carries it. Slots with `mediaIds` keep their order there. */
  readonly field: "mediaIds" | "audioMediaId";
};

/** One of several results of an operation, at a port of its own. */
export type EditOutput = {
  readonly port: string;
  readonly label: string;
  readonly kind: MediaKind;
  /** What the render, or the server's job, gives it under. */
  readonly key: string;
};

/** What is known of an input before rendering; facts that are missing are not checked. */
export type EditInputFacts = {
  readonly slot: string;
  readonly kind: MediaKind;
  readonly durationMs?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
};

/** What is wrong with one param (or, with a slot's id as `param`, one input), in words for the person. */
export type EditIssue = { readonly param: string; readonly message: Said };

export type EditOperationSpec<Params extends z.ZodObject = z.ZodObject> = {
  readonly operation: string;
  readonly label: string;
  /** One sentence for palette, tooltip and docs. */
  readonly description: string;
  /** The remote endpoint; by the kind of the first input where the API has several. See `editEndpoint`. */
  readonly endpoint: EditEndpoint | Readonly<Partial<Record<MediaKind, EditEndpoint>>>;
  readonly slots: readonly EditSlot[];
  /** What it gives, as one result. */
  readonly output: MediaKind | { readonly sameAs: string };
  /** What it gives, where that is more than one result, in the order of the ports. `output` is the kind of the first. */
  readonly outputs?: readonly [EditOutput, ...EditOutput[]];
  /** The result's frame, where it is known before rendering: the first input's, or as param `aspectRatio` asks. */
  readonly frame?: "kept" | "asked";
  /** Also takes an image in its first slot, if the caller allows it: the API's own first example trims one. */
  readonly stills?: true;
  /** `{}` parses to the defaults. For a form: `z.toJSONSchema(params, { io: "input" })`. */
  readonly params: Params;
  /** The operation needs a text beside its params (`promptText` in the API). */
  readonly text?: "required";
  /** Params that only local rendering knows; leave them out of a remote request. */
  readonly localParams?: readonly string[];
  /** Params that a remote request must name: our defaults for forms do not stand in for them. */
  readonly remoteRequired?: readonly string[];
  /** Rules across fields and inputs. Params are already parsed. */
  check?(params: z.infer<Params>, inputs: readonly EditInputFacts[]): EditIssue[];
};

/** Keeps the params' type known to `check`, which a plain annotation would widen. */
export function operation<Params extends z.ZodObject>(
  spec: EditOperationSpec<Params>,
): EditOperationSpec<Params> {
  return spec;
}

export const video = (index: number, label: string, required = true): EditSlot => ({
  id: `video_${index}`,
  label,
  kind: "video",
  required,
  field: "mediaIds",
});
export const image = (index: number, label: string, required = true): EditSlot => ({
  id: `image_${index}`,
  label,
  kind: "image",
  required,
  field: "mediaIds",
});
export const audio: EditSlot = {
  id: "audio_0",
  label: "Audio",
  kind: "audio",
  required: true,
  field: "audioMediaId",
};

export const positions = [
  "top-left",
  "top-center",
  "top-right",
  "center-left",
  "center",
  "center-right",
  "bottom-left",
  "bottom-center",
  "bottom-right",
] as const;
export type Position = (typeof positions)[number];

export const position = (title: string, description: string) =>
  z.enum(positions).meta({ title, description });
export const milliseconds = (title: string, description: string, min: number) =>
  z.number().min(min).meta({ title, unit: "ms", description });
export const percent = (title: string, description: string, min: number, max: number) =>
  z.number().min(min).max(max).meta({ title, unit: "%", description });
export const pixels = (title: string, description: string, min: number) =>
  z.int().min(min).max(16_384).meta({ title, unit: "px", description });
export const hexColor = (title: string, description: string) =>
  z
    .string()
    .regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/, {
      error: "A colour is written as # and 3, 4, 6 or 8 hex digits, e.g. #FFFFFF.",
    })
    .meta({ title, description, format: "color" });

/** Each padding is a share of the frame's own side, so the same numbers suit every size. */
export const paddings = (what: string, usual: number) => ({
  paddingTop: percent("Padding top", `${what} the top edge, in percent of the height.`, 0, 50).default(usual),
  paddingRight: percent("Padding right", `${what} the right edge, in percent of the width.`, 0, 50).default(
    usual,
  ),
  paddingBottom: percent(
    "Padding bottom",
    `${what} the bottom edge, in percent of the height.`,
    0,
    50,
  ).default(usual),
  paddingLeft: percent("Padding left", `${what} the left edge, in percent of the width.`, 0, 50).default(
    usual,
  ),
});

/** The shortest piece the API lets one cut, in milliseconds. */
export const SHORTEST_MS = 100;

export function checkRange(
  startMs: number,
  endMs: number | undefined,
  input: EditInputFacts | undefined,
): EditIssue[] {
  const issues: EditIssue[] = [];
  if (endMs !== undefined && endMs - startMs < SHORTEST_MS)
    issues.push({
      param: "trimEndMs",
      message: `The end must be at least ${SHORTEST_MS} ms after the start (start ${startMs} ms, end ${endMs} ms).`,
    });
  if (input?.durationMs !== undefined && startMs >= input.durationMs)
    issues.push({
      param: "trimStartMs",
      message: `The start (${startMs} ms) lies beyond the end of the input, which lasts ${Math.round(input.durationMs)} ms.`,
    });
  return issues;
}

export const inSlot = (inputs: readonly EditInputFacts[], slot: string) =>
  inputs.find((input) => input.slot === slot);
