import fc from "fast-check";
import { expect, test } from "vitest";
import { schemaIssues, withDefaults } from "../../../src/graph/describe/json-schema.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { catalogueFromCapabilities } from "../../../src/nodes/catalogue-from-capabilities.ts";
import { arbitraryJson } from "../../support/graph-arbitraries.ts";

test.each(builtInCatalogue.models.map((model) => [model.key, model] as const))(
  "%s takes its own defaults",
  (_key, model) => {
    const missing = schemaIssues(model.params, withDefaults(model.params, {})).map(({ path }) => path);
    // A cloned voice is the person's own: nobody can choose it for them.
    expect(missing).toEqual(model.key === "minimax-speech-2-8-hd" ? ["voiceId"] : []);
    expect(new Set(model.attachments.map(({ id }) => id)).size).toBe(model.attachments.length);
  },
);

test("no two models of a family share a key", () => {
  const keys = builtInCatalogue.models.map(({ family, key }) => `${family} ${key}`);
  expect(new Set(keys).size).toBe(keys.length);
});

const answer = {
  generation: {
    image: [
      {
        key: "nano-banana-2",
        label: "Server's label",
        description: "Server's words",
        attachments: ["reference_images"],
        params: {
          type: "object",
          properties: { aspectRatio: { type: "string", enum: ["1:1"] }, seed: { type: "integer" } },
        },
      },
      {
        key: "brand-new",
        label: "Brand new",
        description: "",
        attachments: ["start_image", "voice_audio", "ref_clips", "thing"],
        params: {},
      },
      "not a model",
      { label: "no key" },
    ],
    hologram: [{ key: "future", label: "Future", description: "", attachments: [], params: {} }],
  },
  editing: { video: [], image: [], audio: [] },
  publish: [
    {
      operation: "instagramPublish",
      label: "Instagram",
      description: "",
      accepts: { media: { kinds: ["image"], min: 1, max: 1 } },
      params: { type: "object", properties: { product: { type: "string" } } },
    },
    {
      operation: "instagramCarouselPublish",
      label: "",
      description: "",
      accepts: { media: { kinds: ["image"], min: 2, max: 10 } },
      params: {},
    },
    {
      operation: "friendfeedPublish",
      label: "",
      description: "",
      accepts: { media: { kinds: ["image"], min: 1, max: 1 } },
      params: {},
    },
  ],
};
const catalogue = catalogueFromCapabilities(answer);
const modelOf = (key: string) => catalogue.models.find((model) => model.key === key);

test("the server's list wins, and what we know besides is added", () => {
  expect(catalogue.source).toBe("server");
  expect(catalogue.models.filter(({ family }) => family === "image").map(({ key }) => key)).toEqual([
    "nano-banana-2",
    "brand-new",
  ]);
  expect(modelOf("nano-banana-2")).toMatchObject({
    label: "Server's label",
    prompt: "required",
    typicalMs: 60_000,
    attachments: [{ id: "reference_images", type: "image", list: { min: 0, max: 14 } }],
    params: {
      properties: { aspectRatio: { title: "Aspect ratio", enum: ["1:1"] }, seed: { type: "integer" } },
    },
  });
  expect(modelOf("nano-banana-2")?.params).not.toHaveProperty("properties.aspectRatio.default");
});

test("a field the server requires without a default gets ours, if the server would take it", () => {
  const speechWith = (voiceId: object) => {
    const params = { type: "object", properties: { voiceId }, required: ["voiceId"] };
    const given = { generation: { speech: [{ key: "elevenlabs-tts", attachments: [], params }] } };
    return catalogueFromCapabilities(given).models.find(({ family }) => family === "speech")?.params[
      "properties"
    ];
  };
  expect(speechWith({ type: "string" })).toMatchObject({ voiceId: { default: "21m00Tcm4TlvDq8ikWAM" } });
  expect(speechWith({ type: "string", default: "theirs" })).toMatchObject({ voiceId: { default: "theirs" } });
  expect(speechWith({ type: "string", enum: ["other"] })).not.toHaveProperty("voiceId.default");
});

test("slots of unknown models are typed by their names", () => {
  expect(modelOf("brand-new")?.attachments).toEqual([
    { id: "start_image", label: "Start image", type: "image" },
    { id: "voice_audio", label: "Voice audio", type: "audio" },
    { id: "ref_clips", label: "Ref clips", type: "video", list: { min: 0, max: 14 } },
    { id: "thing", label: "Thing", type: "media" },
  ]);
});

test("families the answer leaves out keep the built-in models; unknown ones are left out", () => {
  expect(modelOf("suno-music")).toBeDefined();
  expect(modelOf("future")).toBeUndefined();
});

test("targets are the server's; carousels and unknown platforms are left out", () => {
  expect(catalogue.publishTargets).toMatchObject([
    { platform: "instagram", kinds: ["image"], params: { properties: { product: { title: "As" } } } },
  ]);
});

test("empty editing lists mean that the server does not edit", () => {
  expect(catalogue.remoteEditing).toBe("no");
  expect(catalogueFromCapabilities({ ...answer, editing: { video: ["trim"] } }).remoteEditing).toBe("yes");
  expect(catalogueFromCapabilities({ generation: {} }).remoteEditing).toBe("unknown");
});

test("an answer that is none gives the built-in catalogue", () => {
  for (const nothing of [null, undefined, "html", 404, []])
    expect(catalogueFromCapabilities(nothing).models).toEqual(builtInCatalogue.models);
});

test("no answer, however odd, throws", () => {
  const odd = fc.record({
    generation: fc.oneof(
      arbitraryJson,
      fc.dictionary(fc.constantFrom("image", "text", "__proto__"), arbitraryJson),
    ),
    editing: arbitraryJson,
    publish: fc.oneof(
      arbitraryJson,
      fc.array(
        fc.record({ operation: fc.constant("tiktokPublish"), accepts: arbitraryJson, params: arbitraryJson }),
      ),
    ),
  });
  fc.assert(fc.property(odd, (given) => void catalogueFromCapabilities(given)));
});

test("a schema that cannot be read finds nothing wrong instead of throwing", () => {
  for (const schema of [{ $ref: "#/nowhere" }, { properties: { a: { type: "string", pattern: "(" } } }])
    expect(schemaIssues(schema, { a: "x" })).toEqual([]);
});

test("issues name the field and say what would be right", () => {
  const schema = {
    type: "object",
    properties: {
      ratio: { type: "string", title: "Aspect ratio", enum: ["1:1", "4:5"] },
      scale: { type: "number", minimum: 1, maximum: 4 },
      voice: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
    required: ["name"],
  };
  expect(schemaIssues(schema, { ratio: "2:1", scale: 9, voice: {} })).toEqual([
    { path: "name", field: "name", message: "is required", missing: true },
    { path: "ratio", field: "Aspect ratio", message: "must be one of 1:1, 4:5" },
    { path: "scale", field: "scale", message: "must be from 1 to 4" },
    { path: "voice.id", field: "voice.id", message: "is required", missing: true },
  ]);
  expect(schemaIssues(Object.freeze(schema), { name: "", ratio: "1:1" })).toEqual([]);
});
