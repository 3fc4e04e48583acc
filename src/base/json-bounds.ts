/** What a JSON text may hold at most. */
export type JsonBounds = {
  /** Levels of objects and arrays. */
  readonly depth: number;
  /** Values in all, counted by the commas and brackets between them. */
  readonly values: number;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Which bound a text breaks. Looks at its characters alone, once and without a stack, so that a text that only costs
 * time (millions of brackets) is refused before anything is made of it. Says nothing about whether it is valid JSON.
 */
export function brokenJsonBound(text: string, bounds: JsonBounds): keyof JsonBounds | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (mark === QUOTE) {
      at = endOfText(text, at);
      continue;
    }
    // "[" and "{", "]" and "}" differ in the same bit.
    const bracket = mark & ~0x20;
    if (bracket === 0x5b) {
      if (++depth > bounds.depth) return "depth";
      values++;
    } else if (bracket === 0x5d) depth--;
    else if (mark === COMMA) values++;
    if (values > bounds.values) return "values";
  }
  return undefined;
}

/** Where the quote that ends a string stands; the text's end when none does. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
