import type { DoubtPolicy } from "../../engine/index.ts";
import type { Studio } from "../../studio/service.ts";
import { openStudio } from "../process/open-studio.ts";
import { CommandFailure, type ExitCode, exitCode } from "../terminal/exit-codes.ts";
import { commandLine, type Rerun } from "../terminal/needs-person.ts";
import { note } from "../terminal/terminal.ts";
import { earlierDoubtLines } from "./dry-run.ts";
import { followRun } from "./follow-run.ts";
import { agreed, checkFaults, consentLines, type RunArguments, reached, serverOf } from "./run.ts";

type ResumeArguments = Omit<RunArguments, "set" | "to"> & { readonly inDoubt: DoubtPolicy };

/** `catwalk resume`: goes on where a process was ended. What may still cost money is shown and consented to first. */
export async function resume(runId: string, options: ResumeArguments): Promise<void> {
  checkFaults(options.faults);
  checkNoPublish(runId, options);
  const studio = await openStudio({ ...options, server: serverOf(options.server) });
  try {
    process.exitCode = await resumeOn(studio, runId, options);
  } finally {
    await studio.close();
  }
}

async function resumeOn(studio: Studio, runId: string, options: ResumeArguments): Promise<ExitCode> {
  const { inDoubt } = options;
  const preflight = await reached(
    studio.resumePreflight({ runId, inDoubt, attended: false }),
    "Nothing was resumed",
  );
  for (const line of earlierDoubtLines(preflight, options)) note(line);
  if (!preflight.isSandbox && preflight.steps > 0) {
    note("What this run may still do:");
    for (const line of consentLines(preflight, true)) note(line);
    if (!(await agreed(preflight, options, "Nothing was resumed"))) return exitCode.needsPerson;
  }
  return await followRun(options, rerunOf(runId, options), (followed) =>
    studio.resumeGraph({ ...followed, runId, inDoubt, handle: preflight.handle }),
  );
}

/** Whether a run may post is a part of what it was begun as. */
export function checkNoPublish(runId: string, options: Pick<ResumeArguments, "publish" | "server" | "home">) {
  if (!options.publish) return;
  throw new CommandFailure(exitCode.usage, [
    "--publish belongs to catwalk run: a run that has begun posts, or leaves its posts out, as it was told then. Nothing was sent.",
    "To post what it left out, run its graph once more; what is made already is taken again:",
    `  ${rerunOf(runId, options).posting}`,
  ]);
}

/** The graph as it was when the run began, once more: what is made already is taken again. */
export function rerunOf(runId: string, options: Pick<ResumeArguments, "server" | "home">): Rerun {
  const where = options.server === "sandbox" ? [] : ["--server", options.server];
  const graph = commandLine(["runs", "graph", runId], options);
  const runWith = (flags: readonly string[]) =>
    `${graph} > graph.json && ${commandLine(["run", "graph.json", ...flags, ...where], options)}`;
  return { plain: runWith([]), posting: runWith(["--publish"]) };
}
