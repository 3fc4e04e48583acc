import type { Studio } from "../../studio/service.ts";
import { openStudio } from "../process/open-studio.ts";
import { type ExitCode, exitCode } from "../terminal/exit-codes.ts";
import { note } from "../terminal/terminal.ts";
import { earlierDoubtLines } from "./dry-run.ts";
import { followRun } from "./follow-run.ts";
import { checkNoPublish, rerunOf } from "./resume.ts";
import { agreed, checkFaults, consentLines, type RunArguments, reached, serverOf } from "./run.ts";

type RetryArguments = Omit<RunArguments, "set" | "to">;

/** `catwalk retry`: makes one step of a run at rest again, and what depends on it. What that may cost is consented to first. */
export async function retry(runId: string, step: string, options: RetryArguments): Promise<void> {
  checkFaults(options.faults);
  checkNoPublish(runId, options);
  const studio = await openStudio({ ...options, server: serverOf(options.server) });
  try {
    process.exitCode = await retryOn(studio, runId, step, options);
  } finally {
    await studio.close();
  }
}

async function retryOn(
  studio: Studio,
  runId: string,
  step: string,
  options: RetryArguments,
): Promise<ExitCode> {
  const outlook = { runId, retry: step, inDoubt: "ask", attended: false } as const;
  const preflight = await reached(studio.resumePreflight(outlook), "Nothing was retried");
  for (const line of earlierDoubtLines(preflight, options)) note(line);
  const { generate, edits, publishes } = preflight.jobs;
  if (!preflight.isSandbox && generate + edits + publishes > 0) {
    note("What the retry may do:");
    for (const line of consentLines(preflight, true)) note(line);
    if (!(await agreed(preflight, options, "Nothing was retried"))) return exitCode.needsPerson;
  }
  return await followRun(options, rerunOf(runId, options), (followed) =>
    studio.resumeGraph({ ...followed, ...outlook, handle: preflight.handle }),
  );
}
