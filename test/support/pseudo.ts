import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import type { Table } from "../../src/words/message.ts";

const plain = "acdefghijklnorsuwyzACDEGHIJKLNORSUWYZ";
const marked = "àçďéƒĝĥîĵķļñôŕšûŵÿžÀÇĎÉĜĤÎĴĶĻÑÔŔŠÛŴŸŽ";
const accent = (letter: string) => marked[plain.indexOf(letter)] ?? letter;

/**
 * English that nobody wrote: accents, 40 % longer, in brackets. What the window shows without brackets is a text that
 * is not in the tables; what does not fit would not fit in German.
 */
export function pseudoText(text: string): string {
  let letters = 0;
  const literals = literalsOf(parse(text, { ignoreTag: true, captureLocation: true }));
  let written = "";
  let from = 0;
  for (const { start, end } of literals) {
    const literal = text.slice(start, end);
    letters += literal.length;
    written += text.slice(from, start) + [...literal].map(accent).join("");
    from = end;
  }
  return `[${written}${text.slice(from)}${" ~~~~".repeat(Math.ceil((letters * 0.4) / 5))}]`;
}

export function pseudoTable<T extends Table>(table: T): T {
  const areas = Object.entries(table).map(([area, texts]) => [
    area,
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, pseudoText(text)])),
  ]);
  return Object.fromEntries(areas);
}

function literalsOf(elements: readonly MessageFormatElement[]): { start: number; end: number }[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal)
      return element.location
        ? [{ start: element.location.start.offset, end: element.location.end.offset }]
        : [];
    if (element.type === TYPE.plural || element.type === TYPE.select)
      return Object.values(element.options).flatMap(({ value }) => literalsOf(value));
    return [];
  });
}
