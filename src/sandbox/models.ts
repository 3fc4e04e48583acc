import { z } from "zod";
import { isJsonObject } from "../base/json-object.ts";
import { type MediaKind, mediaKinds } from "../base/media-kind.ts";
import type { Field } from "../nodes/fields/form.ts";
import { builtInModels, type GenerateFamily, generateFamilyNames } from "../nodes/generate/families.ts";
import type { Offer, SandboxFamily } from "./families/family.ts";
import { image } from "./families/image.ts";
import { music } from "./families/music.ts";
import { speech } from "./families/speech.ts";
import { text } from "./families/text.ts";
import { video } from "./families/video.ts";

export const sandboxFamilies: { readonly [Family in GenerateFamily]: SandboxFamily } = {
  image,
  video,
  music,
  speech,
  text,
};

/** A place for attachments. Attachments fill slots in order, each the next slot that takes its kind and is not full. */
type Slot = { readonly name: string; readonly kinds: readonly MediaKind[]; readonly max: number };

export type ModelSpec = Offer & {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly family: GenerateFamily;
  readonly slots: readonly Slot[];
  /** Loose: params it does not know are kept and ignored, known ones must fit. */
  readonly parser: z.ZodObject;
  /** The same as JSON Schema, as the API tells it. */
  readonly params: object;
};

/**
 * What the sandbox offers: models of the built-in catalogue, with a price. Only the price of nano-banana-2 at 1K and
 * the rates of gemini-omni-video are published; the other prices are of a likely size.
 *
 * @see docs/wondercat-api.md, sections 5 and 10.
 */
export const models: readonly ModelSpec[] = generateFamilyNames.flatMap((family) =>
  Object.entries(sandboxFamilies[family].offers).map(([key, offer]) => {
    const known = builtInModels.find((model) => model.family === family && model.key === key);
    if (!known) throw new Error(`The catalogue has no ${family} model ${key}.`);
    const { label, description, attachments, params } = known;
    const own = isJsonObject(params["properties"]) ? (params["properties"] as Record<string, Field>) : {}; // ours, see families
    const required = Array.isArray(params["required"]) ? params["required"] : [];
    const fields = Object.entries({ ...own, ...offer.fields, ...sandboxFamilies[family].fields }).map(
      ([name, field]) => [name, plainField(field, required.includes(name))] as const,
    );
    return {
      ...offer,
      ...{ key, label, description, family },
      slots: attachments.map(({ id, type, list }) => ({
        name: id,
        kinds: mediaKinds.filter((kind) => type === "media" || type === kind),
        max: list?.max ?? 1,
      })),
      parser: z.looseObject(
        Object.fromEntries(
          fields.map(([name, field]) => [name, fieldParser(field, required.includes(name))] as const),
        ),
      ),
      params: {
        type: "object",
        properties: Object.fromEntries(fields),
        ...(required.length > 0 ? { required } : {}),
        additionalProperties: {},
      },
    };
  }),
);

/** Without our hints for forms. What must be given has no default on the server. */
function plainField(field: Field, isRequired: boolean): Field {
  const { "x-unit": unit, default: fallback, ...rest } = field;
  const plain = Object.entries(rest).filter(([name]) => !name.startsWith("x-"));
  return {
    ...Object.fromEntries(plain),
    ...(unit === undefined ? {} : { unit }),
    ...(isRequired || fallback === undefined ? {} : { default: fallback }),
  };
}

function fieldParser({ default: fallback, ...field }: Field, isRequired: boolean): z.ZodType {
  const choices = field["enum"];
  // A choice of numbers says which there are only as a literal.
  const parser = Array.isArray(choices) ? z.literal(choices) : z.fromJSONSchema(field);
  if (fallback !== undefined) return parser.default(fallback);
  return isRequired ? parser : parser.optional();
}
