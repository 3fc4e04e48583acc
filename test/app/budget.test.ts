import { expect, test } from "vitest";
import { verdictOf } from "../../app/runs/budget.ts";

const run = { estimateMicrodollars: 400_000, unpricedSteps: 0 };

test("without a budget nothing is said", () => {
  expect(verdictOf(run, {})).toBeUndefined();
});

test("a budget says what is to spare, or how far the run is over it", () => {
  expect(verdictOf(run, { budgetMicrodollars: 1_000_000 })).toEqual({
    ok: true,
    text: "Within the budget, with about $0.60 to spare.",
  });
  expect(verdictOf(run, { budgetMicrodollars: 400_000 })?.text).toBe(
    "Within the budget, with nothing to spare.",
  );
  const over = verdictOf(run, { budgetMicrodollars: 150_000 });
  expect(over?.ok).toBe(false);
  expect(over?.text).toMatch(/^About \$0\.25 over the budget/);
});

test("steps without a known price are not made within a budget, unless a price is assumed", () => {
  const unpriced = { ...run, unpricedSteps: 2 };
  expect(verdictOf(unpriced, { budgetMicrodollars: 1_000_000 })?.text).toMatch(
    /^2 steps without a known price/,
  );
  expect(
    verdictOf(unpriced, { budgetMicrodollars: 1_000_000, assumedPriceMicrodollars: 100_000 })?.text,
  ).toBe("Within the budget, with about $0.40 to spare.");
});
