import { z } from "zod";
import { isBlankText } from "../../base/blank-text.ts";
import { ratioFrom } from "../../graph/check/ratios.ts";
import { schemaIssues, withDefaults } from "../../graph/describe/json-schema.ts";
import type { InputPort } from "../../graph/describe/ports.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { Catalogue, CatalogueModel } from "../definition/catalogue.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { objectSchema, withHints } from "../fields/form.ts";
import { type GenerateFamily, generateFamilies, generateFamilyNames, isGenerateFamily } from "./families.ts";

export type GenerateParams = {
  family: GenerateFamily;
  model: string;
  prompt: string;
  modelParams: Record<string, unknown>;
};

export const generate: NodeDefinition<GenerateParams> = {
  title: "Generate",
  description: "Makes a picture, video, music, speech or text with a model.",
  family: "generate",
  keywords: ["ai", "model", "create"],
  work: { kind: "generate", paid: true },
  icon: "Image",
  iconFor: ({ family }) => (isGenerateFamily(family) ? generateFamilies[family].icon : undefined),
  variants: generateFamilyNames.map((family) => {
    const { title, description, keywords } = generateFamilies[family];
    return { id: family, params: { family }, title, description, keywords };
  }),
  coverParam: "prompt",
  cardFields: ({ family }) => [
    "prompt",
    "model",
    ...generateFamilies[family].cardParams.map((name) => `modelParams.${name}`),
  ],
  templated: ["prompt"],
  params: z.object({
    family: z.enum(generateFamilyNames).default("image"),
    model: z.string().default("").meta({ description: "A model's key. Which there are, the server says." }),
    prompt: z.string().default("").meta({ description: "A wire at the port `prompt` overrides it." }),
    modelParams: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "The model's own params, by their API names." }),
  }),
  describeTitle: ({ family }) => generateFamilies[family].title,
  resolve(params, catalogue) {
    const model = findModel(params, catalogue);
    return model ? { ...params, modelParams: withDefaults(model.params, params.modelParams) } : params;
  },
  adjust(params, edited, catalogue) {
    if (edited !== undefined && edited !== "family" && edited !== "model") return {};
    const model =
      findModel(params, catalogue) ??
      catalogue.models.find((candidate) => candidate.family === params.family);
    if (!model) return { model: "", modelParams: {} };
    return { model: model.key, modelParams: paramsThatApply(params.modelParams, model) };
  },
  innerParams(params, catalogue) {
    const model = findModel(params, catalogue);
    return model && { path: "modelParams", schema: model.params };
  },
  ports(params, catalogue) {
    const model = findModel(params, catalogue);
    const kind = generateFamilies[params.family].output;
    const inputs: InputPort[] = [...(model?.attachments ?? [])];
    if (model?.prompt !== "none")
      inputs.unshift({
        id: "prompt",
        label: "Prompt",
        type: "text",
        param: "prompt",
        required: model?.prompt === "required" && isBlankText(params.prompt),
      });
    const { aspectRatio } = model ? withDefaults(model.params, params.modelParams) : params.modelParams;
    const ratio = ratioFrom(aspectRatio);
    return {
      inputs,
      outputs: [
        { id: "out", label: outputLabels[kind], type: kind, ...(ratio === undefined ? {} : { ratio }) },
      ],
    };
  },
  form(params, catalogue) {
    const models = catalogue.models.filter((model) => model.family === params.family);
    const model = findModel(params, catalogue);
    const sections = [
      {
        path: "",
        schema: objectSchema({
          family: {
            type: "string",
            title: "Makes",
            enum: generateFamilyNames,
            default: "image",
            "x-control": "segmented",
            "x-enumLabels": Object.fromEntries(
              generateFamilyNames.map((family) => [family, generateFamilies[family].label]),
            ),
          },
          model: {
            type: "string",
            title: "Model",
            ...(model ? { description: model.description } : {}),
            enum: models.map(({ key }) => key),
            "x-control": "model",
            "x-enumLabels": Object.fromEntries(models.map(({ key, label }) => [key, label])),
          },
          ...(model?.prompt === "none"
            ? {}
            : {
                prompt: {
                  type: "string",
                  title: "Prompt",
                  default: "",
                  "x-control": "textarea" as const,
                  "x-placeholder": generateFamilies[params.family].placeholder,
                  "x-port": "prompt",
                },
              }),
        }),
      },
    ];
    return model
      ? [...sections, { title: model.label, path: "modelParams", schema: withHints(model.params) }]
      : sections;
  },
  check(params, catalogue): ParamProblem[] {
    if (params.model === "")
      return [
        { code: "missing-param", param: "model", message: "No model is chosen.", remedy: "Choose a model." },
      ];
    const model = findModel(params, catalogue);
    if (!model)
      return [
        {
          code: "unknown-model",
          param: "model",
          message: `The server has no ${params.family} model “${params.model}”.`,
          remedy: "Choose another model.",
        },
      ];
    const issues = schemaIssues(model.params, withDefaults(model.params, params.modelParams));
    return issues.map(({ path, field, message, missing }) => ({
      code: missing ? "missing-param" : "invalid-param",
      param: path ? `modelParams.${path}` : "modelParams",
      message: `${field || "The model's params"} ${message}.`,
      remedy: missing ? "Fill it in." : "Change it.",
    }));
  },
};

const outputLabels = { image: "Image", video: "Video", audio: "Audio", text: "Text" } as const;

function findModel(
  params: Pick<GenerateParams, "family" | "model">,
  catalogue: Catalogue,
): CatalogueModel | undefined {
  return catalogue.models.find(({ key, family }) => key === params.model && family === params.family);
}

/** Of another model's params those that this one has too and would take, so that changing a model loses nothing else. */
function paramsThatApply(
  params: Readonly<Record<string, unknown>>,
  model: CatalogueModel,
): Record<string, unknown> {
  const { properties } = model.params;
  const known = new Set(Object.keys(typeof properties === "object" ? (properties ?? {}) : {}));
  const wrong = new Set(schemaIssues(model.params, params).map(({ path }) => path.split(".")[0]));
  return Object.fromEntries(Object.entries(params).filter(([name]) => known.has(name) && !wrong.has(name)));
}
