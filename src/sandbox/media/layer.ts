import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { fade, mix } from "./palette.ts";
import type { Random } from "./random.ts";

/** The visible size in pixels. */
export type Frame = { readonly width: number; readonly height: number };

/** Where a layer stands at a moment: shift in parts of the frame's height, scale around the frame's centre. */
type Pose = { readonly dx: number; readonly dy: number; readonly scale: number };

/**
 * A picture is a stack of layers. A still shows them as painted; a clip moves each by its own `motion`, which gives
 * parallax for the price of a few bitmap copies per frame.
 */
export type Layer = {
  readonly canvas: Canvas;
  /** Where the bitmap's corner lies in the frame, in pixels. */
  readonly x: number;
  readonly y: number;
  /** `progress` runs from 0 to 1 over the clip, `seconds` is its time. */
  readonly motion: (progress: number, seconds: number) => Pose;
};

/** How far a full layer reaches over each edge, in parts of the long side, so that motion never shows an end. */
const bleed = 0.07;

/** Eases in and out, 0 to 1. */
const ease = (progress: number): number => progress * progress * (3 - 2 * progress);

/**
 * A slow camera move. `depth` is 0 for the far sky and 1 for what nearly touches the lens; near layers move more.
 * Stays inside the bleed for any depth up to 1.
 */
export function drift(depth: number, direction: 1 | -1 = 1): Layer["motion"] {
  return (progress) => {
    const way = ease(progress);
    return {
      dx: -direction * depth * 0.06 * way,
      dy: depth * 0.006 * way,
      scale: 1 + (0.02 + depth * 0.05) * way,
    };
  };
}

/**
 * Paints a layer as large as the frame and its bleed. `paint` draws in frame coordinates.
 *
 * @param band the only rows it paints on, in frame coordinates; copying a clip's frames is cheaper for small layers.
 */
export function paintLayer(
  frame: Frame,
  motion: Layer["motion"],
  paint: (context: SKRSContext2D, margin: number) => void,
  band?: { readonly top: number; readonly bottom: number },
): Layer {
  const margin = Math.ceil(Math.max(frame.width, frame.height) * bleed);
  const top = Math.max(-margin, Math.floor(band?.top ?? -margin));
  const bottom = Math.min(frame.height + margin, Math.ceil(band?.bottom ?? frame.height + margin));
  const canvas = createCanvas(frame.width + 2 * margin, Math.max(1, bottom - top));
  const context = canvas.getContext("2d");
  context.translate(margin, -top);
  paint(context, margin);
  return { canvas, x: -margin, y: top, motion };
}

/** Paints a small layer around a centre. `paint` draws around the origin. */
export function paintPatch(
  centre: { readonly x: number; readonly y: number },
  radius: number,
  motion: Layer["motion"],
  paint: (context: SKRSContext2D) => void,
): Layer {
  const half = Math.ceil(radius);
  const canvas = createCanvas(half * 2, half * 2);
  const context = canvas.getContext("2d");
  context.translate(half, half);
  paint(context);
  return { canvas, x: centre.x - half, y: centre.y - half, motion };
}

export function drawLayers(
  context: SKRSContext2D,
  frame: Frame,
  layers: readonly Layer[],
  progress: number,
  seconds: number,
): void {
  for (const layer of layers) {
    const { dx, dy, scale } = layer.motion(progress, seconds);
    context.setTransform(
      scale,
      0,
      0,
      scale,
      (frame.width / 2) * (1 - scale) + dx * frame.height,
      (frame.height / 2) * (1 - scale) + dy * frame.height,
    );
    context.drawImage(layer.canvas, layer.x, layer.y);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/** Fills the layer with a vertical gradient through the colours, spread evenly over the frame's height. */
export function fillVertical(
  context: SKRSContext2D,
  frame: Frame,
  margin: number,
  colours: readonly string[],
  from = 0,
  to = frame.height,
): void {
  const gradient = context.createLinearGradient(0, from, 0, to);
  // Steps in between are mixed in OKLab; canvas alone would mix in sRGB and turn grey half way.
  for (let i = 0; i + 1 < colours.length; i++) {
    for (let step = 0; step < 6; step++) {
      const at = (i + step / 6) / (colours.length - 1);
      gradient.addColorStop(at, mix(colours[i] ?? "#000000", colours[i + 1] ?? "#000000", step / 6));
    }
  }
  gradient.addColorStop(1, colours.at(-1) ?? "#000000");
  context.fillStyle = gradient;
  context.fillRect(-margin, -margin, frame.width + 2 * margin, frame.height + 2 * margin);
}

/** A soft round light that fades out without an edge. */
export function glow(
  context: SKRSContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  strength: number,
): void {
  const gradient = context.createRadialGradient(x, y, 0, x, y, radius);
  for (let step = 0; step <= 10; step++) {
    const at = step / 10;
    gradient.addColorStop(at, fade(colour, strength * (1 - at) ** 2.2));
  }
  context.fillStyle = gradient;
  context.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

/** Smooth noise over one dimension, about -1 to 1: a few octaves of value noise. */
export function createNoise(random: Random, octaves = 5, roughness = 0.5): (x: number) => number {
  const size = 256;
  const values = Float64Array.from({ length: size }, () => random.between(-1, 1));
  const at = (x: number): number => {
    const cell = Math.floor(x);
    const part = x - cell;
    const smooth = part * part * (3 - 2 * part);
    const a = values[((cell % size) + size) % size] ?? 0;
    const b = values[(((cell + 1) % size) + size) % size] ?? 0;
    return a + (b - a) * smooth;
  };
  return (x) => {
    let sum = 0;
    let weight = 0;
    for (let octave = 0; octave < octaves; octave++) {
      const amplitude = roughness ** octave;
      sum += at(x * 2 ** octave + octave * 37.7) * amplitude;
      weight += amplitude;
    }
    return sum / weight;
  };
}
