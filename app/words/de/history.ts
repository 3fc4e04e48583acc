import type { Translation } from "../../../src/words/message.ts";
import type { history as en } from "../en/history.ts";

export const history: Translation<typeof en> = {
  any: "Jeder Ausgang",
  queued: "In der Warteschlange",
  running: "Läuft",
  interrupted: "Unterbrochen",
  done: "Fertig",
  failed: "Fehlgeschlagen",
  cancelled: "Abgebrochen",
  needsYou: "Braucht Antwort",
  outcome: "Ausgang",
  when: "Wann",
  anyTime: "Jederzeit",
  lastDay: "Letzter Tag",
  lastWeek: "Letzte Woche",
  lastMonth: "Letzte 30 Tage",

  runs: "Läufe",
  search: "Läufe suchen",
  searchHint: "Prompt, Text, Graph, Server",
  which: "Welche Läufe",
  thisGraph: "Dieser Graph",
  allGraphs: "Alle Graphen",
  notFound: "Die Läufe wurden nicht gefunden.",
  tryAgain: "Erneut versuchen",
  older: "Ältere Läufe",
  looking: "Sucht …",
  noneMatches: "Kein Lauf passt.",
  noneOfGraphMatches: "Kein Lauf dieses Graphen passt.",
  lookInAll: "In allen Graphen suchen",
  clearSearch: "Suche leeren",
  none: "Noch ist nichts gelaufen. Jeder Lauf bleibt hier mit Schritten, Kosten und Ergebnissen.",
  noneOfGraph: "Dieser Graph ist noch nicht gelaufen.",

  show: "Auf der Fläche zeigen",
  cannotShow: "Der Graph ist nicht in der Bibliothek: Er lief aus einer Datei oder wurde gelöscht.",
  openGraph: "Den Graphen dieses Laufs öffnen",
  copyId: "Lauf-ID kopieren",
  idCopied: "Lauf-ID kopiert.",
  noClipboard: "Die Zwischenablage war nicht verfügbar.",
  deleteThis: "Lauf löschen …",
  whatToDo: "Was mit diesem Lauf geschehen soll",
  parked:
    "Jedes Mal, wenn dieser Lauf fortgesetzt wurde, endete Catwalk kurz danach. Er ruht, bis er hier fortgesetzt wird.",
  stopped: "Catwalk wurde mitten in diesem Lauf beendet. Von selbst wurde nichts neu gestartet.",
  jobsGoOn:
    "{jobs, plural, one {# Auftrag läuft} other {# Aufträge laufen}} vielleicht auf dem Server weiter:",
  resume: "Fortsetzen",

  steps: "Schritte",
  collect: "Ergebnis abholen",
  collectMany: "{results, plural, one {# Ergebnis} other {# Ergebnisse}} abholen",
  resultsOf: "Ergebnisse von {title}",
  resultOf: "{title}, {kind, select, image {Bild} video {Video} audio {Ton} other {Datei}} {number}",
  openPost: "Post öffnen",
  cached: "übernommen",
  stepsDone: "{done, number} von {steps, plural, one {# Schritt} other {# Schritten}} fertig",
  stepsCached: "{steps, number} übernommen",

  deleteTitle: "Diesen Lauf löschen?",
  deleteText:
    "Der Lauf von „{graph}“ ({at, number, ago}): Schritte, Protokoll und Kopie des Graphen gehen für immer.",
  keep: "Behalten",
  delete: "Lauf löschen",
  notDeleted: "Der Lauf wurde nicht gelöscht.",
  resultsStay: "{results, plural, one {# Ergebnis} other {# Ergebnisse}} in der Galerie.",
  paidResultsStay:
    "{results, plural, one {# Ergebnis} other {# Ergebnisse}} in der Galerie; der Lauf kostete {cost, number, money}.",
  postsStay:
    "{posts, plural, one {# Post} other {# Posts}} im Verzeichnis, damit nichts ungefragt zweimal gepostet wird.",
  jobsLost:
    "{jobs, plural, one {# Auftrag läuft} other {# Aufträge laufen}} vielleicht auf dem Server weiter. Die IDs gehen mit dem Lauf verloren, und nichts holt ab, was dort entsteht.",
  doubtsLost:
    "Bei {creates, plural, one {# Sendung} other {# Sendungen}} ist nicht bekannt, ob sie ankam. Erst auf dem Server nachsehen.",
  lost: "Was verloren geht",
  stays: "Was bleibt",
  nothingMade: "Der Lauf hat nichts erzeugt und nichts gepostet.",
};
