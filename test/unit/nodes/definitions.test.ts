import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { editOperationNames } from "../../../src/editing/operations.ts";
import { validate } from "../../../src/graph/check/validate.ts";
import { uploadTypeOfName } from "../../../src/graph/document/files.ts";
import { parseGraph } from "../../../src/graph/document/parse.ts";
import { planRun } from "../../../src/graph/plan/plan-run.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import {
  definitionOf,
  describeNode,
  editParam,
  freshParams,
  nodeTypes,
} from "../../../src/nodes/definitions.ts";
import { graphSchemaText, nodesPage } from "../../../src/nodes/docs.ts";
import { arbitraryJson } from "../../support/graph-arbitraries.ts";
import { fileOf, graphOf, nodeOf } from "../../support/graph-builders.ts";
import { said } from "../../support/in-english.ts";

const describe = describeNode(builtInCatalogue);
const root = new URL("../../../", import.meta.url);

test.each(nodeTypes)("a fresh %s has params that parse, a form and card fields that the form has", (type) => {
  const definition = definitionOf(type);
  const params = freshParams(type, builtInCatalogue);
  expect(definition.params.parse({})).toBeDefined();
  expect(definition.params.parse(params)).toEqual(params);
  const sections = definition.form(params, builtInCatalogue);
  const fields = sections.flatMap(({ path, schema }) =>
    Object.keys(schema["properties"] ?? {}).map((name) => (path ? `${path}.${name}` : name)),
  );
  expect(definition.cardFields(params).length).toBeLessThanOrEqual(3);
  for (const field of definition.cardFields(params)) expect(fields).toContain(field);
});

test("a new Generate node starts with its family's first model", () => {
  expect(freshParams("generate", builtInCatalogue)).toMatchObject({
    family: "image",
    model: "nano-banana-2",
  });
  expect(freshParams("generate", builtInCatalogue, { family: "video" })).toMatchObject({
    model: "seedance-2",
  });
  expect(freshParams("generate", { ...builtInCatalogue, models: [] })).toMatchObject({ model: "" });
});

test("no publish picks an account by itself", () => {
  expect(freshParams("publish", builtInCatalogue)).not.toHaveProperty("accountId");
});

test("speech needs no more than its text: the voice has a default", () => {
  const params = {
    ...freshParams("generate", builtInCatalogue, { family: "speech" }),
    prompt: "Good night.",
  };
  const graph = graphOf([nodeOf("s", "generate", params)]);
  const result = planRun(graph, describe, { kind: "all" });
  expect(result).toMatchObject({
    plan: { steps: [{ params: { modelParams: { voiceId: "21m00Tcm4TlvDq8ikWAM" } } }] },
  });
});

test("another model keeps the params it has too and would take, and drops the others", () => {
  const before = {
    family: "image",
    model: "nano-banana-2",
    prompt: "a picture",
    modelParams: { aspectRatio: "8:1", resolution: "2K", styleId: "11111111-2222-4333-8444-555555555555" },
    "x-unknown": "kept",
  };
  expect(editParam("generate", before, "model", "seedream-4-5", builtInCatalogue)).toEqual({
    ...before,
    model: "seedream-4-5",
    modelParams: { resolution: "2K" },
  });
});

test("another family brings its first model", () => {
  const before = {
    family: "image",
    model: "nano-banana-2",
    prompt: "waves",
    modelParams: { aspectRatio: "16:9" },
  };
  expect(editParam("generate", before, "family", "video", builtInCatalogue)).toEqual({
    family: "video",
    model: "seedance-2",
    prompt: "waves",
    modelParams: { aspectRatio: "16:9" },
  });
});

test("another platform forgets the account and the params of the one before", () => {
  const before = { platform: "instagram", accountId: "mine", caption: "hello", params: { product: "REELS" } };
  expect(editParam("publish", before, "platform", "tiktok", builtInCatalogue)).toEqual({
    platform: "tiktok",
    caption: "hello",
    params: {},
  });
});

