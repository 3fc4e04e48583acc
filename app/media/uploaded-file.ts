import type { UploadFile } from "../../src/graph/document/files.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { upload } from "../../src/nodes/upload/definition.ts";

export function uploadedFile(node: GraphNode): UploadFile | undefined {
  const parsed = upload.params.safeParse(node.data.params);
  return parsed.success ? parsed.data.file : undefined;
}
