/**
 * The edit operations, described once: what they take, what they give, and their params with labels, units,
 * ranges and defaults. Forms, validation, the remote request and the local render all read this file. Pure data
 * and pure functions, so the window may import it too.
 *
 * Operation and param names are the API's own. Where the API publishes no range or default, ours is a choice;
 * the descriptions say what we mean by it.
 *
 * @see docs/wondercat-api.md, sections 6 and 7.
 */

import { z } from "zod";
import type { MediaKind } from "../base/media-kind.ts";

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

/** What is known of an input before rendering; facts that are missing are not checked. */
export type EditInputFacts = {
  readonly slot: string;
  readonly kind: MediaKind;
  readonly durationMs?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
};

/** What is wrong with one param (or, with a slot's id as `param`, one input), in words for the person. */
export type EditIssue = { readonly param: string; readonly message: string };

export type EditOperationSpec<Params extends z.ZodObject = z.ZodObject> = {
  readonly operation: string;
  readonly label: string;
  /** One sentence for palette, tooltip and docs. */
  readonly description: string;
  /** The remote endpoint; by the kind of the first input where the API has several. See `editEndpoint`. */
  readonly endpoint: EditEndpoint | Readonly<Partial<Record<MediaKind, EditEndpoint>>>;
  readonly slots: readonly EditSlot[];
  readonly output: MediaKind | { readonly sameAs: string };
  /** `{}` parses to the defaults. For a form: `z.toJSONSchema(params, { io: "input" })`. */
  readonly params: Params;
  /** The operation needs a text beside its params (`promptText` in the API). */
  readonly text?: "required";
  /** Params that only local rendering knows; leave them out of a remote request. */
  readonly localParams?: readonly string[];
  /** Rules across fields and inputs. Params are already parsed. */
  check?(params: z.infer<Params>, inputs: readonly EditInputFacts[]): EditIssue[];
};

/** Keeps the params' type known to `check`, which a plain annotation would widen. */
function operation<Params extends z.ZodObject>(spec: EditOperationSpec<Params>): EditOperationSpec<Params> {
  return spec;
}

const video = (index: number, label: string, required = true): EditSlot => ({
  id: `video_${index}`,
  label,
  kind: "video",
  required,
  field: "mediaIds",
});
const image = (index: number, label: string, required = true): EditSlot => ({
  id: `image_${index}`,
  label,
  kind: "image",
  required,
  field: "mediaIds",
});
const audio: EditSlot = {
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

const position = (title: string, description: string) => z.enum(positions).meta({ title, description });
const milliseconds = (title: string, description: string, min: number) =>
  z.number().min(min).meta({ title, unit: "ms", description });
const percent = (title: string, description: string, min: number, max: number) =>
  z.number().min(min).max(max).meta({ title, unit: "%", description });
const pixels = (title: string, description: string, min: number) =>
  z.int().min(min).max(16_384).meta({ title, unit: "px", description });
const hexColor = (title: string, description: string) =>
  z
    .string()
    .regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/, {
      error: "A colour is written as # and 3, 4, 6 or 8 hex digits, e.g. #FFFFFF.",
    })
    .meta({ title, description, format: "color" });

