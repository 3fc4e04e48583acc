import type { Translation } from "../../../src/words/message.ts";
import type { steps as en } from "../en/steps.ts";

export const steps: Translation<typeof en> = {
  reviewPost: "Post prüfen",
  check: "Prüfen",
  look: "Ansehen",
  wentOut: "Ist draußen",
  notWentOut: "Ist nicht draußen",
  makeAgain: "Neu erzeugen …",
  leaveOut: "Auslassen",
  checkAgain: "Erneut prüfen",
  collectResult: "Ergebnis abholen",
  collectAndGoOn: "Abholen und fortfahren",
  retry: "Wiederholen",
  fetchAgain: "Erneut laden",
};
