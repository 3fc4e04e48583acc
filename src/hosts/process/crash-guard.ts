import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "../../library/index.ts";
import { scrubText } from "../../wondercat/failures.ts";

/** A studio of this process, for when an error ends it. */
type Attended = { readonly homeFolder: string; close(): Promise<void> };

const attended = new Set<Attended>();
const REPORT_CHARACTERS = 50_000;
/** Longer than a create in flight usually takes to be answered, in milliseconds. */
const LAST_ANSWERS_MS = 20_000;

/** From here on an error that nothing was ready for ends this studio's runs as interrupted, with their jobs known. */
export function attendStudio(studio: Attended): void {
  attended.add(studio);
}

/**
 * Ends the process in order when an error comes that nothing was ready for: a report is written, creates in flight are
 * awaited so that their jobs are in the journal, and runs stand as interrupted. What it may have broken is not used any
 * further.
 *
 * @param host.end called once, after at most 20 s.
 */
export function guardProcess(host: {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  tell(lines: readonly string[]): void;
  end(): void;
}): void {
  let isEnding = false;
  const onError = (error: unknown) => {
    // What closing runs into is of the same trouble.
    if (isEnding) return;
    isEnding = true;
    const report = reportOf(error, host);
    const [studio] = attended;
    host.tell([
      "Catwalk met an error that it was not ready for, and ends.",
      ...(studio
        ? [
            "Runs under way stand as interrupted: “catwalk runs” lists them, and “catwalk resume RUN” looks at their jobs and makes none twice.",
          ]
        : []),
      studio ? whereTheReportIs(studio.homeFolder, report) : report,
    ]);
    setTimeout(host.end, LAST_ANSWERS_MS);
    void Promise.allSettled([...attended].map((each) => each.close())).then(host.end);
  };
  process.on("uncaughtException", onError);
  process.on("unhandledRejection", onError);
}

function whereTheReportIs(homeFolder: string, report: string): string {
  const folder = join(homeFolder, "crashes");
  const path = join(folder, `${new Date().toISOString().replaceAll(":", "-")}-${process.pid}.txt`);
  try {
    // At once, while there is a process to do it.
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
    writeFileSync(path, report, { mode: PRIVATE_FILE, flag: "wx" });
    return `The report is in ${path}; it holds no key.`;
  } catch {
    return report;
  }
}

function reportOf(error: unknown, { version, environment }: Parameters<typeof guardProcess>[0]): string {
  const key = environment["CATWALK_API_KEY"] || environment["WONDA_API_KEY"];
  const machine = `${process.platform} ${process.arch}, Node ${process.versions.node}`;
  const head = `Catwalk ${version} on ${machine}, ${new Date().toISOString()}`;
  return `${head}\n\n${scrubText(inspect(error, { depth: 4 }), key, REPORT_CHARACTERS)}\n`;
}
