import type { SKRSContext2D } from "@napi-rs/canvas";
import { drift, type Frame, fillVertical, glow, type Layer, paintLayer, paintPatch } from "./layer.ts";
import { fade, lightness, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

function paintSphere(
  context: SKRSContext2D,
  radius: number,
  colour: string,
  palette: Palette,
  glass: boolean,
): void {
  const body = context.createRadialGradient(
    -radius * 0.35,
    -radius * 0.42,
    radius * 0.05,
    0,
    0,
    radius * 1.02,
  );
  const bright = mix(colour, palette.light, 0.72);
  const shade = mix(colour, palette.near, 0.72);
  if (glass) {
    body.addColorStop(0, fade(palette.light, 0.5));
    body.addColorStop(0.55, fade(colour, 0.28));
    body.addColorStop(0.92, fade(mix(colour, palette.light, 0.3), 0.55));
    body.addColorStop(1, fade(palette.light, 0.85));
  } else {
    for (let step = 0; step <= 4; step++) body.addColorStop(step * 0.11, mix(bright, colour, step / 4));
    for (let step = 1; step <= 4; step++)
      body.addColorStop(0.44 + step * 0.12, mix(colour, shade, (step / 4) * 0.95));
    body.addColorStop(1, mix(shade, palette.accents[1], 0.3));
  }
  context.fillStyle = body;
  context.beginPath();
  context.arc(0, 0, radius, 0, Math.PI * 2);
  context.fill();
  context.save();
  context.clip();
  // Light thrown back from the ground, then the soft window of the lamp.
  glow(context, radius * 0.35, radius * 0.95, radius * 0.85, palette.accents[3], glass ? 0.4 : 0.5);
  glow(context, -radius * 0.38, -radius * 0.46, radius * 0.42, "#ffffff", glass ? 0.9 : 0.75);
  context.restore();
}

/** Polished and glassy spheres in a lit room. */
export function orbs(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const short = Math.min(width, height);
  const span = Math.max(width, height);
  const bright = lightness(palette.sky[3]) > 0.5;
  const wall: readonly string[] = bright ? [palette.sky[1], palette.sky[2], palette.sky[3]] : palette.sky;
  const floor = height * random.between(0.68, 0.76);
  const layers = [
    paintLayer(frame, drift(0), (context, margin) => {
      fillVertical(context, frame, margin, wall, 0, floor);
      glow(context, width * random.between(0.3, 0.7), floor - short * 0.2, span * 0.55, palette.light, 0.75);
      const ground = context.createLinearGradient(0, floor, 0, height);
      ground.addColorStop(0, mix(palette.sky[3], palette.sky[2], 0.35));
      ground.addColorStop(1, mix(palette.sky[1], palette.near, 0.25));
      context.fillStyle = ground;
      context.fillRect(-margin, floor, width + 2 * margin, height);
      const edge = context.createLinearGradient(0, floor - short * 0.05, 0, floor + short * 0.06);
      edge.addColorStop(0, fade(palette.sky[3], 0));
      edge.addColorStop(0.48, fade(palette.sky[3], 0.85));
      edge.addColorStop(1, fade(palette.sky[3], 0));
      context.fillStyle = edge;
      context.fillRect(-margin, floor - short * 0.05, width + 2 * margin, short * 0.11);
    }),
  ];
  // A large ring or disc behind gives the group a centre.
  const hero = { x: width * random.between(0.4, 0.6), r: short * random.between(0.19, 0.25) };
  const backdrop = hero.r * 1.75;
  layers.push(
    paintPatch({ x: hero.x, y: floor - hero.r * 1.1 }, backdrop + 1, drift(0.12), (context) => {
      const disc = context.createLinearGradient(-backdrop, -backdrop, backdrop, backdrop);
      disc.addColorStop(0, fade(palette.accents[1], 0.95));
      disc.addColorStop(0.6, fade(palette.accents[0], 0.75));
      disc.addColorStop(1, fade(palette.accents[0], 0.05));
      context.fillStyle = disc;
      context.beginPath();
      context.arc(0, 0, backdrop, 0, Math.PI * 2);
      context.fill();
    }),
  );
  const spheres = [{ x: hero.x, y: floor + short * 0.03 - hero.r, r: hero.r, floats: false }];
  const wanted = random.int(6, 9);
  for (let attempt = 0; attempt < 400 && spheres.length < wanted; attempt++) {
    const floats = random.chance(0.55);
    const r = short * (floats ? random.between(0.018, 0.075) : random.between(0.04, 0.12));
    const x = width * random.between(0.08, 0.92);
    const y = floats ? height * random.between(0.1, 0.55) : floor + short * random.between(0, 0.16) - r;
    const free = spheres.every((other) => Math.hypot(other.x - x, other.y - y) > (other.r + r) * 1.12);
    if (free) spheres.push({ x, y, r, floats });
  }
  spheres.sort((a, b) => a.y + a.r - (b.y + b.r));
  spheres.forEach((sphere, i) => {
    const part = random.fork(`sphere${i}`);
    const colour = palette.accents[(i * 2 + part.int(0, 1)) % 5] ?? palette.accents[0];
    const glass = sphere.r < hero.r && part.chance(0.4);
    const phase = part.between(0, Math.PI * 2);
    const depth = 0.15 + (sphere.y / height) * 0.5;
    const camera = drift(depth);
    if (!sphere.floats) {
      layers.push(
        paintPatch(
          { x: sphere.x + sphere.r * 0.12, y: sphere.y + sphere.r * 0.98 },
          sphere.r * 1.6,
          camera,
          (context) => {
            context.scale(1.25, 0.24);
            glow(context, 0, 0, sphere.r * 1.25, palette.near, glass ? 0.4 : 0.8);
          },
        ),
      );
    }
    layers.push(
      paintPatch(
        sphere,
        sphere.r + 2,
        (progress, seconds) => {
          const pose = camera(progress, seconds);
          return sphere.floats
            ? { ...pose, dy: pose.dy + 0.012 * (Math.sin(seconds * 1.3 + phase) - Math.sin(phase)) }
            : pose;
        },
        (context) => paintSphere(context, sphere.r, colour, palette, glass),
      ),
    );
  });
  return layers;
}
