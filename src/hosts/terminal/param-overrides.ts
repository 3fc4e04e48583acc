import { withValueAt } from "../../base/json-object.ts";
import type { Graph } from "../../graph/schema.ts";

/** One `--set NODE.PARAM=VALUE`. */
export type ParamOverride = {
  readonly nodeId: string;
  readonly path: readonly string[];
  readonly value: unknown;
};

export type OverrideResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/**
 * Reads `NODE.PARAM=VALUE`: node id, dotted path below its params, and a value that is JSON if it parses as JSON and
 * text otherwise. Node ids may hold dots; the longest id of the graph that fits is meant.
 */
export function parseOverride(text: string, graph: Graph): OverrideResult<ParamOverride> {
  const equals = text.indexOf("=");
  if (equals < 0) return { ok: false, message: `--set ${text}: write it as NODE.PARAM=VALUE.` };
  const target = text.slice(0, equals);
  const nodeId = graph.nodes
    .map((node) => node.id)
    .filter((id) => target.startsWith(`${id}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (nodeId === undefined) {
    const known = graph.nodes.map((node) => node.id).join(", ");
    return {
      ok: false,
      message: `--set ${text}: no node of this graph has that id. Its nodes are: ${known}.`,
    };
  }
  const path = target.slice(nodeId.length + 1).split(".");
  if (path.some((part) => part === "" || part === "__proto__")) {
    return { ok: false, message: `--set ${text}: "${path.join(".")}" is not the name of a param.` };
  }
  return { ok: true, value: { nodeId, path, value: jsonOrText(text.slice(equals + 1)) } };
}

/** The graph with one param changed; objects on the way are made as needed. */
export function applyOverride(graph: Graph, override: ParamOverride): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === override.nodeId
        ? {
            ...node,
            data: {
              ...node.data,
              params: withValueAt(node.data.params, override.path.join("."), override.value),
            },
          }
        : node,
    ),
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: then it is meant as text, as documented.
    return text;
  }
}
