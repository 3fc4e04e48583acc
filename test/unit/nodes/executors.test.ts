import fc from "fast-check";
import { expect, test } from "vitest";
import type { MediaValue, StepValue } from "../../../src/nodes/definition/work.ts";
import { workOf } from "../../../src/nodes/executors.ts";
import { arbitraryJson } from "../../support/graph-arbitraries.ts";
import { fileOf } from "../../support/graph-builders.ts";

const media = (kind: MediaValue["kind"], mediaId = `a-${kind}`): MediaValue => ({
  type: "media",
  kind,
  mediaId,
});
const text = (words: string): StepValue => ({ type: "text", text: words });

test("an upload uploads its file", () => {
  const file = fileOf();
  expect(workOf("upload", { file }, {})).toEqual({ kind: "upload", file, outputPort: "out" });
});

test("a prompt gives its text", () => {
  expect(workOf("prompt", { text: "hello" }, {})).toEqual({
    kind: "finish",
    outputs: [{ portId: "out", value: text("hello") }],
  });
});

test("a generate takes the wired prompt over its own, and attachments in port order", () => {
  const params = { family: "video", model: "kling_3_pro", prompt: "own", modelParams: { duration: 5 } };
  const inputs = {
    prompt: [text("wired")],
    start_image: [media("image", "start")],
    element_1: [media("image", "element")],
    voice_audio: [media("audio", "voice")],
  };
  expect(workOf("generate", params, inputs)).toEqual({
    kind: "generate",
    family: "video",
    path: "/video/generate",
    deadlineMs: 3_600_000,
    model: "kling_3_pro",
    prompt: "wired",
    params: { duration: 5 },
    attachments: [media("image", "start"), media("image", "element"), media("audio", "voice")],
    outputs: [{ port: "out", select: { kind: "video" } }],
  });
  expect(workOf("generate", params, {})).toMatchObject({ prompt: "own", attachments: [] });
  expect(workOf("generate", { ...params, prompt: " " }, {})).not.toHaveProperty("prompt");
});

test("music and speech give audio, text gives text", () => {
  const kindOf = (family: string) => workOf("generate", { family, model: "m", prompt: "x" }, {});
  expect(kindOf("music")).toMatchObject({ outputs: [{ select: { kind: "audio" } }] });
  expect(kindOf("speech")).toMatchObject({ outputs: [{ select: { kind: "audio" } }] });
  expect(kindOf("text")).toMatchObject({ outputs: [{ select: { kind: "text" } }] });
});

test("an edit names its slots in the API's order, whatever order they came in", () => {
  const work = workOf(
    "edit",
    { operation: "merge" },
    { video_1: [media("video", "b")], video_0: [media("video", "a")] },
  );
  expect(work).toMatchObject({
    kind: "edit",
    operation: "merge",
    endpoint: "video",
    via: "auto",
    inputs: [
      { slot: "video_0", media: { mediaId: "a" } },
      { slot: "video_1", media: { mediaId: "b" } },
    ],
  });
});

test("a text overlay goes to the endpoint of what it writes on, with the wired text", () => {
  const overlay = (value: StepValue, wired?: string) =>
    workOf(
      "edit",
      { operation: "textOverlay", text: "own" },
      { media_0: [value], ...(wired ? { text: [text(wired)] } : {}) },
    );
  expect(overlay(media("image"))).toMatchObject({ endpoint: "image", text: "own" });
  expect(overlay(media("video"), "wired")).toMatchObject({ endpoint: "video", text: "wired" });
  expect(workOf("edit", { operation: "trim" }, { video_0: [media("video")] })).not.toHaveProperty("text");
});

test("a publish says its product, so that the approval can show it", () => {
  const publish = (kind: MediaValue["kind"], params = {}) =>
    workOf("publish", { accountId: "mine", caption: "own", params }, { media: [media(kind)] });
  expect(publish("image")).toMatchObject({ kind: "publish", caption: "own", params: { product: "IMAGE" } });
  expect(publish("video")).toMatchObject({ params: { product: "REELS" } });
  expect(publish("video", { product: "STORIES" })).toMatchObject({ params: { product: "STORIES" } });
  expect(publish("video", { product: "IMAGE" })).toMatchObject({ kind: "impossible" });
  expect(publish("image", { product: "REELS" })).toMatchObject({ kind: "impossible" });
  expect(publish("audio")).toMatchObject({ kind: "impossible" });
});

test("TikTok takes videos only, and no product", () => {
  const publish = (kind: MediaValue["kind"]) =>
    workOf("publish", { platform: "tiktok", accountId: "mine" }, { media: [media(kind)] });
  expect(publish("image")).toMatchObject({ kind: "impossible" });
  expect(publish("video")).toMatchObject({ kind: "publish", params: {} });
  expect(publish("video")).not.toHaveProperty("caption");
});

test("a wired caption that is too long stops the post before it is made", () => {
  const inputs = { media: [media("image")], caption: [text("x".repeat(2201))] };
  expect(workOf("publish", { accountId: "mine" }, inputs)).toMatchObject({ kind: "impossible" });
});

test("a save keeps all that arrived, media first", () => {
  const inputs = { in: [media("image"), media("video")], text: [text("words")] };
  expect(workOf("save", { name: "mine" }, inputs)).toEqual({
    kind: "save",
    name: "mine",
    items: [media("image"), media("video"), text("words")],
  });
});

test.each([
  ["upload", {}],
  ["generate", {}],
  ["edit", { operation: "trim" }],
  ["edit", { operation: "warp" }],
  ["edit", { operation: "textOverlay" }],
  ["publish", {}],
  ["publish", { accountId: "mine" }],
  ["save", {}],
  ["note", {}],
  ["group", {}],
  ["teleport", {}],
  ["constructor", {}],
  ["prompt", { text: 5 }],
  ["upload", null],
])("a %s with %j and nothing wired is impossible, in words", (type, params) => {
  expect(workOf(type, params, {})).toMatchObject({
    kind: "impossible",
    message: expect.stringMatching(/\.$/),
    remedy: expect.stringMatching(/\.$/),
  });
});

test("work is found for any params and inputs without throwing, and a publish never without an account", () => {
  const value = fc.oneof(
    fc.constantFrom("image", "video", "audio").map((kind) => media(kind)),
    fc.string().map(text),
  );
  const inputs = fc.dictionary(
    fc.constantFrom("prompt", "media", "in", "video_0", "media_0", "caption"),
    fc.array(value, { maxLength: 3 }),
  );
  const type = fc.constantFrom("upload", "prompt", "generate", "edit", "publish", "save", "note");
  const params = fc.dictionary(
    fc.constantFrom("text", "accountId", "platform", "operation", "model", "params"),
    fc.oneof(arbitraryJson, fc.constantFrom("trim", "merge", "tiktok")),
  );
  fc.assert(
    fc.property(type, params, inputs, (kind, given, arrived) => {
      const work = workOf(kind, given, arrived);
      if (work.kind === "publish") expect(work.accountId).toBeTruthy();
    }),
  );
});
