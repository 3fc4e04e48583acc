import type { SKRSContext2D } from "@napi-rs/canvas";
import { drift, type Frame, fillVertical, glow, type Layer, paintLayer } from "./layer.ts";
import { fade, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** One light out of focus: a disc with a brighter rim. */
function paintLight(
  context: SKRSContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  strength: number,
): void {
  const disc = context.createRadialGradient(x, y, 0, x, y, radius);
  disc.addColorStop(0, fade(colour, strength * 0.55));
  disc.addColorStop(0.8, fade(colour, strength * 0.7));
  disc.addColorStop(0.93, fade(mix(colour, "#ffffff", 0.2), strength * 0.85));
  disc.addColorStop(1, fade(colour, 0));
  context.fillStyle = disc;
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fill();
}

/** Drops on glass: each a small lens that turns the lights behind it upside down. */
function paintDrops(
  context: SKRSContext2D,
  { width, height }: Frame,
  palette: Palette,
  random: Random,
): void {
  const short = Math.min(width, height);
  for (let i = 0; i < 240; i++) {
    const radius =
      short * (random.chance(0.12) ? random.between(0.007, 0.016) : random.between(0.0018, 0.006));
    const x = random.between(-0.05, 1.05) * width;
    const y = random.between(-0.05, 1.05) * height;
    const trail = radius > short * 0.011 && random.chance(0.6);
    if (trail) {
      const length = radius * random.between(6, 18);
      const wet = context.createLinearGradient(0, y - length, 0, y);
      wet.addColorStop(0, fade(palette.light, 0));
      wet.addColorStop(1, fade(palette.light, 0.2));
      context.fillStyle = wet;
      context.beginPath();
      context.roundRect(x - radius * 0.45, y - length, radius * 0.9, length, radius * 0.45);
      context.fill();
    }
    const lens = context.createLinearGradient(x, y - radius, x, y + radius);
    lens.addColorStop(0, fade(palette.near, 0.55));
    lens.addColorStop(0.55, fade(palette.accents[random.int(0, 3)] ?? palette.light, 0.22));
    lens.addColorStop(1, fade(palette.light, 0.75));
    context.fillStyle = lens;
    context.beginPath();
    context.ellipse(x, y, radius * 0.9, radius, 0, 0, Math.PI * 2);
    context.fill();
  }
}

/** A street or a room at night through wet glass: lights out of focus, their reflections, and rain. */
export function bokeh(frame: Frame, palette: Palette, random: Random, prompt: string): Layer[] {
  const { width, height } = frame;
  const short = Math.min(width, height);
  const span = Math.max(width, height);
  const warm = ["#ffb45e", "#ff8a4c", "#ffd9a0"];
  const lights = [...palette.accents.slice(0, 4), ...warm, palette.light];
  const ground = height * random.between(0.6, 0.68);
  const direction = random.chance(0.5) ? 1 : -1;
  const dark = mix(palette.near, palette.sky[0], 0.45);
  const paintLights = (
    context: SKRSContext2D,
    depth: number,
    count: number,
    small: number,
    large: number,
  ): void => {
    context.globalCompositeOperation = "screen";
    for (let i = 0; i < count; i++) {
      const colour = lights[random.int(0, lights.length - 1)] ?? palette.light;
      const x = random.between(-0.06, 1.06) * width;
      // Lights gather in a band above the street.
      const y = ground * (1 - (random.next() + random.next() + random.next()) * 0.27);
      const radius = short * random.between(small, large);
      const strength = random.between(0.3, 0.85) * (1 - depth * 0.45);
      glow(context, x, y, radius * 2.6, colour, strength * 0.3);
      paintLight(context, x, y, radius, colour, strength);
      const reach = (ground - y) * random.between(0.5, 0.95);
      context.save();
      context.translate(x, ground + reach * 0.75);
      context.scale(radius * random.between(0.7, 1.3), radius * random.between(2.2, 4.4));
      glow(context, 0, 0, 1, colour, strength * 0.75);
      context.restore();
    }
    context.globalCompositeOperation = "source-over";
  };
  const layers = [
    paintLayer(frame, drift(0.2, direction), (context, margin) => {
      fillVertical(context, frame, margin, [
        dark,
        mix(dark, palette.sky[1], 0.55),
        mix(dark, palette.sky[1], 0.3),
        palette.near,
      ]);
      glow(context, width * random.between(0.3, 0.7), ground * 0.8, span * 0.6, palette.sky[2], 0.6);
      glow(
        context,
        width * random.between(0.2, 0.8),
        ground * 0.95,
        span * 0.38,
        warm[1] ?? palette.light,
        0.5,
      );
      paintLights(context, 0.25, 80, 0.01, 0.032);
    }),
    paintLayer(frame, drift(0.55, direction), (context) => paintLights(context, 0.55, 34, 0.03, 0.075)),
    paintLayer(frame, drift(0.85, direction), (context) => paintLights(context, 0.85, 9, 0.08, 0.15)),
  ];
  if (/rain|wet|window|drops|storm/i.test(prompt)) {
    layers.push(
      paintLayer(frame, drift(1, direction), (context) =>
        paintDrops(context, frame, palette, random.fork("drops")),
      ),
    );
  }
  return layers;
}
