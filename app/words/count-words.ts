import { amount } from "../../src/base/words.ts";
import type { RunCounts } from "../../src/engine/record.ts";

/** "12 of 20 done": as every list and bar of the window has it. What took an earlier result is done, too. */
export function doneWords({ done, steps }: Pick<RunCounts, "done" | "steps">): string {
  return `${amount(done)} of ${amount(steps)} done`;
}

/**
 * "12 of 20 done · 2 running · 1 needs you · 1 failed": what there is none of is not said.
 *
 * @param run whether it was cut off, so that nothing of it runs.
 */
export function runCountWords(counts: RunCounts, run: { readonly interrupted: boolean }): string {
  const of = (n: number, word: string) => (n > 0 ? [`${amount(n)} ${word}`] : []);
  return [
    doneWords(counts),
    ...of(counts.running, run.interrupted ? "not finished" : "running"),
    ...of(counts.needsYou, counts.needsYou === 1 ? "needs you" : "need you"),
    ...of(counts.failed, "failed"),
    ...of(counts.skipped, "skipped"),
    ...of(counts.cancelled, "cancelled"),
  ].join(" · ");
}