test("another operation keeps the edit params it has too", () => {
  const before = { operation: "trim", params: { trimStartMs: 500, trimEndMs: 2000 } };
  expect(editParam("edit", before, "operation", "audioTrim", builtInCatalogue)).toMatchObject({
    params: before.params,
  });
  expect(editParam("edit", before, "operation", "speed", builtInCatalogue)).toMatchObject({ params: {} });
});

test("a nested field is set and taken away without touching its neighbours", () => {
  const before = { modelParams: { duration: 5, other: 1 }, keep: true };
  expect(editParam("generate", before, "modelParams.duration", 10, builtInCatalogue)).toEqual({
    modelParams: { duration: 10, other: 1 },
    keep: true,
  });
  expect(editParam("generate", before, "modelParams.duration", undefined, builtInCatalogue)).toEqual({
    modelParams: { other: 1 },
    keep: true,
  });
});

test("ports follow the model, the operation, the file and the platform", () => {
  const inputs = (type: string, params: object) =>
    describe(nodeOf("n", type, { ...params }))?.ports.inputs.map(({ id }) => id);
  const output = (type: string, params: object) =>
    describe(nodeOf("n", type, { ...params }))?.ports.outputs[0]?.type;
  expect(inputs("generate", { family: "video", model: "kling_3_pro" })).toEqual([
    "prompt",
    "start_image",
    "end_image",
    "element_1",
    "element_2",
    "voice_audio",
  ]);
  expect(inputs("generate", { family: "image", model: "birefnet-bg-removal" })).toEqual(["image_0"]);
  expect(output("generate", { family: "speech", model: "elevenlabs-tts" })).toBe("audio");
  expect(inputs("edit", { operation: "editAudio" })).toEqual(["video_0", "audio_0"]);
  expect(inputs("edit", { operation: "textOverlay" })).toEqual(["media_0", "text"]);
  expect(output("edit", { operation: "textOverlay" })).toEqual({ sameAs: "media_0" });
  expect(output("edit", { operation: "extractFrame" })).toBe("image");
  expect(output("upload", {})).toBe("media");
  expect(output("upload", { file: fileOf("a.mp4", { kind: "video", mimeType: "video/mp4" }) })).toBe("video");
  const media = (platform: string) => describe(nodeOf("n", "publish", { platform }))?.ports.inputs[0];
  expect(media("tiktok")).toMatchObject({ type: "video", required: true });
  expect(media("instagram")).toMatchObject({ type: "media", kinds: ["image", "video"] });
});

test("a model the catalogue lacks is a problem, not an unknown node, and keeps its prompt port", () => {
  const description = describe(nodeOf("n", "generate", { family: "image", model: "warp-9", prompt: "x" }));
  expect(description?.ports.inputs.map(({ id }) => id)).toEqual(["prompt"]);
  expect(description?.problems).toMatchObject([{ code: "unknown-model", param: "model" }]);
});

test.each(editOperationNames)("%s has a form whose defaults it takes itself", (operation) => {
  const params = definitionOf("edit").params.parse({ operation, text: "x" });
  expect(definitionOf("edit").check(params, builtInCatalogue)).toEqual([]);
  const description = describe(nodeOf("n", "edit", params));
  expect(description?.problems).toEqual([]);
  for (const { schema } of definitionOf("edit").form(params, builtInCatalogue))
    for (const field of Object.values(schema["properties"] ?? {})) expect(field).toHaveProperty("title");
});

test("edit params across fields are checked by the operation's own rules", () => {
  const description = describe(
    nodeOf("n", "edit", { operation: "trim", params: { trimStartMs: 900, trimEndMs: 950 } }),
  );
  expect(description?.problems).toMatchObject([{ code: "invalid-param", param: "params.trimEndMs" }]);
});

test.each(["../../x", "a/b", "con:x", "", ".hidden", "tail ", "x".repeat(101)])(
  "Save refuses the name %j",
  (name) => {
    expect(describe(nodeOf("n", "save", { name }))?.problems).toMatchObject([
      { code: "invalid-param", param: "name" },
    ]);
  },
);

