import type { Said } from "../../words/message.ts";
/**
 * CSV as people have it: RFC 4180, with `,`, `;`, `|` or tab between fields, any line end, a BOM or none, and a first line
 * `sep=;` as Excel takes it. Strict about quotes, because a forgotten one swallows the rest of a file without a word.
 */

export type CsvRecord = {
  /** Where it begins in the file, counted from 1; quoted fields may hold line ends. */
  readonly line: number;
  readonly fields: readonly string[];
};

export type CsvFault = { readonly line: number; readonly message: Said; readonly remedy: Said };

export type CsvRead =
  | { readonly ok: true; readonly records: readonly CsvRecord[] }
  | { readonly ok: false; readonly fault: CsvFault };

/** Records that are empty lines are left out. The first fault ends the reading: what follows it cannot be trusted. */
export function readCsv(text: string): CsvRead {
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const told = /^sep=([^"\r\n\w])(?:\r\n|\r|\n|$)/i.exec(source);
  const separator = told?.[1] ?? separatorOf(source);
  const plainEnd = new RegExp(`[\\${separator}\r\n"]`, "g");
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let at = told?.[0].length ?? 0;
  let line = told ? 2 : 1;
  let recordLine = line;

  const fault = (atLine: number, message: Said, remedy: Said): CsvRead => ({
    ok: false,
    fault: { line: atLine, message, remedy },
  });
  const endRecord = () => {
    if (fields.length > 1 || fields[0] !== "") records.push({ line: recordLine, fields });
    fields = [];
  };

  while (at < source.length) {
    if (source[at] === '"') {
      const opened = line;
      let value = "";
      for (at++; ; ) {
        const close = source.indexOf('"', at);
        if (close < 0)
          return fault(
            opened,
            "A quote is opened and never closed.",
            'Close it, or write two quotes ("") where the text holds one.',
          );
        value += source.slice(at, close);
        at = close + 1;
        if (source[at] !== '"') break;
        value += '"';
        at++;
      }
      line += lineEndsIn(value);
      fields.push(value);
      const next = source[at];
      if (next !== undefined && next !== separator && next !== "\n" && next !== "\r")
        return fault(
          line,
          `After a closing quote there is “${next}”.`,
          'Write two quotes ("") where the text holds one, and nothing after the last.',
        );
    } else {
      plainEnd.lastIndex = at;
      const end = plainEnd.exec(source)?.index ?? source.length;
      if (source[end] === '"')
        return fault(
          line,
          "A quote stands inside a field that is not quoted.",
          'Put the whole field in quotes, and write two quotes ("") where the text holds one.',
        );
      fields.push(source.slice(at, end));
      at = end;
    }
    const next = source[at];
    if (next === separator) {
      at++;
      // A separator at the very end still has an empty field after it.
      if (at === source.length || source[at] === "\r" || source[at] === "\n") fields.push("");
      else continue;
    }
    endRecord();
    at += source.startsWith("\r\n", at) ? 2 : 1;
    recordLine = ++line;
  }
  return { ok: true, records };
}

/** A header longer than this tells its separator long before its end. In characters. */
const HEADER_LOOK = 10_000;

/** Of `,`, `;`, tab and `|` the one that the header has most of, outside of quotes. */
function separatorOf(source: string): string {
  const header =
    /^(?:"[^"]*"|[^"\r\n]+)*/.exec(source.slice(0, HEADER_LOOK))?.[0].replace(/"[^"]*"/g, "") ?? "";
  const counts = [",", ";", "\t", "|"].map((separator) => ({
    separator,
    count: header.split(separator).length,
  }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).separator;
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/**
 * Cells as a spreadsheet puts them on the clipboard: tabs between them, quotes only around a cell that holds a tab or a
 * line end. Every text is one such table, if need be of a single cell.
 */
export function readTabbed(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  const cell = /("[^"]*(?:""[^"]*)*"(?=[\t\r\n]|$)|[^\t\r\n]*)(\t|\r\n|\r|\n|$)/y;
  const source = text.replace(/(?:\r\n|\r|\n)$/, "");
  for (let end = "\t"; end !== ""; ) {
    const found = cell.exec(source);
    if (!found) break;
    const [, value = "", next = ""] = found;
    const isQuoted = value.length > 1 && value.startsWith('"') && /[\t\r\n]|""/.test(value);
    rows.at(-1)?.push(isQuoted ? value.slice(1, -1).replaceAll('""', '"') : value);
    end = next;
    if (next !== "\t" && next !== "") rows.push([]);
  }
  return rows;
}

/** The way back: what `readTabbed` reads. */
export function writeTabbed(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) =>
      cells.map((cell) => (/[\t\r\n]|^"/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t"),
    )
    .join("\n");
}
