import type { CatalogueModel } from "../definition/catalogue.ts";
import { objectSchema } from "../fields/form.ts";
import type { GenerateFamilyRecord } from "./families/family.ts";
import { image } from "./families/image.ts";
import { music } from "./families/music.ts";
import { speech } from "./families/speech.ts";
import { text } from "./families/text.ts";
import { video } from "./families/video.ts";

/** What a Generate can make, in the order of its choice. */
export const generateFamilies = { image, video, music, speech, text } as const satisfies Readonly<
  Record<string, GenerateFamilyRecord>
>;

export type GenerateFamily = keyof typeof generateFamilies;

export const generateFamilyNames = Object.keys(generateFamilies) as GenerateFamily[]; // the record's own keys

export const isGenerateFamily = (name: unknown): name is GenerateFamily =>
  typeof name === "string" && Object.hasOwn(generateFamilies, name);

/**
 * The models known without a server. Facts and their sources: docs/wondercat-api.md, 5.2 to 5.6 (models) and 3.2
 * (durations; the middle of the range given). Where a model's params are not published, only those that the vendor's
 * guide names are here; others may be written into the file and are sent as they are.
 */
export const builtInModels: readonly CatalogueModel[] = generateFamilyNames.flatMap((family) =>
  generateFamilies[family].models.map(
    ({ fields = {}, required = [], prompt = "required", attachments = [], ...facts }) => ({
      ...facts,
      family,
      prompt,
      attachments,
      params: objectSchema(fields, required),
    }),
  ),
);
