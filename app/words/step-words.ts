import type { StepStatus } from "../../src/engine/record.ts";

/** How a step stands, in the words that card, timeline and history share. */
export const statusWords: { readonly [Kind in StepStatus["kind"]]: string } = {
  waiting: "waiting",
  running: "running",
  "waiting-for-approval": "waiting for approval",
  "in-doubt": "in doubt",
  overdue: "not finished yet",
  "outcome-unknown": "outcome unknown",
  succeeded: "done",
  failed: "failed",
  skipped: "skipped",
  cancelled: "cancelled",
};

export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
