import type { RunCounts } from "../../src/engine/record.ts";
import { t } from "./words.ts";

/** "12 of 20 done": as every list and bar of the window has it. What took an earlier result is done, too. */
export function doneWords({ done, steps }: Pick<RunCounts, "done" | "steps">): string {
  return t("steps.countDone", { done, steps });
}

/**
 * "12 of 20 done · 2 running · 1 needs you · 1 failed": what there is none of is not said.
 *
 * @param run whether it was cut off, so that nothing of it runs.
 */
export function runCountWords(counts: RunCounts, run: { readonly interrupted: boolean }): string {
  const { running, needsYou, failed, skipped, cancelled } = counts;
  const parts = [
    [run.interrupted ? "steps.countNotFinished" : "steps.countRunning", running],
    ["steps.countNeedYou", needsYou],
    ["steps.countFailed", failed],
    ["steps.countSkipped", skipped],
    ["steps.countCancelled", cancelled],
  ] as const;
  const some = parts.flatMap(([id, steps]) => (steps > 0 ? [t(id, { steps })] : []));
  return [doneWords(counts), ...some].join(" · ");
}
