import { join } from "node:path";
import type { RunState, StepState } from "../engine/run-state.ts";
import type { StepOutput } from "../nodes/work.ts";
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
  await writeFileAtomically(
    join(folder, "run.json"),
    `${redacted(describe(report), report.hiddenFolders)}\n`,
  );
}

function describe({ state, saved }: RunReport): string {
  const steps = [...state.steps.values()];
  const json = {
    format: "catwalk.run",
    version: 1,
    runId: state.runId,
    graph: { id: state.graphId, name: state.graphName },
    server: state.serverLabel,
    outcome: state.status,
    startedAt: inWords(state.startedAt),
    ...(state.settledAt === undefined ? {} : { settledAt: inWords(state.settledAt) }),
    estimateMicrodollars: steps.reduce((sum, step) => sum + (step.estimateMicrodollars ?? 0), 0),
    steps: steps.map((step) => describeStep(step, saved)),
  };
  return JSON.stringify(json, undefined, 2);
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
