/** What can be done with a step. */
export const steps = {
  reviewPost: "Review post",
  check: "Check",
  look: "Look",
  wentOut: "It went out",
  notWentOut: "It did not go out",
  makeAgain: "Make again…",
  leaveOut: "Leave out",
  checkAgain: "Check again",
  collectResult: "Collect result",
  collectAndGoOn: "Collect and go on",
  retry: "Retry",
  fetchAgain: "Fetch again",
} as const;
