import type { SKRSContext2D } from "@napi-rs/canvas";
import { drift, type Frame, fillVertical, glow, type Layer, paintLayer, paintPatch } from "./layer.ts";
import { fade, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

function paintFlower(
  context: SKRSContext2D,
  radius: number,
  colours: readonly [string, string],
  palette: Palette,
  random: Random,
): void {
  const rings = random.int(3, 5);
  for (let ring = 0; ring < rings; ring++) {
    const part = ring / rings;
    const petals = Math.round(9 - part * 3);
    const length = radius * (1 - part * 0.7);
    const breadth = length * random.between(0.36, 0.48);
    const turn = random.between(0, Math.PI);
    for (let petal = 0; petal < petals; petal++) {
      context.save();
      context.rotate(turn + (petal / petals) * Math.PI * 2);
      const fill = context.createRadialGradient(0, 0, length * 0.06, 0, 0, length);
      fill.addColorStop(0, mix(colours[1], palette.near, 0.35));
      fill.addColorStop(0.45, mix(colours[0], colours[1], 0.5 - part * 0.3));
      fill.addColorStop(1, mix(colours[0], palette.light, 0.35 + part * 0.25));
      context.fillStyle = fill;
      context.shadowColor = fade(palette.near, 0.3);
      context.shadowBlur = radius * 0.06;
      context.beginPath();
      context.moveTo(0, 0);
      context.bezierCurveTo(length * 0.25, -breadth, length * 0.95, -breadth * 0.9, length, 0);
      context.bezierCurveTo(length * 0.95, breadth * 0.9, length * 0.25, breadth, 0, 0);
      context.fill();
      context.restore();
    }
  }
  glow(context, 0, 0, radius * 0.22, palette.light, 0.9);
}

/** Large translucent flowers, near ones sharp and far ones soft. */
export function bloom(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const short = Math.min(width, height);
  const span = Math.max(width, height);
  const pairs: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
    [palette.accents[0], palette.accents[2]],
    [palette.accents[1], palette.accents[0]],
    [palette.accents[3], palette.accents[1]],
  ];
  const layers = [
    paintLayer(frame, drift(0), (context, margin) => {
      fillVertical(context, frame, margin, [palette.sky[0], palette.sky[1], palette.sky[2]]);
      glow(
        context,
        width * random.between(0.2, 0.8),
        height * random.between(0.15, 0.5),
        span * 0.65,
        palette.sky[3],
        0.8,
      );
    }),
  ];
  const placed: { x: number; y: number; r: number }[] = [];
  const count = 11;
  for (let i = 0; i < count; i++) {
    const depth = i / (count - 1);
    const part = random.fork(`flower${i}`);
    const r = short * (0.1 + depth * part.between(0.12, 0.24));
    let spot = { x: 0, y: 0, r };
    for (let attempt = 0; attempt < 40; attempt++) {
      spot = { x: width * part.between(0.02, 0.98), y: height * part.between(0.1, 1.02), r };
      if (placed.every((other) => Math.hypot(other.x - spot.x, other.y - spot.y) > (other.r + r) * 0.72))
        break;
    }
    placed.push(spot);
    const soft = Math.max(0, 0.6 - depth) * short * 0.02;
    layers.push(
      paintPatch(spot, r * 1.25 + soft * 3, drift(0.15 + depth * 0.85), (context) => {
        if (soft > 1) context.filter = `blur(${soft.toFixed(1)}px)`;
        paintFlower(context, r, part.pick(pairs), palette, part);
      }),
    );
  }
  return layers;
}
