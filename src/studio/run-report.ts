import { join } from "node:path";
import { Readable } from "node:stream";
import type { RunState, StepState } from "../engine/run-state.ts";
import type { StepOutput } from "../nodes/definition/work.ts";
import { writeFileAtomically } from "./atomic-file.ts";

export type RunReport = {
  readonly state: RunState;
  /** File names in the out folder by SHA-256 or text. */
  readonly saved: ReadonlyMap<string, string>;
  /** Folders of this machine whose names must not leave it. */
  readonly hiddenFolders: readonly string[];
};

/** Writes `run.json`: what ran, how it ended, which files it left. No key, no absolute path, no server URL. */
export async function writeRunReport(folder: string, report: RunReport): Promise<void> {
  await writeFileAtomically(join(folder, "run.json"), Readable.from(partsOf(report)));
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
    estimateMicrodollars: steps.reduce((sum, step) => sum + (step.estimateMicrodollars ?? 0), 0),
  };
  const write = (value: unknown) => redacted(JSON.stringify(value, undefined, 2), hiddenFolders);
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
    ...(startedAt === undefined ? {} : { startedAt: inWords(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: inWords(endedAt) }),
    outputs: step.outputs.map((output) => describeOutput(output, saved)),
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
