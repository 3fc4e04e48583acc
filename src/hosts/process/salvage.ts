import { counted } from "../../base/words.ts";
import { LibraryFailure } from "../../library/index.ts";
import { type SalvageReport, salvageLibrary } from "../../library/open.ts";
import { asUnbegun } from "../terminal/exit-codes.ts";

/** Whether it is this failure that a salvage mends. */
export function isDamage(error: unknown): error is LibraryFailure {
  return error instanceof LibraryFailure && error.code === "damaged";
}

/** Sets the damaged library aside under the time of day and brings over what can be read. @throws LibraryFailure */
export function salvage(home: string, now = new Date()): SalvageReport {
  return salvageLibrary(home, `damaged-${now.toISOString().slice(0, 19).replaceAll(":", "-")}`);
}

/** What a person is told before: what will happen, and that nothing is thrown away. */
const salvageOffer =
  "The damaged files can be set aside, and everything that can still be read be brought over into a new library: graphs first, then the record of what was posted, then settings and runs.";

/**
 * Opens what is in the library; a damaged one is salvaged first when the person says so, and they are told what became
 * of it. @throws what `open` throws when they do not
 */
export async function openOrSalvage<Opened>(
  home: string,
  open: () => Promise<Opened>,
  person: {
    ask(offer: string): boolean | Promise<boolean>;
    tell(lines: readonly string[]): void;
  },
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (!isDamage(error) || !(await person.ask(`${error.message} ${salvageOffer}`))) throw error;
    try {
      person.tell(salvageLines(salvage(home)));
    } catch (failure) {
      throw asUnbegun(failure);
    }
    return await open();
  }
}

/** What became of it, a line for each thing a person should know. */
export function salvageLines(report: SalvageReport): string[] {
  const { documents, ledger, runs, unfinishedRuns, lostFrom, folder } = report;
  const graphs = counted(documents.saved, "graph");
  return [
    documents.isWhole
      ? `${graphs} brought over: all that were there.`
      : `${graphs} brought over. ${documents.lost > 0 ? `${documents.lost} could not be read` : "Others may have been there that could not be read"}.`,
    ledger.isWhole
      ? `The record of posts is whole (${ledger.saved}).`
      : `The record of posts is NOT whole: ${ledger.saved} were brought over, and nobody knows what is missing. Look at the account itself before you post something again; --publish asks a person from now on.`,
    runs.isWhole
      ? `${counted(runs.saved, "run")} brought over.`
      : `${counted(runs.saved, "run")} brought over; parts of their history are lost.`,
    ...(unfinishedRuns > 0
      ? [
          `${counted(unfinishedRuns, "unfinished run")} cannot be gone on with, because what was sent last may be missing. Look at the server for jobs that went on.`,
        ]
      : []),
    ...(lostFrom.length > 0 ? [`Something is missing of: ${lostFrom.join(", ").replaceAll("_", " ")}.`] : []),
    `The damaged files are kept in ${folder}.`,
  ];
}

export function isWhole({ documents, ledger, runs, unfinishedRuns, lostFrom }: SalvageReport): boolean {
  return documents.isWhole && ledger.isWhole && runs.isWhole && unfinishedRuns === 0 && lostFrom.length === 0;
}
