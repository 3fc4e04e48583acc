/** In microdollars, by estimates. */
export type Budget = {
  readonly budgetMicrodollars?: number;
  /** What a job counts as whose price is not known. Absent: such a job is not made. */
  readonly assumedPriceMicrodollars?: number;
};

/**
 * By how much a run goes over its budget, in microdollars: 0 or less when it fits, undefined when it has jobs without a
 * known price that would not be made. Only asked where there is a budget.
 */
export function overBudget(
  run: { readonly estimateMicrodollars: number; readonly unpricedSteps: number },
  { budgetMicrodollars = Number.POSITIVE_INFINITY, assumedPriceMicrodollars }: Budget,
): number | undefined {
  if (run.unpricedSteps > 0 && assumedPriceMicrodollars === undefined) return undefined;
  return run.estimateMicrodollars + run.unpricedSteps * (assumedPriceMicrodollars ?? 0) - budgetMicrodollars;
}
