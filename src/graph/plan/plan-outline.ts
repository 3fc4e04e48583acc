import type { OutputPort, PortType } from "../describe/ports.ts";
import type { Table } from "../describe/table.ts";
import type { OutlinedItems, OutlinedNode, StepOutline } from "./outline.ts";

/** A plan in its small form. See `outline.ts`. */
export type PlanOutline = {
  /** Those whose rows are read or name an item, in document order: as they were when the run was planned. */
  readonly tables: readonly (Table & { readonly nodeId: string })[];
  readonly items: readonly OutlinedItems[];
  /** In topological order. */
  readonly nodes: readonly PlannedNode[];
};

export type PlannedNode = Omit<OutlinedNode, "needs"> & {
  /** With its templates still open. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Params whose templates count, as no wire overrides them. */
  readonly templated: readonly string[];
  /** The table that each column named in a template belongs to. */
  readonly columns: readonly (readonly [column: string, table: string])[];
  /** Params that say no column and get the keys of the item's rows, as they name what it gives. */
  readonly keyed?: readonly string[];
  /** In port order, then wire order. */
  readonly inputs: readonly PlannedInput[];
  readonly reuse?: "locked" | "never";
  /** Which take a person chose, by item path as it stands in a step id. */
  readonly takes?: Readonly<Record<string, string>>;
  readonly outputs: readonly (Omit<OutputPort, "type"> & { readonly type: PortType })[];
};

export type PlannedInput = {
  readonly portId: string;
  readonly fromNode: string;
  readonly fromPort: string;
  /** Set where the items of a list come in together: what a missing one means. */
  readonly hole?: "fail" | "use-rest";
};

/** The heads of its steps, in the small form. */
export function headsOf({ tables, items, nodes }: PlanOutline): StepOutline {
  return {
    tables: tables.map(({ nodeId, rows }) => ({ nodeId, rowKeys: rows.map(({ key }) => key) })),
    items,
    nodes: nodes.map(({ nodeId, type, title, items: at, variations, inputs }) => ({
      ...{ nodeId, type, title },
      ...(at === undefined ? {} : { items: at }),
      ...(variations === undefined ? {} : { variations }),
      needs: [...new Set(inputs.map(({ fromNode }) => fromNode))],
    })),
  };
}
