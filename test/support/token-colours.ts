import { readFileSync } from "node:fs";

/** Red, green, blue from 0 to 255 and opacity from 0 to 1. */
export type Colour = { readonly r: number; readonly g: number; readonly b: number; readonly a: number };

export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];

const text = readFileSync(new URL("../../app/tokens.css", import.meta.url), "utf8");
const HEX = "#[0-9a-f]{6}(?:[0-9a-f]{2})?";

/** The colours of the window by name, without the dashes. Hatching has two, the stronger one stands here. */
const tokens: ReadonlyMap<string, Readonly<Record<Theme, Colour>>> = new Map(
  [
    ...text.matchAll(new RegExp(`--([\\w-]+):([^;]*?)(?:light-dark\\((${HEX}), (${HEX})\\)|(${HEX}))`, "g")),
  ].map(([, name = "", , light, dark, both = ""]) => [
    name,
    { light: parse(light ?? both), dark: parse(dark ?? both) },
  ]),
);

function parse(hex: string): Colour {
  const [r = 0, g = 0, b = 0, a = 255] = (hex.slice(1).match(/../g) ?? []).map((pair) =>
    Number.parseInt(pair, 16),
  );
  return { r, g, b, a: a / 255 };
}

export function tokenOf(name: string, theme: Theme): Colour {
  const found = tokens.get(name)?.[theme];
  if (!found) throw new Error(`No colour --${name} in tokens.css.`);
  return found;
}

/** One colour laid over another. */
export function over(top: Colour, under: Colour): Colour {
  const mix = (a: number, b: number) => a * top.a + b * (1 - top.a);
  return { r: mix(top.r, under.r), g: mix(top.g, under.g), b: mix(top.b, under.b), a: 1 };
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(a: Colour, b: Colour): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance({ r, g, b }: Colour): number {
  const [red = 0, green = 0, blue = 0] = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
