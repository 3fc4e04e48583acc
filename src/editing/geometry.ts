/** Where rectangles lie in a frame. Pure; sizes and places in pixels. */

import type { Position } from "./operations/operation.ts";
import type { EditParams } from "./operations.ts";

export type Size = { readonly width: number; readonly height: number };
export type Rect = Size & { readonly x: number; readonly y: number };

/** H.264 in yuv420p needs even sides; 2 is the smallest. */
export const evenDown = (value: number): number => Math.max(2, Math.floor(value / 2) * 2);

export function parseRatio(ratio: string): number {
  const [width, height] = ratio.split(":").map(Number);
  if (!width || !height) throw new RangeError(`“${ratio}” is no ratio.`);
  return width / height;
}

/** The largest size of that ratio inside another. */
export function fitRatio(inside: Size, ratio: number): Size {
  return inside.width / inside.height > ratio
    ? { width: inside.height * ratio, height: inside.height }
    : { width: inside.width, height: inside.width / ratio };
}

/** How far along the free space a position lies: 0 at the left or top, 1 at the right or bottom. */
export function anchor(position: Position): { readonly x: number; readonly y: number } {
  const x = position.endsWith("left") ? 0 : position.endsWith("right") ? 1 : 0.5;
  const y = position.startsWith("top") ? 0 : position.startsWith("bottom") ? 1 : 0.5;
  return { x, y };
}

/**
 * What a video crop keeps of a frame of at least 2×2: always even in size and place, never beyond the frame.
 * Paddings come off first; then the chosen side, custom size or shape is placed in what is left.
 */
export function cropRect(frame: Size, params: EditParams<"crop">): Rect {
  const left = (frame.width * params.paddingLeft) / 100;
  const top = (frame.height * params.paddingTop) / 100;
  const area: Size = {
    width: frame.width - left - (frame.width * params.paddingRight) / 100,
    height: frame.height - top - (frame.height * params.paddingBottom) / 100,
  };
  const wanted = croppedSize(area, params);
  const width = Math.min(evenDown(Math.round(wanted.width)), evenDown(frame.width));
  const height = Math.min(evenDown(Math.round(wanted.height)), evenDown(frame.height));
  const at = anchor(params.position);
  return {
    width,
    height,
    x: evenPlace(left + (area.width - width) * at.x, frame.width - width),
    y: evenPlace(top + (area.height - height) * at.y, frame.height - height),
  };
}

function croppedSize(area: Size, params: EditParams<"crop">): Size {
  if (params.cropAxis !== undefined) {
    const share = (params.cropPercent ?? 100) / 100;
    return params.cropAxis === "width"
      ? { width: area.width * share, height: area.height }
      : { width: area.width, height: area.height * share };
  }
  if (params.aspectRatio !== "custom") return fitRatio(area, parseRatio(params.aspectRatio));
  const width = params.customWidth ?? area.width;
  const height = params.customHeight ?? area.height;
  const shrink = Math.min(1, area.width / width, area.height / height);
  return { width: width * shrink, height: height * shrink };
}

function evenPlace(value: number, most: number): number {
  return Math.floor(Math.min(Math.max(0, Math.round(value)), Math.max(0, most)) / 2) * 2;
}

/** What an image crop keeps; whole pixels, at least one, never beyond the image. */
export function imageCropRect(image: Size, params: EditParams<"imageCrop">): Rect {
  const x = Math.min(params.cropPixelX, image.width - 1);
  const y = Math.min(params.cropPixelY, image.height - 1);
  const area: Size = {
    width: Math.min(params.cropPixelWidth ?? image.width, image.width - x),
    height: Math.min(params.cropPixelHeight ?? image.height, image.height - y),
  };
  if (params.aspectRatio === "free") return { x, y, ...area };
  const fitted = fitRatio(area, parseRatio(params.aspectRatio));
  const width = Math.max(1, Math.round(fitted.width));
  const height = Math.max(1, Math.round(fitted.height));
  return {
    x: x + Math.floor((area.width - width) / 2),
    y: y + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}
