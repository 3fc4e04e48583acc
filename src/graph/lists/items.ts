/**
 * Which items each node of a graph maps over, and what keeps its lists from going together.
 *
 * @see docs/architecture.md, "Lists".
 */
import { valueAt } from "../../base/json-object.ts";
import { amount, counted, listed } from "../../base/words.ts";
import type { GraphIndex } from "../describe/graph-index.ts";
import { cellOf, type Table } from "../describe/table.ts";
import { nameOf } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { GraphEdge } from "../document/schema.ts";
import { type Origin, originsOf } from "./item-origins.ts";
import { createRelations, type Relation, type Relations, singleItem } from "./relations.ts";
import { cellText, lengthsOf } from "./templates.ts";

/** So many items a node may map over. */
const MOST_ITEMS = 100_000;
/** So many steps a graph may have in all, its nodes' items and variations counted: about 1 kB each, with their states. */
const MOST_STEPS = 250_000;
/** So many characters its texts may have in all once the cells of rows are filled in. */
const MOST_CHARACTERS = 100_000_000;

export type NodeItems = {
  readonly relation: Relation;
  /** Texts in which columns count, as no wire overrides them. */
  readonly templated: readonly string[];
  /** Where the columns named in those come from: column → table. */
  readonly columns: ReadonlyMap<string, string>;
};

export type GraphItems = {
  /** Tables by node id, in document order. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly relations: Relations;
  /** `undefined` where it cannot be told: in a circle, and where its lists or those above it do not go together. */
  of(nodeId: string): NodeItems | undefined;
  /** What a wire brings: of a table its rows, else what its node maps over. */
  broughtBy(edge: GraphEdge): Relation | undefined;
  /** The lists of a node that have no table in common, where there are several: what `items.combine` is about. */
  listsAt(nodeId: string): readonly Relation[];
  /** Whether items that may fail come together at one of its ports: what `items.holes` is about. */
  gathers(nodeId: string): boolean;
  readonly problems: readonly Problem[];
};

const known = new WeakMap<GraphIndex, GraphItems>();

/** Each node's items; reckoned once for an index. */
export function itemsOf(index: GraphIndex): GraphItems {
  const found = known.get(index);
  if (found) return found;
  const made = reckonItems(index);
  known.set(index, made);
  return made;
}

function reckonItems(index: GraphIndex): GraphItems {
  const { tables, nodes: origins, order, problems: columnProblems } = originsOf(index);
  const relations = createRelations(new Map([...tables].map(([id, { rows }]) => [id, rows.length])));
  const found = new Map<string, NodeItems>();
  const lists = new Map<string, readonly Relation[]>();
  const gathering = new Set<string>();
  const problems = [...columnProblems];
  let steps = 0;
  let characters = 0;
  const broughtBy = (edge: GraphEdge) =>
    tables.has(edge.source) ? relations.whole(edge.source) : found.get(edge.source)?.relation;

  for (const nodeId of order) {
    const origin = origins.get(nodeId);
    const node = index.nodes.get(nodeId);
    if (!origin || !node || origin.isUnknown) continue;
    const mapped = origin.mapping.map(({ edge }) => broughtBy(edge));
    if (!mapped.every((relation) => relation !== undefined)) continue;
    const parts = [...mapped, ...origin.byText.map(relations.whole)].filter(
      (relation) => relation.tables.length > 0,
    );
    const joined = joinRelated([...new Set(parts)], relations);
    if (joined.ok && joined.groups.length > 1) lists.set(nodeId, joined.groups);
    const combined = joined.ok ? combine(joined.groups, node.data.items?.combine, relations) : joined;
    if (!combined.ok) {
      problems.push(problemOf(index, nodeId, combined.fault));
      continue;
    }
    const { templated, columns } = origin;
    const items: NodeItems = { relation: combined.relation, templated, columns };
    const mayFail = (edge: GraphEdge) =>
      !tables.has(edge.source) && broughtBy(edge)?.tables.some((id) => !items.relation.tables.includes(id));
    if (origin.whole.some(({ edges }) => edges.some(mayFail))) gathering.add(nodeId);
    const listProblems = origin.whole.flatMap((port) =>
      checkList(port, items.relation, index, nodeId, broughtBy, relations),
    );
    if (listProblems.length > 0) problems.push(...listProblems);
    else found.set(nodeId, items);
    // Each node is bounded, their sum is not: it is counted before a step is made, and what follows is left alone.
    steps += stepsOf(index, nodeId, items);
    characters += charactersOf(index, nodeId, items, tables);
    if (steps > MOST_STEPS || characters > MOST_CHARACTERS) {
      problems.push(tooLarge(index, [...found.keys()], steps > MOST_STEPS));
      break;
    }
  }
  return {
    tables,
    relations,
    of: (nodeId) => found.get(nodeId),
    broughtBy,
    listsAt: (nodeId) => lists.get(nodeId) ?? [],
    gathers: (nodeId) => gathering.has(nodeId),
    problems,
  };
}