test("no params, however odd, keep a node from being described", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...nodeTypes),
      fc.dictionary(
        fc.constantFrom(
          "text",
          "file",
          "model",
          "family",
          "modelParams",
          "params",
          "operation",
          "platform",
          "name",
          "color",
        ),
        arbitraryJson,
      ),
      (type, params) => {
        const description = describe(nodeOf("n", type, params));
        expect(definitionOf(type).params.safeParse(description?.params).success).toBe(true);
      },
    ),
  );
});

test("one field that does not parse leaves the others as they are", () => {
  const description = describe(nodeOf("n", "note", { text: 5, color: "rose" }));
  expect(description?.params).toEqual({ text: "", color: "rose" });
  expect(description?.problems).toMatchObject([{ code: "invalid-param", param: "text" }]);
});

test("a node that only moved is not described anew", () => {
  const node = nodeOf("n", "note");
  expect(describe({ ...node, position: { x: 5, y: 5 } })).toBe(describe(node));
  expect(describe({ ...node, type: "group" })).not.toBe(describe(node));
});

test("docs/nodes.md and docs/graph.schema.json are current; `npm run docs` writes them", () => {
  const read = (name: string) => readFileSync(new URL(`docs/${name}`, root), "utf8");
  expect(read("nodes.md")).toBe(nodesPage(builtInCatalogue));
  expect(read("graph.schema.json")).toBe(graphSchemaText());
});

const examples = readdirSync(new URL("examples/", root)).filter((name) => name.endsWith(".json"));

test.each(examples)("examples/%s runs as it is, and its files are beside it", (name) => {
  const result = parseGraph(readFileSync(new URL(`examples/${name}`, root), "utf8"));
  if (!result.ok) throw new Error(said(result.reason.message));
  expect(result.warnings).toEqual([]);
  expect(validate(result.graph, describe)).toEqual([]);
  for (const node of result.graph.nodes) {
    if (node.type !== "upload") continue;
    const { file } = definitionOf("upload").params.parse(node.data.params) as {
      file: ReturnType<typeof fileOf>;
    };
    const url = new URL(`examples/${file.path}`, root);
    expect(existsSync(url)).toBe(true);
    const bytes = readFileSync(url);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(file.sha256);
    expect(bytes.length).toBe(file.sizeBytes);
    expect(uploadTypeOfName(file.name)?.mimeType).toBe(file.mimeType);
  }
});

test.each(examples)("in examples/%s no card lies on another", (name) => {
  const result = parseGraph(readFileSync(new URL(`examples/${name}`, root), "utf8"));
  if (!result.ok) throw new Error(said(result.reason.message));
  const { nodes } = result.graph;
  const boxes = nodes
    .filter(({ type }) => type !== "group")
    .map(({ id, position, parentId, width = 280, height = 420 }) => {
      const parent = nodes.find((node) => node.id === parentId)?.position ?? { x: 0, y: 0 };
      return { id, x: position.x + parent.x, y: position.y + parent.y, width, height };
    });
  for (const a of boxes)
    for (const b of boxes)
      if (a.id < b.id) {
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect([a.id, b.id, apart]).toEqual([a.id, b.id, true]);
      }
});

test.each(examples)("in examples/%s a group holds its cards also when they show what they made", (name) => {
  const result = parseGraph(readFileSync(new URL(`examples/${name}`, root), "utf8"));
  if (!result.ok) throw new Error(said(result.reason.message));
  const { nodes } = result.graph;
  for (const { id, type, position, parentId } of nodes) {
    const group = nodes.find((node) => node.id === parentId);
    if (!group) continue;
    // As measured on the canvas, with a long prompt and a tall picture.
    const height = type === "generate" ? 560 : 220;
    expect([id, position.y + height <= (group.height ?? 0)]).toEqual([id, true]);
  }
});
