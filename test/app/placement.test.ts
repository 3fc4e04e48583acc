import fc from "fast-check";
import { expect, test } from "vitest";
import {
  APART,
  type Box,
  boxAround,
  boxesOf,
  frameAround,
  freeSpot,
  groupAt,
  landing,
  liesIn,
  overlaps,
  pushedBy,
  shiftToShow,
} from "../../app/stores/placement.ts";
import { nodeOf } from "../support/graph-builders.ts";

const place = fc.integer({ min: -2000, max: 2000 });
const length = fc.integer({ min: 1, max: 700 });
const box: fc.Arbitrary<Box> = fc.record({ x: place, y: place, width: length, height: length });

/** A box with as much room around it as is left between cards. */
const roomy = ({ x, y, width, height }: Box): Box => ({
  x: x - APART,
  y: y - APART,
  width: width + 2 * APART,
  height: height + 2 * APART,
});

test("something new lands clear of everything, where it was wanted if there is room, else no farther than it must", () => {
  fc.assert(
    fc.property(
      box,
      fc.array(box, { maxLength: 14 }),
      fc.array(fc.record({ x: place, y: place }), { maxLength: 20 }),
      (wanted, taken, tries) => {
        const isFree = (at: { x: number; y: number }) =>
          !taken.some((other) => overlaps(roomy({ ...wanted, ...at }), other));
        const at = freeSpot(wanted, taken);
        expect(isFree(at)).toBe(true);
        if (isFree(wanted)) expect(at).toEqual({ x: wanted.x, y: wanted.y });
        const far = Math.hypot(at.x - wanted.x, at.y - wanted.y);
        for (const other of tries)
          if (isFree(other))
            expect(Math.hypot(other.x - wanted.x, other.y - wanted.y)).toBeGreaterThanOrEqual(far);
      },
    ),
  );
});

test("beside a card there is room to its right, and in a row of thousands at its end or below", () => {
  const card = { width: 280, height: 400 };
  expect(freeSpot({ x: 0, y: 0, ...card }, [{ x: 0, y: 0, ...card }])).toEqual({ x: 304, y: 0 });
  const wall = Array.from({ length: 5000 }, (_, index) => ({
    x: (index % 71) * 300,
    y: Math.floor(index / 71) * 420,
    ...card,
  }));
  const at = freeSpot({ x: 300 * 35, y: 420 * 60, ...card }, wall);
  expect(wall.some((other) => overlaps({ ...at, ...card }, other))).toBe(false);
});

const groups = [
  nodeOf("outer", "group", {}, { position: { x: 1000, y: 1000 } }),
  nodeOf("inner", "group", {}, { position: { x: 50, y: 60 }, parentId: "outer" }),
  nodeOf("card", "prompt", {}, { position: { x: 20, y: 40 }, parentId: "inner" }),
];
const sizes: { readonly [id: string]: { readonly width: number; readonly height: number } } = {
  outer: { width: 2000, height: 1500 },
  inner: { width: 700, height: 500 },
  card: { width: 280, height: 200 },
};
const boxes = boxesOf(groups, ({ id }) => sizes[id] ?? { width: 1, height: 1 });

test("a place belongs to the innermost group there", () => {
  expect(boxes.get("card")).toEqual({ x: 1070, y: 1100, width: 280, height: 200 });
  const at = (x: number, y: number) => groupAt(groups, boxes, { x, y })?.id;
  expect([at(1100, 1100), at(2500, 1100), at(0, 0)]).toEqual(["inner", "outer", undefined]);
  expect(groupAt(groups, boxes, { x: 1100, y: 1100 }, ({ id }) => id !== "inner")?.id).toBe("outer");
});

test("what lands in a group stays within its frame while there is room, and on no other card or frame", () => {
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 3100 }), fc.integer({ min: 900, max: 2600 }), (x, y) => {
      const card = { x, y, width: 280, height: 200 };
      const { at, group } = landing(groups, boxes, card);
      const landed = { ...card, ...at };
      for (const [id, other] of boxes) {
        const isAround = group && (id === group.id || (group.id === "inner" && id === "outer"));
        if (!isAround) expect(overlaps(landed, other)).toBe(false);
      }
      const frame = group && boxes.get(group.id);
      if (frame) expect(liesIn(landed, frame)).toBe(true);
    }),
  );
});

test("a full group takes what is put into it all the same, and its frame grows around it", () => {
  const inner = groups.find(({ id }) => id === "inner");
  const wide = { x: 1100, y: 1150, width: 1200, height: 300 };
  const { at, group } = landing(groups, boxes, wide, { ...(inner ? { group: inner } : {}) });
  const frame = boxes.get("inner");
  if (!frame) throw new Error("There is no inner frame.");
  expect(group?.id).toBe("inner");
  const grown = frameAround(frame, [{ ...wide, ...at }]);
  expect(liesIn({ ...wide, ...at }, grown) && liesIn(frame, grown)).toBe(true);
  expect(overlaps({ ...wide, ...at }, boxes.get("card") ?? wide)).toBe(false);
});

test("a frame that grew covers nothing that it left free, and what it pushes covers nothing new either", () => {
  fc.assert(
    fc.property(
      box,
      fc.array(box, { minLength: 1, maxLength: 3 }),
      fc.array(box, { maxLength: 12 }),
      (frame, added, list) => {
        const grown = frameAround(frame, added);
        const others = new Map(list.map((each, index) => [`${index}`, each]));
        const pushed = pushedBy(frame, grown, others);
        const now = (id: string) => pushed.get(id) ?? others.get(id) ?? frame;
        for (const [id, own] of others) {
          if (!overlaps(frame, own)) expect(overlaps(grown, now(id)), id).toBe(false);
          if (pushed.size === 0) continue;
          for (const [otherId, other] of others)
            if (otherId !== id && !overlaps(own, other)) expect(overlaps(now(id), now(otherId))).toBe(false);
        }
      },
    ),
  );
});

test("the view moves only as far as it must to show a box, and not at all when it is seen", () => {
  fc.assert(
    fc.property(box, (target) => {
      const view = { x: 0, y: 0, width: 1200, height: 800 };
      const { x, y } = shiftToShow(view, target);
      const after = { ...view, x, y };
      expect(liesIn(target, after)).toBe(true);
      expect(shiftToShow(after, target)).toEqual({ x: 0, y: 0 });
      if (liesIn(roomy(target), view)) expect({ x, y }).toEqual({ x: 0, y: 0 });
    }),
  );
});

test("a box around many thousands is found", () => {
  const many = Array.from({ length: 200_000 }, (_, index) => ({ x: index, y: -index, width: 1, height: 1 }));
  expect(boxAround(many)).toEqual({ x: 0, y: -199_999, width: 200_000, height: 200_000 });
});
