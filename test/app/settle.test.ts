import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GAP, settle } from "../../app/stores/settle.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { nodeOf } from "../support/graph-builders.ts";

const card = (id: string, x: number, y: number, extra: Partial<GraphNode> = {}) =>
  nodeOf(id, "generate", {}, { position: { x, y }, ...extra });
const group = (id: string, x: number, y: number, width: number, height: number) =>
  nodeOf(id, "group", {}, { position: { x, y }, width, height });
const sized = (heights: Readonly<Record<string, number>>) =>
  new Map(Object.entries(heights).map(([id, height]) => [id, { width: 280, height }]));

describe("where nodes are shown", () => {
  test("a card that grew pushes what is below it, and that what is below it in turn", () => {
    const nodes = [card("a", 0, 0), card("b", 100, 300), card("c", 200, 600), card("apart", 500, 300)];
    const shifts = settle(nodes, sized({ a: 400, b: 300, c: 200, apart: 200 }));
    expect(shifts.get("b")).toEqual({ dy: 400 + GAP - 300 });
    expect(shifts.get("c")).toEqual({ dy: 400 + GAP + 300 + GAP - 600 });
    expect(shifts.get("apart")).toBeUndefined();
    expect(settle(nodes, sized({ a: 200, b: 250, c: 200, apart: 200 })).size).toBe(0);
  });

  test("a group grows with what is in it, and pushes what is below it", () => {
    const nodes = [
      group("g", 0, 0, 340, 500),
      card("a", 30, 48, { parentId: "g" }),
      card("b", 30, 280, { parentId: "g" }),
      card("below", 0, 540),
    ];
    const shifts = settle(nodes, sized({ a: 400, b: 300, below: 200 }));
    const top = 48 + 400 + GAP;
    expect(shifts.get("b")).toEqual({ dy: top - 280 });
    expect(shifts.get("g")).toEqual({ dy: 0, size: { width: 340, height: top + 300 + GAP } });
    expect(shifts.get("below")).toEqual({ dy: top + 300 + GAP + GAP - 540 });
  });

  test("what a person laid over a card, a note or a group stays there, and goes along with it", () => {
    const note = nodeOf("note", "note", {}, { position: { x: 0, y: 300 }, width: 600, height: 400 });
    const nodes = [card("above", 0, 0), note, card("on", 40, 500), card("over", 20, 20)];
    expect(settle(nodes, sized({ above: 100, on: 100, over: 100 })).size).toBe(0);
    const shifts = settle(nodes, sized({ above: 384, on: 100, over: 100 }));
    expect(shifts.get("note")).toEqual({ dy: 100 });
    expect(shifts.get("on")).toEqual({ dy: 100 });
    expect(shifts.get("over")).toBeUndefined();
  });

  test("a group in itself, or in one that is gone, is walked once", () => {
    const circle = { ...group("g", 0, 0, 100, 100), parentId: "g" };
    expect(settle([circle, card("a", 0, 0, { parentId: "gone" })], sized({ a: 100 }))).toBeDefined();
  });

  test("whatever the places and heights: nothing covers what began below its head, and nothing moves up", () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: 900 }),
      y: fc.integer({ min: 0, max: 1500 }),
      height: fc.integer({ min: 1, max: 700 }),
    });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 30 }), (places) => {
        const nodes = places.map(({ x, y }, index) => card(`${index}`, x, y));
        const shifts = settle(
          nodes,
          sized(Object.fromEntries(places.map(({ height }, i) => [`${i}`, height]))),
        );
        const shown = places.map((each, index) => ({
          ...each,
          top: each.y + (shifts.get(`${index}`)?.dy ?? 0),
        }));
        for (const a of shown) expect(a.top).toBeGreaterThanOrEqual(a.y);
        for (const a of shown)
          for (const b of shown) {
            const isBelow = b.y >= a.y + 48 && a.x < b.x + 280 && b.x < a.x + 280;
            if (isBelow) expect(b.top).toBeGreaterThanOrEqual(a.top + a.height);
          }
      }),
    );
  });
});