/** Each padding is a share of the frame's own side, so the same numbers suit every size. */
const paddings = (what: string, usual: number) => ({
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
const SHORTEST_MS = 100;

function checkRange(
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

const inSlot = (inputs: readonly EditInputFacts[], slot: string) =>
  inputs.find((input) => input.slot === slot);

/** Every font the API names in either generation of its docs. */
const fontFamilies = [
  "Inter",
  "Montserrat",
  "Bebas Neue",
  "Oswald",
  "Poppins",
  "Raleway",
  "Anton",
  "Roboto",
  "TikTok Sans",
  "TikTok Sans Condensed",
  "TikTok Sans SemiCondensed",
  "TikTok Sans SemiExpanded",
  "TikTok Sans Expanded",
  "TikTok Sans ExtraExpanded",
  "Nohemi",
  "Comic Cat",
  "Gavency",
  "Bungee Inline",
  "League Spartan",
  "Darker Grotesque",
] as const;
export type FontFamily = (typeof fontFamilies)[number];

/** The families that ship with the app; local renders draw with these alone. */
export const localFontFamilies = [
  "Inter",
  "Montserrat",
  "Bebas Neue",
  "Oswald",
  "Poppins",
  "Raleway",
  "Anton",
  "Roboto",
] as const satisfies readonly FontFamily[];
export type LocalFontFamily = (typeof localFontFamilies)[number];

/** What a local render draws with for each family of the API: itself, or the nearest in width and character. */
export const localFontFor: Readonly<Record<FontFamily, LocalFontFamily>> = {
  Inter: "Inter",
  Montserrat: "Montserrat",
  "Bebas Neue": "Bebas Neue",
  Oswald: "Oswald",
  Poppins: "Poppins",
  Raleway: "Raleway",
  Anton: "Anton",
  Roboto: "Roboto",
  "TikTok Sans": "Inter",
  "TikTok Sans Condensed": "Oswald",
  "TikTok Sans SemiCondensed": "Roboto",
  "TikTok Sans SemiExpanded": "Montserrat",
  "TikTok Sans Expanded": "Montserrat",
  "TikTok Sans ExtraExpanded": "Montserrat",
  Nohemi: "Poppins",
  "Comic Cat": "Poppins",
  Gavency: "Raleway",
  "Bungee Inline": "Bebas Neue",
  "League Spartan": "Montserrat",
  "Darker Grotesque": "Raleway",
};

const textPresets = ["TikTok White Highlight", "TikTok Black Highlight", "TikTok Red Highlight"] as const;
export type TextPreset = (typeof textPresets)[number];

const trim = operation({
  operation: "trim",
  label: "Trim",
  description: "Keeps the part of a video between two times.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  params: z.object({
    trimStartMs: milliseconds("Start", "Where the kept part begins.", 0).default(0),
    trimEndMs: milliseconds(
      "End",
      "Where the kept part ends; a video that ends sooner is kept to its end. At least 100 ms after the start.",
      SHORTEST_MS,
    ).default(5000),
  }),
  check: (params, inputs) => checkRange(params.trimStartMs, params.trimEndMs, inSlot(inputs, "video_0")),
});

const crop = operation({
  operation: "crop",
  label: "Crop",
  description: "Cuts a video to another shape.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  params: z.object({
    aspectRatio: z
      .enum(["16:9", "9:16", "1:1", "4:5", "21:9", "custom"])
      .default("16:9")
      .meta({ title: "Shape", description: "Width to height. Not used when a crop axis is chosen." }),
    customWidth: pixels(
      "Width",
      "Only with shape custom. A size larger than the video is made smaller in proportion.",
      2,
    ).optional(),
    customHeight: pixels("Height", "Only with shape custom.", 2).optional(),
    position: position("Position", "Which part of the picture is kept.").default("center"),
    cropAxis: z
      .enum(["width", "height"])
      .optional()
      .meta({ title: "Crop axis", description: "Shorten one side by percent instead of choosing a shape." }),
    cropPercent: percent(
      "Crop percent",
      "How much of that side is kept. Needs a crop axis.",
      10,
      100,
    ).optional(),
    ...paddings("Cut away first, along", 0),
  }),
  check(params) {
    const issues: EditIssue[] = [];
    const custom = params.aspectRatio === "custom" && params.cropAxis === undefined;
    for (const side of ["customWidth", "customHeight"] as const)
      if (custom && params[side] === undefined)
        issues.push({ param: side, message: "A custom shape needs both a width and a height." });
    if (params.cropPercent !== undefined && params.cropAxis === undefined)
      issues.push({
        param: "cropAxis",
        message: "Say which side the crop percent shortens: width or height.",
      });
    if (params.cropAxis !== undefined && params.cropPercent === undefined)
      issues.push({ param: "cropPercent", message: "Say how many percent of that side to keep." });
    for (const [param, sum] of [
      ["paddingBottom", params.paddingTop + params.paddingBottom],
      ["paddingRight", params.paddingLeft + params.paddingRight],
    ] as const)
      if (sum > 95)
        issues.push({
          param,
          message: "Opposite paddings leave nothing of the picture; keep their sum under 95 %.",
        });
    return issues;
  },
});

