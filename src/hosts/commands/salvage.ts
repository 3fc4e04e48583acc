import { openLibrary, type SalvageReport } from "../../library/open.ts";
import { homeFolder } from "../process/home-folder.ts";
import { isDamage, isWhole, salvage, salvageLines } from "../process/salvage.ts";
import { asUnbegun, exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/terminal.ts";

/** `catwalk salvage`: a new library in the place of a damaged one, and a word on everything that is not in it. */
export async function salvageHome(options: {
  readonly home?: string;
  readonly force?: boolean;
}): Promise<void> {
  const home = homeFolder(options.home, process.env);
  let report: SalvageReport;
  try {
    if (!options.force && !(await isDamaged(home))) {
      print("The library is sound, so nothing was done. Add --force to salvage it all the same.");
      return;
    }
    report = salvage(home);
  } catch (error) {
    throw asUnbegun(error);
  }
  for (const line of salvageLines(report)) print(line);
  process.exitCode = isWhole(report) ? exitCode.done : exitCode.needsPerson;
}

async function isDamaged(home: string): Promise<boolean> {
  try {
    await (await openLibrary(home)).close();
    return false;
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}
