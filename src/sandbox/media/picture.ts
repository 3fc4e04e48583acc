import { createRequire } from "node:module";
import {
  type Canvas,
  createCanvas,
  GlobalFonts,
  type Image,
  loadImage,
  type SKRSContext2D,
} from "@napi-rs/canvas";
import sharp from "sharp";
import { bloom } from "./bloom.ts";
import { bokeh } from "./bokeh.ts";
import { landscape } from "./landscape.ts";
import { drawLayers, drift, type Frame, glow, type Layer, paintLayer, paintPatch } from "./layer.ts";
import { mesh } from "./mesh.ts";
import { mosaic } from "./mosaic.ts";
import { orbs } from "./orbs.ts";
import { choosePalette, fade, mix, type Palette } from "./palette.ts";
import { createRandom, type Random } from "./random.ts";
import { silk } from "./silk.ts";
import { skyline } from "./skyline.ts";

export type PictureRequest = {
  readonly prompt: string;
  readonly model: string;
  /** Equal requests with equal seeds give equal pictures. */
  readonly seed: string;
  readonly width: number;
  readonly height: number;
  /** Encoded pictures the prompt works on; the first fills the frame, the others lie on it as prints. */
  readonly references: readonly Uint8Array[];
};

type Scene = (frame: Frame, palette: Palette, random: Random, prompt: string) => Layer[];

const subjects: readonly (readonly [RegExp, Scene])[] = [
  [/\b(rain\w*|bokeh|windows?|lamps?|fairy lights|candle\w*|bar|restaurant|caf(e|é))(?!\p{L})/u, bokeh],
  [/\b(flowers?|floral|garden|bloom\w*|blossom\w*|petals?|roses|tulips?|wedding)\b/, bloom],
  [
    /\b(city|cities|street|skyline|urban|neon|cyberpunk|building\w*|tower|tokyo|new york|paris|london|downtown)\b/,
    skyline,
  ],
  [
    /\b(product|bottle|perfume|sneakers?|shoes?|podium|runway|ball|bubbles?|orbs?|spheres?|glass|planets?|space|galaxy|marble|fruit|jewel\w*|gadget|headphones?|skincare|watch)\b/,
    orbs,
  ],
  [
    /\b(mountain\w*|ridges?|hills?|landscape|valley|forest|woods|pines?|trees?|desert|dunes?|canyon|snow\w*|winter|lake|meadow|field|road|hik\w+|camp\w*|travel|nature|horizon|aurora|sunset|sunrise)\b/,
    landscape,
  ],
  [
    /\b(ocean|sea|waves?|surf|river|water|silk|velvet|fabric|flow|flows|flowing|music|sound|wind|hair|ribbon|beach)\b/,
    silk,
  ],
  [
    /\b(poster|pattern|geometr\w*|bauhaus|architecture|arch|arches|retro|print|illustration|graphic|typograph\w*|tiles?)\b/,
    mosaic,
  ],
  [/\b(gradient|mesh|abstract|background|wallpaper|minimal\w*|logo|app|tech|ai|brand|studio)\b/, mesh],
];

const resolve = createRequire(import.meta.url).resolve;
let fontsReady = false;

/** Registers the caption's faces once; the emoji and Arabic faces only when a prompt needs them. */
function registerFonts(text: string): string {
  if (!fontsReady) {
    for (const weight of [500, 700]) {
      GlobalFonts.registerFromPath(
        resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
        "Sandbox",
      );
      for (const script of ["latin-ext", "cyrillic", "greek", "vietnamese"]) {
        GlobalFonts.registerFromPath(
          resolve(`@fontsource/inter/files/inter-${script}-${weight}-normal.woff2`),
          `Sandbox ${script}`,
        );
      }
    }
    fontsReady = true;
  }
  const families = [
    "Sandbox",
    "Sandbox latin-ext",
    "Sandbox cyrillic",
    "Sandbox greek",
    "Sandbox vietnamese",
  ];
  if (/\p{Script=Arabic}/u.test(text)) {
    GlobalFonts.registerFromPath(
      resolve("@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff2"),
      "Sandbox arabic",
    );
    families.push("Sandbox arabic");
  }
  if (/\p{Extended_Pictographic}/u.test(text)) {
    GlobalFonts.registerFromPath(
      resolve("@fontsource/noto-color-emoji/files/noto-color-emoji-emoji-400-normal.woff2"),
      "Sandbox emoji",
    );
    families.push("Sandbox emoji");
  }
  return families.map((family) => `"${family}"`).join(", ");
}

let grainTile: Canvas | undefined;