function stepsOf(index: GraphIndex, nodeId: string, { relation }: NodeItems): number {
  const description = index.describe(nodeId);
  if (!description?.runs) return 0;
  return relation.count * (description.varies ? (index.nodes.get(nodeId)?.data.variations ?? 1) : 1);
}

/** Of its texts, filled in for each item; about, as each row is taken to come up equally often. */
function charactersOf(
  index: GraphIndex,
  nodeId: string,
  { relation, templated, columns }: NodeItems,
  tables: ReadonlyMap<string, Table>,
): number {
  const params = index.describe(nodeId)?.params ?? {};
  if (columns.size === 0) return 0;
  return templated.reduce((sum, param) => {
    const text = valueAt(params, param);
    if (typeof text !== "string") return sum;
    const { fixed, columns: named } = lengthsOf(text);
    if (named.length === 0) return sum;
    const ofCells = named.map((column) => {
      const rows = tables.get(columns.get(column) ?? "")?.rows ?? [];
      const total = rows.reduce((all, row) => all + cellText(cellOf(row, column)).length, 0);
      return total / Math.max(1, rows.length);
    });
    return sum + relation.count * ofCells.reduce((all, each) => all + each, fixed);
  }, 0);
}

function tooLarge(index: GraphIndex, counted: readonly string[], byCount: boolean): Problem {
  const last = counted.at(-1) ?? "";
  return {
    code: "too-many-steps",
    severity: "error",
    message: byCount
      ? `The graph would run more than ${amount(MOST_STEPS)} steps in all, its rows and variations counted, up to ${nameOf(index, last)}.`
      : `The texts of the graph would have more than ${amount(MOST_CHARACTERS)} characters in all once its rows are filled in, up to ${nameOf(index, last)}.`,
    remedy: "Take rows out of its tables, ask for fewer variations, or part it into several graphs.",
    nodeId: last,
    // Not even a part of it is planned, as what belongs to it is not known any more.
    nodeIds: index.graph.nodes.map(({ id }) => id),
  };
}

// ── How lists go together ────────────────────────────────────────────────────────────────────────────────────────

type Fault =
  | {
      readonly kind: "unmatched";
      readonly tables: readonly string[];
      readonly missing: number;
      readonly of: number;
    }
  | { readonly kind: "unsaid" | "unequal"; readonly lists: readonly Relation[]; readonly cross: number }
  | { readonly kind: "too-many"; readonly count: number };

type Combined =
  | { readonly ok: true; readonly relation: Relation }
  | { readonly ok: false; readonly fault: Fault };

/**
 * Relations that have tables in common, joined; what is left has none.
 *
 * @param parts different relations, each over one table at least.
 */
function joinRelated(
  parts: readonly Relation[],
  relations: Relations,
): { readonly ok: true; readonly groups: readonly Relation[] } | (Combined & { readonly ok: false }) {
  const groups: Relation[] = [];
  for (const group of related(parts)) {
    const joined = joinAll(group, relations);
    if (!joined.ok) return joined;
    groups.push(joined.relation);
  }
  return { ok: true, groups };
}

function combine(
  groups: readonly Relation[],
  how: "zip" | "cross" | undefined,
  relations: Relations,
): Combined {
  const [first = singleItem, ...others] = groups;
  if (others.length === 0) return bounded(first.count) ?? { ok: true, relation: first };
  const cross = relations.productCount(groups);
  if (how === undefined) return { ok: false, fault: { kind: "unsaid", lists: groups, cross } };
  if (how === "cross") return bounded(cross) ?? { ok: true, relation: relations.cross(groups) };
  if (others.some(({ count }) => count !== first.count))
    return { ok: false, fault: { kind: "unequal", lists: groups, cross } };
  return bounded(first.count) ?? { ok: true, relation: relations.zip(groups) };
}

function bounded(count: number): Combined | undefined {
  return count > MOST_ITEMS ? { ok: false, fault: { kind: "too-many", count } } : undefined;
}

/** Groups of those that have tables in common, directly or through others. */
function related(parts: readonly Relation[]): Relation[][] {
  let groups: Relation[][] = [];
  for (const part of parts) {
    const touched = groups.filter((group) => group.some((one) => shares(one, part)));
    groups = [...groups.filter((group) => !touched.includes(group)), [...touched.flat(), part]];
  }
  // In the order of their first tables, so that the same lists wired otherwise go together the same.
  return groups.map((group) => parts.filter((part) => group.includes(part)));
}

function shares(a: Relation, b: Relation): boolean {
  return a.tables.some((table) => b.tables.includes(table));
}