const textOverlay = operation({
  operation: "textOverlay",
  label: "Text overlay",
  description:
    "Writes a text onto a video or an image. Rendered locally, fonts that do not ship with the app are drawn in the nearest one that does (TikTok Sans as Inter, for example).",
  endpoint: { image: "image", video: "video" },
  slots: [{ id: "media_0", label: "Video or image", kind: "media", required: true, field: "mediaIds" }],
  output: { sameAs: "media_0" },
  text: "required",
  localParams: ["startMs", "endMs"],
  // A preset fills what is left out, so what a preset sets has no default here: explicit params win.
  params: z.object({
    preset: z.enum(textPresets).optional().meta({
      title: "Preset",
      description: "A ready look: text on a rounded box. Fields set below win over it.",
    }),
    position: position("Position", "Where the text stands. Default: centre, or the preset's.").optional(),
    sizePercent: percent("Box width", "Width of the text box, in percent of the frame's.", 10, 100).default(
      66,
    ),
    fontFamily: z.enum(fontFamilies).default("Inter").meta({
      title: "Font",
      description: "Fonts that do not ship with the app are drawn in the nearest one.",
    }),
    fontSizeScale: z
      .number()
      .min(0.1)
      .max(5)
      .default(1)
      .meta({ title: "Font size", unit: "×", description: "1 is 7 % of the frame's shorter side." }),
    textColor: hexColor("Text colour", "Default: white, or the preset's.").optional(),
    strokeColor: hexColor("Outline colour", "Default: black.").optional(),
    strokeWidth: z.number().min(0).max(20).optional().meta({
      title: "Outline",
      unit: "px",
      description: "At 1080 px of the shorter side, and scaled with it. Default: 3, or 0 with a preset.",
    }),
    backgroundBorderRadius: z.number().min(0).max(200).default(18).meta({
      title: "Box corners",
      unit: "px",
      description: "Radius of the preset's box, at 1080 px of the shorter side.",
    }),
    ...paddings("Distance from", 5),
    startMs: milliseconds("Show from", "Video only: when the text appears.", 0).optional(),
    endMs: milliseconds("Show until", "Video only: when the text goes.", SHORTEST_MS).optional(),
  }),
  check(params, inputs) {
    if (inSlot(inputs, "media_0")?.kind === "image") return [];
    if (params.endMs !== undefined && params.endMs - (params.startMs ?? 0) < SHORTEST_MS)
      return [{ param: "endMs", message: `The text must show for at least ${SHORTEST_MS} ms.` }];
    return [];
  },
});

const merge = operation({
  operation: "merge",
  label: "Merge",
  description: "Plays two to five videos one after the other, at the size and frame rate of the first.",
  endpoint: "video",
  slots: [
    video(0, "First"),
    video(1, "Second"),
    video(2, "Third", false),
    video(3, "Fourth", false),
    video(4, "Fifth", false),
  ],
  output: "video",
  params: z.object({}),
});

const extractFrame = operation({
  operation: "extractFrame",
  label: "Extract frame",
  description: "Takes one picture out of a video.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "image",
  localParams: ["format"],
  params: z.object({
    timestampMs: milliseconds("Time", "From the start. Default: the first frame.", 0).optional(),
    timestampPercent: percent(
      "Time in percent",
      "Of the video's length, instead of a time.",
      0,
      100,
    ).optional(),
    format: z
      .enum(["png", "jpeg"])
      .default("png")
      .meta({ title: "Format", description: "PNG keeps every detail, JPEG is smaller." }),
  }),
  check(params, inputs) {
    const issues: EditIssue[] = [];
    if (params.timestampMs !== undefined && params.timestampPercent !== undefined)
      issues.push({ param: "timestampPercent", message: "Give a time or a percentage, not both." });
    const durationMs = inSlot(inputs, "video_0")?.durationMs;
    if (durationMs !== undefined && params.timestampMs !== undefined && params.timestampMs > durationMs)
      issues.push({
        param: "timestampMs",
        message: `The time (${params.timestampMs} ms) lies beyond the end of the video, which lasts ${Math.round(durationMs)} ms.`,
      });
    return issues;
  },
});

const imageToVideo = operation({
  operation: "imageToVideo",
  label: "Image to video",
  description: "Shows one to five images one after the other as a video without sound.",
  endpoint: "video",
  slots: [
    image(0, "First"),
    image(1, "Second", false),
    image(2, "Third", false),
    image(3, "Fourth", false),
    image(4, "Fifth", false),
  ],
  output: "video",
  params: z.object({
    durationMs: z
      .number()
      .min(SHORTEST_MS)
      .max(60_000)
      .default(3000)
      .meta({ title: "Duration", unit: "ms", description: "How long each image shows." }),
    aspectRatio: z.enum(["source", "16:9", "9:16", "1:1", "4:5"]).default("source").meta({
      title: "Shape",
      description: "Source is the first image's. Images of another shape get black bars.",
    }),
    zoom: z
      .boolean()
      .default(false)
      .meta({ title: "Slow zoom", description: "Moves slowly into each image." }),
  }),
});

