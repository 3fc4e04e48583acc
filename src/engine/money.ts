/** "about $0.12": an estimate, never what was charged. */
export function aboutDollars(microdollars: number): string {
  if (microdollars > 0 && microdollars < 10_000) return "less than $0.01";
  return `about $${(microdollars / 1_000_000).toFixed(2)}`;
}
