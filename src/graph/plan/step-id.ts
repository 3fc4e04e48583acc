/** One node × one item path. Never used as a node id. */
export type StepId = string & { readonly brand: "StepId" };

/** Ends each part of a scope. No other part of an id can contain it, since `%` is written as `%25`. */
const SCOPE_END = "%/";

/**
 * Node id and item path in one string: parts joined by `/`, with `%` and `/` inside a part written as `%25`, `%2F`.
 * Journals and takes keep these ids for good.
 *
 * @param scope of a step in a graph within the graph: the nodes that it is in, outermost first. Graphs have none yet.
 */
export function formatStepId(
  nodeId: string,
  itemPath: readonly string[],
  scope: readonly string[] = [],
): StepId {
  const prefix = scope.map((part) => `${formatPart(part)}${SCOPE_END}`).join("");
  return `${prefix}${formatPart(nodeId)}${formatItemPath(itemPath)}` as StepId; // the one place that makes the brand
}

/** What follows the node in a step id. */
export function formatItemPath(itemPath: readonly string[]): string {
  return itemPath.map((part) => `/${formatPart(part)}`).join("");
}

function formatPart(part: string): string {
  return part.replaceAll("%", "%25").replaceAll("/", "%2F");
}

export function parseStepId(stepId: StepId): {
  readonly scope: readonly string[];
  readonly nodeId: string;
  readonly itemPath: readonly string[];
} {
  const scope = stepId.split(SCOPE_END);
  const [nodeId = "", ...itemPath] = (scope.pop() ?? "").split("/").map(parsePart);
  return { scope: scope.map(parsePart), nodeId, itemPath };
}

function parsePart(part: string): string {
  return part.replaceAll("%2F", "/").replaceAll("%25", "%");
}

/** The keys of an item's rows, as a person knows it by; a further variation of it also has its number. */
export function rowKeysOf(itemPath: readonly string[]): readonly string[] {
  return itemPath.filter((_, index) => index % 2 === 1);
}
