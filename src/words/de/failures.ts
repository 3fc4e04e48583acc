import type { failures as en } from "../en/failures.ts";
import type { Translation } from "../message.ts";

export const failures: Translation<typeof en> = {
  bugRemedy: "Bitte mit dem Protokoll des Laufs melden.",
  bug: "Catwalk selbst hat einen Fehler: {why}",
  priceUnknownRemedy:
    "Nichts wurde gesendet. Angeben, womit ein solcher Auftrag zählt, oder ohne Budget ausführen.",
  priceUnknown: "Der Preis dieses Auftrags ist nicht bekannt, und der Lauf hat ein Budget.",
  overBudgetRemedy:
    "Nichts wurde gesendet. In einem Lauf mit größerem Budget starten. Die Grenze gilt für Schätzungen.",
  overBudget:
    "Das würde {estimate, number, money} kosten. Vom Budget des Laufs ({budget, number, ::currency/USD}) sind {spent, number, ::currency/USD} ausgegeben oder vorgemerkt.",
  takeGoneRemedy:
    "Ein anderes Ergebnis wählen oder „{title}“ lösen und neu ausführen{known, select, yes { ({cost, number, money})} other {}}.",
  takeGone:
    "Das Ergebnis, auf das „{title}“ festgelegt ist, ist weg: Die Datei ist nicht in der Bibliothek, und dieser Server hat sie nicht.",
  takesUnreadable:
    "Nichts wurde gesendet, weil niemand sagen kann, was schon vorhanden ist. Den Datenordner reparieren, dann wiederholen.",
  equalSentRemedy:
    "Für diesen Schritt wurde nichts gesendet. Den ungeklärten Schritt in jenem Lauf klären oder diesen wiederholen; dann wird er trotzdem ausgeführt.",
  equalSent:
    "Lauf {runId} hat genau dies gesendet, und die Antwort ist nicht bekannt: vielleicht wurde der Auftrag ausgeführt und berechnet.",
  doubtJob:
    "Niemand kann sagen, ob der Auftrag ausgeführt und berechnet wurde. Auf dem Server nachsehen; nur neu senden, wenn er dort fehlt.",
  doubtPost:
    "Niemand kann sagen, ob der Post hinausging. Auf dem Konto selbst nachsehen; nur neu veröffentlichen, wenn er dort fehlt.",
  endedWhileSent: "Catwalk wurde beendet, während dies gesendet wurde; die Antwort ist nicht bekannt.",
  retryRender: "„{title}“ wiederholen: es wird hier neu gerendert und kostet nichts.",
  retryMaker:
    "„{title}“ wiederholen; das erzeugt und berechnet es neu{known, select, yes {: {cost, number, money}} other {}}.",
  chooseFileAgain: "Die Datei neu wählen, dann diesen Schritt wiederholen.",
  inputGone: "Die Datei eines Eingangs ist nicht mehr in der Bibliothek.",
  fileOfGone: "Die Datei, die „{title}“ ergab, ist nicht mehr in der Bibliothek.",
  unsafeAddressRemedy:
    "Catwalk lädt nie von einer solchen Adresse. Den Auftrag auf der Seite des Servers ansehen.",
  unsafeAddress: "Die Adresse des Mediums ist keine sichere Quelle.",
  outputUnreadableRemedy:
    "Den Auftrag auf dem Server ansehen; vielleicht hat sich die API geändert, dann hilft ein neueres Catwalk.",
  outputUnreadable: "Der Server führt dieses Ergebnis in einer Form auf, die Catwalk nicht lesen kann.",
  gaveNoRemedy:
    "Den Auftrag auf dem Server ansehen. Wiederholen fragt ihn kostenlos noch einmal ab; ein frischer Lauf erzeugt und berechnet einen neuen.",
  gaveNo: "Der Auftrag war erfolgreich, ergab aber nichts von der gewünschten Art ({wanted}).",
  changeAndRetry: "Ändern, was er beanstandet, und wiederholen.",
  retryToMake: "Wiederholen, um es neu zu erzeugen.",
  nothingPosted:
    "Laut Server wurde nichts gepostet. Ändern, was er beanstandet, und wiederholen; vor dem Senden wird noch einmal gefragt.",
  unreadableJob:
    "Auf der Seite des Servers nachsehen, ob der Auftrag fertig ist; vielleicht hat sich die API geändert, dann hilft ein neueres Catwalk.",
  lookLater:
    "Von selbst wird er nicht mehr abgefragt: sobald der Server wieder antwortet, den Auftrag noch einmal abfragen. Das kostet nichts.",
  lateOrRemoved:
    "Der Server ist damit spät dran oder hat ihn entfernt, oder der Schlüssel gehört zu einem anderen Konto: auf der Seite des Servers nachsehen. Ein Lauf mit frischen Ergebnissen erzeugt und berechnet ihn neu.",
  checkKeyThenLook:
    "Den API-Schlüssel prüfen, dann den Auftrag noch einmal abfragen: er läuft ohne Catwalk weiter.",
  lookedAgain: "Er wird von selbst wieder abgefragt.",
  tryAgainLog: "Erneut versuchen; bleibt es so, ins Protokoll sehen.",
  notListed: "Der Server führt dieses Ergebnis des Auftrags nicht mehr auf.",
  noLink: "Der Server führt dieses Ergebnis ohne Link auf.",
  askAgain:
    "Ob der Server es noch hat, ist nicht bekannt. Noch einmal abrufen, das kostet nichts; bleibt es so, den Auftrag auf der Seite des Servers ansehen.",
  tried: "{said} ({times} Versuche)",
  fetchAgain: "Das Ergebnis liegt sicher auf dem Server: noch einmal abrufen. Das kostet nichts.",
  notFetched: "Das Ergebnis konnte nicht abgerufen werden.",
  waitsForDownload: "einen freien Download",
  waitsToFetch: "den Server, um das Ergebnis noch einmal abzurufen",
  retryItsMaker: "Den Schritt wiederholen, der es erzeugt hat.",
  makerUnknown: "Dieses Medium kennt nur der Server, und Catwalk weiß nicht, welcher Auftrag es erzeugt hat.",
  notFetchedInTime: "Das Ergebnis wurde nicht innerhalb der Frist abgerufen.",
  stoppedBeforeFetched: "Der Lauf wurde angehalten, bevor das Ergebnis abgerufen war.",
  waitsForServer: "den Server",
  waitsForUpload: "einen freien Upload",
  useSucceeded:
    "Wiederholen, um sie zu erzeugen, oder diesen Knoten nehmen lassen, was gelungen ist, und neu ausführen.",
  noneSucceeded: "Keines ist gelungen: die Schritte ansehen, die sie erzeugen, dann wiederholen.",
  itemsMissing:
    "{missing, number} von {items, plural, one {# Element} other {# Elementen}} {missing, plural, one {fehlt} other {fehlen}}.",
  journalFailed: "{cause} Der Lauf kann nicht festhalten, was er tut; er hielt an und erzeugt nichts mehr.",
  journalLost:
    "{cause} Der Lauf kann nicht festhalten, was er tut; er hielt an und erzeugt nichts mehr. Vom Server angenommen, aber nicht festgehalten: {jobs}.",
  journalRemedy:
    "Platz auf dem Datenträger schaffen oder den Datenordner reparieren, dann den Lauf fortsetzen.",
  stoppedWhileSent: "Der Lauf wurde angehalten, während dies gesendet wurde, und keine Antwort kam.",
  waitsForSlot: "einen freien Platz auf dem Server",
  changeEdit: "Die Bearbeitung oder ihren Eingang ändern und wiederholen.",
  waitsForEditor: "den Editor, der einen anderen Clip rendert",
  waitsForResult: "das Ergebnis, das der Server noch nicht zeigt",
  makeRoom: "Platz schaffen oder einen anderen Ordner wählen, dann wiederholen.",
  nothingSent: "{remedy} Nichts wurde gesendet.",
  mendThenRetry: "Nichts wurde gesendet. Den Datenordner reparieren, dann wiederholen.",
  ledgerUnreadable:
    "Nichts wurde gesendet, weil niemand sagen kann, was schon gesendet wurde. Den Datenordner reparieren, dann wiederholen.",
  setAnotherTime:
    "Nichts wurde gesendet. Eine andere Zeit einstellen und neu ausführen; Vorhandenes wird wieder verwendet.",
  lookForFile: "Nachsehen, ob die Datei noch da ist, dann wiederholen.",
  waitsForEqual: "einen gleichen Schritt, der dasselbe erzeugt",
  jobCanceled: "Der Server hat den Auftrag abgebrochen.",
  jobFailed: "Der Auftrag ist auf dem Server fehlgeschlagen.",
  jobCanceledSaying: "Der Server hat den Auftrag abgebrochen und sagt: {said}.",
  jobFailedSaying: "Der Auftrag ist auf dem Server fehlgeschlagen, der sagt: {said}.",
  timeIsPast: "Der Zeitpunkt für den Post, {at}, ist vorbei.",
  gaveInstead:
    "Der Auftrag war erfolgreich, ergab aber nichts von der gewünschten Art ({wanted}): was er ergab, kam {forms}.",
  asForm: "als {form}",
};
