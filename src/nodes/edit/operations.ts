import {
  type EditOperation,
  type EditOperationSpec,
  editOperationNames,
  editOperations,
} from "../../editing/operations.ts";
import { ratioFrom } from "../../graph/check/ratios.ts";
import type { NodeVariant } from "../definition/definition.ts";
import type { IconName } from "../definition/icon-name.ts";

/** What a node says of an operation besides what the operation itself is. */
type OperationLook = {
  readonly icon: IconName;
  /** What people call it elsewhere, the nearest words first. */
  readonly keywords: readonly string[];
  /** Shown in the palette before anything is searched. */
  readonly common?: true;
  /** What it does to the frame, where that is known before it runs. */
  readonly frame?: "kept" | ((params: Readonly<Record<string, unknown>>) => number | undefined);
};

const asAsked = ({ aspectRatio }: Readonly<Record<string, unknown>>) => ratioFrom(aspectRatio);

const looks: { readonly [Operation in EditOperation]: OperationLook } = {
  trim: {
    icon: "Scissors",
    keywords: ["cut", "shorten", "clip video", "length"],
    common: true,
    frame: "kept",
  },
  crop: {
    icon: "Crop",
    keywords: ["reframe", "aspect ratio", "cut out", "vertical", "square"],
    common: true,
    frame: asAsked,
  },
  textOverlay: {
    icon: "Type",
    keywords: ["title", "caption", "subtitle", "text", "words on video", "label"],
    common: true,
    frame: "kept",
  },
  merge: {
    icon: "Combine",
    keywords: ["join", "concatenate", "combine", "stitch", "append", "loop", "repeat"],
    common: true,
  },
  extractFrame: {
    icon: "Camera",
    keywords: ["still", "screenshot", "thumbnail", "picture from video"],
    common: true,
    frame: "kept",
  },
  imageToVideo: {
    icon: "ImagePlay",
    keywords: ["slideshow", "still clip", "photo to video", "ken burns", "gif"],
    common: true,
    frame: asAsked,
  },
  speed: {
    icon: "Gauge",
    keywords: ["slow motion", "time lapse", "fast", "faster", "slower"],
    frame: "kept",
  },
  volume: { icon: "Volume2", keywords: ["mute", "loudness", "quiet", "silence"], frame: "kept" },
  editAudio: { icon: "ListMusic", keywords: ["add music", "soundtrack", "mix sound", "voice over"] },
  overlay: { icon: "Layers2", keywords: ["picture in picture", "pip", "watermark", "logo"] },
  splitScreen: { icon: "Columns2", keywords: ["side by side", "collage"] },
  reverseVideo: { icon: "Rewind", keywords: ["backwards", "rewind"], frame: "kept" },
  extractAudio: { icon: "AudioWaveform", keywords: ["sound from video", "mp3"] },
  imageCrop: {
    icon: "Scan",
    keywords: ["crop picture", "crop photo", "cut out", "round"],
    frame: asAsked,
  },
  audioTrim: { icon: "ScissorsLineDashed", keywords: ["cut audio", "cut sound", "shorten audio"] },
};

export const operationLook = (operation: EditOperation): OperationLook => looks[operation];

export const operationVariants: readonly NodeVariant[] = editOperationNames.map((operation) => {
  const { label, description }: EditOperationSpec = editOperations[operation];
  const { keywords, common = false } = looks[operation];
  return {
    id: operation,
    params: { operation },
    title: label,
    description,
    keywords: [...keywords, "edit", "render"],
    common,
  };
});
