import type { OutputPort, PortType } from "../describe/ports.ts";
import type { Table } from "../describe/table.ts";
import type { PlanOutline } from "./plan-outline.ts";
import type { StepId } from "./step-id.ts";

export type { StepId } from "./step-id.ts";

/** What a run will do: the validated part of the graph, in topological order. */
export type Plan = {
  readonly graphId: string;
  readonly graphName: string;
  readonly steps: readonly PlannedStep[];
  /** The rows of each table as they were when the run was planned, by the table's node id. */
  readonly tables?: ReadonlyMap<string, Table>;
  /** What the steps follow from; the form in which a plan is kept. */
  readonly outline?: PlanOutline;
};

export type PlannedStep = {
  readonly stepId: StepId;
  readonly nodeId: string;
  /** Segments of (source node, row key); empty for a step that maps over no list. */
  readonly itemPath: readonly string[];
  readonly type: string;
  readonly title: string;
  /** Parsed by the node's definition: defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  /** In port order, then wire order. */
  readonly inputs: readonly StepInput[];
  /** `locked`: the chosen take, or the one it had last, whatever changes before it. `never`: always a new one. */
  readonly reuse?: "locked" | "never";
  /** The take that a person chose to flow on. */
  readonly take?: string;
  readonly outputs: readonly (Omit<OutputPort, "type"> & { readonly type: PortType })[];
};

export type StepInput = {
  readonly portId: string;
  readonly fromStep: StepId;
  readonly fromPort: string;
  /** Where `fromStep` is a table: the key of the row whose cell comes in. */
  readonly row?: string;
  /** Set on an item of a list that its port takes as a whole: what it means for the step if that item is missing. */
  readonly hole?: "fail" | "use-rest";
};
