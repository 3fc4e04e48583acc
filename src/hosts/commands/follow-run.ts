import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isMissing, messageOf } from "../../base/errors.ts";
import type { RunState } from "../../engine/record.ts";
import { openFold, type RunFold, runCounts } from "../../engine/record.ts";
import type { Headless, HeadlessResumeRequest, HeadlessRun } from "../../studio/host.ts";
import { endSignals } from "../process/until-signal.ts";
import { CommandFailure, type ExitCode, exitCode } from "../terminal/exit-codes.ts";
import {
  cancelledLines,
  endedAtOnceLines,
  needsPersonLines,
  type Place,
  type Rerun,
} from "../terminal/needs-person.ts";
import { createRunPrinter, summaryLine } from "../terminal/run-printer.ts";
import { note, print, printJson } from "../terminal/terminal.ts";
import { words } from "../terminal/words.ts";

/** Creates in doubt, and results that were not fetched, which come within this time of each other are told in one line, in milliseconds. */
const TOLD_TOGETHER_MS = 1000;

/** Of how a run is followed, what the line says. */
type FollowArguments = Place & { readonly out?: string; readonly json?: boolean };

type Followed = Headless & Pick<HeadlessResumeRequest, "onOpen">;

/**
 * Follows a run to its end: tells it in lines or as JSON, cancels it by Ctrl-C, and sums it up.
 *
 * @param rerun how to make or send what was left out
 * @throws CommandFailure before anything begins, when results have no place
 */
export async function followRun(
  options: FollowArguments,
  rerun: Rerun,
  begin: (followed: Followed) => Promise<HeadlessRun>,
): Promise<ExitCode> {
  await makeOutFolder(resolve(options.out ?? "out"));

  const interrupt = new AbortController();
  let fold: RunFold | undefined;
  // One listener all the time: without any for a moment, a signal would end the process without a word.
  const onSignal = () => {
    if (interrupt.signal.aborted) {
      // Nothing is awaited: the next start finds the run as the journal has it.
      if (fold) for (const line of endedAtOnceLines(fold.state(), options)) note(line);
      process.exit(exitCode.cancelled);
    }
    note(words.t("run.cancelling"));
    interrupt.abort();
  };
  for (const signal of endSignals) process.on(signal, onSignal);
  let printer = createRunPrinter(Date.now());
  let holding: NodeJS.Timeout | undefined;
  const tellHeld = (isEnd = false) => {
    clearTimeout(holding);
    holding = undefined;
    for (const line of [...printer.heldLines(), ...printer.lostLines(isEnd)]) print(line);
  };
  try {
    const { state, outFolder, reportName, unsaved } = await begin({
      ...(options.out !== undefined && { outFolder: resolve(options.out) }),
      signal: interrupt.signal,
      onOpen(left) {
        printer = createRunPrinter(Date.now(), left.steps.values());
        fold = openFold(left);
        if (!options.json)
          print(
            words.t("run.wasLeft", {
              runId: left.runId,
              server: left.serverLabel,
              done: runCounts(left).done,
              steps: left.steps.size,
            }),
          );
      },
      onEvent(event) {
        if (fold) fold.push(event);
        else if (event.type === "run-started") fold = openFold(event);
        if (options.json) return printJson(event);
        const line = printer.lineOf(event);
        // It says no more of the cause than these.
        if (event.type === "step-failed") for (const cause of printer.lostLines(false)) print(cause);
        if (line !== undefined) print(line);
        if (event.type !== "create-in-doubt" && event.type !== "output-not-stored") return;
        clearTimeout(holding);
        holding = setTimeout(tellHeld, TOLD_TOGETHER_MS);
      },
    });
    tellHeld(true);
    for (const { title, message } of unsaved) note(words.t("run.notSaved", { title, message }));
    const exit = exitOf(state, unsaved.length === 0);
    if (!options.json)
      for (const line of endLines(state, exit, placeOf(outFolder, reportName), options, rerun)) print(line);
    return exit;
  } finally {
    tellHeld();
    for (const signal of endSignals) process.off(signal, onSignal);
  }
}

/** Before anything is paid for: results need a place. */
async function makeOutFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new CommandFailure(exitCode.usage, words.t("run.noFolder", { folder, why: whyNoFolder(error) }), {
      cause: error,
    });
  }
}

/** Link by link: where a file system makes no folders, as `/proc`, `recursive` of `mkdir` tries for ever. */
async function makeFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (stats?.isDirectory()) return;
  if (stats) throw new NotAFolder(folder);
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder).catch(async (error: unknown) => {
    // Another process may have made it meanwhile.
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw error;
  });
}

class NotAFolder extends Error {
  constructor(path: string) {
    super(words.t("run.isFile", { path }));
  }
}

/** In words of a person, to follow the folder. */
function whyNoFolder(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const known = code === undefined ? undefined : folderTroubles[code];
  return known ?? messageOf(error, words.t("run.notWritable"));
}

const folderTroubles: { readonly [code: string]: string } = {
  ENOTDIR: "a part of this path is a file, not a folder",
  EEXIST: "something that is no folder has this name already",
  ENOENT: "the system makes no folder there",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "that disk can only be read",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the path is too long",
  ELOOP: "its links lead in a circle",
};

/** The folder; a report with a name of its own is named, since the usual one is that of an earlier run. */
function placeOf(outFolder: string, reportName: string): string {
  return reportName === "run.json" ? outFolder : words.t("run.withReport", { outFolder, reportName });
}

/** Where the results are, what needs a person and how that is settled, and the line that sums it up. */
function endLines(state: RunState, exit: ExitCode, results: string, place: Place, rerun: Rerun): string[] {
  return [
    words.t("run.resultsIn", { results }),
    ...cancelledLines(state, place),
    ...needsPersonLines(state, place, rerun),
    summaryLine(state, exit),
  ];
}

/** The server turned us away before it made anything: nothing is wrong with the graph. */
const turnedAway = new Set([
  "unauthorized",
  "key_missing",
  "insufficient_credits",
  "payment_required",
  "paid_plan_required",
  "server_unreachable",
  "server_name_unknown",
  "connect_timeout",
  "tls_failed",
  "proxy_unreachable",
  "proxy_refused",
  "proxy_login_required",
  "proxy_cannot_reach",
  "proxy_address_invalid",
  "proxy_unsupported",
]);

function exitOf(state: RunState, allSaved: boolean): ExitCode {
  const steps = [...state.steps.values()];
  if (state.status === "cancelled") return exitCode.cancelled;
  const failures = steps.flatMap(({ status }) => (status.kind === "failed" ? [status.failure] : []));
  if (failures.length > 0) {
    const nothingMade = steps.every((step) => step.job === undefined && step.status.kind !== "in-doubt");
    return nothingMade && failures.every(({ code }) => turnedAway.has(code))
      ? exitCode.server
      : exitCode.stepFailed;
  }
  // What was paid for and is not in the folder must not look like success to a script.
  const allFetched = steps.every((step) => Object.keys(step.previewFailures).length === 0);
  // Nor what may have been paid for and was left out.
  const isLeftOut = steps.some(
    ({ status }) => status.kind === "skipped" && status.reason.kind === "doubt-skipped",
  );
  return state.status === "done" && allFetched && allSaved && !isLeftOut
    ? exitCode.done
    : exitCode.needsPerson;
}
