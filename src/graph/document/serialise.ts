import { isJsonObject, type JsonObject } from "../../base/json-object.ts";
import { safeRelativePath } from "./files.ts";
import type { Problem } from "./problems.ts";
import { type Graph, graphSchemaId } from "./schema.ts";

/** Known keys in the order a person reads them; unknown ones follow in alphabetical order. */
const keyOrder = {
  graph: ["$schema", "format", "version", "id", "name", "viewport", "nodes", "edges", "graphs"],
  node: ["id", "type", "parentId", "position", "width", "height", "data"],
  data: ["title", "params", "items", "variations", "reuse", "takes"],
  edge: ["id", "source", "sourceHandle", "target", "targetHandle", "data"],
  point: ["x", "y", "zoom"],
} as const;

/** What React Flow keeps on a node or edge while a person works; never part of a document. */
const volatileKeys = new Set(["selected", "dragging", "measured", "resizing"]);

/**
 * The document as text: object keys in a fixed order, arrays as they are, 2 spaces, one newline at the end. Equal
 * graphs give equal text, so files diff well. `parseGraph` of it gives the same graph back.
 */
export function serialise(graph: Graph): string {
  const document: JsonObject = { $schema: graphSchemaId, ...graph };
  const ordered = orderKeys(document, keyOrder.graph, (key, value) => {
    if (key === "nodes") return graph.nodes.map(orderNode);
    if (key === "edges")
      return graph.edges.map((edge) => orderKeys(edge, keyOrder.edge, sorted, volatileKeys));
    if (key === "viewport") return orderKeys(graph.viewport, keyOrder.point, sorted);
    return sorted(key, value);
  });
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

function orderNode(node: Graph["nodes"][number]): JsonObject {
  return orderKeys(
    node,
    keyOrder.node,
    (key, value) => {
      if (key === "data") return orderKeys(node.data, keyOrder.data, sorted);
      if (key === "position") return orderKeys(node.position, keyOrder.point, sorted);
      return sorted(key, value);
    },
    volatileKeys,
  );
}

function orderKeys(
  object: Readonly<JsonObject>,
  known: readonly string[],
  child: (key: string, value: unknown) => unknown,
  leftOut: ReadonlySet<string> = new Set(),
): JsonObject {
  const rest = Object.keys(object).filter((key) => !known.includes(key) && !leftOut.has(key));
  const result: Record<string, unknown> = {};
  for (const key of [...known.filter((key) => Object.hasOwn(object, key)), ...rest.sort()])
    if (object[key] !== undefined) result[key] = child(key, object[key]);
  return result;
}

function sorted(_key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted("", item));
  return isJsonObject(value) ? orderKeys(value, [], sorted) : value;
}

export type Exported =
  | {
      readonly ok: true;
      readonly graph: Graph;
      readonly text: string;
      /** What was taken out, as dotted paths into the document. */
      readonly removed: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `accountId`, or a platform's own, such as `instagramAccountId`. */
const accountKey = /^(?:[a-z]+A|a)ccountId$/;
const secret = /sk_[0-9a-f]{64}/i;
/** A whole value that is a place on this machine. A prompt that merely mentions one is left alone. */
const absolutePath =
  /^(?:file:\/\/|[A-Za-z]:[\\/]|\\\\[^\\]|\/(?:home|Users|root|tmp|var|private|mnt|media|opt|Volumes|etc|usr|srv)\/)[^\n]*$/;

/**
 * The graph as it may leave this machine: no absolute path, no account the receiver lacks, no takes of its own.
 *
 * @param accountsToKeep account ids everyone has: the sandbox's well-known ones. Others are taken out.
 * Refused with `secret-in-graph` when anything in it looks like an API key.
 */
export function exportGraph(graph: Graph, options: { readonly accountsToKeep: readonly string[] }): Exported {
  const problems = secretsIn(graph);
  if (problems.length > 0) return { ok: false, problems };
  const removed: string[] = [];
  const clean = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => clean(item, `${path}[${index}]`));
    if (!isJsonObject(value)) return value;
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (typeof child === "string" && mustGo(key, child, options.accountsToKeep))
        removed.push(`${path}.${key}`);
      else result[key] = clean(child, `${path}.${key}`);
    }
    return result;
  };
  /** Results of this machine, which the receiver lacks. */
  const withoutTakes = (data: Graph["nodes"][number]["data"], path: string) => {
    const { takes, ...rest } = data;
    if (takes !== undefined) removed.push(`${path}.takes`);
    if (rest.reuse !== "locked") return rest;
    removed.push(`${path}.reuse`);
    const { reuse: _locked, ...free } = rest;
    return free;
  };
  const nodes = graph.nodes.map((node, index) => {
    const path = `nodes[${index}].data`;
    const data = clean(withoutTakes(node.data, path), path) as typeof node.data; // keys only go, and `params` is never a string
    return { ...node, data };
  });
  const exported: Graph = { ...graph, nodes };
  return { ok: true, graph: exported, text: serialise(exported), removed };
}

function mustGo(key: string, value: string, accountsToKeep: readonly string[]): boolean {
  if (accountKey.test(key)) return !accountsToKeep.includes(value);
  if (key === "path") return !safeRelativePath(value).ok;
  return absolutePath.test(value);
}

/** Whatever looks like an API key: it must not leave the machine with the graph, nor be kept with its runs. */
export function secretsIn(graph: Graph): Problem[] {
  const problem = (where: string, nodeId?: string): Problem => ({
    code: "secret-in-graph",
    severity: "error",
    message: `${where} holds something that looks like an API key.`,
    remedy: "Remove the key from the graph; keys belong in Settings.",
    ...(nodeId === undefined ? {} : { nodeId }),
  });
  const found = graph.nodes
    .filter((node) => secret.test(JSON.stringify(node)))
    .map((node) => problem(`The node “${node.data.title ?? node.type}”`.replace(secret, "…"), node.id));
  const { nodes: _, ...rest } = graph;
  if (secret.test(JSON.stringify(rest))) found.push(problem("The graph"));
  return found;
}
