import type { StepState, StepStatus } from "../../src/engine/record.ts";

/** A step, and its status as the kind that a part of its card is for. */
export type StandingProps<Kind extends StepStatus["kind"]> = {
  readonly step: StepState;
  readonly status: Extract<StepStatus, { readonly kind: Kind }>;
};
