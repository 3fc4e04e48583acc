/** The parts that the window is built of. */
export const ui = {
  close: "Close",
  dismiss: "Dismiss",
  choose: "Choose",
  usedLast: "Used last",
  notPossibleNow: "Not possible now.",
  pressDown: "Press ↓ to choose.",
  pressDownActs: "Press ↓ to choose. This one acts on a run.",
} as const;
