import { cellText } from "../../src/graph/lists/templates.ts";
import { writeTabbed } from "../../src/nodes/table/csv.ts";
import type { Cell } from "./table-edits.ts";

/** What was last copied from a grid in this window: a clipboard holds text alone, and cells may be files. */
let copied: { readonly text: string; readonly cells: readonly (readonly Cell[])[] } | undefined;

/** The text for the clipboard. */
export function rememberCells(cells: readonly (readonly Cell[])[]): string {
  const text = writeTabbed(cells.map((row) => row.map(cellText)));
  copied = { text, cells };
  return text;
}

/** The very cells, where the clipboard still holds what was copied here. */
export function rememberedCells(text: string): readonly (readonly Cell[])[] | undefined {
  return copied?.text === text.replaceAll("\r\n", "\n") ? copied.cells : undefined;
}
