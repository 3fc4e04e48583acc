import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";
import { message } from "../../words/message.ts";
import type { Failure } from "../record/events.ts";
import type { StepStatus } from "../record/run-state.ts";

/** Lists that have holes: items that ended badly. Asked once every item of every list has ended. */
export function holeFailure(
  { inputs }: Pick<PlannedStep, "inputs">,
  statusOf: (stepId: StepId) => StepStatus,
): Failure | undefined {
  const ports = new Map<string, { items: number; missing: number; usesRest: boolean }>();
  for (const { portId, fromStep, hole } of inputs) {
    if (!hole) continue;
    const port = ports.get(portId) ?? { items: 0, missing: 0, usesRest: hole === "use-rest" };
    ports.set(portId, port);
    port.items++;
    if (statusOf(fromStep).kind !== "succeeded") port.missing++;
  }
  for (const { items, missing, usesRest } of ports.values()) {
    if (missing === 0 || (usesRest && missing < items)) continue;
    return {
      code: "items-missing",
      message: message("failures.itemsMissing", { missing, items }),
      remedy: usesRest ? message("failures.noneSucceeded") : message("failures.useSucceeded"),
      cost: "none",
      retryable: true,
    };
  }
  return undefined;
}
