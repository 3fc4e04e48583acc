/**
 * Lays out and draws the text of an overlay with the fonts that ship with the app; the system's are never used,
 * so a text looks the same everywhere. Chinese, Japanese, Korean and other scripts without a font here come out
 * as boxes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { anchor, type Rect, type Size } from "./geometry.ts";
import type { Position } from "./operations/operation.ts";
import { type LocalFontFamily, localFontFor, type TextPreset } from "./operations/text-overlay.ts";
import type { EditParams } from "./operations.ts";

type Canvas = typeof import("@napi-rs/canvas");

let loadedCanvas: Promise<Canvas> | undefined;

function loadCanvas(): Promise<Canvas> {
  // Read by the package when it loads.
  process.env["DISABLE_SYSTEM_FONTS_LOAD"] = "1";
  loadedCanvas ??= import("@napi-rs/canvas");
  return loadedCanvas;
}

/** Captions want weight; the two display faces come in one weight only. */
const faces: Readonly<Record<LocalFontFamily, { readonly name: string; readonly weight: number }>> = {
  Inter: { name: "inter", weight: 700 },
  Montserrat: { name: "montserrat", weight: 700 },
  "Bebas Neue": { name: "bebas-neue", weight: 400 },
  Oswald: { name: "oswald", weight: 700 },
  Poppins: { name: "poppins", weight: 700 },
  Raleway: { name: "raleway", weight: 700 },
  Anton: { name: "anton", weight: 400 },
  Roboto: { name: "roboto", weight: 700 },
};

// Finds the font packages from a checkout and from the built bundle alike.
const packages = createRequire(import.meta.url);
const registered = new Map<string, readonly string[]>();

/**
 * Registers every script slice of a face under a name of its own and gives the names, Latin first: text finds
 * its glyphs by falling from one to the next. Files are read here because a packed app keeps them in an archive
 * that native code cannot open.
 */
function register(canvas: Canvas, name: string, weight: number, only?: string): readonly string[] {
  const key = `${name}/${only ?? "*"}`;
  const known = registered.get(key);
  if (known) return known;
  const anyFile =
    name === "noto-color-emoji"
      ? "emoji-400"
      : name === "noto-sans-arabic"
        ? "arabic-700"
        : `latin-${weight}`;
  const folder = dirname(packages.resolve(`@fontsource/${name}/files/${name}-${anyFile}-normal.woff2`));
  const suffix = `-${weight}-normal.woff2`;
  const slices = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith(suffix))
    .map((file) => ({ file, slice: file.slice(name.length + 1, -suffix.length) }))
    .filter(({ slice }) => (only === undefined ? !/^\[?\d/.test(slice) : slice === only))
    .sort(
      (a, b) => Number(b.slice === "latin") - Number(a.slice === "latin") || a.slice.localeCompare(b.slice),
    );
  const names = slices.map(({ file, slice }) => {
    const alias = `${name} ${slice}`;
    if (!canvas.GlobalFonts.register(readFileSync(`${folder}/${file}`), alias))
      throw new Error(`The font file ${file} cannot be read.`);
    return alias;
  });
  registered.set(key, names);
  return names;
}

/** The emoji face is 6 MB, so it is read only for a text that needs it. */
const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u;
const arabic = /\p{Script=Arabic}/u;
const rightToLeft = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

function fontStack(canvas: Canvas, family: LocalFontFamily, text: string): (px: number) => string {
  const { name, weight } = faces[family];
  const names = [
    ...register(canvas, name, weight),
    // Inter knows the most scripts, Greek and Cyrillic among them; the display faces do not.
    ...(family === "Inter" ? [] : register(canvas, faces.Inter.name, faces.Inter.weight)),
    ...(arabic.test(text) ? register(canvas, "noto-sans-arabic", 700, "arabic") : []),
    ...(emoji.test(text) ? register(canvas, "noto-color-emoji", 400, "emoji") : []),
  ];
  const list = names.map((each) => `"${each}"`).join(", ");
  return (px) => `${weight} ${px}px ${list}`;
}

type Look = {
  readonly position: Position;
  readonly textColor: string;
  readonly strokeColor: string;
  readonly strokeWidth: number;
  readonly boxColor?: string;
};

const plain: Look = { position: "center", textColor: "#FFFFFF", strokeColor: "#000000", strokeWidth: 3 };
const highlight = (textColor: string, boxColor: string): Look => ({
  position: "top-center",
  textColor,
  strokeColor: "#000000",
  strokeWidth: 0,
  boxColor,
});
/** @see docs/wondercat-api.md, section 6.3. */
const looks: Readonly<Record<TextPreset, Look>> = {
  "TikTok White Highlight": highlight("#000000", "#FFFFFF"),
  "TikTok Black Highlight": highlight("#FFFFFF", "#000000"),
  "TikTok Red Highlight": highlight("#FFFFFF", "#E14135"),
};

const LINE_HEIGHT = 1.25;
const BASELINE = 0.96;
const SMALLEST_PX = 6;

/** The drawn text and where it belongs in the frame. */
export type DrawnText = Rect & { readonly png: Buffer };

