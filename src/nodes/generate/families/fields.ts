import type { MediaKind } from "../../../base/media-kind.ts";
import type { InputPort } from "../../../graph/describe/ports.ts";
import type { Field } from "../../fields/form.ts";

/** Fields and ports that several models share. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;

export const aspectRatio = (choices: readonly string[], defaultChoice = "9:16"): Field => ({
  type: "string",
  title: "Aspect ratio",
  description: "Width to height.",
  enum: choices,
  default: defaultChoice,
  ...(choices.includes("auto") ? { "x-enumLabels": { auto: "As the reference" } } : {}),
});

export const resolution = (choices: readonly string[], defaultChoice: string): Field => ({
  type: "string",
  title: "Resolution",
  enum: choices,
  default: defaultChoice,
  "x-control": "segmented",
});

export const durationChoice = (choices: readonly number[], defaultChoice: number): Field => ({
  type: "integer",
  title: "Duration",
  description: "Seconds of video.",
  enum: choices,
  default: defaultChoice,
  "x-control": "segmented",
  "x-unit": "s",
});

export const durationRange = (minimum: number, maximum: number, defaultValue: number): Field => ({
  type: "integer",
  title: "Duration",
  description: "Seconds of video.",
  minimum,
  maximum,
  default: defaultValue,
  "x-control": "slider",
  "x-unit": "s",
});

export const styleId: Field = {
  type: "string",
  title: "Style",
  description: "The id of a saved style, a UUID.",
  format: "uuid",
};

export const slot = (id: string, label: string, type: MediaKind, required = false): InputPort => ({
  id,
  label,
  type,
  ...(required ? { required } : {}),
});

export const references = (max: number, min = 0): InputPort => ({
  id: "reference_images",
  label: "Reference images",
  type: "image",
  list: { min, max },
});

export const startImage = slot("start_image", "Start image", "image");
export const endImage = slot("end_image", "End image", "image");

export const social = ["9:16", "16:9", "1:1"] as const;
