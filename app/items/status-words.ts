import type { StatusGroup } from "../../src/engine/record.ts";
import type { StepCounts } from "../stores/run-steps.ts";

export const statusGroupWords: { readonly [Kind in StatusGroup]: string } = {
  waiting: "Waiting",
  running: "Running",
  "needs-you": "Needs you",
  done: "Done",
  failed: "Failed",
  "left-out": "Left out",
};

/**
 * "12 of 20 done · 2 running · 1 failed": what there is none of is not said.
 *
 * @param items how many items there are; of variations there are more, which are then called results.
 */
export function countWords(counts: StepCounts, total: number, items: number): string {
  const what = total === items ? "" : "results ";
  const of = (n: number, word: string) => (n > 0 ? [`${n.toLocaleString("en")} ${word}`] : []);
  return [
    `${counts.done.toLocaleString("en")} of ${total.toLocaleString("en")} ${what}done`,
    ...of(counts.running, "running"),
    ...of(counts["needs-you"], counts["needs-you"] === 1 ? "needs you" : "need you"),
    ...of(counts.failed, "failed"),
    ...of(counts["left-out"], "left out"),
  ].join(" · ");
}