/** Film grain: breaks up banding and makes smooth shading look like a surface. */
function drawGrain(context: SKRSContext2D, { width, height }: Frame, strength: number): void {
  if (!grainTile) {
    const random = createRandom("grain");
    grainTile = createCanvas(256, 256);
    const paint = grainTile.getContext("2d");
    const pixels = paint.createImageData(256, 256);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const value = Math.round(128 + (random.next() + random.next() - 1) * 127);
      pixels.data.set([value, value, value, 255], i);
    }
    paint.putImageData(pixels, 0, 0);
  }
  context.save();
  context.globalCompositeOperation = "overlay";
  context.globalAlpha = strength;
  context.fillStyle = context.createPattern(grainTile, "repeat");
  context.fillRect(0, 0, width, height);
  context.restore();
}

/** Breaks at words into at most `maxLines`, the last ending in an ellipsis if text is left over. */
function wrap(context: SKRSContext2D, text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = "";
  const words = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)].map(
    (part) => part.segment,
  );
  for (const word of words) {
    if (line === "" || context.measureText(line + word).width <= width) {
      line += word;
      continue;
    }
    if (lines.length === maxLines - 1) return [...lines, `${line.trimEnd()}…`];
    lines.push(line.trimEnd());
    line = word.trimStart();
  }
  return line.trim() === "" ? lines : [...lines, line.trimEnd()];
}

/** A museum label in the lower left: what was asked for, and that the sandbox made it. */
export function drawCaption(context: SKRSContext2D, frame: Frame, prompt: string, credit: string): void {
  const { width, height } = frame;
  const text = prompt.replaceAll(/\s+/g, " ").trim();
  const family = registerFonts(text);
  const unit = Math.max(10, Math.min(width, height) * 0.0195);
  const edge = unit * 2.1;
  context.save();
  const scrim = context.createLinearGradient(0, height - unit * 12, 0, height);
  for (let step = 0; step <= 6; step++)
    scrim.addColorStop(step / 6, `rgba(6,6,14,${0.62 * (step / 6) ** 1.7})`);
  context.fillStyle = scrim;
  context.fillRect(0, height - unit * 12, width, unit * 12);
  context.textBaseline = "alphabetic";

  context.font = `700 ${unit * 0.66}px ${family}`;
  context.letterSpacing = `${unit * 0.13}px`;
  const label = "SANDBOX";
  const labelWidth = context.measureText(label).width - unit * 0.13;
  const pill = { width: labelWidth + unit * 1.15, height: unit * 1.5 };
  const base = height - edge;
  context.fillStyle = "rgba(255,255,255,0.94)";
  context.beginPath();
  context.roundRect(edge, base - pill.height + unit * 0.3, pill.width, pill.height, pill.height / 2);
  context.fill();
  context.fillStyle = "#14141c";
  context.fillText(label, edge + unit * 0.58, base - unit * 0.21);
  context.letterSpacing = "0px";
  context.font = `500 ${unit * 0.76}px ${family}`;
  context.fillStyle = "rgba(255,255,255,0.66)";
  context.fillText(credit, edge + pill.width + unit * 0.75, base - unit * 0.18);

  context.font = `500 ${unit * 1.08}px ${family}`;
  context.fillStyle = "rgba(255,255,255,0.97)";
  context.shadowColor = "rgba(6,6,14,0.55)";
  context.shadowBlur = unit * 0.5;
  const lines = wrap(context, text, Math.min(width - edge * 2, unit * 40), 2);
  lines.forEach((line, i) => {
    context.fillText(line, edge, base - pill.height - unit * 0.45 - (lines.length - 1 - i) * unit * 1.42);
  });
  context.restore();
}

/** Draws `image` so that it covers the whole box, cutting what stands over. */
function drawCover(
  context: SKRSContext2D,
  image: Image,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / image.width, height / image.height);
  const w = width / scale;
  const h = height / scale;
  context.drawImage(image, (image.width - w) / 2, (image.height - h) / 2, w, h, x, y, width, height);
}

