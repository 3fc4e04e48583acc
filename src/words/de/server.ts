import type { server as en } from "../en/server.ts";
import type { Translation } from "../message.ts";

export const server: Translation<typeof en> = {
  holdsTooMuch: "eine Antwort mit zu viel Inhalt",
  nestedTooDeep: "eine zu tief verschachtelte Antwort",
  noUsable: "„{place}“ fehlt oder ist unbrauchbar",
  emptyAnswer: "leere Antwort",
  answered: "Der Server antwortete mit HTTP {status} und sagte: {said}.",
  stillPreparing: "Der Server bereitet das Medium noch vor; sobald es bereit ist, geht es von selbst weiter.",
  doubtPost:
    "Niemand kann sagen, ob der Post hinausging. Auf dem Konto selbst nachsehen; nur neu veröffentlichen, wenn er dort fehlt.",
  doubtEdit:
    "Niemand kann sagen, ob der Auftrag ausgeführt und berechnet wurde. Auf dem Server die letzten Bearbeitungen ansehen; nur neu senden, wenn er dort fehlt.",
  doubtGeneration:
    "Niemand kann sagen, ob der Auftrag ausgeführt und berechnet wurde. Auf dem Server die letzten Erzeugungen ansehen; nur neu senden, wenn er dort fehlt.",
  clientClosedRemedy: "Neu ausführen; bleibt es so, Catwalk neu starten.",
  clientClosed: "Die Verbindung zu diesem Server wurde geschlossen.",
  cancelledRemedy: "Bei Bedarf neu ausführen.",
  cancelled: "Abgebrochen.",
  tooManyRedirectsRemedy: "Den Auftrag noch einmal abfragen, um einen frischen Link zu bekommen.",
  tooManyRedirects: "Die Adresse des Mediums führt im Kreis.",
  downloadInsecureRemedy: "Medien werden nur über https geladen; dem Betreiber des Servers melden.",
  downloadInsecure: "Die Adresse des Mediums ist keine sichere Quelle.",
  downloadFailedRemedy:
    "Vielleicht ist sein Link abgelaufen: den Auftrag noch einmal abfragen, um einen frischen zu bekommen.",
  downloadFailed: "Der Server hat dieses Medium nicht herausgegeben.",
  fileChangedRemedy: "Warten, bis das andere Programm sie fertig geschrieben hat, dann neu ausführen.",
  fileChanged: "Die Datei änderte sich während des Hochladens.",
  fileUnreadableRemedy: "Prüfen, ob es sie noch gibt und ob sie gelesen werden darf, oder sie neu wählen.",
  fileUnreadable: "Die Datei lässt sich nicht lesen.",
  uploadUnansweredRemedy:
    "Vielleicht hat er die Datei; ein Upload kostet nichts. Nachsehen, ob der Server Probleme hat, dann wiederholen.",
  uploadUnanswered: "Die ganze Datei wurde gesendet, und der Server antwortete lange nicht.",
  uploadRejectedRemedy:
    "Ein verbreitetes Bild-, Video- oder Audioformat verwenden, etwa PNG, JPEG, MP4 oder MP3.",
  uploadRejected: "Der Server hat die Datei nicht angenommen.",
  lookWhetherMade: "Auf dem Server nachsehen, ob der Auftrag ausgeführt wurde.",
  acceptedWithoutId: "Der Server sagte ja, nannte aber keine Auftrags-ID, die Catwalk verwenden kann.",
  redirected:
    "Der Server antwortete mit einer Weiterleitung; ihr wird nie gefolgt, weil der API-Schlüssel nicht wandern darf.",
  answerTooLargeRemedy: "Eine kleinere Ausgabe wählen oder sie von der Seite des Servers laden.",
  answerTooLarge: "Der Server hat mehr gesendet, als Catwalk annimmt.",
  unexpectedBodyRemedy:
    "Vielleicht hat sich die API geändert: nach einem neueren Catwalk suchen oder diese Meldung weitergeben.",
  unexpectedBody: "In der Antwort des Servers fehlt, was Catwalk braucht.",
  notTheApi: "Die Antwort stammt nicht von der Wondercat-API: diese Adresse sieht nicht nach ihr aus.",
  bodyCutOff: "Die Antwort des Servers brach ab.",
  answerTimeout: "Der Server hat nicht rechtzeitig geantwortet.",
  checkNetwork: "Das Netz prüfen und erneut versuchen.",
  connectionLost: "Die Verbindung brach ab, bevor der Server antwortete.",
  tlsFailedRemedy:
    "Prüfen, ob die Adresse stimmt und ihr Zertifikat gültig ist; hinter einem prüfenden Proxy dessen Zertifikat vertrauen.",
  tlsFailed: "Eine sichere Verbindung zum Server kam nicht zustande.",
  proxyUnsupportedRemedy: "HTTPS_PROXY auf einen HTTP-Proxy setzen oder den Server in NO_PROXY nennen.",
  proxyUnsupported: "Diese Art Proxy spricht Catwalk nicht.",
  proxyAddressInvalidRemedy: "HTTPS_PROXY auf eine Adresse wie http://proxy.example:8080 setzen oder leeren.",
  proxyAddressInvalid: "Die Adresse des Proxys ist nicht verwendbar.",
  proxyCannotReachRemedy: "Die Adresse des Servers und das Netz des Proxys prüfen und erneut versuchen.",
  proxyCannotReach: "Der Proxy erreicht den Server nicht.",
  proxyLoginRemedy:
    "Beides in HTTPS_PROXY angeben (http://NAME:PASSWORD@HOST:PORT) oder den Server in NO_PROXY nennen.",
  proxyLogin: "Der Proxy verlangt einen Benutzernamen und ein Passwort.",
  proxyRefusedRemedy: "Den Betreiber bitten, diesen Server zuzulassen, oder den Server in NO_PROXY nennen.",
  proxyRefused: "Der Proxy lässt die Verbindung nicht durch.",
  proxyUnreachableRemedy:
    "HTTPS_PROXY oder die Proxy-Einstellungen des Systems prüfen, und ob der Proxy läuft. NO_PROXY nennt Server, die ohne ihn erreicht werden.",
  proxyUnreachable: "Der Proxy antwortet nicht.",
  connectTimeoutRemedy:
    "Läuft der Server, und steht eine Firewall oder ein Proxy dazwischen? Erneut versuchen.",
  connectTimeout: "Der Server hat die Verbindung nicht rechtzeitig angenommen.",
  serverNameUnknownRemedy: "Ist dieser Rechner online? Die Schreibweise der Serveradresse prüfen.",
  serverNameUnknown: "Der Name des Servers konnte nicht aufgelöst werden.",
  serverUnreachableRemedy:
    "Läuft der Server, und ist dieser Rechner online? Die Adresse prüfen und erneut versuchen.",
  serverUnreachable: "An der Adresse des Servers antwortet nichts.",
  headerInvalidRemedy:
    "In den Einstellungen neu eingeben, ohne Leerzeichen, Zeilenumbrüche oder Anführungszeichen.",
  headerInvalid:
    "API-Schlüssel, Organisation oder Projekt enthält ein Zeichen, das nicht gesendet werden kann.",
  keyMissingRemedy:
    "Einen Schlüssel in den Einstellungen eingeben oder CATWALK_API_KEY setzen; oder die Sandbox verwenden, die kein Konto braucht.",
  keyMissing: "Für diesen Server ist kein API-Schlüssel eingestellt.",
  serverInsecureRemedy:
    "Eine https-Adresse verwenden. Einfaches http ist nur für Server auf diesem Rechner gedacht, etwa die Sandbox.",
  serverInsecure: "Die Serveradresse verwendet einfaches http; der API-Schlüssel würde ungeschützt gesendet.",
  serverAddressInvalid: "Die Serveradresse ist nicht verwendbar.",
  serverError: "Der Server oder etwas davor hatte einen Fehler.",
  clientError: "Der Server hat die Anfrage abgelehnt.",
  tryInMinutes:
    "In einigen Minuten erneut versuchen; bleibt es so, den Support von Wondercat benachrichtigen.",
  internalServerError: "Der Server hatte einen eigenen Fehler.",
  throttledRemedy: "Bis zur Zeit warten, die der Server nennt; häufigeres Senden verlängert sie.",
  throttled: "Der Server hält diese Aktion vorerst zurück.",
  rateLimit: "Zu viele Anfragen in kurzer Zeit.",
  goneRemedy: "Dem Hinweis des Servers folgen. Bei Bearbeitungen den Knoten auf lokales Rendern umstellen.",
  gone: "Der Server bietet diese Operation nicht mehr an.",
  projectExistsRemedy: "Das vorhandene Projekt verwenden oder einen anderen Namen wählen.",
  projectExists: "Ein Projekt dieses Namens gibt es schon.",
  conflictRemedy: "Lesen, was der Server sagt, auf das warten, was dort noch läuft, dann erneut versuchen.",
  conflict: "Der Zustand des Servers lässt das jetzt nicht zu.",
  mediaNotFoundRemedy: "Vielleicht ist es abgelaufen oder gehört einem anderen Konto; noch einmal hochladen.",
  mediaNotFound: "Der Server hat dieses Medium nicht.",
  notFoundRemedy:
    "Vielleicht wurde es entfernt oder gehört einem anderen Konto; das Konto prüfen oder es neu erzeugen.",
  notFound: "Der Server hat nicht, wonach gefragt wurde.",
  paidPlanRequiredRemedy: "Auf der Seite des Kontos einen Tarif abschließen, dann neu ausführen.",
  paidPlanRequired: "Das erfordert einen bezahlten Tarif.",
  featureDisabledRemedy:
    "Den Support von Wondercat bitten, sie einzuschalten, oder diesen Schritt weglassen.",
  featureDisabled: "Diese Funktion ist für das Konto abgeschaltet.",
  forbiddenRemedy: "Etwas wählen, das das Konto verwenden darf, oder bei seinem Inhaber um Zugang bitten.",
  forbidden: "Dieses Konto darf das nicht verwenden.",
  paymentRequired: "Der Server verlangt zuerst eine Zahlung.",
  insufficientCredits: "Das Konto hat dafür nicht genug Guthaben.",
  unauthorized: "Der Server hat den API-Schlüssel nicht angenommen.",
  unknownProjectRemedy:
    "Das Projekt in den Einstellungen berichtigen oder leeren oder auf dem Server anlegen.",
  unknownProject: "Das in den Einstellungen genannte Projekt gibt es auf diesem Konto nicht.",
  badRequest: "Der Server konnte diese Anfrage nicht verarbeiten.",
  validationError: "Der Server hat eine Einstellung gefunden, die er nicht annimmt.",
  tryLater: "Etwas warten und erneut versuchen.",
  topUp: "Das Guthaben des Kontos aufladen oder die Kosten dieses Laufs senken, dann neu ausführen.",
  checkAddress:
    "Die Serveradresse in den Einstellungen prüfen; sie sollte der Ursprung der API sein, z. B. https://api.wondercat.ai.",
  checkParams: "Die markierten Einstellungen dieses Knotens ändern und neu ausführen.",
  checkKey:
    "Den API-Schlüssel in den Einstellungen (oder CATWALK_API_KEY) prüfen, und ob er zu diesem Server gehört.",
  uploadRejectedSaying: "Der Server hat die Datei nicht angenommen und sagte: {said}.",
  withDetail: "{said} ({detail})",
};