/** The natural join. No item of any of them may be left without a partner, since nothing is left out in silence. */
function joinAll(parts: readonly Relation[], relations: Relations): Combined {
  const left = [...parts];
  let joined = left.shift() ?? singleItem;
  while (left.length > 0) {
    // Whoever shares the most tables narrows it the most.
    const overlap = (part: Relation) => part.tables.filter((table) => joined.tables.includes(table)).length;
    const next = left.reduce((best, part) => (overlap(part) > overlap(best) ? part : best));
    left.splice(left.indexOf(next), 1);
    const tooMany = bounded(relations.joinCount(joined, next));
    if (tooMany) return tooMany;
    joined = relations.join(joined, next);
  }
  for (const part of parts) {
    const missing = unmatched(part, joined, relations);
    if (missing > 0)
      return { ok: false, fault: { kind: "unmatched", tables: part.tables, missing, of: part.count } };
  }
  return { ok: true, relation: joined };
}

/** Items of the one that agree with none of the other. */
function unmatched(one: Relation, other: Relation, relations: Relations): number {
  if (one === other) return 0;
  const { from, to } = relations.link(other, one);
  let missing = 0;
  for (let item = 0; item < one.count; item++) if (from[item] === to[item]) missing++;
  return missing;
}

function checkList(
  { port, edges }: Origin["whole"][number],
  relation: Relation,
  index: GraphIndex,
  nodeId: string,
  broughtBy: (edge: GraphEdge) => Relation | undefined,
  relations: Relations,
): Problem[] {
  const lists = edges.flatMap((edge) => broughtBy(edge) ?? []);
  // One above is already told of, or nothing but single values comes in and their wires are counted elsewhere.
  if (lists.length < edges.length || lists.every((list) => list.tables.length === 0)) return [];
  const where = { severity: "error", nodeId, portId: port.id } as const;
  const name = `${port.label} of ${nameOf(index, nodeId)}`;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  const links = lists.map((list) => relations.link(list, relation));
  for (const list of lists) {
    if (!shares(list, relation)) continue;
    const missing = unmatched(relation, list, relations) + unmatched(list, relation, relations);
    if (missing > 0)
      return [
        {
          ...where,
          code: "items-unmatched",
          message: `At ${name} ${counted(missing, "item")} would have no partner.`,
          remedy: "Wire lists to it that come from the same rows.",
        },
      ];
  }
  for (let item = 0; item < relation.count; item++) {
    const count = links.reduce((sum, { from, to }) => sum + (to[item] ?? 0) - (from[item] ?? 0), 0);
    [least, most] = [Math.min(least, count), Math.max(most, count)];
  }
  const { min = 0, max = Number.POSITIVE_INFINITY } = port.list ?? {};
  if (most > max)
    return [
      {
        ...where,
        code: "too-many-items",
        message: `${name} takes at most ${max}, and ${most} would arrive.`,
        remedy: "Take rows out of the table, or wire a list that has fewer.",
      },
    ];
  const needed = Math.max(min, port.required ? 1 : 0);
  if (least < needed)
    return [
      {
        ...where,
        code: "too-few-items",
        message: `${name} needs at least ${needed}, and ${least === 0 ? "none" : least} would arrive.`,
        remedy: "Add rows to the table.",
      },
    ];
  return [];
}

function problemOf(index: GraphIndex, nodeId: string, fault: Fault): Problem {
  const name = nameOf(index, nodeId);
  const where = { severity: "error", nodeId } as const;
  const words = (list: Relation) =>
    `${counted(list.count, "item")} of ${listed(list.tables.map((table) => nameOf(index, table)))}`;
  switch (fault.kind) {
    case "unmatched":
      return {
        ...where,
        code: "items-unmatched",
        message: `At ${name}, ${fault.missing} of ${counted(fault.of, "item")} of ${listed(fault.tables.map((table) => nameOf(index, table)))} would have no partner.`,
        remedy: "Wire lists to it that come from the same rows, or were combined the same way.",
      };
    case "unequal":
      return {
        ...where,
        code: "zip-unequal",
        message: `${name} takes its lists row by row, but they are not equally long: ${fault.lists.map(words).join(", ")}.`,
        remedy: `Make them equally long, or let it take each with each: ${counted(fault.cross, "item")}.`,
      };
    case "unsaid":
      return {
        ...where,
        code: "combine-unsaid",
        message: `${name} gets ${fault.lists.map(words).join(" and ")}, and does not say how they go together.`,
        remedy: `Choose row by row (${zipWords(fault.lists)}), or each with each (${counted(fault.cross, "item")}).`,
      };
    case "too-many":
      return {
        ...where,
        code: "too-many-items",
        message: `${name} would run for ${counted(fault.count, "item")}; at most ${amount(MOST_ITEMS)} are taken.`,
        remedy: "Take rows out of its tables, or let it take its lists row by row.",
      };
  }
}

function zipWords(lists: readonly Relation[]): string {
  const counts = new Set(lists.map(({ count }) => count));
  const [count = 0] = counts;
  return counts.size === 1
    ? counted(count, "item")
    : `not now: ${[...counts].map(amount).join(" and ")} are not equally many`;
}
