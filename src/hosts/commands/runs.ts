import { money } from "../../base/dollars.ts";
import { isReused, type RunState, type StepState } from "../../engine/record.ts";
import { parseGraph } from "../../graph/document/parse.ts";
import { serialise } from "../../graph/document/serialise.ts";
import type { PastRun } from "../../studio/contract.ts";
import type { Studio } from "../../studio/service.ts";
import { openStudio } from "../process/open-studio.ts";
import { utc } from "../terminal/needs-person.ts";
import { note, print, printJson, printJsonText } from "../terminal/terminal.ts";
import { words } from "../terminal/words.ts";

type Place = { readonly home?: string };
type ListArguments = Place & { readonly json?: boolean; readonly search?: string; readonly all?: boolean };
type ShowArguments = Place & { readonly json?: boolean };

/** As many runs as are listed without `--all`. */
const LISTED = 200;

/** `catwalk runs`: past runs, newest first; interrupted ones with the jobs that may go on at the server. */
export async function listRuns(options: ListArguments): Promise<void> {
  await withStudio(options, async (studio) => {
    const { runs, more } = await found(studio, options);
    if (options.json) return printJson(runs, 2);
    if (runs.length === 0)
      print(
        options.search === undefined
          ? "No runs yet. Start one with: catwalk run GRAPH.json"
          : `No run has all of these words: ${options.search}`,
      );
    for (const run of runs) for (const line of runLines(run)) print(line);
    if (more) note(`These are the newest ${LISTED}. --all lists every run.`);
  });
}

/** `catwalk runs show RUN`: its steps with what they cost, took and made. */
export async function showRun(runId: string, options: ShowArguments): Promise<void> {
  await withStudio(options, async (studio) => {
    const { run, state } = await studio.history.steps(runId);
    const steps = [...state.steps.values()];
    if (options.json) return printJson({ ...run, steps }, 2);
    for (const line of runLines(run)) print(line);
    print(`${money(run.spentMicrodollars)}, ${took(run.startedAt, run.settledAt)}`);
    for (const step of steps) for (const line of stepLines(step, state)) print(line);
  });
}

/** `catwalk runs graph RUN`: the graph as it was when the run began, to be kept in a file or run again. */
export async function printGraphOfRun(runId: string, options: Place): Promise<void> {
  await withStudio(options, async (studio) => {
    const json = await studio.history.graphJson(runId);
    const parsed = parseGraph(json);
    printJsonText(parsed.ok ? serialise(parsed.graph) : `${json}\n`);
  });
}

async function withStudio(options: Place, act: (studio: Studio) => Promise<void>): Promise<void> {
  const studio = await openStudio(options);
  try {
    await act(studio);
  } finally {
    await studio.close();
  }
}

async function found(studio: Studio, { search, all }: ListArguments) {
  const query = { limit: LISTED, ...(search === undefined ? {} : { text: search }) };
  let page = await studio.history.list(query);
  const runs = [...page.runs];
  while (all && page.next !== undefined) {
    page = await studio.history.list({ ...query, cursor: page.next });
    runs.push(...page.runs);
  }
  return { runs, more: page.next !== undefined };
}

function* runLines(run: PastRun): Generator<string> {
  const status = run.parked ? "parked" : run.status === "needs-you" ? "needs you" : run.status;
  const when = new Date(run.startedAt).toISOString().replace("T", " ").slice(0, 19);
  const cost = run.spentMicrodollars > 0 ? `, ${money(run.spentMicrodollars)}` : "";
  const needs = run.needsYou > 0 ? `, ${run.needsYou} ${run.needsYou === 1 ? "needs" : "need"} you` : "";
  yield `${run.runId}  ${when}  ${status.padEnd(11)}  ${run.done}/${run.steps} done, ${run.failed} failed${needs}${cost}  ${run.graphName} on ${run.serverLabel}`;
  if (run.parked)
    yield `    three processes that resumed it ended soon after; only on your word it goes on: catwalk resume ${run.runId}`;
  for (const job of run.openJobs) yield `    ${job.kind} job ${job.id} (step ${job.stepId})`;
  for (const stepId of run.doubts)
    yield `    step ${stepId}: nobody can say whether its job was made; look on the server before you run it again`;
}

function* stepLines(step: StepState, { steps }: RunState): Generator<string> {
  const { stepId, title, status, spentMicrodollars = 0, startedAt, endedAt, outputs } = step;
  const facts = [
    isReused(step) ? "succeeded (cached)" : status.kind,
    ...(spentMicrodollars > 0 ? [money(spentMicrodollars)] : []),
    ...(startedAt === undefined ? [] : [took(startedAt, endedAt)]),
    ...(step.attempt > 1 ? [`${step.attempt} attempts`] : []),
  ];
  yield `  ${title.padEnd(28)}  ${facts.join(", ")}  [${stepId}]`;
  if ("failure" in status) yield `      ${words.told(status.failure)} (${status.failure.code})`;
  if ("reason" in status && status.reason.kind === "upstream")
    yield `      because “${steps.get(status.reason.stepId)?.title ?? status.reason.stepId}” did not finish`;
  if (step.job) yield `      ${step.job.kind} job ${step.job.id}`;
  if (step.scheduledFor !== undefined) yield `      scheduled for ${utc(step.scheduledFor)}`;
  if (step.permalink !== undefined) yield `      ${step.permalink}`;
  for (const { portId, value } of outputs)
    yield value.type === "text"
      ? `      ${portId}: ${JSON.stringify(value.text.slice(0, 200))}`
      : `      ${portId}: ${value.kind} ${value.sha256 ?? `only on the server as ${value.mediaId}`}`;
}

function took(from: number, to: number | undefined): string {
  return to === undefined ? "not at rest" : `${((to - from) / 1000).toFixed(1)} s`;
}
