import { z } from "zod";
import { isJsonObject } from "../base/json-object.ts";
import type { JsonSchema } from "../graph/describe/json-schema.ts";
import { schemaIssues } from "../graph/describe/json-schema.ts";
import type { InputPort, PortType } from "../graph/describe/ports.ts";
import { builtInCatalogue } from "./catalogue-data.ts";
import type { Catalogue, CatalogueModel, PublishTarget } from "./definition/catalogue.ts";
import { generateFamilyNames } from "./generate/families.ts";
import { type PublishPlatform, platformNames } from "./publish/platforms/platforms.ts";

/** Lenient: an entry that cannot be read is left out, the others stay. @see docs/wondercat-api.md, section 8 */
const model = z.looseObject({
  key: z.string().min(1),
  label: z.string().optional(),
  description: z.string().optional(),
  attachments: z.array(z.string().min(1)).catch([]),
  params: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const target = z.looseObject({
  operation: z.string(),
  label: z.string().optional(),
  description: z.string().optional(),
  accepts: z
    .looseObject({ media: z.looseObject({ kinds: z.array(z.string()) }) })
    .optional()
    .catch(undefined),
  params: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const capabilities = z.looseObject({
  generation: z.record(z.string(), z.array(z.unknown()).catch([])).catch({}),
  editing: z.record(z.string(), z.array(z.unknown()).catch([])).optional().catch(undefined),
  publish: z.array(z.unknown()).optional().catch(undefined),
});

/**
 * The catalogue of a server that answered `GET /capabilities`. What the server lists wins; what we know besides
 * (slot types and limits, whether a prompt is needed, field titles, usual durations) is added by model key. A family
 * the answer does not mention keeps the built-in models: the documented answer leaves out music and speech, whose
 * endpoints exist. Unknown families and targets are left out.
 *
 * @param answer the parsed body, as it came. One that is no capabilities answer gives the built-in catalogue.
 */
export function catalogueFromCapabilities(answer: unknown, builtIn: Catalogue = builtInCatalogue): Catalogue {
  const parsed = capabilities.safeParse(answer);
  if (!parsed.success) return builtIn;
  const { generation, editing, publish } = parsed.data;
  return {
    source: "server",
    models: generateFamilyNames.flatMap((family) => {
      const known = builtIn.models.filter((entry) => entry.family === family);
      const listed = Object.hasOwn(generation, family) ? generation[family] : undefined;
      return listed ? listed.flatMap((entry) => modelFrom(entry, family, known)) : known;
    }),
    publishTargets: publish
      ? publish.flatMap((entry) => targetFrom(entry, builtIn.publishTargets))
      : builtIn.publishTargets,
    remoteEditing: !editing
      ? "unknown"
      : Object.values(editing).some((list) => list.length > 0)
        ? "yes"
        : "no",
  };
}

function modelFrom(entry: unknown, family: string, known: readonly CatalogueModel[]): CatalogueModel[] {
  const parsed = model.safeParse(entry);
  if (!parsed.success) return [];
  const { key, label, description, attachments, params } = parsed.data;
  const ours = known.find((candidate) => candidate.key === key);
  return [
    {
      key,
      label: label ?? ours?.label ?? key,
      description: description ?? ours?.description ?? "",
      family,
      // Nobody says whether an unknown model needs a prompt; the server refuses without one, and nothing is lost.
      prompt: ours?.prompt ?? "optional",
      attachments: attachments.map(
        (name) => ours?.attachments.find((port) => port.id === name) ?? portFromSlotName(name),
      ),
      params: params
        ? withKnownFields(params, ours?.params)
        : (ours?.params ?? { type: "object", properties: {} }),
      ...(ours?.typicalMs === undefined ? {} : { typicalMs: ours.typicalMs }),
    },
  ];
}

/** The limit for a list slot that nobody documents; the largest that any model is known to take. */
const MOST_REFERENCES = 14;

const slotWords: readonly (readonly [RegExp, PortType])[] = [
  [/audio|voice|music|sound|speech/i, "audio"],
  [/video|clip|motion/i, "video"],
  [/image|img|frame|photo|picture|element|mask/i, "image"],
];

/** A slot known by name alone: `reference_images` is a list of images, `voice_audio` one audio. */
function portFromSlotName(name: string): InputPort {
  const words = name.replace(/[_-]+/g, " ").trim();
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  const type = slotWords.find(([word]) => word.test(name))?.[1] ?? "media";
  const plural = /(?:images|videos|audios|clips|frames|photos|elements|references|media)$/i.test(name);
  return { id: name, label, type, ...(plural ? { list: { min: 0, max: MOST_REFERENCES } } : {}) };
}

function targetFrom(entry: unknown, known: readonly PublishTarget[]): PublishTarget[] {
  const parsed = target.safeParse(entry);
  if (!parsed.success) return [];
  const { operation, label, description, accepts, params } = parsed.data;
  const platform = platformOf(operation);
  const ours = known.find((candidate) => candidate.platform === platform);
  if (!platform) return [];
  const kinds = accepts?.media.kinds.filter((kind) => kind === "image" || kind === "video") ?? [];
  return [
    {
      platform,
      label: label ?? ours?.label ?? platform,
      description: description ?? ours?.description ?? "",
      kinds: kinds.length > 0 ? kinds : (ours?.kinds ?? ["video"]),
      params: params
        ? withKnownFields(params, ours?.params)
        : (ours?.params ?? { type: "object", properties: {} }),
    },
  ];
}

function platformOf(operation: string): PublishPlatform | undefined {
  // "instagramPublish" is documented. Carousels take several media and have a form of their own.
  if (/carousel/i.test(operation)) return undefined;
  return platformNames.find((platform) => operation.toLowerCase().startsWith(platform));
}

/** The server's schema, with words of ours where a field has none, and a default where a person would have to guess. */
function withKnownFields(schema: JsonSchema, ours: JsonSchema | undefined): JsonSchema {
  const [theirs, known] = [schema["properties"], ours?.["properties"]];
  if (!isJsonObject(theirs) || !isJsonObject(known)) return schema;
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const fields = Object.entries(theirs).map(([name, field]) => {
    const facts = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!isJsonObject(field) || !isJsonObject(facts)) return [name, field] as const;
    return [
      name,
      { ...(required.includes(name) ? defaultFor(field, facts) : {}), ...wordsOf(facts), ...field },
    ] as const;
  });
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** A speech model needs a voice, and a server may require one without naming any. */
function defaultFor(field: JsonSchema, ours: JsonSchema): JsonSchema {
  const value = ours["default"];
  return value !== undefined && schemaIssues(field, value).length === 0 ? { default: value } : {};
}

/** Only what a person reads: ranges, choices and defaults are the server's to say. */
function wordsOf(field: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(field).filter(([key]) => key === "title" || key === "description" || key.startsWith("x-")),
  );
}
