import { openStudio } from "../open-studio.ts";

/** `catwalk runs`: past runs, newest first; interrupted ones with the jobs that may go on at the server. */
export async function listRuns(options: { readonly json?: boolean; readonly home?: string }): Promise<void> {
  const studio = await openStudio(options);
  try {
    const runs = studio.listRuns({ limit: 200 });
    if (options.json) {
      process.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
      return;
    }
    if (runs.length === 0) process.stdout.write("No runs yet. Start one with: catwalk run GRAPH.json\n");
    for (const run of runs) {
      const status = run.status === "needs-you" ? "needs you" : run.status;
      const when = new Date(run.startedAt).toISOString().replace("T", " ").slice(0, 19);
      process.stdout.write(
        `${run.runId}  ${when}  ${status.padEnd(11)}  ${run.done}/${run.steps} done, ${run.failed} failed  ${run.graphName} on ${run.serverLabel}\n`,
      );
      for (const job of run.openJobs)
        process.stdout.write(`    ${job.kind} job ${job.id} (step ${job.stepId})\n`);
      for (const stepId of run.doubts)
        process.stdout.write(
          `    step ${stepId}: nobody can say whether its job was made; look on the server before you run it again\n`,
        );
    }
  } finally {
    await studio.close();
  }
}
