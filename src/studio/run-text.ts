import type { Graph } from "../graph/schema.ts";

/** More would make a search slow, and nobody remembers what stood so far down. In characters. */
const MOST_TEXT = 64_000;

/** Params that hold a person's own words, or a name they chose by. */
const wordy = new Set(["prompt", "text", "caption", "model", "name", "cells", "operation", "style"]);

/** What a run can be found by: titles, prompts, captions, names and the texts of tables, each once. */
export function searchTextOf(graph: Graph): string {
  const found = new Set<string>();
  let length = 0;
  const add = (text: string) => {
    if (length > MOST_TEXT || found.has(text)) return;
    found.add(text);
    length += text.length + 1;
  };
  const collect = (value: unknown, isWordy: boolean): void => {
    if (length > MOST_TEXT) return;
    if (typeof value === "string") {
      if (isWordy) add(value);
    } else if (Array.isArray(value)) for (const item of value) collect(item, isWordy);
    else if (typeof value === "object" && value !== null)
      // A cell that is a file has more to it than its name.
      for (const [key, child] of Object.entries(value))
        collect(child, wordy.has(key) || (isWordy && typeof child === "string" && !("sha256" in value)));
  };
  for (const { data } of graph.nodes) {
    if (data.title !== undefined) add(data.title);
    collect(data.params, false);
  }
  return [...found].join("\n").slice(0, MOST_TEXT);
}
