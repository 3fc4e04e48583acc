import {
  type EditOperation,
  type EditOperationSpec,
  editOperationNames,
  editOperations,
} from "../../editing/operations.ts";
import type { NodeVariant } from "../definition/definition.ts";
import type { IconName } from "../definition/icon-name.ts";

/** What a node says of an operation besides what the operation itself is. */
type OperationLook = {
  readonly icon: IconName;
  /** What people call it elsewhere, the nearest words first. */
  readonly keywords: readonly string[];
  /** Shown in the palette before anything is searched. */
  readonly common?: true;
};

const looks: { readonly [Operation in EditOperation]: OperationLook } = {
  trim: {
    icon: "Scissors",
    keywords: ["cut", "shorten", "clip video", "length"],
    common: true,
  },
  crop: {
    icon: "Crop",
    keywords: ["reframe", "aspect ratio", "cut out", "vertical", "square"],
    common: true,
  },
  textOverlay: {
    icon: "Type",
    keywords: ["title", "caption", "subtitle", "text", "words on video", "label"],
    common: true,
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
  },
  imageToVideo: {
    icon: "ImagePlay",
    keywords: ["slideshow", "still clip", "photo to video", "ken burns", "gif"],
    common: true,
  },
  speed: {
    icon: "Gauge",
    keywords: ["slow motion", "time lapse", "fast", "faster", "slower"],
  },
  volume: { icon: "Volume2", keywords: ["mute", "loudness", "quiet", "silence"] },
  editAudio: { icon: "ListMusic", keywords: ["add music", "soundtrack", "mix sound", "voice over"] },
  overlay: { icon: "Layers2", keywords: ["picture in picture", "pip", "watermark", "logo"] },
  splitScreen: { icon: "Columns2", keywords: ["side by side", "collage"] },
  reverseVideo: { icon: "Rewind", keywords: ["backwards", "rewind"] },
  extractAudio: { icon: "AudioWaveform", keywords: ["sound from video", "mp3"] },
  imageCrop: {
    icon: "Scan",
    keywords: ["crop picture", "crop photo", "cut out", "round"],
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
