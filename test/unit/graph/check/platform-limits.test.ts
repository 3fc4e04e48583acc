import { expect, test } from "vitest";
import { validate } from "../../../../src/graph/check/validate.ts";
import type { Graph } from "../../../../src/graph/document/schema.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";

/** What a platform refuses by itself, after the media was paid: told before, as warnings. */

const told = (graph: Graph) =>
  validate(graph, describeNode(builtInCatalogue)).flatMap(({ code, severity, message }) =>
    code === "platform-limit" ? [`${severity}: ${message}`] : [],
  );

const picture = (aspectRatio?: string) =>
  nodeOf("pic", "generate", {
    ...{ family: "image", model: "nano-banana-2", prompt: "a kite" },
    modelParams: aspectRatio === undefined ? {} : { aspectRatio },
  });
const post = (params: object = {}, more: object = {}) =>
  nodeOf("post", "publish", { platform: "instagram", accountId: "a", params, ...more });
const posted = (aspectRatio?: string, params: object = {}, more: object = {}) =>
  graphOf([picture(aspectRatio), post(params, more)], ["pic.out > post.media"]);
const tags = (count: number, mark = "#") =>
  Array.from({ length: count }, (_, at) => `${mark}tag${at}`).join(" ");

test("more hashtags or mentions than Instagram takes are a warning; as many as it takes are none", () => {
  expect(told(posted("1:1", {}, { caption: `${tags(31)} ${tags(21, "@")}` }))).toEqual([
    "warning: Caption of “Publish to Instagram” has 31 hashtags; Instagram takes at most 30.",
    "warning: Caption of “Publish to Instagram” has 21 mentions; Instagram takes at most 20.",
  ]);
  const fine = `${tags(30)} ${tags(20, "@")} C# # a@b.example ##`;
  expect(told(posted("1:1", {}, { caption: fine }))).toEqual([]);
});

test("hashtags are counted with what rows and wires bring in", () => {
  const table = nodeOf("t", "table", {
    columns: [{ name: "tags", type: "text" }],
    rows: [
      { key: "few", cells: { tags: "#one" } },
      { key: "many", cells: { tags: tags(29) } },
    ],
  });
  const caption = "#new #{{tags}} {{tags}} #now";
  const graph = graphOf([table, picture("1:1"), post({}, { caption })], ["pic.out > post.media"]);
  expect(told(graph)).toEqual([
    expect.stringContaining("hashtags in the row “many”; Instagram takes at most 30"),
  ]);
  const wired = graphOf(
    [nodeOf("words", "prompt", { text: tags(31) }), picture("1:1"), post()],
    ["pic.out > post.media", "words.out > post.caption"],
  );
  expect(told(wired)).toEqual([expect.stringContaining("has 31 hashtags; Instagram")]);
});

test.each([
  ["9:16", {}, "is 9:16; on Instagram a post takes 4:5 to 1.91:1"],
  ["9:16", { product: "IMAGE" }, "is 9:16"],
  ["21:9", {}, "is 21:9"],
  ["3:4", {}, "is 3:4"],
  ["4:5", {}, undefined],
  ["16:9", {}, undefined],
  ["9:16", { product: "STORIES" }, undefined],
  [undefined, { product: "STORIES" }, undefined],
] as const)("a picture of %s posted with %j", (aspectRatio, params, says) => {
  const found = told(posted(aspectRatio, params));
  if (says === undefined) expect(found).toEqual([]);
  else expect(found).toEqual([expect.stringContaining(says)]);
});

test("the shape is followed through edits that keep the frame, and changed by those that cut it", () => {
  const upload = nodeOf("up", "upload", { file: fileOf("tall.jpg", { width: 1080, height: 1920 }) });
  const words = nodeOf("words", "edit", { operation: "textOverlay", text: "x" });
  const wires = ["up.out > words.media_0", "words.out > post.media"];
  expect(told(graphOf([upload, words, post()], wires))).toEqual([expect.stringContaining("is 9:16")]);
  const crop = nodeOf("crop", "edit", { operation: "imageCrop", params: { aspectRatio: "4:5" } });
  const cut = ["up.out > crop.image_0", "crop.out > post.media"];
  expect(told(graphOf([upload, crop, post()], cut))).toEqual([]);
});

test("each picture of a table is looked at; TikTok states no such rules", () => {
  const file = (name: string, width: number, height: number) => fileOf(name, { width, height });
  const table = nodeOf("t", "table", {
    columns: [{ name: "photo", type: "image" }],
    rows: [
      { key: "square", cells: { photo: file("a.jpg", 800, 800) } },
      { key: "tall", cells: { photo: file("b.jpg", 900, 1600) } },
      { key: "strip", cells: { photo: file("c.jpg", 3000, 700) } },
    ],
  });
  const wire = { id: "w", source: "t", sourceHandle: "column:photo", target: "post", targetHandle: "media" };
  expect(told(graphOf([table, post()], [wire]))).toEqual([
    expect.stringContaining("in the row “tall” is 9:16, and 1 other row like it"),
  ]);
  const caption = tags(40);
  const video = nodeOf("pic", "generate", { family: "video", model: "veo3_1", prompt: "x" });
  const tiktok = nodeOf("post", "publish", { platform: "tiktok", accountId: "a", caption });
  expect(told(graphOf([video, tiktok], ["pic.out > post.media"]))).toEqual([]);
});
