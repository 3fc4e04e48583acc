import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { RunEvent } from "../../src/engine/events.ts";
import { foldEvents } from "../../src/engine/fold.ts";
import { openStoredPlan } from "../../src/graph/stored-plan.ts";
import { openLibrary } from "../../src/library/library.ts";
import { parseEvent } from "../../src/studio/run-journal.ts";

export type KillVerdict = {
  /** Creates the server took, posts included. */
  readonly creates: number;
  /** Creates beyond the first of one attempt. Every step asks for something of its own and is attempted once. */
  readonly duplicateCreates: number;
  readonly duplicatePublishes: number;
  /** Accepted and written down, yet without its result. */
  readonly lostResults: number;
  readonly inDoubt: number;
  /** In doubt although the journal could tell: it has the id, or an end, or no intent at all. */
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
  const taken = new Map<string, { count: number; readonly isPost: boolean }>();
  for (const line of (await readFile(place.logFile, "utf8")).split("\n").filter(Boolean)) {
    const { path, body, jobId } = logLine.parse(JSON.parse(line));
    const name = body?.prompt ?? body?.caption;
    if (name === undefined || !name.startsWith("run ") || path.endsWith("/estimate")) continue;
    asked.add(name);
    if (jobId === undefined) continue;
    const known = taken.get(name) ?? { count: 0, isPost: path.includes("/publish/") };
    taken.set(name, { ...known, count: known.count + 1 });
  }
  const extra = (isPost: boolean) =>
    [...taken.values()].reduce((sum, each) => sum + (each.isPost === isPost ? each.count - 1 : 0), 0);

  const library = openLibrary(place.home);
  const journals = { lostResults: 0, inDoubt: 0, falseDoubts: 0, unseen: 0, mistakes: [] as string[] };
  for (const { runId } of library.runs.list({ limit: 1_000_000 })) {
    const events = library.journal.read(runId).map(parseEvent);
    if (events.length > 0) await judgeRun(events);
  }
  library.close();
  if (journals.unseen > Math.max(2, MOST_UNSEEN * journals.inDoubt))
    journals.mistakes.push(
      `Of ${journals.unseen} doubts the server saw nothing: the intent is written too early.`,
    );

  async function judgeRun(events: readonly RunEvent[]): Promise<void> {
    const state = foldEvents(undefined, events);
    if (state.status === "running") journals.mistakes.push(`Run ${state.runId} is not at rest.`);
    for (const event of events) {
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
      if (couldTell) journals.falseDoubts++;
      else if (!asked.has(nameOf(event.runId, event.stepId))) journals.unseen++;
    }
    for (const step of state.steps.values()) {
      if (!events.some((event) => event.type === "job-accepted" && event.stepId === step.stepId)) continue;
      let isHere = step.status.kind === "succeeded";
      for (const { value } of step.outputs)
        if (value.type === "media")
          isHere &&= value.sha256 !== undefined && (await library.files.pathOf(value.sha256)) !== undefined;
      if (!isHere) journals.lostResults++;
    }
  }

  function nameOf(runId: string, stepId: string): string {
    const source = library.runs.source(runId);
    const step = source && openStoredPlan(source.planJson).steps.find((each) => each.stepId === stepId);
    return String(step?.params["prompt"] ?? step?.params["caption"] ?? "");
  }

  return {
    creates: [...taken.values()].reduce((sum, each) => sum + each.count, 0),
    duplicateCreates: extra(false),
    duplicatePublishes: extra(true),
    ...journals,
  };
}
