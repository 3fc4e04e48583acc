/** Where a JSON text breaks. Engines word this differently, and some do not say it at all. */

const space = /[ \t\n\r]*/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const shortEscapes = '"\\/bfnrt';
const longEscape = /\\u[0-9a-fA-F]{4}/y;

type Expected = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "nothing";

/** Line and column, from 1, of the first character that cannot stand where it stands. Not recursive. */
export function locateJsonError(text: string): { readonly line: number; readonly column: number } {
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at = endOf(space, text, at) ?? at;
    const mark = text.charAt(at);
    const wantsValue = expected === "value" || expected === "valueOrEnd";
    const afterValue = open.length > 0 ? "commaOrEnd" : "nothing";
    let next: Expected | undefined;
    let end: number | undefined = at + 1;
    if (mark === "{" || mark === "[") {
      if (wantsValue) {
        open.push(mark);
        next = mark === "{" ? "keyOrEnd" : "valueOrEnd";
      }
    } else if (mark === "}" || mark === "]") {
      const mayEnd = expected === "commaOrEnd" || expected === (mark === "}" ? "keyOrEnd" : "valueOrEnd");
      if (mayEnd && open.at(-1) === (mark === "}" ? "{" : "[")) {
        open.pop();
        next = open.length > 0 ? "commaOrEnd" : "nothing";
      }
    } else if (mark === ",") {
      if (expected === "commaOrEnd") next = open.at(-1) === "{" ? "key" : "value";
    } else if (mark === ":") {
      if (expected === "colon") next = "value";
    } else if (mark === '"') {
      const asKey = expected === "key" || expected === "keyOrEnd";
      if (asKey || wantsValue) {
        const string = endOfString(text, at);
        if (!string.whole) {
          at = string.end;
          break;
        }
        end = string.end;
        next = asKey ? "colon" : afterValue;
      }
    } else if (wantsValue) {
      end = endOf(scalar, text, at);
      if (end !== undefined) next = afterValue;
    }
    if (!next || end === undefined) break;
    expected = next;
    at = end;
  }
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** By hand: a regular expression would need a stack as deep as the string is long. */
function endOfString(text: string, start: number): { readonly whole: boolean; readonly end: number } {
  let at = start + 1;
  while (at < text.length) {
    const mark = text.charAt(at);
    if (mark === '"') return { whole: true, end: at + 1 };
    if (mark < " ") break;
    const next: number | undefined = mark === "\\" ? endOfEscape(text, at) : at + 1;
    if (next === undefined) break;
    at = next;
  }
  return { whole: false, end: at };
}

function endOfEscape(text: string, at: number): number | undefined {
  const mark = text.charAt(at + 1);
  return mark !== "" && shortEscapes.includes(mark) ? at + 2 : endOf(longEscape, text, at);
}
