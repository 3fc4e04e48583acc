import type { Translation } from "../../../src/words/message.ts";
import type { ui as en } from "../en/ui.ts";

export const ui: Translation<typeof en> = {
  close: "Schließen",
  dismiss: "Ausblenden",
  choose: "Auswählen",
  usedLast: "Zuletzt verwendet",
  notPossibleNow: "Jetzt nicht möglich.",
  pressDown: "Mit ↓ auswählen.",
  pressDownActs: "Mit ↓ auswählen. Das hier wirkt auf einen Lauf.",
};
