import { createCanvas } from "@napi-rs/canvas";
import { createNoise, drift, type Frame, glow, type Layer, paintLayer, paintPatch } from "./layer.ts";
import { fade, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** Pools of colour running into each other, with a gradient disc and fine contour lines. */
export function mesh(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const span = Math.max(width, height);
  const short = Math.min(width, height);
  const colours = [...palette.sky, ...palette.accents];
  const direction = random.chance(0.5) ? 1 : -1;
  const ground = paintLayer(frame, drift(0.25, direction), (context, margin) => {
    // Painted small and stretched: the stretch is the blur.
    const small = 48;
    const tile = createCanvas(small, small);
    const paint = tile.getContext("2d");
    paint.fillStyle = palette.sky[1];
    paint.fillRect(0, 0, small, small);
    for (let i = 0; i < 12; i++) {
      const colour = colours[(i * 2 + random.int(0, 2)) % colours.length] ?? palette.sky[2];
      glow(
        paint,
        random.between(0, small),
        random.between(0, small),
        small * random.between(0.3, 0.62),
        colour,
        0.95,
      );
    }
    context.imageSmoothingQuality = "high";
    context.filter = `blur(${Math.round(span * 0.03)}px)`;
    context.drawImage(tile, -margin * 2, -margin * 2, width + margin * 4, height + margin * 4);
    context.filter = "none";
  });
  const centre = { x: width * random.between(0.36, 0.64), y: height * random.between(0.38, 0.56) };
  const radius = short * random.between(0.26, 0.34);
  const tilt = random.between(0, Math.PI * 2);
  const disc = paintPatch(centre, radius * 1.5, drift(0.6, direction), (context) => {
    context.save();
    context.translate(0, radius * 0.16);
    glow(context, 0, 0, radius * 1.4, palette.near, 0.55);
    context.restore();
    const fill = context.createLinearGradient(
      Math.cos(tilt) * radius,
      Math.sin(tilt) * radius,
      -Math.cos(tilt) * radius,
      -Math.sin(tilt) * radius,
    );
    const stops = [palette.light, palette.accents[1], palette.accents[0], palette.accents[2], palette.sky[0]];
    stops.forEach((colour, i) => {
      fill.addColorStop(i / (stops.length - 1), colour);
    });
    context.fillStyle = fill;
    context.beginPath();
    context.arc(0, 0, radius, 0, Math.PI * 2);
    context.fill();
    context.clip();
    glow(
      context,
      Math.cos(tilt) * radius * 0.9,
      Math.sin(tilt) * radius * 0.9,
      radius * 1.3,
      palette.light,
      0.6,
    );
  });
  const lines = paintLayer(frame, drift(0.85, direction), (context, margin) => {
    const noise = createNoise(random.fork("lines"), 2, 0.4);
    const count = 34;
    context.lineWidth = Math.max(1, span * 0.0011);
    for (let i = 0; i < count; i++) {
      const at = i / (count - 1);
      context.strokeStyle = fade(
        mix(palette.light, palette.accents[4], at * 0.4),
        0.1 + 0.5 * Math.sin(at * Math.PI) ** 2,
      );
      context.beginPath();
      for (let x = -margin; x <= width + margin; x += 6) {
        const wave = noise(3 + (x / span) * 1.6) * 0.3 + noise(50 + (x / span) * 1.1 + at * 0.9) * 0.34 * at;
        context.lineTo(x, height * (0.62 + at * 0.17) + wave * short * 0.9);
      }
      context.stroke();
    }
  });
  return [ground, disc, lines];
}