const speed = operation({
  operation: "speed",
  label: "Speed",
  description: "Plays a video faster or slower; the sound keeps its pitch.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  params: z.object({
    speed: z
      .number()
      .min(0.25)
      .max(4)
      .default(2)
      .meta({ title: "Speed", unit: "×", description: "2 is twice as fast, 0.5 half as fast." }),
  }),
});

const volume = operation({
  operation: "volume",
  label: "Volume",
  description: "Makes a video's sound quieter, or silent.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  params: z.object({
    volume: percent("Volume", "100 leaves it as it is.", 0, 100).default(100),
    muted: z.boolean().default(false).meta({ title: "Mute", description: "Silence, whatever the volume." }),
  }),
});

const editAudio = operation({
  operation: "editAudio",
  label: "Add audio",
  description: "Mixes an audio track into a video, for the video's length.",
  endpoint: "video",
  slots: [video(0, "Video"), audio],
  output: "video",
  params: z.object({
    videoVolume: percent("Video volume", "0 replaces the video's own sound.", 0, 100).default(100),
    audioVolume: percent("Audio volume", "Of the added track.", 0, 100).default(100),
  }),
});

const overlay = operation({
  operation: "overlay",
  label: "Overlay",
  description: "Lays one video over another, for the length of the one behind. The sound is mixed.",
  endpoint: "video",
  slots: [video(0, "Background"), video(1, "Foreground")],
  output: "video",
  params: z.object({
    position: position("Position", "Where the foreground stands.").default("bottom-right"),
    resizePercent: percent(
      "Foreground size",
      "Width of the foreground, in percent of the background's; it never exceeds the frame.",
      5,
      100,
    ).default(35),
  }),
});

const splitScreen = operation({
  operation: "splitScreen",
  label: "Split screen",
  description:
    "Shows two videos at once: side by side in 16:9, one above the other in 9:16. The sound is mixed.",
  endpoint: "video",
  slots: [video(0, "Left or top"), video(1, "Right or bottom")],
  output: "video",
  params: z.object({
    targetAspectRatio: z
      .enum(["16:9", "9:16"])
      .default("16:9")
      .meta({ title: "Shape", description: "Of the result. It lasts as long as the longer video." }),
  }),
});

const reverseVideo = operation({
  operation: "reverseVideo",
  label: "Reverse",
  description: "Plays a video backwards, with its sound.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  params: z.object({}),
});

const extractAudio = operation({
  operation: "extractAudio",
  label: "Extract audio",
  description: "Takes the sound of a video as MP3.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "audio",
  params: z.object({}),
});

const imageCrop = operation({
  operation: "imageCrop",
  label: "Crop image",
  description: "Cuts an image to a rectangle, a shape, or both. It keeps its format.",
  endpoint: "image",
  slots: [image(0, "Image")],
  output: "image",
  params: z.object({
    aspectRatio: z.enum(["free", "16:9", "9:16", "1:1", "4:5", "21:9", "4:3", "3:2"]).default("free").meta({
      title: "Shape",
      description: "Width to height; taken from the middle of the rectangle, or of the image.",
    }),
    cropPixelX: pixels("Left", "Left edge of the rectangle.", 0).default(0),
    cropPixelY: pixels("Top", "Top edge of the rectangle.", 0).default(0),
    cropPixelWidth: pixels("Width", "Default: to the right edge of the image.", 1).optional(),
    cropPixelHeight: pixels("Height", "Default: to the bottom edge of the image.", 1).optional(),
  }),
  check(params, inputs) {
    const input = inSlot(inputs, "image_0");
    const issues: EditIssue[] = [];
    for (const [param, from, size, length] of [
      ["cropPixelX", params.cropPixelX, params.cropPixelWidth, input?.width],
      ["cropPixelY", params.cropPixelY, params.cropPixelHeight, input?.height],
    ] as const)
      if (length !== undefined && from + (size ?? 1) > length)
        issues.push({
          param,
          message: `The rectangle reaches ${from + (size ?? 1)} px, but the image has only ${length} px.`,
        });
    return issues;
  },
});

const audioTrim = operation({
  operation: "audioTrim",
  label: "Trim audio",
  description: "Keeps the part of an audio file between two times.",
  endpoint: "audio",
  slots: [audio],
  output: "audio",
  params: z.object({
    trimStartMs: milliseconds("Start", "Where the kept part begins.", 0).default(0),
    trimEndMs: milliseconds(
      "End",
      "Where the kept part ends. Default: the end of the audio.",
      SHORTEST_MS,
    ).optional(),
  }),
  check: (params, inputs) => checkRange(params.trimStartMs, params.trimEndMs, inSlot(inputs, "audio_0")),
});

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
