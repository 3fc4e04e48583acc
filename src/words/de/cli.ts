import type { cli as en } from "../en/cli.ts";
import type { Translation } from "../message.ts";

export const cli: Translation<typeof en> = {
  description:
    "Graphen von Catwalk ausführen und anbieten: Hochladen, Erzeugen, Bearbeiten und Veröffentlichen in einem Ablauf.",
  seeHelp: "--help zeigt, was es gibt.",
  run: "Einen Graphen ganz ausführen und behalten, was entsteht",
  resume:
    "Einen Lauf fortsetzen, dessen Prozess beendet wurde; vorhandene Aufträge werden abgefragt, nicht neu erteilt",
  retry: "Einen Schritt eines Laufs neu machen und alles, was davon abhängt; andere Ergebnisse bleiben",
  validate: "Sagen, was an einem Graphen falsch ist, ohne ihn auszuführen",
  export: "Einen Graphen mit seinen Dateien in einen Ordner schreiben, der überall läuft",
  sandbox:
    "Die Wondercat-API auf diesem Rechner anbieten: echte Medien, kein Konto, nichts verlässt den Rechner",
  serve: "Das Studio auf diesem Rechner für einen Browser anbieten",
  runs: "Läufe auflisten, unterbrochene mit den Aufträgen, die sie hinterlassen haben",
  runsShow: "Sagen, was die Schritte eines Laufs gekostet, gedauert und gemacht haben",
  runsGraph: "Den Graphen eines Laufs ausgeben, wie er beim Start war",
  salvage: "Eine beschädigte Bibliothek beiseitelegen und Lesbares übernehmen, Graphen zuerst",
  posts: "Auflisten, was gepostet wurde und was daraus geworden ist",
  postsSettle: "Sagen, was aus einem Post mit unklarem Ausgang geworden ist",
  schema: "Das JSON-Schema der Graph-Dateien ausgeben",
};
