import { money } from "../../base/dollars.ts";
import type { Run } from "../../engine/index.ts";
import type { DoubtDecision, DoubtRef } from "../../engine/record.ts";
import { stillInDoubt, sumOfDoubts } from "../../engine/record.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { DoubtAnswer } from "../contract/runs.ts";
import { Refused } from "../ground/refused.ts";

/** A person's word about several creates in doubt, as they were looked at. */
export type DoubtsWord = {
  readonly doubts: readonly { readonly stepId: string; readonly attempt: number }[];
  readonly word:
    | { readonly decision: Extract<DoubtDecision, "skip"> }
    /** The sum the person was told, by estimates. */
    | { readonly decision: Extract<DoubtDecision, "resend">; readonly sumMicrodollars: number };
};

/** @throws Refused `sum-changed` when sending again would cost more than was said; then nothing is settled. */
export function settleDoubts(
  run: Pick<Run, "state" | "settleDoubts">,
  { doubts, word }: DoubtsWord,
): readonly DoubtAnswer[] {
  const seen = doubts.map(
    ({ stepId, attempt }): DoubtRef => ({ stepId: stepId as StepId, attempt }), // a wrong one is refused by the run
  );
  if (word.decision === "resend") {
    const { microdollars } = sumOfDoubts(stillInDoubt(run.state(), seen));
    if (microdollars > word.sumMicrodollars)
      throw new Refused(
        "sum-changed",
        `To send these again costs ${money(microdollars)}, more than was said. Nothing was sent.`,
        "Look at the sum, then decide again.",
      );
  }
  return run.settleDoubts(seen, word.decision).map((answer, index): DoubtAnswer => {
    const stepId = doubts[index]?.stepId ?? "";
    return answer.ok ? { stepId, ok: true } : { stepId, ok: false, ...answer.reason };
  });
}
