import type { StepStatus } from "../../src/engine/record.ts";

/** How a step stands, in the words that card, timeline and history share. */
export const statusIds = {
  waiting: "steps.waiting",
  running: "steps.running",
  "waiting-for-approval": "steps.waitingForApproval",
  "in-doubt": "steps.inDoubt",
  overdue: "steps.overdue",
  "outcome-unknown": "steps.outcomeUnknown",
  succeeded: "steps.succeeded",
  failed: "steps.failed",
  skipped: "steps.skipped",
  cancelled: "steps.cancelled",
} as const satisfies { readonly [Kind in StepStatus["kind"]]: string };

export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
