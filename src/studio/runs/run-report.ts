import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { codeOf } from "../../base/errors.ts";
import type { RunState, StepState } from "../../engine/record.ts";
import { runCounts } from "../../engine/record.ts";
import type { StepOutput } from "../../nodes/definition/work.ts";
import { inEnglish } from "../../words/english.ts";
import { writeFileAtomically } from "../ground/atomic-file.ts";

export type RunReport = {
  readonly state: RunState;
  /** File names in the out folder by SHA-256 or text. */
  readonly saved: ReadonlyMap<string, string>;
  /** Folders of this machine whose names must not leave it. */
  readonly hiddenFolders: readonly string[];
};

/**
 * Writes what ran, how it ended, which files it left. No key, no absolute path, no server URL.
 *
 * @returns its name: `run.json`, or the first of `run 2.json` and so on that no other run's report or file has.
 */
export async function writeRunReport(folder: string, report: RunReport): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? "run.json" : `run ${number}.json`;
    const path = join(folder, name);
    // Taken for this run before it is written, so that two runs that end together do not take the same.
    if (!(await isFree(path)) && !(await isReportOf(path, report.state.runId))) continue;
    await writeFileAtomically(path, Readable.from(partsOf(report)));
    return name;
  }
}

async function isFree(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx")).close();
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return false;
  }
}

/** The head of a report is far shorter. In bytes. */
const HEAD_BYTES = 4096;

/** A run that was resumed writes its report anew. */
async function isReportOf(path: string, runId: string): Promise<boolean> {
  if (!(await lstat(path)).isFile()) return false;
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return (
      /^\{\s*"format": "catwalk\.run",\s*"version": \d+,\s*"runId": ("[^"]*")/.exec(
        buffer.subarray(0, bytesRead).toString("utf8"),
      )?.[1] === JSON.stringify(runId)
    );
  } finally {
    await file.close();
  }
}

/** So many steps are put into words before others get the event loop. */
const STEPS_AT_ONCE = 100;

/** The text in parts, a batch of steps at a time: that of a large run is too much to hold, and to make in one go. */
function* partsOf({ state, saved, hiddenFolders }: RunReport): Generator<string> {
  const steps = [...state.steps.values()];
  const head = {
    format: "catwalk.run",
    version: 1,
    runId: state.runId,
    graph: { id: state.graphId, name: state.graphName },
    server: state.serverLabel,
    outcome: state.status,
    startedAt: inWords(state.startedAt),
    ...(state.settledAt === undefined ? {} : { settledAt: inWords(state.settledAt) }),
    counts: runCounts(state),
    estimateMicrodollars: steps.reduce((sum, step) => sum + (step.estimateMicrodollars ?? 0), 0),
  };
  const write = (value: unknown) => redacted(JSON.stringify(value, inEnglish, 2), hiddenFolders);
  yield `${write(head).slice(0, -2)},\n  "steps": [`;
  for (let at = 0; at < steps.length; at += STEPS_AT_ONCE) {
    const some = steps.slice(at, at + STEPS_AT_ONCE).map((step) => describeStep(step, saved));
    // Without the brackets of the part, and as deep as it stands.
    yield `${at === 0 ? "" : ","}${write(some).slice(1, -2).replaceAll("\n", "\n  ")}`;
  }
  yield steps.length === 0 ? "]\n}\n" : "\n  ]\n}\n";
}

function describeStep(step: StepState, saved: ReadonlyMap<string, string>) {
  const { stepId, nodeId, type, title, attempt, status, job, startedAt, endedAt } = step;
  return {
    stepId,
    nodeId,
    type,
    title,
    status: status.kind,
    attempt,
    ...("failure" in status ? { failure: status.failure } : {}),
    ...("reason" in status ? { reason: status.reason } : {}),
    ...(job ? { job } : {}),
    ...(step.estimateMicrodollars === undefined ? {} : { estimateMicrodollars: step.estimateMicrodollars }),
    ...(step.permalink === undefined ? {} : { permalink: step.permalink }),
    ...(step.scheduledFor === undefined ? {} : { scheduledFor: inWords(step.scheduledFor) }),
    ...(startedAt === undefined ? {} : { startedAt: inWords(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: inWords(endedAt) }),
    outputs: step.outputs.map((output) => describeOutput(output, saved)),
    // By the place of the output: results that were made and are still on the server.
    ...(Object.keys(step.previewFailures).length === 0 ? {} : { notFetched: step.previewFailures }),
  };
}

function describeOutput({ portId, value }: StepOutput, saved: ReadonlyMap<string, string>) {
  const file = saved.get(value.type === "text" ? value.text : (value.sha256 ?? ""));
  return { portId, ...value, ...(file === undefined ? {} : { file }) };
}

function inWords(at: number): string {
  return new Date(at).toISOString();
}

/** Messages of this machine's own failures may name a folder or, in the worst case, what a person put in a field. */
function redacted(json: string, folders: readonly string[]): string {
  return folders
    .filter((folder) => folder.length > 1)
    .map((folder) => JSON.stringify(folder).slice(1, -1))
    .reduce((text, folder) => text.replaceAll(folder, "…"), withoutKeys(json));
}

/** What looks like a key of the API has no place in a file that leaves the machine. */
export function withoutKeys(text: string): string {
  return text.replace(/sk_[0-9a-f]{64}/gi, "sk_…");
}
