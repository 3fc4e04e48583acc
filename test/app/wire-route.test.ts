import fc from "fast-check";
import { expect, test } from "vitest";
import { alongCurve, crosses, pathOf, wayAround } from "../../app/canvas/wire-route.ts";
import type { Box } from "../../app/stores/placement.ts";

const card = { width: 280, height: 200 };

test("a wire with nothing in its way is the plain curve", () => {
  expect(wayAround({ x: 0, y: 0 }, { x: 600, y: 100 }, [{ x: 100, y: 400, ...card }])).toBeUndefined();
});

test("a wire goes around the card between its ends, and comes in level with its port", () => {
  const way = wayAround({ x: 0, y: 100 }, { x: 900, y: 100 }, [{ x: 300, y: 0, ...card }]);
  expect(way?.[0]).toEqual({ x: 0, y: 100 });
  expect(way?.at(-1)).toEqual({ x: 900, y: 100 });
  expect(way?.at(-2)?.y).toBe(100);
  expect(way && crosses(way, { x: 300, y: 0, ...card })).toBe(false);
  expect(way && pathOf(way)).toMatch(/^M 0 100 L .* Q .* L 900 100$/);
});

/** Cards in the cells of a grid, each somewhere in its cell, so that there is always a way between them. */
const scattered: fc.Arbitrary<readonly Box[]> = fc
  .uniqueArray(fc.tuple(fc.nat(5), fc.nat(4), fc.nat(60), fc.nat(60)), {
    selector: ([column, row]) => column * 10 + row,
    minLength: 1,
    maxLength: 20,
  })
  .map((cells) =>
    cells.map(([column, row, dx, dy]) => ({ x: column * 380 + dx, y: row * 300 + dy, ...card })),
  );

test("a way around never enters a card, its pieces go along the axes, and it is there whenever the curve is not clear", () => {
  fc.assert(
    fc.property(
      scattered,
      fc.record({ x: fc.constant(-100), y: fc.integer({ min: -50, max: 1500 }) }),
      fc.record({ x: fc.constant(2500), y: fc.integer({ min: -50, max: 1500 }) }),
      fc.boolean(),
      (cards, left, right, backwards) => {
        const [from, to] = backwards ? [right, left] : [left, right];
        const isHit = cards.some((box) =>
          alongCurve(from, to).some(
            ({ x, y }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
          ),
        );
        const way = wayAround(from, to, cards);
        expect(way !== undefined).toBe(isHit);
        if (!way) return;
        for (const box of cards) expect(crosses(way, box)).toBe(false);
        for (const [index, point] of way.entries()) {
          const next = way[index + 1];
          if (next) expect(next.x === point.x || next.y === point.y).toBe(true);
        }
        expect([way[0], way.at(-1)]).toEqual([from, to]);
      },
    ),
  );
});

test("a wire that leads back goes around the cards it joins, and not behind them", () => {
  const [right, left] = [
    { x: 800, y: 0, ...card },
    { x: 300, y: 20, ...card },
  ];
  const way = wayAround({ x: 1080, y: 80 }, { x: 300, y: 100 }, [], [right, left], 24);
  if (!way) throw new Error("There is a way.");
  for (const box of [right, left]) expect(crosses(way, box)).toBe(false);
});

test("a card that lies on an end of the wire is no reason for a way around", () => {
  const on = { x: -20, y: 0, ...card };
  expect(wayAround({ x: 0, y: 100 }, { x: 900, y: 100 }, [on])).toBeUndefined();
});

test("a wire goes around a card that stands close before its end, as close as cards are put", () => {
  const [from, to] = [
    { x: 0, y: 100 },
    { x: 700, y: 340 },
  ];
  const own = [
    { x: -280, y: 0, ...card },
    { x: 700, y: 240, ...card },
  ];
  for (const gap of [12, 16, 20, 24, 27, 30]) {
    const before = { x: gap, y: -40, ...card };
    const behind = { x: 700 - gap - 280, y: 220, ...card };
    for (const others of [[before], [behind], [before, behind]]) {
      const way = wayAround(from, to, others, own);
      expect(way && others.some((box) => crosses(way, box)), `${gap} pixels`).toBe(false);
    }
  }
});
