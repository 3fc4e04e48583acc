import { expect, test } from "vitest";
import { openingView } from "../../app/canvas/opening-view.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const pane = { width: 1000, height: 800 };
const seen = (viewport: Graph["viewport"]): Graph => ({
  ...graphOf([
    nodeOf("first", "prompt", {}, { position: { x: 200, y: 100 } }),
    nodeOf("far", "prompt", {}, { position: { x: 40_000, y: 9000 } }),
  ]),
  viewport,
});
const unseen = seen({ x: 0, y: 0, zoom: 1 });

test("a document opens where it was seen last", () => {
  for (const zoom of [0.2, 0.35, 1, 2.5]) {
    const viewport = { x: -300, y: 70, zoom };
    expect(openingView(seen(viewport), pane, 0.02)).toEqual(viewport);
  }
});

test("a document that nobody has looked at is shown whole, where its cards can be told apart then", () => {
  expect(openingView(unseen, pane, 0.2)).toBe("whole");
  expect(openingView(graphOf([]), pane, 1)).toEqual({ x: 0, y: 0, zoom: 1 });
});

test("no document opens from afar: it opens on its first card, or on the one next to what was seen", () => {
  const first = openingView(unseen, pane, 0.02);
  expect(first).toEqual({ x: 40 - 100, y: 40 - 50, zoom: 0.5 });
  // The middle of the pane was at (40,500, 9,500), where the other card is.
  const zoom = 0.08;
  const far = openingView(seen({ x: 500 - 40_500 * zoom, y: 400 - 9500 * zoom, zoom }), pane, 0.02);
  if (far === "whole") throw new Error("The document opens from afar.");
  const card = { x: 40_000 * far.zoom + far.x, y: 9000 * far.zoom + far.y };
  expect(far.zoom).toBe(0.5);
  expect([card.x > 0 && card.x < pane.width, card.y > 0 && card.y < pane.height]).toEqual([true, true]);
});

test("a document whose view shows nothing for miles opens on what is in it", () => {
  for (const viewport of [
    { x: 1e9, y: 1e9, zoom: 1 },
    { x: -1e6, y: 70, zoom: 0.5 },
  ]) {
    expect(openingView(seen(viewport), pane, 0.2), JSON.stringify(viewport)).toBe("whole");
    expect(openingView(seen(viewport), pane, 0.02), JSON.stringify(viewport)).toEqual(
      openingView(unseen, pane, 0.02),
    );
  }
  // Who moved the cards out of sight finds the view as it was left.
  const aside = { x: -3000, y: 900, zoom: 1 };
  expect(openingView(seen(aside), pane, 0.2)).toEqual(aside);
});
