import fc from "fast-check";
import { expect, test } from "vitest";
import { cropRect, imageCropRect } from "../../../src/editing/geometry.ts";
import { positions } from "../../../src/editing/operations/operation.ts";
import { parseEditParams } from "../../../src/editing/operations.ts";

const side = fc.integer({ min: 2, max: 5000 });
const padding = fc.double({ min: 0, max: 47, noNaN: true });

test("a video crop is always even and inside the frame", () => {
  const params = fc.record(
    {
      aspectRatio: fc.constantFrom("16:9", "9:16", "1:1", "4:5", "21:9", "custom"),
      customWidth: fc.integer({ min: 2, max: 6000 }),
      customHeight: fc.integer({ min: 2, max: 6000 }),
      position: fc.constantFrom(...positions),
      cropAxis: fc.constantFrom("width", "height"),
      cropPercent: fc.double({ min: 10, max: 100, noNaN: true }),
      paddingTop: padding,
      paddingRight: padding,
      paddingBottom: padding,
      paddingLeft: padding,
    },
    { requiredKeys: [] },
  );
  let checked = 0;
  fc.assert(
    fc.property(side, side, params, (width, height, raw) => {
      const parsed = parseEditParams("crop", raw);
      if (!parsed.ok) return;
      checked += 1;
      const rect = cropRect({ width, height }, parsed.params);
      for (const value of [rect.width, rect.height, rect.x, rect.y]) expect(value % 2).toBe(0);
      expect(rect.width).toBeGreaterThanOrEqual(2);
      expect(rect.height).toBeGreaterThanOrEqual(2);
      expect(rect.x).toBeGreaterThanOrEqual(0);
      expect(rect.y).toBeGreaterThanOrEqual(0);
      expect(rect.x + rect.width).toBeLessThanOrEqual(width);
      expect(rect.y + rect.height).toBeLessThanOrEqual(height);
    }),
    { numRuns: 500 },
  );
  expect(checked).toBeGreaterThan(50);
});

test("an image crop is never empty and inside the image", () => {
  const params = fc.record(
    {
      aspectRatio: fc.constantFrom("free", "16:9", "9:16", "1:1", "4:5", "21:9", "4:3", "3:2"),
      cropPixelX: fc.nat(6000),
      cropPixelY: fc.nat(6000),
      cropPixelWidth: fc.integer({ min: 1, max: 6000 }),
      cropPixelHeight: fc.integer({ min: 1, max: 6000 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 5000 }),
      params,
      (width, height, raw) => {
        const parsed = parseEditParams("imageCrop", raw);
        if (!parsed.ok) return;
        const rect = imageCropRect({ width, height }, parsed.params);
        expect(Object.values(rect).every(Number.isInteger)).toBe(true);
        expect(Math.min(rect.width, rect.height)).toBeGreaterThanOrEqual(1);
        expect(Math.min(rect.x, rect.y)).toBeGreaterThanOrEqual(0);
        expect(rect.x + rect.width).toBeLessThanOrEqual(width);
        expect(rect.y + rect.height).toBeLessThanOrEqual(height);
      },
    ),
    { numRuns: 500 },
  );
});

test("crop places what it keeps where the position and the paddings say", () => {
  const crop = (raw: Record<string, unknown>) => {
    const parsed = parseEditParams("crop", raw);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return cropRect({ width: 1920, height: 1080 }, parsed.params);
  };
  expect(crop({ aspectRatio: "1:1", position: "center-right" })).toEqual({
    width: 1080,
    height: 1080,
    x: 840,
    y: 0,
  });
  expect(crop({ aspectRatio: "1:1" })).toEqual({ width: 1080, height: 1080, x: 420, y: 0 });
  expect(crop({ cropAxis: "width", cropPercent: 50, position: "top-left" })).toEqual({
    width: 960,
    height: 1080,
    x: 0,
    y: 0,
  });
  expect(
    crop({ aspectRatio: "custom", customWidth: 400, customHeight: 200, position: "bottom-center" }),
  ).toEqual({
    width: 400,
    height: 200,
    x: 760,
    y: 880,
  });
  expect(crop({ cropAxis: "width", cropPercent: 100, paddingTop: 50, paddingLeft: 25 })).toEqual({
    width: 1440,
    height: 540,
    x: 480,
    y: 540,
  });
});
