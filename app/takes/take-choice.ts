import type { StepState, Take } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { formatItemPath } from "../../src/graph/plan/step-id.ts";
import { isMedia } from "../../src/nodes/definition/work.ts";
import type { StoredMedia } from "../media/stored-media.ts";

/** Which take of a node stands where. Pure. */

/** How a document names an item in `data.takes`; a further variation belongs to the item it varies. */
export function itemKey(itemPath: readonly string[]): string {
  const mark = itemPath.indexOf("#");
  return formatItemPath(mark === -1 ? itemPath : itemPath.slice(0, mark)).slice(1);
}

/**
 * Of the node's takes those of one item, as people number them: in the order they were begun, so that variations which
 * end as they please keep their places.
 */
export function takesOfItem(takes: readonly Take[], item: string): readonly Take[] {
  return takes
    .filter(({ itemPath }) => itemKey(itemPath) === item)
    .sort((a, b) => a.startedAt - b.startedAt || a.number - b.number);
}

/** The take that flows on: the person's choice, else what the run on show gave. */
export function currentTakeId(
  node: GraphNode,
  steps: readonly StepState[],
  item: string,
): string | undefined {
  const chosen = node.data.takes?.[item];
  if (chosen !== undefined) return chosen;
  return steps.find(({ itemPath, takeId }) => takeId !== undefined && itemKey(itemPath) === item)?.takeId;
}

export function mediaOfTake(take: Take): StoredMedia | undefined {
  const media = take.outputs.map(({ value }) => value).find(isMedia);
  return media?.sha256 === undefined ? undefined : { ...media, sha256: media.sha256 };
}

export function textOfTake(take: Take): string | undefined {
  const output = take.outputs.find(({ value }) => value.type === "text")?.value;
  return output?.type === "text" ? output.text : undefined;
}

/** Fields of two recipes that are not the same, by name, in words for a table. */
export function differences(
  a: Take,
  b: Take,
): readonly { readonly name: string; readonly values: readonly [string, string] }[] {
  const [left, right] = [flat(a.recipe.params), flat(b.recipe.params)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => {
    const values = [left.get(name) ?? "—", right.get(name) ?? "—"] as const;
    return values[0] === values[1] ? [] : [{ name, values }];
  });
}

function flat(params: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(params).flatMap(([name, value]): [string, string][] =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, each]) => [inner, inWords(each)])
        : [[name, inWords(value)]],
    ),
  );
}

function inWords(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
