import { isJsonObject } from "../../base/json-object.ts";
import { listed } from "../../base/words.ts";
import { titleOf } from "../../graph/describe/describe.ts";
import type { Graph, GraphNode } from "../../graph/document/schema.ts";
import type { Catalogue } from "../../nodes/definition/catalogue.ts";
import { type ParamPlace, paramAt } from "../../nodes/definition/known-params.ts";
import { definitionOf, describeNode, isNodeType } from "../../nodes/definitions.ts";
import { words } from "./words.ts";

export type OverrideResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

export type Overridden = {
  readonly graph: Graph;
  /** Params that this catalogue does not know, though a server may: what the server says of them counts. */
  readonly unsure: readonly { readonly nodeId: string; readonly param: string; readonly message: string }[];
};

/** One `--set NODE.PARAM=VALUE`. */
type Override = {
  readonly text: string;
  readonly nodeId: string;
  readonly path: readonly string[];
  readonly value: string;
};

/**
 * The graph with the params of each `--set NODE.PARAM=VALUE` changed, in their order. A param must be one that its node
 * has, by what the whole line makes of it: a model given later on the line counts, too. A text takes its value as it is
 * typed; elsewhere a value is JSON if it parses as JSON, and text otherwise.
 *
 * @param catalogue the built-in one, as the server has not been asked yet.
 */
export function withOverrides(
  graph: Graph,
  texts: readonly string[],
  catalogue: Catalogue,
): OverrideResult<Overridden> {
  const overrides: Override[] = [];
  for (const text of texts) {
    const parsed = parseOverride(text, graph);
    if (!parsed.ok) return parsed;
    overrides.push(parsed.value);
  }
  // What names models, operations and platforms stands at the top, and is all text.
  const chosen = overrides
    .filter(({ path }) => path.length === 1)
    .reduce((before, { nodeId, path, value }) => withParam(before, nodeId, path, value), graph);
  const unsure: Overridden["unsure"][number][] = [];
  let changed = graph;
  for (const override of overrides) {
    const { nodeId, path, value, text } = override;
    const node = chosen.nodes.find(({ id }) => id === nodeId);
    const place: ParamPlace = node ? placeOf(node, path, catalogue) : { kind: "known" };
    if (place.kind === "unknown" && node) {
      const message = unknownWords(override, node, place, catalogue);
      if (place.isSure) return { ok: false, message };
      unsure.push({ nodeId, param: path.join("."), message });
    }
    const isText = place.kind === "known" && takesText(place.schema, value);
    const missing = missingItem(changed, override);
    if (missing !== undefined) return { ok: false, message: words.t("run.setNoItem", { text, missing }) };
    changed = withParam(changed, nodeId, path, isText ? value : jsonOrText(value));
  }
  return { ok: true, value: { graph: changed, unsure } };
}

/** Node ids may hold dots; the longest id of the graph that fits is meant. */
function parseOverride(text: string, graph: Graph): OverrideResult<Override> {
  const equals = text.indexOf("=");
  if (equals < 0) return { ok: false, message: words.t("run.setForm", { text }) };
  const target = text.slice(0, equals);
  const nodeId = graph.nodes
    .map((node) => node.id)
    .filter((id) => target.startsWith(`${id}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (nodeId === undefined) {
    if (graph.nodes.some(({ id }) => id === target))
      return {
        ok: false,
        message: `--set ${text}: “${target}” is a node; give NODE.PARAM=VALUE, such as ${target}.${paramOf(graph, target)}=${text.slice(equals + 1)}.`,
      };
    const known = graph.nodes.map((node) => node.id).join(", ");
    return {
      ok: false,
      message: words.t("run.setNoNode", { text, known }),
    };
  }
  const path = target.slice(nodeId.length + 1).split(".");
  if (path.some((part) => part === "" || part === "__proto__")) {
    return { ok: false, message: `--set ${text}: "${path.join(".")}" is not the name of a param.` };
  }
  return { ok: true, value: { text, nodeId, path, value: text.slice(equals + 1) } };
}

/** One of its params, for an example. */
function paramOf(graph: Graph, nodeId: string): string {
  const names = Object.keys(graph.nodes.find(({ id }) => id === nodeId)?.data.params ?? {});
  return names.find((name) => name === "prompt" || name === "text") ?? names[0] ?? "PARAM";
}

/** Of a type that this version does not know, anything may be a param. */
function placeOf(node: GraphNode, path: readonly string[], catalogue: Catalogue): ParamPlace {
  const params = describeNode(catalogue)(node)?.params;
  return isNodeType(node.type) && params
    ? paramAt(definitionOf(node.type), params, catalogue, path)
    : { kind: "known" };
}

function unknownWords(
  { text, nodeId, path }: Override,
  node: GraphNode,
  { nearest, known }: ParamPlace & { readonly kind: "unknown" },
  catalogue: Catalogue,
): string {
  const title = titleOf(node, describeNode(catalogue)(node));
  const remedy =
    nearest === undefined
      ? known.length === 0
        ? "It has none."
        : `It has ${listed(known)}.`
      : `Did you mean ${nodeId}.${nearest}?`;
  return `--set ${text}: “${title}” has no param “${path.join(".")}”. ${remedy}`;
}

/** Whether the value is a text there as it is typed. A choice may stand in quotes, too, as in a file. */
function takesText(schema: Readonly<Record<string, unknown>> | undefined, value: string): boolean {
  const { type, enum: choices } = schema ?? {};
  if (Array.isArray(choices)) return choices.includes(value);
  return Array.isArray(type) ? type.includes("string") : type === "string";
}

function withParam(graph: Graph, nodeId: string, path: readonly string[], value: unknown): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === nodeId
        ? { ...node, data: { ...node.data, params: setAt(node.data.params, path, value) } }
        : node,
    ),
  };
}

/** Where a path leads to an item that its list does not have: up to there, else undefined. */
function missingItem(graph: Graph, { nodeId, path }: Override): string | undefined {
  let held: unknown = graph.nodes.find(({ id }) => id === nodeId)?.data.params;
  for (const [depth, name] of path.entries()) {
    if (Array.isArray(held) && !(/^\d+$/.test(name) && Number(name) < held.length))
      return path.slice(0, depth + 1).join(".");
    held = Array.isArray(held) ? held[Number(name)] : isJsonObject(held) ? held[name] : undefined;
  }
  return undefined;
}

/** Objects on the way are made as needed. */
function setAt(
  target: Readonly<Record<string, unknown>>,
  [head, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (head === undefined) return { ...target };
  return { ...target, [head]: rest.length === 0 ? value : inside(target[head], rest, value) };
}

function inside(held: unknown, path: readonly string[], value: unknown): unknown {
  if (!Array.isArray(held)) return setAt(isJsonObject(held) ? held : {}, path, value);
  const [head = "", ...rest] = path;
  return held.map((item, at) =>
    String(at) === head ? (rest.length === 0 ? value : inside(item, rest, value)) : item,
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: then it is meant as text, as documented.
    return text;
  }
}
