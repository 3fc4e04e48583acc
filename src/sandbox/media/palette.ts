import type { Random } from "./random.ts";

/** Colours are `#rrggbb`. A palette is enough to paint any scene. */
export type Palette = {
  /** From the top of the picture down. */
  readonly sky: readonly [string, string, string, string];
  /** The farthest and the nearest silhouette; those between are mixed. */
  readonly far: string;
  readonly near: string;
  /** Sun, moon or lamp. */
  readonly light: string;
  readonly accents: readonly [string, string, string, string, string];
};

type Oklab = readonly [number, number, number];

const toLinear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
const fromLinear = (channel: number): number =>
  channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;

/** @see https://bottosson.github.io/posts/oklab/ for the matrices. */
function toOklab(hex: string): Oklab {
  const value = Number.parseInt(hex.slice(1), 16);
  const r = toLinear(((value >> 16) & 255) / 255);
  const g = toLinear(((value >> 8) & 255) / 255);
  const b = toLinear((value & 255) / 255);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Oklab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const hex = channels.map((channel) =>
    Math.round(Math.min(1, Math.max(0, fromLinear(Math.max(0, channel)))) * 255)
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${hex.join("")}`;
}

/** Mixes in OKLab, so that the way between two colours stays clean instead of turning grey. */
export function mix(from: string, to: string, amount: number): string {
  const a = toOklab(from);
  const b = toOklab(to);
  return fromOklab([
    a[0] + (b[0] - a[0]) * amount,
    a[1] + (b[1] - a[1]) * amount,
    a[2] + (b[2] - a[2]) * amount,
  ]);
}

/** The colour with an opacity from 0 to 1, as CSS. */
export function fade(hex: string, opacity: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  return `rgba(${(value >> 16) & 255},${(value >> 8) & 255},${value & 255},${opacity})`;
}

/** Lightness as seen, 0 to 1. */
export const lightness = (hex: string): number => toOklab(hex)[0];

const oklch = (l: number, chroma: number, hueDegrees: number): string => {
  const hue = (hueDegrees * Math.PI) / 180;
  return fromOklab([l, chroma * Math.cos(hue), chroma * Math.sin(hue)]);
};

/** A palette around one hue, leaning to a second one near the horizon. Hues are OKLCH degrees. */
function around(hue: number, second: number, dark: boolean): Palette {
  const turn = ((second - hue + 540) % 360) - 180;
  const way = (amount: number) => hue + turn * amount;
  return dark
    ? {
        sky: [
          oklch(0.2, 0.07, hue),
          oklch(0.36, 0.12, way(0.25)),
          oklch(0.6, 0.17, way(0.6)),
          oklch(0.86, 0.1, second),
        ],
        far: oklch(0.52, 0.13, way(0.4)),
        near: oklch(0.16, 0.05, hue),
        light: oklch(0.95, 0.05, second),
        accents: [
          oklch(0.66, 0.19, hue),
          oklch(0.78, 0.15, way(0.5)),
          oklch(0.45, 0.15, hue),
          oklch(0.84, 0.12, second),
          oklch(0.3, 0.1, hue),
        ],
      }
    : {
        sky: [
          oklch(0.72, 0.13, hue),
          oklch(0.82, 0.1, way(0.35)),
          oklch(0.91, 0.07, way(0.7)),
          oklch(0.96, 0.05, second),
        ],
        far: oklch(0.76, 0.11, way(0.2)),
        near: oklch(0.3, 0.1, hue),
        light: oklch(0.99, 0.02, second),
        accents: [
          oklch(0.62, 0.19, hue),
          oklch(0.85, 0.11, second),
          oklch(0.44, 0.14, hue),
          oklch(0.74, 0.15, way(0.5)),
          oklch(0.93, 0.06, second),
        ],
      };
}

const palettes = {
  sunset: {
    sky: ["#2b1b54", "#86307c", "#e8596c", "#ffb870"],
    far: "#c05a7b",
    near: "#180d30",
    light: "#ffe6b8",
    accents: ["#ff7a59", "#ffb870", "#b53a86", "#ffd9a0", "#4a2272"],
  },
  night: {
    sky: ["#050919", "#0e1a42", "#28407f", "#6d83c4"],
    far: "#3f568f",
    near: "#04070f",
    light: "#f5f2df",
    accents: ["#4f7bd9", "#9dbcff", "#2a3f8f", "#cbbcff", "#131f52"],
  },
  forest: {
    sky: ["#f5efd8", "#dce6c8", "#a8cbb0", "#7db19b"],
    far: "#93bba2",
    near: "#0c211a",
    light: "#fffae3",
    accents: ["#2f6b4f", "#8fbd72", "#dcc66c", "#14463a", "#c2dfa8"],
  },
  ocean: {
    sky: ["#0b3a72", "#1f78b8", "#6cc3da", "#e4f4ea"],
    far: "#4aa3c4",
    near: "#04203d",
    light: "#fff5d6",
    accents: ["#16a3b3", "#59dcc0", "#ffcf5c", "#0b4f8a", "#b3ecf2"],
  },
  desert: {
    sky: ["#5f9cc9", "#b5d3dc", "#f7dfc2", "#f4bd8d"],
    far: "#e6a878",
    near: "#5c2118",
    light: "#fff4dd",
    accents: ["#d9713f", "#f2b35e", "#a63d2f", "#f8e2c8", "#4a7a9c"],
  },
  aurora: {
    sky: ["#040919", "#0a2145", "#0f6068", "#5ce0b0"],
    far: "#1e646c",
    near: "#020810",
    light: "#e8fff4",
    accents: ["#3ef2b0", "#5b8cff", "#b678ff", "#0fb5ba", "#103b63"],
  },
  candy: {
    sky: ["#bccdff", "#e0c4f6", "#ffc2d8", "#ffe6c9"],
    far: "#e6aed2",
    near: "#54388a",
    light: "#fffaf0",
    accents: ["#ff92b6", "#9fb1ff", "#ffcf9c", "#aeeed3", "#cf9dff"],
  },
  ember: {
    sky: ["#22060f", "#6d0f24", "#cf342b", "#ff9152"],
    far: "#a52733",
    near: "#140308",
    light: "#ffdcae",
    accents: ["#ff4d3d", "#ff9152", "#b81f33", "#ffd3ab", "#5c0c26"],
  },
  autumn: {
    sky: ["#f9ecd3", "#f7d59f", "#efab5e", "#da7840"],
    far: "#d18446",
    near: "#34150e",
    light: "#fff7e4",
    accents: ["#e0912f", "#b3421f", "#f2c14e", "#6b2d1a", "#fbe3b1"],
  },
  lagoon: {
    sky: ["#0a3d4a", "#138086", "#6accae", "#f7ecc8"],
    far: "#3a9c98",
    near: "#05242b",
    light: "#fffae2",
    accents: ["#ff8a6b", "#6accae", "#0f6b73", "#ffd694", "#0a3d4a"],
  },
  violet: {
    sky: ["#150a3a", "#421f8a", "#9356ec", "#f5b3ff"],
    far: "#6b3cc0",
    near: "#0e0628",
    light: "#ffeafd",
    accents: ["#9356ec", "#ff7ac6", "#4f2bb8", "#6ce0ff", "#2a1266"],
  },
  rose: {
    sky: ["#ffe3e8", "#ffbccd", "#f480a3", "#b93f7c"],
    far: "#e0779c",
    near: "#3d0f33",
    light: "#fffaf5",
    accents: ["#f2618f", "#ffb8a3", "#a32a6b", "#ffdbe0", "#61184f"],
  },
  mono: {
    sky: ["#f6f6f3", "#dadad7", "#a6a8ac", "#6e7178"],
    far: "#a9abb0",
    near: "#101114",
    light: "#ffffff",
    accents: ["#3b3d44", "#8a8c93", "#d6d6d3", "#5c5e66", "#f2f2ef"],
  },
  meadow: {
    sky: ["#8ecdf7", "#c4e8f7", "#eff6d8", "#d9ec9c"],
    far: "#a3d07c",
    near: "#173f27",
    light: "#fffde8",
    accents: ["#5fae57", "#ffd55e", "#ff8f70", "#2c7a52", "#e4f2a8"],
  },
  azure: {
    sky: ["#163f9e", "#4384ee", "#a3caff", "#f4f8ff"],
    far: "#6fa3ef",
    near: "#0a1d4d",
    light: "#ffffff",
    accents: ["#2f6bea", "#7fd0ff", "#ffb36b", "#1b3f9c", "#dcebff"],
  },
  winter: {
    sky: ["#7fa0cc", "#b3cbe4", "#dfe8f1", "#fbeee8"],
    far: "#bccfe2",
    near: "#2a4160",
    light: "#ffffff",
    accents: ["#6f93c2", "#c9d9ea", "#f2c3b8", "#40618c", "#eef4fa"],
  },
} as const satisfies Record<string, Palette>;

type PaletteName = keyof typeof palettes;

/** Words of a prompt that name a mood. The first that matches wins, so the more telling words stand first. */
const moods: readonly (readonly [RegExp, PaletteName])[] = [
  [/\b(neon|cyberpunk|synthwave|vaporwave|disco|club)\b/, "violet"],
  [/\b(aurora|northern lights)\b/, "aurora"],
  [/\b(sunset|sunrise|dusk|dawn|golden hour|twilight|evening)\b/, "sunset"],
  [/\b(night|midnight|moon\w*|stars?|starry|galaxy|space|cosmos)\b/, "night"],
  [/\b(fire|flames?|lava|volcan\w*|ember|chili|spicy)\b/, "ember"],
  [/\b(forest|woods?|jungle|moss\w*|pines?|trees?|leaf|leaves)\b/, "forest"],
  [/\b(ocean|sea|beach|waves?|surf|underwater|whale|fish)\b/, "ocean"],
  [/\b(lagoon|tropical|island|pool|mint)\b/, "lagoon"],
  [/\b(desert|dunes?|sand|canyon|clay|terracotta)\b/, "desert"],
  [/\b(autumn|fall|harvest|coffee|wood|honey|caramel|gold|golden|amber)\b/, "autumn"],
  [/\b(winter|snow\w*|ice|icy|frost\w*|glacier|arctic)\b/, "winter"],
  [/\b(flowers?|floral|bloom\w*|blossom\w*|petals?|roses?|love|valentine)\b/, "rose"],
  [/\b(spring|meadow|grass|garden|field|lemon|fresh)\b/, "meadow"],
  [/\b(pastel|candy|dream\w*|soft|baby|cotton|unicorn)\b/, "candy"],
  [/\b(mono\w*|noir|black and white|grayscale|greyscale|minimal\w*)\b/, "mono"],
  [/\b(sky|skies|clouds?|cloudy|summer|air)\b/, "azure"],
];

/** OKLCH hue of a colour word. */
const hues: Readonly<Record<string, number>> = {
  red: 27,
  crimson: 20,
  scarlet: 30,
  coral: 38,
  orange: 58,
  peach: 62,
  yellow: 98,
  lime: 125,
  olive: 115,
  green: 150,
  emerald: 162,
  teal: 190,
  turquoise: 195,
  cyan: 208,
  aqua: 205,
  blue: 258,
  navy: 265,
  indigo: 280,
  purple: 305,
  lavender: 300,
  lilac: 310,
  magenta: 335,
  fuchsia: 338,
  pink: 358,
  plum: 328,
  rose: 10,
  gold: 85,
  amber: 72,
};

/** The palette a prompt asks for by colour or mood words; without any, one drawn from `random`. */
export function choosePalette(prompt: string, random: Random): Palette {
  const text = prompt.toLowerCase();
  const named = [...text.matchAll(/[a-z]+/g)].flatMap(([word]) => hues[word] ?? []);
  const mood = moods.find(([pattern]) => pattern.test(text))?.[1];
  const [first, second] = named;
  if (first !== undefined) {
    const dark =
      mood === "night" || mood === "aurora" || mood === "violet" || /\b(dark|deep|navy)\b/.test(text);
    return around(first, second ?? first + random.pick([-48, -30, 34, 52]), dark || random.chance(0.5));
  }
  if (mood) return palettes[mood];
  return palettes[
    random.pick<PaletteName>([
      "sunset",
      "ocean",
      "candy",
      "lagoon",
      "violet",
      "azure",
      "desert",
      "rose",
      "aurora",
      "autumn",
    ])
  ];
}
