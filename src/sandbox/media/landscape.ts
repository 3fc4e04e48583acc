import type { SKRSContext2D } from "@napi-rs/canvas";
import { createNoise, drift, type Frame, fillVertical, glow, type Layer, paintLayer } from "./layer.ts";
import { fade, lightness, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** Sky with sun or moon. Shared with the skyline. */
export function paintSky(
  frame: Frame,
  palette: Palette,
  random: Random,
  sun: { x: number; y: number; r: number },
  birds = false,
): Layer {
  const { width, height } = frame;
  return paintLayer(frame, drift(0.05), (context, margin) => {
    fillVertical(context, frame, margin, palette.sky, 0, height * 0.8);
    if (lightness(palette.sky[0]) < 0.38) paintStars(context, frame, random.fork("stars"));
    const span = Math.max(width, height);
    glow(context, sun.x, sun.y, span * 0.62, palette.sky[3], 0.55);
    glow(context, sun.x, sun.y, sun.r * 3.4, palette.light, 0.55);
    paintClouds(context, frame, palette, random.fork("clouds"));
    const disc = context.createLinearGradient(0, sun.y - sun.r, 0, sun.y + sun.r);
    disc.addColorStop(0, palette.light);
    disc.addColorStop(1, mix(palette.light, palette.sky[2], 0.35));
    context.fillStyle = disc;
    context.beginPath();
    context.arc(sun.x, sun.y, sun.r, 0, Math.PI * 2);
    context.fill();
    if (birds) paintBirds(context, frame, fade(palette.near, 0.7), random.fork("birds"));
  });
}

function paintStars(context: SKRSContext2D, { width, height }: Frame, random: Random): void {
  const unit = Math.max(width, height) / 1000;
  for (let i = 0; i < 260; i++) {
    const y = random.next() ** 1.6 * height * 0.7;
    const size = (random.chance(0.06) ? random.between(1.2, 2) : random.between(0.4, 1)) * unit;
    context.fillStyle = `rgba(255,255,255,${random.between(0.25, 0.95) * (1 - y / (height * 0.8))})`;
    context.beginPath();
    context.arc(random.between(-0.05, 1.05) * width, y, size, 0, Math.PI * 2);
    context.fill();
  }
}

/** Long thin bands of haze, lit from below. */
function paintClouds(
  context: SKRSContext2D,
  { width, height }: Frame,
  palette: Palette,
  random: Random,
): void {
  const bands = random.int(4, 7);
  for (let i = 0; i < bands; i++) {
    const y = height * random.between(0.12, 0.52);
    const length = width * random.between(0.35, 0.95);
    const thickness = height * random.between(0.006, 0.022);
    const x = width * random.between(-0.1, 1);
    context.save();
    context.translate(x, y);
    context.scale(length / 2, thickness);
    glow(
      context,
      0,
      0,
      1,
      mix(palette.light, palette.sky[3], random.between(0.1, 0.9)),
      random.between(0.25, 0.6),
    );
    context.restore();
  }
}

function paintConifer(context: SKRSContext2D, x: number, base: number, size: number, random: Random): void {
  const tiers = 6;
  const half = size * random.between(0.17, 0.24);
  context.beginPath();
  context.moveTo(x, base - size);
  for (let tier = 1; tier <= tiers; tier++) {
    const y = base - size + (size * tier) / tiers;
    const reach = half * (tier / tiers) * random.between(0.85, 1.15);
    context.lineTo(x + reach, y);
    context.lineTo(x + reach * 0.5, y - size * 0.02);
  }
  for (let tier = tiers; tier >= 1; tier--) {
    const y = base - size + (size * tier) / tiers;
    const reach = half * (tier / tiers) * random.between(0.85, 1.15);
    context.lineTo(x - reach * 0.5, y - size * 0.02);
    context.lineTo(x - reach, y);
  }
  context.closePath();
  context.fill();
}

function paintBirds(context: SKRSContext2D, { width, height }: Frame, colour: string, random: Random): void {
  context.strokeStyle = colour;
  context.lineCap = "round";
  const x = width * random.between(0.2, 0.7);
  const y = height * random.between(0.16, 0.36);
  for (let i = 0; i < random.int(4, 8); i++) {
    const size = height * random.between(0.006, 0.013);
    const bx = x + random.between(-0.12, 0.12) * width;
    const by = y + random.between(-0.06, 0.06) * height;
    context.lineWidth = size * 0.22;
    context.beginPath();
    context.moveTo(bx - size, by - size * 0.35);
    context.quadraticCurveTo(bx - size * 0.4, by - size * 0.5, bx, by);
    context.quadraticCurveTo(bx + size * 0.4, by - size * 0.5, bx + size, by - size * 0.35);
    context.stroke();
  }
}

/** Layered ridges in mist under a large sun: the calmest of the scenes and the default for outdoor words. */
export function landscape(frame: Frame, palette: Palette, random: Random, prompt: string): Layer[] {
  const { width, height } = frame;
  const text = prompt.toLowerCase();
  const trees = /forest|wood|pine|tree|jungle|winter|cabin|camp|hik/.test(text);
  const dunes = /desert|dune|sand/.test(text);
  const direction = random.chance(0.5) ? 1 : -1;
  const horizon = height * random.between(0.5, 0.6);
  const short = Math.min(width, height);
  const sun = {
    x: width * random.between(0.28, 0.72),
    y: horizon - short * random.between(0.06, 0.26),
    r: short * random.between(0.085, 0.15),
  };
  const layers = [paintSky(frame, palette, random, sun, true)];
  const count = dunes ? 5 : 6;
  const baseOf = (depth: number): number => horizon + (height - horizon) * (depth ** 1.35 * 0.86 - 0.06);
  for (let i = 0; i < count; i++) {
    const depth = (i + 1) / count;
    const part = random.fork(`ridge${i}`);
    const noise = createNoise(part, dunes ? 2 : 6, dunes ? 0.22 : 0.48);
    const offset = part.between(0, 200);
    // Nearer ridges are wider, so the same noise is read more slowly.
    const rate = (dunes ? 1.9 : 3.2 - depth * 1.3) / Math.max(width, height);
    const base = baseOf(depth);
    const amplitude = height * (dunes ? 0.13 + depth * 0.05 : 0.15 - depth * 0.055);
    const colour = mix(palette.far, palette.near, depth ** 1.25);
    const mist = mix(colour, palette.sky[3], 0.62 * (1 - depth * 0.75));
    const top = (x: number): number => {
      const value = noise(offset + x * rate);
      return base - amplitude * (dunes ? value : Math.abs(value) * 1.5 - 0.25);
    };
    layers.push(
      paintLayer(
        frame,
        drift(0.1 + depth * 0.9, direction),
        (context, margin) => {
          const shade = context.createLinearGradient(0, base - amplitude, 0, base + height * 0.2);
          shade.addColorStop(0, colour);
          shade.addColorStop(1, mist);
          context.fillStyle = shade;
          context.beginPath();
          context.moveTo(-margin, height + margin);
          for (let x = -margin; x <= width + margin; x += 2) context.lineTo(x, top(x));
          context.lineTo(width + margin, height + margin);
          context.closePath();
          context.fill();
          // Light from the sun's side slides over the far slopes.
          context.save();
          context.clip();
          glow(context, sun.x, base - amplitude * 0.4, width * 0.5, palette.light, 0.26 * (1 - depth));
          context.restore();
          if (trees && i >= 2) {
            context.fillStyle = mix(colour, palette.near, 0.35);
            let x = -margin;
            while (x < width + margin) {
              const size = height * (0.02 + depth ** 2.2 * 0.15) * part.between(0.55, 1.15);
              paintConifer(context, x, top(x) + size * 0.12, size, part);
              x += size * part.between(0.16, i >= 4 ? 0.7 : 0.4);
            }
          }
        },
        {
          top: base - amplitude * 1.3 - (trees ? height * 0.19 : 0),
          bottom: i + 2 < count ? baseOf((i + 3) / count) + amplitude * 1.5 : Infinity,
        },
      ),
    );
  }
  return layers;
}
