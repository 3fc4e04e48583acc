import { resolve } from "node:path";
import { runCounts } from "../../engine/fold.ts";
import type { DoubtPolicy } from "../../engine/run-setup.ts";
import type { Preflight } from "../../studio/contract.ts";
import { Refused } from "../../studio/refused.ts";
import type { Studio } from "../../studio/service.ts";
import { CommandFailure, type ExitCode, exitCode } from "../exit-codes.ts";
import { commandLine } from "../needs-person.ts";
import { openStudio } from "../open-studio.ts";
import { createRunPrinter } from "../run-printer.ts";
import {
  checkFaults,
  consentLines,
  exitOf,
  interrupts,
  makeOutFolder,
  printEnd,
  type RunArguments,
  serverOf,
  typedYes,
} from "./run.ts";

type ResumeArguments = Omit<RunArguments, "publish" | "set" | "to"> & { readonly inDoubt: DoubtPolicy };

/** `catwalk resume`: goes on where a process was ended. What may still cost money is shown and consented to first. */
export async function resume(runId: string, options: ResumeArguments): Promise<void> {
  checkFaults(options.faults);
  const studio = await openStudio({ ...options, server: serverOf(options.server) });
  try {
    process.exitCode = await resumeOn(studio, runId, options);
  } finally {
    await studio.close();
  }
}

async function resumeOn(studio: Studio, runId: string, options: ResumeArguments): Promise<ExitCode> {
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const { inDoubt } = options;
  const preflight = await reached(studio, runId, inDoubt);
  if (!preflight.isSandbox && preflight.steps > 0) {
    note("What this run may still do:");
    for (const line of consentLines(preflight, true)) note(line);
    if (!options.yes && !(await typedYes())) {
      note("Nothing was resumed. Add --yes to go on without being asked.");
      return exitCode.needsPerson;
    }
  }
  await makeOutFolder(resolve(options.out ?? "out"));

  const interrupt = new AbortController();
  const onInterrupt = () => {
    note(
      "Cancelling: a create in flight is awaited, so that no job is lost. Remote jobs go on at the server.",
    );
    interrupt.abort();
  };
  for (const signal of interrupts) process.once(signal, onInterrupt);
  let words = createRunPrinter(Date.now());
  try {
    const { state, outFolder, unsaved } = await studio.resumeGraph({
      runId,
      inDoubt,
      consent: preflight.consent,
      ...(options.out !== undefined && { outFolder: resolve(options.out) }),
      signal: interrupt.signal,
      onOpen(left) {
        words = createRunPrinter(Date.now(), left.steps.values());
        if (!options.json)
          process.stdout.write(
            `run ${runId} on ${left.serverLabel}: ${runCounts(left).done} of ${left.steps.size} steps were done\n`,
          );
      },
      onEvent(event) {
        const line = options.json ? JSON.stringify(event) : words(event);
        if (line !== undefined) process.stdout.write(`${line}\n`);
      },
    });
    for (const { title, message } of unsaved) note(`NOT SAVED: the result of “${title}”. ${message}`);
    const exit = exitOf(state, unsaved.length === 0);
    if (!options.json) printEnd(state, exit, outFolder, options, rerunOf(runId, options));
    return exit;
  } finally {
    for (const signal of interrupts) process.off(signal, onInterrupt);
  }
}

/** The graph as it was when the run began, once more: what is made already is taken again. */
function rerunOf(runId: string, options: ResumeArguments): string {
  const where = options.server === "sandbox" ? [] : ["--server", options.server];
  const graph = commandLine(["runs", "graph", runId], options);
  return `${graph} > graph.json && ${commandLine(["run", "graph.json", "--publish", ...where], options)}`;
}

/** What is wrong with the line, as opposed to the server: the run itself, or who holds it. */
const ofTheRun = new Set(["run-missing", "run-held", "run-other-server", "run-damaged"]);
const badAddress = new Set(["server_address_invalid", "server_insecure"]);

async function reached(studio: Studio, runId: string, inDoubt: DoubtPolicy): Promise<Preflight> {
  try {
    return await studio.resumePreflight({ runId, inDoubt, attended: false });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const isUsage = ofTheRun.has(error.code) || badAddress.has(error.code);
    throw new CommandFailure(
      isUsage ? exitCode.usage : exitCode.server,
      `${error.message} ${error.remedy} (${error.code})\nNothing was resumed, and nothing was charged.`,
      { cause: error },
    );
  }
}