/** Draws the text for a frame of this size. A text too tall for the frame is made smaller until it fits. */
export async function drawText(
  text: string,
  frame: Size,
  params: EditParams<"textOverlay">,
): Promise<DrawnText> {
  const canvas = await loadCanvas();
  const preset = params.preset ? looks[params.preset] : plain;
  const look: Look = {
    ...preset,
    position: params.position ?? preset.position,
    textColor: params.textColor ?? preset.textColor,
    strokeColor: params.strokeColor ?? preset.strokeColor,
    strokeWidth: params.strokeWidth ?? preset.strokeWidth,
  };
  const short = Math.min(frame.width, frame.height);
  const left = (frame.width * params.paddingLeft) / 100;
  const top = (frame.height * params.paddingTop) / 100;
  const room: Size = {
    width: Math.max(SMALLEST_PX, frame.width - left - (frame.width * params.paddingRight) / 100),
    height: Math.max(SMALLEST_PX, frame.height - top - (frame.height * params.paddingBottom) / 100),
  };
  const boxWidth = Math.min(room.width, (frame.width * params.sizePercent) / 100);
  const font = fontStack(canvas, localFontFor[params.fontFamily], text);
  const stroke = (look.strokeWidth * short) / 1080;
  const radius = (params.backgroundBorderRadius * short) / 1080;

  const pen = canvas.createCanvas(1, 1).getContext("2d");
  let px = Math.max(SMALLEST_PX, short * 0.07 * params.fontSizeScale);
  let lines: readonly Line[];
  let margin: number;
  for (;;) {
    // Room for a box's padding, else for the outline.
    margin = Math.ceil(look.boxColor ? px * 0.4 : stroke + px * 0.1);
    pen.font = font(px);
    lines = wrap(pen, text, Math.max(px, boxWidth - 2 * margin));
    if (lines.length * px * LINE_HEIGHT + 2 * margin <= room.height || px <= SMALLEST_PX) break;
    px = Math.max(SMALLEST_PX, px * 0.92);
  }

  const width = Math.min(frame.width, Math.ceil(Math.max(...lines.map((line) => line.width)) + 2 * margin));
  const height = Math.min(frame.height, Math.ceil(lines.length * px * LINE_HEIGHT + 2 * margin));
  const at = anchor(look.position);
  const surface = canvas.createCanvas(width, height);
  const context = surface.getContext("2d");
  const placed = lines.map((line, index) => ({
    ...line,
    x: margin + (width - 2 * margin - line.width) * at.x,
    y: margin + index * px * LINE_HEIGHT,
  }));

  if (look.boxColor) {
    context.fillStyle = look.boxColor;
    const side = Math.min(margin, px * 0.35);
    const edge = px * 0.12;
    for (const { x, y, width: lineWidth, text: lineText } of placed) {
      if (!lineText.trim()) continue;
      context.beginPath();
      context.roundRect(x - side, y - edge, lineWidth + 2 * side, px * LINE_HEIGHT + 2 * edge, radius);
      context.fill();
    }
  }

  context.font = font(px);
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.lineJoin = "round";
  for (const { x, y, text: lineText, rtl } of placed) {
    context.direction = rtl ? "rtl" : "ltr";
    const baseline = y + px * BASELINE;
    if (stroke > 0) {
      context.strokeStyle = look.strokeColor;
      context.lineWidth = stroke * 2;
      context.strokeText(lineText, x, baseline);
    }
    context.fillStyle = look.textColor;
    context.fillText(lineText, x, baseline);
  }
  return {
    png: await surface.encode("png"),
    width,
    height,
    x: Math.round(Math.min(frame.width - width, Math.max(0, left + (room.width - width) * at.x))),
    y: Math.round(Math.min(frame.height - height, Math.max(0, top + (room.height - height) * at.y))),
  };
}

type Line = { readonly text: string; readonly width: number; readonly rtl: boolean };

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const words = new Intl.Segmenter(undefined, { granularity: "word" });
/** Scripts written without spaces: a line may break between any two of their words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

function wrap(pen: SKRSContext2D, text: string, width: number): Line[] {
  return text.split(/\r\n|\r|\n/).flatMap((paragraph) => {
    const rtl = rightToLeft.test(paragraph);
    const measured = (line: string): Line => ({ text: line, width: pen.measureText(line).width, rtl });
    const lines: Line[] = [];
    let line = "";
    for (const piece of pieces(paragraph)) {
      if (line && pen.measureText((line + piece).trimEnd()).width > width) {
        lines.push(measured(line.trimEnd()));
        line = "";
      }
      // A word longer than a line is broken between characters as a reader sees them.
      if (pen.measureText(piece.trimEnd()).width > width) {
        for (const { segment } of graphemes.segment(piece)) {
          if (line && pen.measureText(line + segment).width > width) {
            lines.push(measured(line));
            line = "";
          }
          line += segment;
        }
      } else line += line ? piece : piece.trimStart();
    }
    lines.push(measured(line.trimEnd()));
    return lines;
  });
}

/** What a line may not break inside: a word, its punctuation, and the space after it. */
function pieces(paragraph: string): string[] {
  const found: string[] = [];
  let piece = "";
  for (const { segment } of words.segment(paragraph)) {
    const breaks =
      !/^\s/u.test(segment) && (/\s$/u.test(piece) || (unspaced.test(segment) && unspaced.test(piece)));
    if (piece && breaks) {
      found.push(piece);
      piece = "";
    }
    piece += segment;
  }
  if (piece) found.push(piece);
  return found;
}
