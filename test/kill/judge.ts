import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { RunEvent } from "../../src/engine/record.ts";
import { foldEvents } from "../../src/engine/record.ts";
import { openStoredPlan } from "../../src/graph/plan/stored-plan.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { parseEvent } from "../../src/studio/runs/run-journal.ts";

export type KillVerdict = {
  /** Creates the server took, posts included. */
  readonly creates: number;
  /** Creates beyond one for each intent. */
  readonly duplicateCreates: number;
  /** Creates by another run, or another attempt, of what was made or may have been made before, unasked. */
  readonly paidAgain: number;
  readonly duplicatePublishes: number;
  /** Accepted and written down, yet in no run is there a result. */
  readonly lostResults: number;
  readonly inDoubt: number;
  /**
   * In doubt although the journal could tell: it has the id, or an end, or no intent at all. Or given up by a timer
   * although the server had answered.
   */
  readonly falseDoubts: number;
  /**
   * Doubts of which the server saw nothing: the process died between the intent's commit and the first byte. Nobody
   * who was not there can tell them from the others, so they are no false ones; but there is hardly time for one, so
   * more than a few are a mistake: then something lies between the two again.
   */
  readonly unseen: number;
  /** Runs that are not at rest, or whose journal does not read: our own mistakes, each in words. */
  readonly mistakes: readonly string[];
};

/** Of all doubts. */
const MOST_UNSEEN = 0.02;

const logLine = z.object({
  method: z.string(),
  path: z.string(),
  status: z.union([z.number(), z.literal("reset")]),
  jobId: z.string().optional(),
  body: z
    .object({ prompt: z.string().optional(), caption: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** Reads what the sandbox saw and what the journal says. The sandbox's log is the truth. */
export async function judgeKills(place: {
  readonly home: string;
  readonly logFile: string;
}): Promise<KillVerdict> {
  const asked = new Set<string>();
  const answered = new Set<string>();
  const taken = new Map<string, { count: number; readonly isPost: boolean }>();
  for (const line of (await readFile(place.logFile, "utf8")).split("\n").filter(Boolean)) {
    const { path, body, jobId, status } = logLine.parse(JSON.parse(line));
    const name = body?.prompt ?? body?.caption;
    if (name === undefined || !name.startsWith("run ") || path.endsWith("/estimate")) continue;
    asked.add(name);
    if (status !== "reset") answered.add(name);
    if (jobId === undefined) continue;
    const known = taken.get(name) ?? { count: 0, isPost: path.includes("/publish/") };
    taken.set(name, { ...known, count: known.count + 1 });
  }
  const intents = new Map<string, { count: number; readonly requests: Set<string> }>();
  /** By a person's word: what follows is theirs. */
  const settled = new Set<string>();
  const accepted = new Set<string>();
  const here = new Set<string>();

  const library = await openLibrary(place.home);
  const journals = { inDoubt: 0, falseDoubts: 0, unseen: 0, mistakes: [] as string[] };
  for (const { row } of await library.runs.history.find({ limit: 1_000_000 })) {
    const { runId } = row;
    const events = (await library.journal.read(runId)).map(parseEvent);
    if (events.length > 0) await judgeRun(events);
  }
  await library.close();
  if (journals.unseen > Math.max(2, MOST_UNSEEN * journals.inDoubt))
    journals.mistakes.push(
      `Of ${journals.unseen} doubts the server saw nothing: the intent is written too early.`,
    );

  async function judgeRun(events: readonly RunEvent[]): Promise<void> {
    const state = foldEvents(undefined, events);
    const nameOf = await namesIn(state.runId);
    if (state.status === "running") journals.mistakes.push(`Run ${state.runId} is not at rest.`);
    for (const event of events) {
      if (event.type === "create-intended") {
        const name = nameOf(event.stepId);
        const known = intents.get(name) ?? { count: 0, requests: new Set() };
        known.count++;
        known.requests.add(event.requestDigest);
        intents.set(name, known);
      }
      if (event.type === "doubt-settled") settled.add(nameOf(event.stepId));
      if (event.type === "job-accepted") accepted.add(nameOf(event.stepId));
      if (event.type !== "create-in-doubt") continue;
      journals.inDoubt++;
      const before = events.filter(
        (each) =>
          each.seq < event.seq &&
          "attempt" in each &&
          each.stepId === event.stepId &&
          each.attempt === event.attempt,
      );
      const couldTell =
        !before.some((each) => each.type === "create-intended") ||
        before.some((each) => each.type === "job-accepted" || each.type === "create-ended");
      const name = nameOf(event.stepId);
      if (couldTell || (event.failure.code === "answer_timeout" && answered.has(name)))
        journals.falseDoubts++;
      else if (!asked.has(name)) journals.unseen++;
    }
    for (const step of state.steps.values()) {
      let isHere = step.status.kind === "succeeded";
      for (const { value } of step.outputs)
        if (value.type === "media")
          isHere &&= value.sha256 !== undefined && (await library.files.pathOf(value.sha256)) !== undefined;
      if (isHere) here.add(nameOf(step.stepId));
    }
  }

  /** What the steps of a run ask the server for. */
  async function namesIn(runId: string): Promise<(stepId: string) => string> {
    const source = await library.runs.source(runId);
    const steps = source ? openStoredPlan(source.planJson).steps : [];
    const names = new Map(
      steps.map(({ stepId, params }) => [
        String(stepId),
        String(params["prompt"] ?? params["caption"] ?? ""),
      ]),
    );
    return (stepId) => names.get(stepId) ?? "";
  }

  const verdict = { creates: 0, duplicateCreates: 0, duplicatePublishes: 0, paidAgain: 0, lostResults: 0 };
  for (const [name, { count, isPost }] of taken) {
    // The picture of all rows is another one when a row is left out.
    const { count: intended, requests } = intents.get(name) ?? { count: 0, requests: new Set() };
    verdict.creates += count;
    if (isPost) verdict.duplicatePublishes += count - 1;
    else {
      verdict.duplicateCreates += Math.max(0, count - intended);
      if (!settled.has(name)) verdict.paidAgain += Math.max(0, Math.min(count, intended) - requests.size);
    }
  }
  for (const name of accepted) if (!here.has(name)) verdict.lostResults++;
  return { ...verdict, ...journals };
}
