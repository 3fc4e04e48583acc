import type { Graph } from "../../graph/document/schema.ts";

/** More would make a search slow, and nobody remembers what stood so far down. In characters. */
const MOST_TEXT = 64_000;

/** Params that hold a person's own words, or a name they chose by. */
const wordy = new Set(["prompt", "text", "caption", "model", "name", "cells", "operation", "style"]);

/** What a run can be found by: titles, prompts, captions, names and the texts of tables, each once. */
export function searchTextOf(graph: Graph): string {
  const found = new Set<string>();
  let length = 0;
  const add = (text: string) => {
    if (found.has(text)) return;
    found.add(text);
    length += text.length + 1;
  };
  for (const { data } of graph.nodes) {
    if (data.title !== undefined) add(data.title);
    for (const text of textsOf(data.params)) {
      if (length > MOST_TEXT) break;
      add(text);
    }
  }
  return [...found].join("\n").slice(0, MOST_TEXT);
}

/** The texts in some params that a person would search by. */
export function* textsOf(params: unknown, isWordy = false): Generator<string> {
  if (typeof params === "string") {
    if (isWordy) yield params;
  } else if (Array.isArray(params)) for (const item of params) yield* textsOf(item, isWordy);
  else if (typeof params === "object" && params !== null)
    // A cell that is a file has more to it than its name.
    for (const [key, child] of Object.entries(params))
      yield* textsOf(
        child,
        wordy.has(key) || (isWordy && typeof child === "string" && !("sha256" in params)),
      );
}
