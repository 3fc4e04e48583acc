import { expect, test } from "vitest";
import { z } from "zod";
import { localFontFamilies, localFontFor } from "../../../src/editing/operations/text-overlay.ts";
import {
  checkEditInputs,
  type EditOperationSpec,
  editEndpoint,
  editOperationNames,
  editOperations,
  editOutputKind,
  parseEditParams,
} from "../../../src/editing/operations.ts";

test.for(editOperationNames)("%s has a form, and defaults that are valid", (name) => {
  const spec: EditOperationSpec = editOperations[name];
  expect(spec.operation).toBe(name);
  expect(parseEditParams(name, {})).toMatchObject({ ok: true });
  const form = z.toJSONSchema(spec.params, { io: "input" });
  expect(form.required ?? []).toEqual([]);
  for (const [param, schema] of Object.entries(form.properties ?? {}))
    expect(schema, param).toMatchObject({ title: expect.any(String), description: expect.any(String) });
  for (const local of spec.localParams ?? []) expect(Object.keys(spec.params.shape)).toContain(local);
});

test("problems name the field", () => {
  const issueOf = (...args: Parameters<typeof parseEditParams>) => {
    const parsed = parseEditParams(...args);
    return parsed.ok ? undefined : parsed.issues.map(({ param }) => param);
  };
  expect(issueOf("trim", { trimStartMs: 1000, trimEndMs: 1050 })).toEqual(["trimEndMs"]);
  expect(issueOf("trim", { trimStartMs: 1000, trimEndMs: 1100 })).toBeUndefined();
  expect(issueOf("trim", { trimStartMs: -1 })).toEqual(["trimStartMs"]);
  expect(
    issueOf("trim", { trimStartMs: 3000, trimEndMs: 4000 }, [
      { slot: "video_0", kind: "video", durationMs: 2000 },
    ]),
  ).toEqual(["trimStartMs"]);
  expect(issueOf("audioTrim", { trimStartMs: 950, trimEndMs: 1000 })).toEqual(["trimEndMs"]);
  expect(issueOf("crop", { aspectRatio: "custom", customWidth: 100 })).toEqual(["customHeight"]);
  expect(issueOf("crop", { cropPercent: 50 })).toEqual(["cropAxis"]);
  expect(issueOf("crop", { paddingTop: 50, paddingBottom: 50 })).toEqual(["paddingBottom"]);
  expect(issueOf("extractFrame", { timestampMs: 1, timestampPercent: 1 })).toEqual(["timestampPercent"]);
  expect(issueOf("textOverlay", { textColor: "red" })).toEqual(["textColor"]);
  expect(issueOf("textOverlay", { startMs: 500, endMs: 550 })).toEqual(["endMs"]);
});

test("inputs are checked by slot and kind", () => {
  const params = (...inputs: Parameters<typeof checkEditInputs>[1]) =>
    checkEditInputs("merge", inputs).map(({ param }) => param);
  expect(params({ slot: "video_0", kind: "video" })).toEqual(["video_1"]);
  expect(params({ slot: "video_0", kind: "video" }, { slot: "video_1", kind: "image" })).toEqual(["video_1"]);
  expect(checkEditInputs("textOverlay", [{ slot: "media_0", kind: "image" }])).toEqual([]);
  expect(checkEditInputs("textOverlay", [{ slot: "media_0", kind: "audio" }])).toHaveLength(1);
  expect(checkEditInputs("trim", [{ slot: "other", kind: "video" }]).map(({ param }) => param)).toEqual([
    "video_0",
    "other",
  ]);
});

test("text overlay follows the kind of its input", () => {
  expect(editEndpoint("textOverlay", "image")).toBe("image");
  expect(editEndpoint("textOverlay", "video")).toBe("video");
  expect(editEndpoint("audioTrim", "audio")).toBe("audio");
  expect(editOutputKind("textOverlay", [{ slot: "media_0", kind: "image" }])).toBe("image");
  expect(editOutputKind("extractAudio", [])).toBe("audio");
});

test("every local font stands for itself", () => {
  for (const family of localFontFamilies) expect(localFontFor[family]).toBe(family);
});
