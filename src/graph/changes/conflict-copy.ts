import { valueAt, withValueAt } from "../../base/json-object.ts";
import type { Graph } from "../document/schema.ts";

/** A param that two hands changed. */
export type ParamPlace = {
  readonly nodeId: string;
  /** A dotted path in the node's params. */
  readonly param: string;
};

/** Which of the places that `changes.ts` names are params. */
export function paramPlaces(graph: Graph, conflicts: readonly string[]): readonly ParamPlace[] {
  return conflicts.flatMap((path) => {
    // Ids are free text, so a dot in the path may be one of theirs.
    const node = graph.nodes.find(({ id }) => path.startsWith(placeOf(id)));
    return node ? [{ nodeId: node.id, param: path.slice(placeOf(node.id).length) }] : [];
  });
}

const placeOf = (nodeId: string) => `nodes.${nodeId}.data.params.`;

/**
 * A copy of a version that lost, written again while the same conflict goes on. A text that the new version does not
 * hold any more stays above the new one: the other hand's took its place in between, so no person erased it.
 *
 * @returns `undefined` where something that is no single value would be lost: that needs another copy.
 */
export function copyAgain(before: Graph, now: Graph, places: readonly ParamPlace[]): Graph | undefined {
  const old = new Map(before.nodes.map((node) => [node.id, node.data.params]));
  let nodes = now.nodes;
  for (const { nodeId, param } of places) {
    const was = valueAt(old.get(nodeId) ?? {}, param);
    const params = nodes.find(({ id }) => id === nodeId)?.data.params ?? {};
    const is = valueAt(params, param);
    if (!isSingle(was) || !isSingle(is)) return undefined;
    if (typeof was !== "string" || typeof is !== "string" || is.includes(was)) continue;
    const both = withValueAt(params, param, was.includes(is) ? was : `${was}\n\n${is}`);
    nodes = nodes.map((node) =>
      node.id === nodeId ? { ...node, data: { ...node.data, params: both } } : node,
    );
  }
  return { ...now, id: before.id, name: before.name, nodes };
}

function isSingle(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
