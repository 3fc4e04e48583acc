import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Colour, contrast, over, themes, tokenOf } from "../../support/token-colours.ts";

/** What words are written in, on any ground. */
const inks = ["ink", "ink-2", "ink-3", "accent-ink", "danger-ink", "warning-ink"];
/** What words stand on. */
const grounds = ["canvas", "panel", "card", "card-header", "field", "field-hover", "float", "well"];
/** What is laid over a ground, beneath the words. */
const films = ["hover", "press", "accent-soft", "danger-soft", "running-soft", "hatch"];
/** Words that stand on one fill, in a rule of their own. */
const onFills = [
  ["ink-on-accent", "accent"],
  ["ink-on-accent", "accent-hover"],
  ["ink-on-accent", "danger-fill"],
  ["ink-on-accent", "danger-hover"],
  // The name of a real server.
  ["panel", "ink"],
] as const;
/** Icons alone: 3:1 is enough. */
const icons = ["danger", "running", "port-audio"];
/** The arrow of the player, on its own fill. */
const onPlayer = ["canvas", "port-audio"] as const;
/** Fills that no words stand on: tracks, dots, edges, the shade behind a dialog. */
const fills = [
  "danger",
  "running-fill",
  "line",
  "line-strong",
  "hatch-line",
  "ink-3",
  "ink",
  "scrim",
  "ink-on-accent",
];
const fillsWithOwnTest = [
  "shade-on-media",
  "tint",
  "tint-soft",
  "port-audio",
  "port-image",
  "port-video",
  "port-text",
  "port-media",
];

const sheets = globSync("app/**/*.css").map((path) => ({ path, text: readFileSync(path, "utf8") }));
const used = (property: string) =>
  new Set(
    sheets.flatMap(({ text }) =>
      [...text.matchAll(new RegExp(`(?<![\\w-])${property}:([^;]+);`, "g"))].flatMap(([, value = ""]) =>
        value.includes("color-mix")
          ? []
          : [...value.matchAll(/var\(--([\w-]+)\)/g)].map(([, name = ""]) => name),
      ),
    ),
  );

/** Red and green, say, as `color-mix(in srgb, …)` has them: this share of the second. */
const mix = (a: Colour, b: Colour, share: number): Colour => over({ ...b, a: share }, a);

describe.each(themes)("in the %s theme", (theme) => {
  const of = (name: string) => tokenOf(name, theme);

  test("every text holds 4.5:1 on every surface, also under the pointer and on tints", () => {
    const weak = inks.flatMap((ink) =>
      grounds.flatMap((ground) =>
        [undefined, ...films].flatMap((film) => {
          const under = film === undefined ? of(ground) : over(of(film), of(ground));
          const ratio = contrast(of(ink), under);
          return ratio < 4.5 ? [`${ink} on ${ground} ${film ?? ""}: ${ratio.toFixed(2)}`] : [];
        }),
      ),
    );
    expect(weak).toEqual([]);
  });

  test.each(onFills)("%s holds 4.5:1 on %s", (ink, fill) => {
    expect(contrast(of(ink), of(fill))).toBeGreaterThanOrEqual(4.5);
  });

  test("words on media hold 4.5:1 over the whitest picture", () => {
    const white = { r: 255, g: 255, b: 255, a: 1 };
    expect(contrast(of("ink-on-media"), over(of("shade-on-media"), white))).toBeGreaterThanOrEqual(4.5);
  });

  test("the names of groups and the words on notes hold 4.5:1 in every tint, the sandbox's name on its pill", () => {
    for (const tint of ["grey", "blue", "green", "amber", "rose", "violet"]) {
      const title = mix(of(`tint-${tint}`), of("ink"), 0.45);
      const frame = mix(of("canvas"), of(`tint-${tint}`), 0.05);
      expect(contrast(title, frame), `title in ${tint}`).toBeGreaterThanOrEqual(4.5);
      for (const ink of ["ink", "ink-2", "ink-3"])
        expect(contrast(of(ink), of(`tint-${tint}-soft`)), `${ink} on ${tint}`).toBeGreaterThanOrEqual(4.5);
    }
    const pill = mix(of("panel"), of("port-audio"), 0.14);
    expect(contrast(mix(of("port-audio"), of("ink"), 0.35), pill)).toBeGreaterThanOrEqual(4.5);
  });

  test("icons and the edges of what can be pressed hold 3:1", () => {
    for (const icon of [...icons, "accent", "focus"])
      for (const ground of ["panel", "card", "field", "float", "well"])
        expect(contrast(of(icon), of(ground)), `${icon} on ${ground}`).toBeGreaterThanOrEqual(3);
    expect(contrast(of(onPlayer[0]), of(onPlayer[1]))).toBeGreaterThanOrEqual(3);
  });
});

test("every colour that a style sheet writes with or on is one of those above", () => {
  const written = [...inks, ...icons, ...onFills.map(([ink]) => ink), "ink-on-media", onPlayer[0]];
  expect([...used("color")].filter((name) => !written.includes(name))).toEqual([]);
  const behind = [...grounds, ...films, ...onFills.map(([, fill]) => fill), ...fills, ...fillsWithOwnTest];
  const backgrounds = new Set([...used("background"), ...used("background-color")]);
  expect([...backgrounds].filter((name) => !behind.includes(name))).toEqual([]);
});