/** The first reference fills the frame in the prompt's colours; the others lie on it as prints. */
function referenceLayers(frame: Frame, palette: Palette, random: Random, images: readonly Image[]): Layer[] {
  const { width, height } = frame;
  const [first, ...others] = images;
  if (!first) return [];
  const span = Math.max(width, height);
  const short = Math.min(width, height);
  const direction = random.chance(0.5) ? 1 : -1;
  const layers = [
    paintLayer(frame, drift(0.55, direction), (context, margin) => {
      const box = [-margin, -margin, width + 2 * margin, height + 2 * margin] as const;
      drawCover(context, first, ...box);
      const grade = context.createLinearGradient(0, 0, width * 0.4, height);
      [palette.sky[0], palette.accents[0], palette.sky[2], palette.sky[3]].forEach((colour, i, all) => {
        grade.addColorStop(i / (all.length - 1), colour);
      });
      context.fillStyle = grade;
      context.globalCompositeOperation = "color";
      context.globalAlpha = 0.34;
      context.fillRect(...box);
      context.globalCompositeOperation = "soft-light";
      context.globalAlpha = 0.75;
      context.fillRect(...box);
      context.globalCompositeOperation = "screen";
      context.globalAlpha = 1;
      const side = direction === 1 ? 0.92 : 0.08;
      glow(context, width * side, height * 0.06, span * 0.75, palette.sky[3], 0.5);
      glow(context, width * side, height * 0.06, span * 0.28, palette.light, 0.5);
      context.globalCompositeOperation = "source-over";
    }),
    paintLayer(frame, drift(0.9, direction), (context) => {
      // Out-of-focus lights between the lens and the subject.
      context.globalCompositeOperation = "screen";
      for (let i = 0; i < 16; i++) {
        const low = random.chance(0.6);
        const x = width * random.between(0, 1);
        const y = height * (low ? random.between(0.7, 1) : random.between(0, 0.3));
        const r = short * random.between(0.012, 0.06);
        const colour = mix(palette.accents[random.int(0, 3)] ?? palette.light, palette.light, 0.35);
        context.fillStyle = fade(colour, random.between(0.1, 0.28));
        context.strokeStyle = fade(colour, 0.12);
        context.lineWidth = short * 0.002;
        context.beginPath();
        context.arc(x, y, r, 0, Math.PI * 2);
        context.fill();
        context.stroke();
      }
    }),
  ];
  others.slice(0, 5).forEach((image, i) => {
    const w = short * 0.3;
    const h = Math.min(w * 1.5, (w * image.height) / image.width);
    const at = others.length === 1 ? 0.76 : 0.16 + (0.68 * i) / (Math.min(5, others.length) - 1);
    const tilt = random.between(-0.09, 0.09);
    const border = short * 0.012;
    layers.push(
      paintPatch(
        { x: width * at, y: height * 0.6 },
        Math.hypot(w, h) * 0.72,
        drift(1, direction),
        (context) => {
          context.rotate(tilt);
          context.shadowColor = "rgba(0,0,0,0.5)";
          context.shadowBlur = short * 0.035;
          context.shadowOffsetY = short * 0.012;
          context.fillStyle = "#fbfaf7";
          context.beginPath();
          context.roundRect(-w / 2 - border, -h / 2 - border, w + border * 2, h + border * 2, border * 0.7);
          context.fill();
          context.shadowColor = "transparent";
          drawCover(context, image, -w / 2, -h / 2, w, h);
        },
      ),
    );
  });
  return layers;
}

/** The request as layers, still unlabelled: what stills and clips have in common. */
export async function composePicture(request: PictureRequest): Promise<Layer[]> {
  const random = createRandom(`${request.seed}\u0000${request.prompt}`);
  const frame = { width: request.width, height: request.height };
  const palette = choosePalette(request.prompt, random.fork("palette"));
  if (request.references.length > 0) {
    const images = await Promise.all(request.references.slice(0, 6).map((bytes) => readImage(bytes, frame)));
    return referenceLayers(frame, palette, random.fork("references"), images);
  }
  const scene =
    subjects.find(([pattern]) => pattern.test(request.prompt.toLowerCase()))?.[1] ??
    random.pick([silk, orbs, mesh, landscape, bloom, mosaic]);
  return scene(frame, palette, random.fork("scene"), request.prompt);
}

/** Any picture the API takes (also SVG, and turned by EXIF) as a canvas image no larger than it needs to be. */
async function readImage(bytes: Uint8Array, frame: Frame): Promise<Image> {
  const side = Math.round(Math.max(frame.width, frame.height) * 1.3);
  const png = await sharp(bytes)
    .rotate()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return loadImage(png);
}

/** Paints the request and encodes it as JPEG; about 0.2 s for a long side of 1024. */
export async function makePicture(request: PictureRequest): Promise<Buffer> {
  const frame = { width: request.width, height: request.height };
  const canvas = createCanvas(frame.width, frame.height);
  const context = canvas.getContext("2d");
  drawLayers(context, frame, await composePicture(request), 0, 0);
  drawGrain(context, frame, 0.11);
  drawCaption(context, frame, request.prompt, request.model);
  const { data } = context.getImageData(0, 0, frame.width, frame.height);
  return sharp(data, { raw: { width: frame.width, height: frame.height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 91, chromaSubsampling: "4:4:4" })
    .toBuffer();
}
