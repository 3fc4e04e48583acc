import { z } from "zod";
import { isBlankText } from "../../base/blank-text.ts";
import {
  type EditOperationSpec,
  editOperationNames,
  editOperations,
  editOutputs,
  isEditOperation,
  parseEditParams,
} from "../../editing/operations.ts";
import { ratioFrom } from "../../graph/check/ratios.ts";
import type { InputPort } from "../../graph/describe/ports.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { InnerParams, NodeDefinition } from "../definition/definition.ts";
import { objectSchema, withHints } from "../fields/form.ts";
import { operationLook, operationVariants } from "./operations.ts";

export type EditParams = {
  operation: string;
  via: "auto" | "remote" | "local";
  text: string;
  params: Record<string, unknown>;
};

/** `undefined` for an operation nobody knows, e.g. from a newer version. */
export function editSpec(operation: string): EditOperationSpec | undefined {
  return isEditOperation(operation) ? editOperations[operation] : undefined;
}

function frameOf(operation: string, params: Readonly<Record<string, unknown>>) {
  const { frame, slots } = editSpec(operation) ?? {};
  const first = slots?.[0]?.id;
  if (frame === "kept") return first === undefined ? {} : { ratioOf: first };
  const ratio = frame && ratioFrom(params["aspectRatio"]);
  return ratio === undefined ? {} : { ratio };
}

const innerSchemas = new Map<string, InnerParams>();

/** Made once for each operation. */
function innerParamsOf(operation: string): InnerParams | undefined {
  const kept = innerSchemas.get(operation);
  const spec = editSpec(operation);
  if (kept || !spec) return kept;
  const made = { path: "params", schema: z.toJSONSchema(spec.params, { io: "input" }) };
  innerSchemas.set(operation, made);
  return made;
}

export const edit: NodeDefinition<EditParams> = {
  title: "Edit",
  description: "Cuts, joins, crops, writes on or mixes media, on the server or on this machine.",
  family: "edit",
  keywords: [
    "cut",
    "ffmpeg",
    "render",
    ...editOperationNames.flatMap((name) => [name, editOperations[name].label]),
  ],
  work: { kind: "edit" },
  icon: "Scissors",
  iconFor: ({ operation }) => (isEditOperation(operation) ? operationLook(operation).icon : undefined),
  variants: operationVariants,
  coverParam: "text",
  cardFields: ({ operation }) => ["operation", ...(editSpec(operation)?.text ? ["text"] : [])],
  templated: ["text"],
  params: z.object({
    operation: z.string().default("trim").meta({ description: "An operation's API name." }),
    via: z
      .enum(["auto", "remote", "local"])
      .default("auto")
      .meta({ description: "`auto` asks the server whether it edits, and renders here where it does not." }),
    text: z
      .string()
      .default("")
      .meta({ description: "For operations that write. A wire at `text` overrides it." }),
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "The operation's own params, by their API names." }),
  }),
  describeTitle: ({ operation }) => editSpec(operation)?.label ?? "Edit",
  resolve(params) {
    if (!isEditOperation(params.operation)) return params;
    const parsed = parseEditParams(params.operation, params.params);
    return parsed.ok ? { ...params, params: parsed.params } : params;
  },
  adjust(params, edited) {
    const spec = editSpec(params.operation);
    if (edited !== "operation" || !spec) return {};
    const { shape } = spec.params;
    const kept = Object.entries(params.params).filter(
      ([name, value]) => Object.hasOwn(shape, name) && z.safeParse(shape[name] ?? z.never(), value).success,
    );
    return { params: Object.fromEntries(kept) };
  },
  innerParams: ({ operation }) => innerParamsOf(operation),
  ports({ operation, text, params }) {
    const spec = editSpec(operation);
    if (!spec) return { inputs: [], outputs: [] };
    const inputs = spec.slots.map(
      ({ id, label, kind, required }): InputPort => ({
        id,
        label,
        type: kind,
        required,
        ...(kind === "media" ? { kinds: ["image", "video"] } : {}),
      }),
    );
    if (spec.text)
      inputs.push({ id: "text", label: "Text", type: "text", param: "text", required: isBlankText(text) });
    return {
      inputs,
      outputs: editOutputs(spec).map(({ port, label, type }, place) => ({
        ...{ id: port, label, type },
        ...(place === 0 ? frameOf(operation, params) : {}),
      })),
    };
  },
  form({ operation }) {
    const spec = editSpec(operation);
    const sections = [
      {
        path: "",
        schema: objectSchema({
          operation: {
            type: "string",
            title: "Operation",
            ...(spec ? { description: spec.description } : {}),
            enum: editOperationNames,
            default: "trim",
            "x-control": "operation",
            "x-enumLabels": Object.fromEntries(
              editOperationNames.map((name) => [name, editOperations[name].label]),
            ),
          },
          ...(spec?.text
            ? {
                text: {
                  type: "string",
                  title: "Text",
                  default: "",
                  "x-control": "textarea" as const,
                  "x-placeholder": "What it says",
                  "x-port": "text",
                },
              }
            : {}),
        }),
      },
      {
        title: "Rendering",
        path: "",
        schema: objectSchema({
          via: {
            type: "string",
            title: "Where",
            description:
              "Automatic asks the server, and renders on this machine where the server does not edit.",
            enum: ["auto", "remote", "local"],
            default: "auto",
            "x-control": "segmented",
            "x-enumLabels": { auto: "Automatic", remote: "Server", local: "This machine" },
          },
        }),
      },
    ];
    if (!spec || Object.keys(spec.params.shape).length === 0) return sections;
    const { path, schema } = innerParamsOf(operation) ?? { path: "params", schema: {} };
    const params = { title: spec.label, path, schema: withHints(schema) };
    return [...sections.slice(0, 1), params, ...sections.slice(1)];
  },
  check({ operation, params }): ParamProblem[] {
    if (!isEditOperation(operation))
      return [
        {
          code: "invalid-param",
          param: "operation",
          message: `There is no edit operation “${operation}”.`,
          remedy: "Choose another operation.",
        },
      ];
    const parsed = parseEditParams(operation, params);
    if (parsed.ok) return [];
    return parsed.issues.map(({ param, message }) => ({
      code: "invalid-param",
      param: `params.${param}`,
      message,
      remedy: "Change it.",
    }));
  },
};
