import { paintSky } from "./landscape.ts";
import { drift, type Frame, glow, type Layer, paintLayer } from "./layer.ts";
import { fade, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** Towers in three depths with lit windows, and their light on wet ground. */
export function skyline(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const short = Math.min(width, height);
  const ground = height * random.between(0.8, 0.86);
  const sun = {
    x: width * random.between(0.3, 0.7),
    y: ground - short * random.between(0.3, 0.42),
    r: short * random.between(0.12, 0.19),
  };
  const layers = [paintSky(frame, palette, random, sun)];
  for (let i = 0; i < 4; i++) {
    const depth = (i + 1) / 4;
    const part = random.fork(`block${i}`);
    const colour = mix(palette.far, palette.near, depth ** 0.8);
    layers.push(
      paintLayer(
        frame,
        drift(0.1 + depth * 0.7),
        (context, margin) => {
          let x = -margin;
          while (x < width + margin) {
            const w = short * part.between(0.05, 0.12) * (0.7 + depth * 0.7);
            const h =
              short * part.between(0.12, 0.5) * (1.15 - depth * 0.45) * (part.chance(0.15) ? 1.35 : 1);
            const top = ground - h;
            const fill = context.createLinearGradient(0, top, 0, ground);
            fill.addColorStop(0, colour);
            fill.addColorStop(1, mix(colour, palette.sky[3], 0.5 * (1 - depth * 0.7)));
            context.fillStyle = fill;
            context.beginPath();
            const roof = part.int(0, 3);
            if (roof === 0) context.roundRect(x, top, w, height, [w * 0.5, w * 0.5, 0, 0]);
            else if (roof === 1) {
              context.moveTo(x, height);
              context.lineTo(x, top + w * 0.35);
              context.lineTo(x + w, top);
              context.lineTo(x + w, height);
            } else context.rect(x, top, w, height);
            context.fill();
            if (roof === 3) context.fillRect(x + w * 0.48, top - h * 0.22, Math.max(1, w * 0.04), h * 0.24);
            if (i >= 1) {
              const cell = short * 0.0105 * (0.8 + depth * 0.7);
              for (let wy = top + w * 0.5; wy < ground - cell * 2; wy += cell * 1.9) {
                for (let wx = x + cell; wx < x + w - cell * 1.2; wx += cell * 1.7) {
                  if (!part.chance(0.34)) continue;
                  context.fillStyle = fade(
                    part.chance(0.7) ? palette.light : (palette.accents[part.int(0, 3)] ?? palette.light),
                    part.between(0.35, 0.95),
                  );
                  context.fillRect(wx, wy, cell * 0.72, cell * 1.05);
                }
              }
            }
            x += w * part.between(1, 1.35);
          }
        },
        { top: ground - short * 0.9, bottom: ground + short * 0.02 },
      ),
    );
  }
  layers.push(
    paintLayer(
      frame,
      drift(0.9),
      (context, margin) => {
        const wet = context.createLinearGradient(0, ground, 0, height);
        wet.addColorStop(0, mix(palette.near, palette.sky[2], 0.45));
        wet.addColorStop(1, palette.near);
        context.fillStyle = wet;
        context.fillRect(-margin, ground, width + 2 * margin, height);
        for (let i = 0; i < 90; i++) {
          const colour = random.chance(0.5)
            ? palette.light
            : (palette.accents[random.int(0, 3)] ?? palette.light);
          const y = ground + random.next() ** 1.4 * (height - ground);
          context.save();
          context.translate(random.between(-0.05, 1.05) * width, y);
          context.scale(short * random.between(0.02, 0.11), short * 0.004);
          glow(context, 0, 0, 1, colour, random.between(0.25, 0.75));
          context.restore();
        }
      },
      { top: ground, bottom: Infinity },
    ),
  );
  return layers;
}
