import type { OutputPort, PortType } from "./ports.ts";

/** What a run will do: the validated part of the graph, in topological order. */
export type Plan = {
  readonly graphId: string;
  readonly graphName: string;
  readonly steps: readonly PlannedStep[];
};

/** One node × one item path. Never used as a node id. */
export type StepId = string & { readonly brand: "StepId" };

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
  readonly outputs: readonly (Omit<OutputPort, "type"> & { readonly type: PortType })[];
};

export type StepInput = {
  readonly portId: string;
  readonly fromStep: StepId;
  readonly fromPort: string;
};
