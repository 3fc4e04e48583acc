import type { run as en } from "../en/run.ts";
import type { Translation } from "../message.ts";

export const run: Translation<typeof en> = {
  resumed: "nach einer Unterbrechung fortgesetzt",
  notFinished:
    "noch nicht fertig: Auftrag {job} läuft beim Server weiter und kostet vielleicht etwas; er wird nicht neu gesendet",
  outcomeUnknown:
    "AUSGANG UNBEKANNT: Auftrag {job} kann noch posten; vor einem neuen Post auf dem Konto selbst nachsehen",
  noWord: "KEINE NACHRICHT über Auftrag {job}: {why} {remedy} Er wird nicht neu gesendet.",
  cancelledHere: "hier abgebrochen; Auftrag {job} läuft beim Server weiter",
  resultNotFetched: "Ein Ergebnis, das er braucht, wurde nicht abgerufen.",
  doneCached: "fertig (schon vorhanden)",
  scheduledFor: "geplant für {at}",
  waitsForApproval: "wartet auf Freigabe: {post}{settle}",
  settleEarlier: "; catwalk posts settle {runId} {stepId} sagt, was daraus geworden ist",
  sendingAgain: "{why} Wird von selbst neu gesendet.",
  noAnswer: "KEINE ANTWORT zum Auftrag: {why} {remedy}",
  jobAdopted:
    "Auftrag {job} eines früheren Laufs ist schon beim Server; er wird abgefragt, und nichts Neues entsteht",
  jobAccepted: "Auftrag {job} angenommen",
  startedAttempt: "begonnen (Versuch {attempt})",
  ofDone: "{done, number} von {steps, plural, one {# Schritt} other {# Schritten}} fertig",
  inDoubt: "UNGEKLÄRT: {why} {remedy}",
  noWordSaid:
    "KEINE NACHRICHT über Auftrag {job} bis zum Ende, wie oben gesagt. {remedy} Er wird nicht neu gesendet.",
  runHead: "Lauf {runId} auf {server}: {steps, plural, one {# Schritt} other {# Schritte}}",
  resultsIn: "Ergebnisse in {results}",
  withReport: "{outFolder}, der Bericht in {reportName}",
  notWritable: "dort lässt sich nicht schreiben",
  isFile: "{path} ist eine Datei, kein Ordner",
  noFolder:
    "Ergebnisse können nicht in {folder} gelegt werden: {why}. Mit --out einen anderen Ordner wählen. Nichts wurde ausgeführt.",
  notSaved: "NICHT GESPEICHERT: das Ergebnis von „{title}“. {message}",
  wasLeft:
    "Lauf {runId} auf {server}: {done, number} von {steps, plural, one {# Schritt war} other {# Schritten waren}} fertig",
  cancelling:
    "Wird abgebrochen: ein laufendes Senden wird abgewartet, damit kein Auftrag verloren geht. Aufträge beim Server laufen weiter.",
  serverIs: "--server {text}: „sandbox“, „live“ oder die URL eines Servers angeben.",
  cancelledNothing: "Abgebrochen. Nichts wurde ausgeführt.",
  typeYes: "Zum Fortfahren „yes“ tippen: ",
  withoutCaption: "ohne Text",
  estimatedCost:
    "Geschätzte Kosten: {cost}. Das ist eine Schätzung: verbindlich ist nur das Guthaben beim Server.",
  serverCosts: "Server: {server}. Aufträge kosten dort Geld, und Posts erreichen echte Konten.",
  noSuchNodes: "--to {unknown}: kein Knoten dieses Graphen hat diese ID. Seine Knoten sind: {known}.",
  yesByStdin:
    "Der Graph kam über die Standardeingabe, deshalb kann dort kein yes getippt werden. Nichts wurde ausgeführt; zum Fortfahren {lacking} angeben.",
  ledgerDamaged:
    "Das Verzeichnis früherer Posts war beschädigt; deshalb wartet jeder Post auf eine Person in der App.",
  freshWarning: "--fresh: alles wird neu erzeugt, auch was hier ist oder schon beim Server.",
  nothingRun: "Nichts wurde ausgeführt.",
  timeNone: "Dauer: auf keinen Auftrag muss gewartet werden.",
  timeUnknown: "Dauer: noch nicht bekannt; dieser Rechner lernt sie aus Aufträgen, die enden.",
  fits: "Dieser Lauf passt hinein.",
  goesOver: "Dieser Lauf würde es überschreiten.",
  dryRunOn: "Probelauf auf {server}. Nichts wurde gesendet.",
  stdinEmpty: "Standardeingabe: sie ist leer.",
  stdinUnreadable: "Standardeingabe: sie lässt sich nicht lesen.",
  readingStdin: "Der Graph wird von der Standardeingabe gelesen, bis zu ihrem Ende (Strg-D).",
  cannotBeRead: "sie lässt sich nicht lesen",
  noSuchFile: "diese Datei gibt es nicht",
  stdin: "Standardeingabe",
  readyToRun: "{file}: bereit zum Ausführen, {nodes, plural, one {# Knoten} other {# Knoten}}",
  setNoNode: "--set {text}: kein Knoten dieses Graphen hat diese ID. Seine Knoten sind: {known}.",
  setForm: "--set {text}: als NODE.PARAM=WERT schreiben.",
  setNoItem: "--set {text}: ein Element {missing} gibt es nicht; Elemente zählen ab 0.",
  tableRead: "{path}: {rows, plural, one {# Zeile} other {# Zeilen}} in {node}.",
  tableNone: "--table {text}: dieser Graph hat keine Tabelle.",
  tableWhich: "--table {text}: dieser Graph hat mehrere Tabellen. Als NODE=DATEI angeben: {tables}.",
  someCannot: "einige ihrer Ergebnisse lassen sich nicht abrufen. {remedy}",
  someNotHere: "einige ihrer Ergebnisse sind noch nicht hier. Um sie abzurufen, ohne sie neu zu erzeugen:",
  onlyRetry: "{why} Nur ein Wiederholen fragt ihn noch einmal ab, kostenlos:",
  leftOutAll:
    "niemand kann sagen, ob ihre Aufträge ausgeführt und berechnet wurden; sie wurden ausgelassen. Auf dem Server nachsehen; um sie trotzdem auszuführen:",
  leftOutOne:
    "niemand kann sagen, ob sein Auftrag ausgeführt und berechnet wurde; er wurde ausgelassen. Auf dem Server nachsehen; um ihn trotzdem auszuführen:",
  jobsGoOn:
    "Aufträge {jobs} laufen beim Server weiter und werden nicht neu erteilt. Noch einmal nach ihnen sehen:",
  jobGoesOn: "Auftrag {job} läuft beim Server weiter und wird nicht neu erteilt. Noch einmal nach ihm sehen:",
  doubtsAll:
    "niemand kann sagen, ob ihre Aufträge ausgeführt und berechnet wurden. Auf dem Server nachsehen, dann alle neu senden oder alle auslassen:",
  sendOrLeave: "{why} {remedy} Neu senden oder auslassen:",
  notPostedAll: "nicht gepostet. Sie warten auf eine Freigabe:",
  lookAtJobs: "Um Aufträge beim Server abzufragen und Ungeklärtes zu entscheiden:",
  endedAtOnce:
    "Sofort beendet; kein Auftrag wartet auf eine Antwort. Aufträge beim Server laufen weiter. Zum Fortsetzen:",
  endedPost:
    "Beendet, bevor die Antwort auf den Post von {steps} da war: niemand kann sagen, ob er hinausging. Er wird nicht von selbst neu gesendet; zuerst auf dem Konto nachsehen.",
  endedCreate:
    "Beendet, bevor die Antwort auf den Auftrag von {steps} da war: niemand kann sagen, ob er ausgeführt und berechnet wurde. Er wird nicht von selbst neu gesendet.",
  cancelledMany:
    "Abgebrochen: {count, plural, one {# Auftrag läuft} other {# Aufträge laufen}} beim Server weiter ({jobs}). Sie werden nicht neu erteilt, weder von diesem noch von einem neuen Lauf des Graphen. Um ihre Ergebnisse abzurufen und fortzusetzen:",
  cancelledOne:
    "Abgebrochen: Auftrag {job} läuft beim Server weiter. Er wird nicht neu erteilt, weder von diesem noch von einem neuen Lauf des Graphen. Um sein Ergebnis abzurufen und fortzusetzen:",
  cancelledBefore: "Abgebrochen, bevor vom Rest etwas gesendet war. Zum Fortsetzen:",
  andMoreLists: "  und {more, number} weitere; {command} listet sie auf",
  needsYou: "Das braucht eine Person:",
  notFetched:
    "{results, plural, one {Ergebnis NICHT ABGERUFEN} other {# Ergebnisse NICHT ABGERUFEN (Ausgänge {outputs})}}: {why} {results, plural, one {Es wurde erzeugt und berechnet und wird} other {Sie wurden erzeugt und berechnet und werden}} nicht neu erzeugt.",
  moreNotFetched:
    "{results, number} weitere Ergebnisse NICHT ABGERUFEN (Ausgänge {outputs}): {why} Sie wurden erzeugt und berechnet und werden nicht neu erzeugt.",
  started: "begonnen",
  uploading: "lädt hoch",
  creating: "sendet",
  remote: "läuft auf dem Server",
  rendering: "rendert",
  fetching: "ruft ab",
  saving: "speichert",
  done: "fertig",
  failed: "fehlgeschlagen",
  failedSaying: "FEHLGESCHLAGEN:",
  cancelled: "abgebrochen",
  isCancelling: "wird abgebrochen",
  interrupted: "unterbrochen",
  needsPerson: "wartet auf eine Person",
  skippedSaying: "übersprungen: {why}",
  costNone: "nichts wurde berechnet",
  costCharged: "es wurde berechnet",
  costUnknown: "vielleicht wurde es berechnet; das Guthaben zeigt es",
  skipUpstream: "ein Schritt, von dem er abhängt, wurde nicht fertig",
  skipPublish: "Veröffentlichen braucht --publish",
  skipDeclined: "der Post wurde abgelehnt",
  skipDoubt: "ungeklärt gelassen und übersprungen",
  ending: "Lauf {runId}: {outcome}",
  someFailed: "{n, number} fehlgeschlagen",
  someSkipped: "{n, number} übersprungen",
  inLibrary: "{media} in der Bibliothek",
};
