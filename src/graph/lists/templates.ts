import { valueAt, withValueAt } from "../../base/json-object.ts";
import type { UploadFile } from "../document/files.ts";

/** `{{column}}` in a text stands for a cell of the row; `\{{` is just what it says without the backslash. */

/** A text cut at its columns: texts stand at even places, column names at odd ones. */
type Template = readonly string[];

const mark = /\\\{\{|\{\{([^{}]*)\}\}/g;

function parseTemplate(text: string): Template {
  const parts: string[] = [];
  let words = "";
  let end = 0;
  for (const match of text.matchAll(mark)) {
    const column = match[1]?.trim();
    words += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (column === undefined) words += "{{";
    else if (column === "") words += match[0];
    else {
      parts.push(words, column);
      words = "";
    }
  }
  parts.push(words + text.slice(end));
  return parts;
}

/** The columns that the texts of a node name, each once, in the order of the texts. */
export function columnsNamed(
  params: Readonly<Record<string, unknown>>,
  templated: readonly string[],
): readonly { readonly column: string; readonly param: string }[] {
  const named = new Map<string, string>();
  for (const param of templated) {
    const text = valueAt(params, param);
    if (typeof text !== "string" || !text.includes("{{")) continue;
    parseTemplate(text).forEach((part, at) => {
      if (at % 2 === 1 && !named.has(part)) named.set(part, param);
    });
  }
  return [...named].map(([column, param]) => ({ column, param }));
}

/** The parts of a text that are always there, and the columns that add to it, as often as they stand in it. */
export function partsOfText(text: string): {
  readonly texts: readonly string[];
  readonly columns: readonly string[];
} {
  const parts = parseTemplate(text);
  return { texts: parts.filter((_, at) => at % 2 === 0), columns: parts.filter((_, at) => at % 2 === 1) };
}

/** How much of a text is always there, and the columns that add to it, as often as they stand in it. */
export function lengthsOf(text: string): { readonly fixed: number; readonly columns: readonly string[] } {
  const { texts, columns } = partsOfText(text);
  return { fixed: texts.reduce((sum, part) => sum + part.length, 0), columns };
}

/** The text with a column under another name; the very same text where it does not name it. */
export function withColumnRenamed(text: string, before: string, after: string): string {
  return text.replace(mark, (whole, column?: string) => (column?.trim() === before ? `{{${after}}}` : whole));
}

/** What fills the texts of a node, item by item. The params themselves where there is nothing to fill. */
export function fillerOf(
  params: Readonly<Record<string, unknown>>,
  templated: readonly string[],
): (cellOf: (column: string) => string) => Readonly<Record<string, unknown>> {
  let fixed: Readonly<Record<string, unknown>> = params;
  const open: [param: string, template: Template][] = [];
  for (const param of templated) {
    const text = valueAt(params, param);
    if (typeof text !== "string" || !text.includes("{{")) continue;
    const template = parseTemplate(text);
    if (template.length > 1) open.push([param, template]);
    else fixed = withValueAt(fixed, param, template[0]);
  }
  if (open.length === 0) return () => fixed;
  return (cellOf) =>
    open.reduce(
      (filled, [param, template]) =>
        withValueAt(filled, param, template.map((part, at) => (at % 2 === 1 ? cellOf(part) : part)).join("")),
      fixed,
    );
}

/** A cell as a word in a text: a file is its name, and what is missing is nothing. */
export function cellText(cell: string | UploadFile | undefined): string {
  return typeof cell === "object" ? cell.name : (cell ?? "");
}
