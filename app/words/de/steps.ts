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

  waiting: "wartet",
  running: "läuft",
  waitingForApproval: "wartet auf Freigabe",
  inDoubt: "im Zweifel",
  overdue: "noch nicht fertig",
  outcomeUnknown: "Ausgang unbekannt",
  succeeded: "fertig",
  failed: "fehlgeschlagen",
  skipped: "übersprungen",
  cancelled: "abgebrochen",

  countDone: "{done, number} von {steps, number} fertig",
  countRunning: "{steps, plural, one {# läuft} other {# laufen}}",
  countNotFinished: "{steps, number} nicht fertig",
  countNeedYou: "{steps, plural, one {# braucht Antwort} other {# brauchen Antwort}}",
  countFailed: "{steps, number} fehlgeschlagen",
  countSkipped: "{steps, number} übersprungen",
  countCancelled: "{steps, number} abgebrochen",
};
