/** One node × one item path. Never used as a node id. */
export type StepId = string & { readonly brand: "StepId" };

/** Node id and item path in one string: parts joined by `/`, with `%` and `/` inside a part written as `%25`, `%2F`. */
export function formatStepId(nodeId: string, itemPath: readonly string[]): StepId {
  return `${formatPart(nodeId)}${formatItemPath(itemPath)}` as StepId; // the one place that makes the brand
}

/** What follows the node in a step id. */
export function formatItemPath(itemPath: readonly string[]): string {
  return itemPath.map((part) => `/${formatPart(part)}`).join("");
}

function formatPart(part: string): string {
  return part.replaceAll("%", "%25").replaceAll("/", "%2F");
}

export function parseStepId(stepId: StepId): {
  readonly nodeId: string;
  readonly itemPath: readonly string[];
} {
  const [nodeId = "", ...itemPath] = stepId
    .split("/")
    .map((part) => part.replaceAll("%2F", "/").replaceAll("%25", "%"));
  return { nodeId, itemPath };
}

/** The keys of an item's rows, as a person knows it by; a further variation of it also has its number. */
export function rowKeysOf(itemPath: readonly string[]): readonly string[] {
  return itemPath.filter((_, index) => index % 2 === 1);
}
