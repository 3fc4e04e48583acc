import { isReused, type RunSignal, type RunState } from "../../src/engine/record.ts";
import type { NodeSteps } from "../stores/run-steps.ts";

/** From so many on, the pace of this run says more than how long such jobs took before. */
const ENOUGH_MADE = 5;

/**
 * How long all steps of a node will take from now, in milliseconds; 0 when the last of them are late, undefined when
 * nobody can tell. By the pace of this run, else by what is known of the jobs that are out. Pure.
 */
export function itemsLeftMs(
  { stepIds, counts }: NodeSteps,
  steps: RunState["steps"],
  signals: ReadonlyMap<string, RunSignal>,
  now: number,
): number | undefined {
  if (counts.running === 0) return undefined;
  let [made, began, lastEnd] = [0, Number.POSITIVE_INFINITY, 0];
  const out: { readonly takesMs: number; readonly leftMs: number; readonly isLate: boolean }[] = [];
  for (const stepId of stepIds) {
    const step = steps.get(stepId);
    if (step?.startedAt === undefined) continue;
    const { status, startedAt, endedAt } = step;
    if (status.kind === "running") {
      began = Math.min(began, startedAt);
      const eta = signals.get(stepId)?.eta;
      if (eta)
        out.push({
          takesMs: eta.endsAt - startedAt,
          leftMs: Math.max(0, eta.endsAt - now),
          isLate: now > eta.lateAt,
        });
    } else if (endedAt !== undefined && !isReused(step)) {
      made++;
      began = Math.min(began, startedAt);
      lastEnd = Math.max(lastEnd, endedAt);
    }
  }
  const isLastOnes = counts.waiting === 0;
  if (isLastOnes && out.length === counts.running) {
    if (out.every(({ isLate }) => isLate)) return 0;
    return Math.max(1, ...out.map(({ leftMs }) => leftMs));
  }
  const open = counts.running + counts.waiting;
  if (made >= ENOUGH_MADE) return Math.max(1, (open * (lastEnd - began)) / made - (now - lastEnd));
  if (out.length === 0) return undefined;
  const mean = (of: (one: (typeof out)[number]) => number) =>
    out.reduce((sum, one) => sum + of(one), 0) / out.length;
  return Math.max(
    1,
    mean(({ leftMs }) => leftMs) + (counts.waiting * mean(({ takesMs }) => takesMs)) / counts.running,
  );
}
