/**
 * A plan in its small form: each node once, and the items it maps over. The steps follow from it, always the same, so a
 * run of ten thousand rows is stored, journaled and sent without ten thousand copies of anything.
 */
import { createRelations, type Links, type Relation, singleItem } from "../lists/relations.ts";
import { formatItemPath, formatStepId, type StepId } from "./step-id.ts";

type OutlinedTable = { readonly nodeId: string; readonly rowKeys: readonly string[] };

/** The items of a node. Without `rows`: all combinations of the tables' rows. */
export type OutlinedItems = { readonly tables: readonly string[]; readonly rows?: readonly number[] };

/** What the steps of a node have in common, as far as cards and log lines need it. */
export type OutlinedNode = {
  readonly nodeId: string;
  readonly type: string;
  readonly title: string;
  /** Its items, by place in `items` of the outline. Absent: it maps over nothing. */
  readonly items?: number;
  /** Steps for each item; only the first feeds what follows. Default: 1. */
  readonly variations?: number;
  /** Nodes whose results it waits for: those of their items that agree with its own on every table both have. */
  readonly needs: readonly string[];
};

/** Heads of steps in the small form. */
export type StepOutline = {
  /** In document order. */
  readonly tables: readonly OutlinedTable[];
  readonly items: readonly OutlinedItems[];
  /** In topological order. */
  readonly nodes: readonly OutlinedNode[];
};

/** A step as cards and log lines know it. */
export type OutlinedStep = {
  readonly stepId: StepId;
  readonly nodeId: string;
  /** Table and row key in turn, in document order of the tables; then `#` and a number for a further variation. */
  readonly itemPath: readonly string[];
  readonly type: string;
  readonly title: string;
  /** Steps this one waits for. */
  readonly needs: readonly StepId[];
};

/** In the order of the plan. */
export function stepsOf(outline: StepOutline): OutlinedStep[] {
  const expander = createExpander(outline);
  const nodes = new Map(outline.nodes.map((node) => [node.nodeId, node]));
  return outline.nodes.flatMap((node) => {
    const { nodeId, type, title } = node;
    const sources = node.needs
      .flatMap((id) => nodes.get(id) ?? [])
      .map((source) => expander.feed(source, node));
    const needsOf = perItem(sources);
    return expander.itemsOf(node).map(({ stepId, itemPath, item }) => ({
      ...{ stepId, nodeId, itemPath, type, title },
      needs: needsOf(item),
    }));
  });
}

export function countSteps({ items, nodes, tables: all }: StepOutline): number {
  const counts = new Map(all.map(({ nodeId, rowKeys }) => [nodeId, rowKeys.length]));
  const sizes = items.map(({ tables, rows }) =>
    rows
      ? rows.length / Math.max(1, tables.length)
      : tables.reduce((product, table) => product * (counts.get(table) ?? 0), 1),
  );
  return nodes.reduce(
    (sum, { items: at, variations = 1 }) => sum + (at === undefined ? 1 : (sizes[at] ?? 0)) * variations,
    0,
  );
}

/** What one node gives another, for each item of the other. */
export type Feed<T> = {
  /** The same for every item. */
  readonly always?: readonly T[];
  at(item: number): readonly T[];
};

/** All feeds of an item, one after the other. What no item differs in is made once. */
export function perItem<T>(feeds: readonly Feed<T>[]): (item: number) => readonly T[] {
  const [only] = feeds;
  if (feeds.length === 1 && only) return (item) => only.always ?? only.at(item);
  if (feeds.every(({ always }) => always)) {
    const all = feeds.flatMap(({ always = [] }) => always);
    return () => all;
  }
  return (item) => feeds.flatMap(({ always, at }) => always ?? at(item));
}

type NodeOfOutline = Pick<OutlinedNode, "nodeId" | "items" | "variations">;

export type Expander = {
  /** Steps of a node, variations included. */
  itemsOf(node: NodeOfOutline): { stepId: StepId; itemPath: readonly string[]; item: number }[];
  /** Which steps of a node feed each item of another: its first variations. */
  feed(source: NodeOfOutline, node: NodeOfOutline): Feed<StepId>;
  /** Which rows of a table feed each item of a node, as their numbers. */
  rows(table: string, node: NodeOfOutline): Feed<number>;
};

export function createExpander({ tables, items }: Pick<StepOutline, "tables" | "items">): Expander {
  const keysOf = new Map(tables.map(({ nodeId, rowKeys }) => [nodeId, rowKeys]));
  const relations = createRelations(new Map(tables.map(({ nodeId, rowKeys }) => [nodeId, rowKeys.length])));
  const opened = items.map(({ tables, rows }): Relation => {
    if (!rows) return relations.product(tables);
    return { tables, rows: Uint32Array.from(rows), count: rows.length / tables.length };
  });
  const paths = new Map<Relation, { readonly path: readonly string[]; readonly suffix: string }[]>();
  const ids = new Map<string, readonly StepId[]>();

  function relationOf({ items: at }: NodeOfOutline): Relation {
    return (at === undefined ? undefined : opened[at]) ?? singleItem;
  }

  /** Shared by all nodes that map over the same items. */
  function pathsOf(relation: Relation) {
    const kept = paths.get(relation);
    if (kept) return kept;
    const { tables, rows, count } = relation;
    const made = Array.from({ length: count }, (_, item) => {
      const path = tables.flatMap((table, column) => [
        table,
        keysOf.get(table)?.[rows[item * tables.length + column] ?? 0] ?? "",
      ]);
      return { path, suffix: formatItemPath(path) };
    });
    paths.set(relation, made);
    return made;
  }

  function idsOf(node: NodeOfOutline): readonly StepId[] {
    const kept = ids.get(node.nodeId);
    if (kept) return kept;
    const prefix = formatStepId(node.nodeId, []);
    // As `formatStepId` has it, put together from parts that are shared.
    const made = pathsOf(relationOf(node)).map(({ suffix }) => `${prefix}${suffix}` as StepId);
    ids.set(node.nodeId, made);
    return made;
  }

  function feedOf<T>(from: Relation, to: Relation, give: (item: number) => T): Feed<T> {
    const links: Links = relations.link(from, to);
    const at = (item: number) => {
      const values: T[] = [];
      for (let place = links.from[item] ?? 0; place < (links.to[item] ?? 0); place++)
        values.push(give(links.order[place] ?? 0));
      return values;
    };
    const isAlwaysAll = !from.tables.some((table) => to.tables.includes(table));
    return isAlwaysAll ? { at, always: Array.from(links.order, give) } : { at };
  }

  return {
    itemsOf(node) {
      const { variations = 1 } = node;
      const all = pathsOf(relationOf(node));
      return idsOf(node).flatMap((stepId, item) => {
        const itemPath = all[item]?.path ?? [];
        const first = { stepId, itemPath, item };
        if (variations === 1) return [first];
        const more = Array.from({ length: variations - 1 }, (_, nth) => {
          const mark = ["#", String(nth + 2)];
          return {
            stepId: `${stepId}${formatItemPath(mark)}` as StepId, // as above
            itemPath: [...itemPath, ...mark],
            item,
          };
        });
        return [first, ...more];
      });
    },
    feed(source, node) {
      const from = idsOf(source);
      return feedOf(relationOf(source), relationOf(node), (item) => from[item] ?? formatStepId("", []));
    },
    rows: (table, node) => feedOf(relations.whole(table), relationOf(node), (row) => row),
  };
}
