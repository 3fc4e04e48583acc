import { z } from "zod";
import { withValueAt } from "../base/json-object.ts";
import type { DescribeNode, NodeDescription } from "../graph/describe/describe.ts";
import type { NodeSchema } from "../graph/describe/graph-json-schema.ts";
import type { ParamProblem } from "../graph/document/problems.ts";
import type { Catalogue } from "./definition/catalogue.ts";
import type { NodeDefinition, NodeShape, NodeWork } from "./definition/definition.ts";
import { unknownParams } from "./definition/known-params.ts";
import { edit } from "./edit/definition.ts";
import { generate } from "./generate/definition.ts";
import { group } from "./group/definition.ts";
import { note } from "./note/definition.ts";
import { prompt } from "./prompt/definition.ts";
import { publish } from "./publish/definition.ts";
import { save } from "./save/definition.ts";
import { table } from "./table/definition.ts";
import { upload } from "./upload/definition.ts";

/** Every node type, in palette order. */
export const definitions = {
  upload,
  prompt,
  table,
  generate,
  edit,
  publish,
  save,
  note,
  group,
} satisfies Readonly<Record<string, NodeDefinition>>;

export type NodeType = keyof typeof definitions;

export const nodeTypes = Object.keys(definitions) as NodeType[]; // the record's own keys

export function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(definitions, type);
}

/** What a node of this type does when it runs; an unknown type does nothing. */
export const workKindOf = (type: string): NodeWork["kind"] =>
  isNodeType(type) ? definitions[type].work.kind : "none";

export const shapeOf = (type: string): NodeShape =>
  (isNodeType(type) ? definitionOf(type).shape : undefined) ?? "card";

/** Whether rows come into the graph by nodes of this type. */
export const isTable = (type: string): boolean => isNodeType(type) && definitionOf(type).table !== undefined;

/** The definition of a type known only at run time; its params are what its own schema parsed. */
export function definitionOf(type: NodeType): NodeDefinition {
  // Each definition is only ever given params that its own schema parsed, which the record's union cannot say.
  return definitions[type] as NodeDefinition;
}

/**
 * What graph, canvas and plan know of nodes, for one catalogue. Answers are kept per `params` object, so params must
 * be replaced, never changed in place.
 */
export function describeNode(catalogue: Catalogue): DescribeNode {
  const kept = new WeakMap<object, { readonly type: string; readonly description: NodeDescription }>();
  return (node) => {
    if (!isNodeType(node.type)) return undefined;
    const found = kept.get(node.data.params);
    if (found?.type === node.type) return found.description;
    const definition = definitionOf(node.type);
    const { params, problems } = parseParams(definition, node.data.params);
    const description: NodeDescription = {
      title: definition.describeTitle?.(params) ?? definition.title,
      ports: definition.ports(params, catalogue),
      params: definition.resolve?.(params, catalogue) ?? params,
      problems: [
        ...problems,
        ...unknownParams(definition, node.data.params, params, catalogue),
        ...definition.check(params, catalogue),
      ],
      runs: definition.work.kind !== "none",
      varies: definition.work.kind === "generate",
      templated: definition.templated ?? [],
      namesItems: definition.namesItems ?? [],
      textLimits: definition.textLimits?.(params, catalogue) ?? [],
      passesOn: definition.passesOn ?? {},
      ...(definition.table
        ? { table: definition.table.running(params), tableAsWritten: definition.table.written(params) }
        : {}),
    };
    kept.set(node.data.params, { type: node.type, description });
    return description;
  };
}

/** Parses what it can: a field that does not parse gets its default and a problem, the others stay. */
function parseParams(
  definition: NodeDefinition,
  raw: Readonly<Record<string, unknown>>,
): { readonly params: Record<string, unknown>; readonly problems: readonly ParamProblem[] } {
  const parsed = definition.params.safeParse(raw);
  if (parsed.success) return { params: parsed.data, problems: [] };
  const broken = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "")));
  const rest = Object.fromEntries(Object.entries(raw).filter(([name]) => !broken.has(name)));
  const again = definition.params.safeParse(rest);
  return {
    params: again.success ? again.data : definition.params.parse({}),
    problems: parsed.error.issues.map((issue) => ({
      code: "invalid-param",
      param: issue.path.map(String).join("."),
      message: `${issue.path.map(String).join(".") || "The params"}: ${issue.message}.`.replace(/\.\.$/, "."),
      remedy: "Set it again.",
    })),
  };
}

/**
 * Params of a node just added: defaults, and for Generate the family's first model.
 *
 * @param given what the palette entry already says, e.g. `{ family: "video" }`.
 */
export function freshParams(
  type: NodeType,
  catalogue: Catalogue,
  given: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const definition = definitionOf(type);
  const { params } = parseParams(definition, given);
  return { ...params, ...definition.adjust?.(params, undefined, catalogue) };
}

/**
 * Raw params after one field was edited: the field itself and whatever has to follow it. What the definition does not
 * know stays as it is.
 *
 * @param path dotted, as forms give it. `undefined` as value removes the field, so that its default holds again.
 */
export function editParam(
  type: NodeType,
  raw: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
  catalogue: Catalogue,
): Record<string, unknown> {
  const definition = definitionOf(type);
  const edited = withValueAt(raw, path, value);
  const adjusted = definition.adjust?.(parseParams(definition, edited).params, path, catalogue) ?? {};
  return Object.fromEntries(
    Object.entries({ ...edited, ...adjusted }).filter(([, field]) => field !== undefined),
  );
}

/** What the graph's JSON Schema says of each type's params. */
export function nodeSchemas(): NodeSchema[] {
  return nodeTypes.map((type) => {
    const { title, description, params } = definitionOf(type);
    return { type, title, description, params: z.toJSONSchema(params, { io: "input" }) };
  });
}
