import { z } from "zod";
import { graphSchema, graphSchemaId } from "../document/schema.ts";
import type { JsonSchema } from "./json-schema.ts";

export type NodeSchema = {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly params: JsonSchema;
};

/**
 * JSON Schema of the document, for editors and other programs. Nodes of known types have their params described;
 * unknown types stay allowed, since they are kept and saved back.
 */
export function graphJsonSchema(nodes: readonly NodeSchema[]): JsonSchema {
  const document = z.toJSONSchema(graphSchema, { io: "input" });
  const definitions: Record<string, JsonSchema> = {};
  const rules: JsonSchema[] = [];
  for (const { type, title, description, params } of nodes) {
    const { $schema: _, ...schema } = params;
    definitions[`${type}Params`] = { title, description, ...schema };
    rules.push({
      if: { properties: { type: { const: type } } },
      // biome-ignore lint/suspicious/noThenProperty: "then" is JSON Schema's own keyword
      then: { properties: { data: { properties: { params: { $ref: `#/$defs/${type}Params` } } } } },
    });
  }
  const properties = { ...document.properties };
  const node = properties["nodes"];
  if (typeof node === "object" && typeof node.items === "object" && !Array.isArray(node.items))
    properties["nodes"] = { ...node, items: { ...node.items, allOf: rules } };
  return {
    ...document,
    $id: graphSchemaId,
    title: "Catwalk graph",
    description:
      "A pipeline of Catwalk, in React Flow's own shape. Unknown keys are allowed and kept at every level.",
    properties,
    $defs: definitions,
  };
}
