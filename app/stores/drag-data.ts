import { z } from "zod";
import type { UploadFile } from "../../src/graph/document/files.ts";
import { upload } from "../../src/nodes/upload/definition.ts";

/** What may be dragged onto the canvas from inside the window; files from outside come as files. */
export type DragData =
  | { readonly kind: "entry"; readonly entryId: string }
  /** Becomes an Upload of a file the library has. */
  | { readonly kind: "file"; readonly file: UploadFile }
  /** Becomes a Prompt that says it. */
  | { readonly kind: "text"; readonly text: string };

const FORMAT = "application/x-catwalk";

const dragged = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("entry"), entryId: z.string() }),
  z.object({ kind: z.literal("file"), file: z.unknown() }),
  z.object({ kind: z.literal("text"), text: z.string() }),
]);

export function setDragData(transfer: DataTransfer, data: DragData): void {
  transfer.setData(FORMAT, JSON.stringify(data));
  transfer.effectAllowed = "copy";
}

/** While dragging over, only the kinds of data can be seen, not the data. */
export function hasDragData(transfer: DataTransfer): boolean {
  return transfer.types.includes(FORMAT) || transfer.types.includes("Files");
}

export function readDragData(transfer: DataTransfer): DragData | undefined {
  const text = transfer.getData(FORMAT);
  if (!text) return undefined;
  const parsed = dragged.safeParse(JSON.parse(text));
  if (!parsed.success) return undefined;
  if (parsed.data.kind !== "file") return parsed.data;
  const { file } = upload.params.parse({ file: parsed.data.file });
  return file && { kind: "file", file };
}
