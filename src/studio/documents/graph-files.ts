import type { UploadFile } from "../../graph/document/files.ts";
import type { GraphNode } from "../../graph/document/schema.ts";
import { table } from "../../nodes/table/definition.ts";
import { upload } from "../../nodes/upload/definition.ts";

/** The files that a node names, and the node with others in their place. Params that do not parse name none. */

export function filesOf(node: GraphNode): readonly UploadFile[] {
  if (node.type === "upload") {
    const parsed = upload.params.safeParse(node.data.params);
    return parsed.success && parsed.data.file ? [parsed.data.file] : [];
  }
  if (node.type !== "table") return [];
  const parsed = table.params.safeParse(node.data.params);
  if (!parsed.success) return [];
  return parsed.data.rows.flatMap(({ cells }) =>
    Object.values(cells).filter((cell): cell is UploadFile => typeof cell === "object"),
  );
}

export function withFiles(node: GraphNode, change: (file: UploadFile) => UploadFile): GraphNode {
  if (node.type === "upload") {
    const parsed = upload.params.safeParse(node.data.params);
    return parsed.success && parsed.data.file ? withParams(node, { file: change(parsed.data.file) }) : node;
  }
  if (node.type !== "table") return node;
  const parsed = table.params.safeParse(node.data.params);
  if (!parsed.success) return node;
  let isChanged = false;
  const rows = parsed.data.rows.map((row) => {
    const files = Object.entries(row.cells).filter(
      (entry): entry is [string, UploadFile] => typeof entry[1] === "object",
    );
    if (files.length === 0) return row;
    isChanged = true;
    const cells = files.map(([column, file]) => [column, change(file)]);
    return { ...row, cells: { ...row.cells, ...Object.fromEntries(cells) } };
  });
  return isChanged ? withParams(node, { rows }) : node;
}

function withParams(node: GraphNode, params: Readonly<Record<string, unknown>>): GraphNode {
  return { ...node, data: { ...node.data, params: { ...node.data.params, ...params } } };
}
