import { createNoise, drift, type Frame, fillVertical, glow, type Layer, paintLayer } from "./layer.ts";
import { fade, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** Folded bands of light flowing over each other. */
export function silk(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const span = Math.max(width, height);
  const direction = random.chance(0.5) ? 1 : -1;
  const angle = random.between(-0.5, 0.5);
  const colours = [
    palette.sky[0],
    palette.accents[2],
    palette.accents[0],
    palette.sky[2],
    palette.accents[1],
    palette.accents[3],
    palette.sky[3],
  ];
  const layers = [
    paintLayer(frame, drift(0), (context, margin) => {
      fillVertical(context, frame, margin, [palette.sky[3], palette.sky[2], palette.sky[1]]);
      glow(context, width * random.between(0.2, 0.8), height * 0.1, span * 0.6, palette.light, 0.7);
    }),
  ];
  const count = 8;
  for (let i = 0; i < count; i++) {
    const depth = i / (count - 1);
    const part = random.fork(`band${i}`);
    const noise = createNoise(part, 2, 0.35);
    const offset = part.between(0, 100);
    const colour = colours[(i * 3 + part.int(0, 1)) % colours.length] ?? palette.accents[0];
    const next = colours[(i * 3 + 4) % colours.length] ?? palette.accents[1];
    const base = height * (0.2 + depth * 0.78);
    const amplitude = span * part.between(0.1, 0.17);
    const top = (x: number): number =>
      base + (x - width / 2) * Math.tan(angle) * 0.6 + amplitude * noise(offset + (x / span) * 1.7);
    layers.push(
      paintLayer(
        frame,
        drift(0.25 + depth * 0.75, i % 2 === 0 ? direction : direction === 1 ? -1 : 1),
        (context, margin) => {
          context.beginPath();
          context.moveTo(-margin, height + margin * 4);
          for (let x = -margin; x <= width + margin; x += 3) context.lineTo(x, top(x));
          context.lineTo(width + margin, height + margin * 4);
          context.closePath();
          const fill = context.createLinearGradient(-margin, base - amplitude, width, base + span * 0.42);
          for (let step = 0; step <= 6; step++) fill.addColorStop(step / 6, mix(colour, next, step / 6));
          context.shadowColor = fade(palette.near, 0.5);
          context.shadowBlur = span * 0.05;
          context.shadowOffsetY = -span * 0.006;
          context.fillStyle = fill;
          context.fill();
          context.shadowColor = "transparent";
          context.save();
          context.clip();
          // The fold catches light along its upper edge and falls into shade below it.
          const lit = context.createLinearGradient(0, base - amplitude, 0, base + amplitude * 2.2);
          lit.addColorStop(0, fade(palette.light, 0.5));
          lit.addColorStop(0.35, fade(palette.light, 0));
          lit.addColorStop(1, fade(palette.near, 0.42));
          context.fillStyle = lit;
          context.fillRect(-margin, -margin, width + 2 * margin, height + 2 * margin);
          context.lineWidth = span * 0.004;
          context.strokeStyle = fade(palette.light, 0.55);
          context.beginPath();
          for (let x = -margin; x <= width + margin; x += 3) context.lineTo(x, top(x) + span * 0.002);
          context.stroke();
          context.restore();
        },
        { top: base - amplitude - span * 0.22, bottom: Infinity },
      ),
    );
  }
  return layers;
}
