import type { UploadFile } from "../../graph/document/files.ts";
import type { GraphNode } from "../../graph/document/schema.ts";
import { definitionOf, isNodeType } from "../../nodes/definitions.ts";

/** The files that a node names, and the node with others in their place. Params that do not parse name none. */

export function filesOf(node: GraphNode): readonly UploadFile[] {
  const known = parsed(node);
  return known ? known.files.of(known.params) : [];
}

export function withFiles(node: GraphNode, change: (file: UploadFile) => UploadFile): GraphNode {
  const known = parsed(node);
  if (!known || known.files.of(known.params).length === 0) return node;
  const changed = known.files.replaced(known.params, change);
  return { ...node, data: { ...node.data, params: { ...node.data.params, ...changed } } };
}

function parsed({ type, data }: GraphNode) {
  if (!isNodeType(type)) return undefined;
  const { files, params } = definitionOf(type);
  if (!files) return undefined;
  const read = params.safeParse(data.params);
  return read.success ? { files, params: read.data } : undefined;
}
