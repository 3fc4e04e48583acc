import { z } from "zod";
import { isJsonObject } from "../base/json-object.ts";
import { type EditOperationSpec, editOperationNames, editOperations } from "../editing/operations.ts";
import { graphJsonSchema } from "../graph/describe/graph-json-schema.ts";
import type { JsonSchema } from "../graph/describe/json-schema.ts";
import type { InputPort, PortType } from "../graph/describe/ports.ts";
import type { Catalogue } from "./definition/catalogue.ts";
import { definitionOf, freshParams, type NodeType, nodeSchemas, nodeTypes } from "./definitions.ts";
import { generateFamilyNames } from "./generate/families.ts";

/** `docs/graph.schema.json`, as text. */
export function graphSchemaText(): string {
  return `${JSON.stringify(graphJsonSchema(nodeSchemas()), undefined, 2)}\n`;
}

/** `docs/nodes.md`: every node, operation, model and target, from the same data the app shows. */
export function nodesPage(catalogue: Catalogue): string {
  return [
    "# Nodes",
    "",
    "Generated from the node definitions by `npm run docs`; do not edit.",
    ...nodeTypes.flatMap((type) => {
      const { title, description, work } = definitionOf(type);
      const params = freshParams(type, catalogue);
      const { inputs, outputs } = definitionOf(type).ports(params, catalogue);
      const runs = work.kind === "none" ? "It never runs." : "";
      const schema = nodeSchemas().find((node) => node.type === type)?.params ?? {};
      return [
        "",
        `## ${title} (\`${type}\`)`,
        "",
        `${description} ${runs}`.trim(),
        ...portsTable(
          inputs,
          outputs.map(({ id, label, type }) => ({ id, label, type: outputWords(type) })),
        ),
        ...fieldsTable(schema),
        ...(extras[type]?.(catalogue) ?? []),
      ];
    }),
    "",
  ].join("\n");
}

const extras: { readonly [Type in NodeType]?: (catalogue: Catalogue) => string[] } = {
  generate: (catalogue) => [
    "",
    "Ports and `modelParams` depend on the model. A server that answers `GET /capabilities` brings its own list; these are the models known without one.",
    ...generateFamilyNames.flatMap((family) =>
      catalogue.models
        .filter((model) => model.family === family)
        .flatMap((model) => [
          "",
          `### ${model.label} (\`${family}\`, \`${model.key}\`)`,
          "",
          `${model.description} Prompt: ${model.prompt}.`,
          ...portsTable(model.attachments, []),
          ...fieldsTable(model.params),
        ]),
    ),
  ],
  edit: () => [
    "",
    "Ports and `params` depend on the operation.",
    ...editOperationNames.flatMap((name) => {
      const spec: EditOperationSpec = editOperations[name];
      const { output } = spec;
      return [
        "",
        `### ${spec.label} (\`${name}\`)`,
        "",
        spec.description,
        ...portsTable(
          definitionOf("edit").ports({ operation: name, text: "", via: "auto", params: {} }, noCatalogue)
            .inputs,
          [{ id: "out", label: "Result", type: outputWords(output) }],
        ),
        ...fieldsTable(z.toJSONSchema(spec.params, { io: "input" })),
      ];
    }),
  ],
  publish: (catalogue) => [
    "",
    "The media port and `params` depend on the platform.",
    ...catalogue.publishTargets.flatMap((target) => [
      "",
      `### ${target.label} (\`${target.platform}\`)`,
      "",
      `${target.description} Takes: ${target.kinds.join(", ")}.`,
      ...fieldsTable(target.params),
    ]),
  ],
};

/** Edit operations are the same on every server. */
const noCatalogue: Catalogue = {
  source: "built-in",
  models: [],
  publishTargets: [],
  remoteEditing: "unknown",
};

function outputWords(type: PortType | { readonly sameAs: string }): string {
  return typeof type === "string" ? type : `as \`${type.sameAs}\``;
}

function portsTable(
  inputs: readonly InputPort[],
  outputs: readonly { readonly id: string; readonly label: string; readonly type: string }[],
): string[] {
  if (inputs.length + outputs.length === 0) return [];
  return [
    "",
    "| port | label | type | |",
    "| --- | --- | --- | --- |",
    ...inputs.map(
      (port) => `| in \`${port.id}\` | ${port.label} | ${inputWords(port)} | ${inputRules(port)} |`,
    ),
    ...outputs.map(({ id, label, type }) => `| out \`${id}\` | ${label} | ${type} | |`),
  ];
}

function inputWords({ type, kinds }: InputPort): string {
  return type === "media" && kinds ? kinds.join(" or ") : type;
}

function inputRules({ required, list, param }: InputPort): string {
  const rules = [
    ...(param ? [`overrides \`${param}\``] : []),
    ...(required && !param ? ["required"] : []),
    ...(list ? [`list of ${list.min} to ${list.max}`] : []),
  ];
  return rules.join(", ");
}

function fieldsTable(schema: JsonSchema): string[] {
  const { properties } = schema;
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return [];
  return [
    "",
    "| param | takes | default | |",
    "| --- | --- | --- | --- |",
    ...Object.entries(properties).map(([name, field]) => {
      const facts = isJsonObject(field) ? field : {};
      const words = [facts["title"], facts["description"]].filter((text) => typeof text === "string");
      const initial = facts["default"] === undefined ? "" : `\`${JSON.stringify(facts["default"])}\``;
      return `| \`${name}\` | ${takes(facts)} | ${initial} | ${words.join(": ").replaceAll("|", "\\|")} |`;
    }),
  ];
}

function takes(field: JsonSchema): string {
  const { type, minimum, maximum, unit } = field;
  const choices = field["enum"];
  const shownUnit = field["x-unit"] ?? unit ?? "";
  if (Array.isArray(choices)) return choices.map((choice) => `\`${choice}\``).join(" ");
  const range = [minimum, maximum].some(
    (bound) => typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER,
  );
  if (!range) return `${type ?? "any"} ${shownUnit}`.trim();
  if (typeof maximum !== "number" || maximum >= Number.MAX_SAFE_INTEGER)
    return `at least ${minimum} ${shownUnit}`.trim();
  return `${minimum} to ${maximum} ${shownUnit}`.trim();
}
