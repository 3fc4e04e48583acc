import type { SKRSContext2D } from "@napi-rs/canvas";
import { drift, type Frame, type Layer, paintLayer } from "./layer.ts";
import { fade, lightness, mix, type Palette } from "./palette.ts";
import type { Random } from "./random.ts";

/** One tile of the grid, painted into the unit square from the origin. */
const motifs: readonly [Motif, ...Motif[]] = [
  (context) => {
    context.arc(0, 0, 1, 0, Math.PI / 2);
    context.lineTo(0, 0);
  },
  (context) => context.arc(0.5, 0.5, 0.5, 0, Math.PI * 2),
  (context) => {
    context.moveTo(0, 1);
    context.lineTo(0, 0.5);
    context.arc(0.5, 0.5, 0.5, Math.PI, 0);
    context.lineTo(1, 1);
  },
  (context) => {
    context.moveTo(0, 0);
    context.quadraticCurveTo(1, 0, 1, 1);
    context.quadraticCurveTo(0, 1, 0, 0);
  },
  (context) => {
    context.arc(0.5, 0, 0.5, 0, Math.PI);
    context.moveTo(1, 0.5);
    context.arc(0.5, 0.5, 0.5, 0, Math.PI);
  },
];
type Motif = (context: SKRSContext2D) => void;

/** A wall of arches, discs and leaves, each softly shaded: print-making rather than photography. */
export function mosaic(frame: Frame, palette: Palette, random: Random): Layer[] {
  const { width, height } = frame;
  const short = Math.min(width, height);
  const rows = Math.round(height / (short / random.int(3, 4)));
  const size = height / rows;
  const paper = mix(
    [...palette.sky, ...palette.accents].sort((a, b) => lightness(b) - lightness(a))[0] ?? "#ffffff",
    "#fffaf0",
    0.55,
  );
  const inks = [
    palette.accents[0],
    palette.accents[1],
    palette.accents[2],
    palette.accents[3],
    palette.sky[1],
    palette.near,
  ];
  return [
    paintLayer(frame, drift(0.35), (context, margin) => {
      context.fillStyle = paper;
      context.fillRect(-margin, -margin, width + 2 * margin, height + 2 * margin);
      const columns = Math.ceil((width + 2 * margin) / size) + 1;
      const start = (width - columns * size) / 2;
      for (let row = -1; row <= rows; row++) {
        for (let column = 0; column < columns; column++) {
          const ground = random.chance(0.55) ? (inks[random.int(0, inks.length - 1)] ?? paper) : paper;
          const others = inks.filter(
            (ink) => ink !== ground && Math.abs(lightness(ink) - lightness(ground)) > 0.13,
          );
          const ink = others[random.int(0, Math.max(0, others.length - 1))] ?? palette.near;
          context.save();
          context.translate(start + column * size, row * size);
          context.scale(size, size);
          const backdrop = context.createLinearGradient(0, 0, 1, 1);
          backdrop.addColorStop(0, mix(ground, paper, 0.12));
          backdrop.addColorStop(1, mix(ground, palette.near, 0.08));
          context.fillStyle = backdrop;
          context.fillRect(0, 0, 1.004, 1.004);
          context.beginPath();
          context.rect(0, 0, 1, 1);
          context.clip();
          context.translate(0.5, 0.5);
          context.rotate((random.int(0, 3) * Math.PI) / 2);
          context.translate(-0.5, -0.5);
          const shade = context.createLinearGradient(0, 0, 1, 1);
          shade.addColorStop(0, mix(ink, palette.light, 0.3));
          shade.addColorStop(0.5, ink);
          shade.addColorStop(1, mix(ink, palette.near, 0.38));
          context.fillStyle = shade;
          context.shadowColor = fade(palette.near, 0.35);
          context.shadowBlur = size * 0.07;
          context.beginPath();
          random.pick(motifs)(context);
          context.closePath();
          context.fill();
          context.shadowColor = "transparent";
          if (random.chance(0.25)) {
            context.fillStyle = mix(paper, palette.light, 0.5);
            context.beginPath();
            context.arc(0.5, 0.5, 0.16, 0, Math.PI * 2);
            context.fill();
          }
          context.restore();
        }
      }
    }),
  ];
}
