import { cellAtPort, type TableRow } from "../../graph/describe/table.ts";
import type { Plan, PlannedStep, StepId } from "../../graph/plan/plan.ts";
import { formatStepId } from "../../graph/plan/step-id.ts";
import type { StepInputs, StepOutput, StepValue } from "../../nodes/definition/work.ts";

/**
 * What comes in at a step: cells of the plan's rows, and what earlier steps gave.
 *
 * @param outputsOf what a step has given so far; nothing where it has not, or not yet, succeeded.
 */
export type GatherInputs = (
  step: Pick<PlannedStep, "inputs">,
  outputsOf: (stepId: StepId) => readonly StepOutput[],
) => StepInputs;

export function createInputs(plan: Pick<Plan, "tables">): GatherInputs {
  const tables = new Map<StepId, ReadonlyMap<string, TableRow>>();
  for (const [nodeId, { rows }] of plan.tables ?? [])
    tables.set(formatStepId(nodeId, []), new Map(rows.map((row) => [row.key, row])));

  return (step, outputsOf) => {
    const inputs: Record<string, StepValue[]> = {};
    for (const { portId, fromStep, fromPort, row } of step.inputs) {
      inputs[portId] ??= [];
      if (row !== undefined) {
        const found = tables.get(fromStep)?.get(row);
        const value = found && cellValue(found, fromPort);
        if (value) inputs[portId].push(value);
      } else
        for (const output of outputsOf(fromStep))
          if (output.portId === fromPort) inputs[portId].push(output.value);
    }
    return inputs;
  };
}

/** Media of a cell has its bytes in the library; they go to the server when a create needs them there. */
function cellValue(row: TableRow, portId: string): StepValue {
  const cell = cellAtPort(row, portId) ?? "";
  if (typeof cell === "string") return { type: "text", text: cell };
  const { name: _name, path: _place, ...facts } = cell;
  return { type: "media", ...facts };
}
