import { setImmediate as turn } from "node:timers/promises";
import type { Ledger, PostHistory, RemoteServer, TakeStore } from "../../engine/index.ts";
import {
  createInputs,
  createTakeChoice,
  type Found,
  isDeterministic,
  postKeyOf,
  type ReusableWork,
  StepFailed,
  type TakeChoice,
  takeKeys,
} from "../../engine/index.ts";
import type { RunState } from "../../engine/record.ts";
import type { Problem } from "../../graph/document/problems.ts";
import type { Plan, PlannedStep, StepId } from "../../graph/plan/plan.ts";
import type { StepInputs, StepOutput, StepWork, WorkOf } from "../../nodes/definition/work.ts";
import { definitionOf, isNodeType } from "../../nodes/definitions.ts";
import { executorVersion, workOf } from "../../nodes/executors.ts";
import type { RunLimits } from "../contract/preflight.ts";
import type { Server } from "../server/connection.ts";

/** A step as far as it can be told before anything ran. */
export type ExpectedStep = {
  readonly step: PlannedStep;
  /** What the node is for: "generate", "edit", "publish" and so on. */
  readonly kind: string;
  readonly work: StepWork;
  /** What is known by now of what comes in: texts, cells, files, and results that are there already. */
  readonly arrived: StepInputs;
  /** Set when an earlier result is taken, or one that another run makes just now. */
  readonly reused?: Reused;
  /** Media that have to be sent before its job can be made: cells of tables, and what was rendered here. */
  readonly uploads?: number;
  /** What the ledger says of the same post, where its media is known by now. */
  readonly earlier?: PostHistory;
};

type Reused = {
  readonly savedMicrodollars: number;
  /** The server has the job of an earlier run, which is looked at. */
  readonly isOut?: true;
};

/** A create of another run that may have made what a step of this one would make. */
export type FoundDoubt = { readonly takeId: string; readonly runId: string; readonly title: string };

export type PastPosts = Pick<Ledger, "history">;

/** Takes as a look before a run needs them. */
export type KnownTakes = {
  readonly store: TakeStore;
  /** Whether these bytes are in the library. */
  has(sha256: string): Promise<boolean>;
  /** Where they lie, if they are those that were taken in. */
  pathOf(sha256: string): Promise<string | undefined>;
  sha256(text: string): string;
  /** Whether the server has these bytes from an earlier upload. */
  isUploaded(sha256: string): Promise<boolean>;
};

/** So long at most without giving others the event loop, in milliseconds. */
const SLICE_MS = 8;

/** Walks the plan as the run will, without doing anything: which steps will take an earlier result, and what it is. */
export async function expectedSteps(request: {
  readonly plan: Plan;
  readonly limits: RunLimits;
  readonly server: Server;
  readonly remote: Pick<RemoteServer, "scope">;
  readonly takes: KnownTakes;
  readonly ledger: PastPosts;
  /** What an earlier process left of the run. */
  readonly left?: { readonly runId: string; readonly state: RunState | undefined };
  /** Of those steps, the ones that start over, done or not. */
  readonly again?: ReadonlySet<StepId>;
  /** The one of which a person wants another result, if it has one. */
  readonly anew?: StepId;
}): Promise<{
  readonly steps: readonly ExpectedStep[];
  readonly problems: readonly Problem[];
  readonly doubts: readonly FoundDoubt[];
}> {
  const { plan, limits, server, remote, takes, ledger, left, again } = request;
  const state = left?.state;
  const known = new Map<StepId, readonly StepOutput[]>();
  const visited = new Set<StepId>();
  const problems: Problem[] = [];
  const doubts: FoundDoubt[] = [];
  const sent = new Set<string>();
  const gather = createInputs(plan);
  const choice = createTakeChoice({
    ...{ store: takes.store, media: takes, scope: remote.scope, sha256: takes.sha256 },
    runId: left?.runId ?? "",
    steps: new Map(plan.steps.map((planned) => [planned.stepId, { planned }])),
    earlier: state?.steps.values() ?? [],
    fresh: limits.fresh,
    stepOf: (stepId) => ({ outputs: known.get(stepId) ?? [], hasEnded: visited.has(stepId) }),
  });

  const steps: ExpectedStep[] = [];
  let begunAt = performance.now();
  for (const step of plan.steps) {
    if (performance.now() - begunAt > SLICE_MS) {
      await turn();
      begunAt = performance.now();
    }
    const before = state?.steps.get(step.stepId);
    const isDone = before?.status.kind === "succeeded" && !again?.has(step.stepId);
    const inputs = gather(step, (needed) => known.get(needed) ?? []);
    const arrived = Object.fromEntries(Object.entries(inputs).filter(([, values]) => values.length > 0));
    const work = workOf(step.type, step.params, arrived);
    const kind = isNodeType(step.type) ? definitionOf(step.type).work.kind : "none";
    const isWhole = step.inputs.every(({ fromStep, row }) => row !== undefined || known.has(fromStep));
    let reused: ExpectedStep["reused"];
    if (isDone) known.set(step.stepId, before.outputs);
    else if (work.kind === "finish") known.set(step.stepId, work.outputs);
    else if (work.kind === "upload") {
      known.set(step.stepId, [uploaded(work)]);
      sent.add(work.file.sha256);
      if (await takes.isUploaded(work.file.sha256)) reused = { savedMicrodollars: 0 };
    } else if ((work.kind === "generate" || work.kind === "edit") && (isWhole || step.reuse === "locked")) {
      const found = await findFor(step, work, isWhole, before?.anew ?? isAnew(step.stepId));
      if (found) reused = saving(found);
      if (found?.kind === "take") known.set(step.stepId, found.outputs);
    }
    visited.add(step.stepId);
    const uploads = isDone || reused ? 0 : await sendFirst(kind, step, arrived);
    steps.push({
      ...{ step, kind, work, arrived, ...(reused ? { reused } : {}), ...(uploads > 0 ? { uploads } : {}) },
      ...(work.kind === "publish" ? { earlier: await ledger.history(postKeyOf(work, remote)) } : {}),
    });
  }
  return { steps, problems, doubts };

  /** How many of the media that come in the server does not have yet, each counted once in a run. */
  async function sendFirst(kind: string, { params }: PlannedStep, inputs: StepInputs): Promise<number> {
    const isRemoteEdit =
      kind === "edit" &&
      (params["via"] === "remote" || (params["via"] === "auto" && server.catalogue.remoteEditing === "yes"));
    if (kind !== "generate" && kind !== "publish" && !isRemoteEdit) return 0;
    let count = 0;
    for (const value of Object.values(inputs).flat()) {
      if (value.type !== "media" || value.sha256 === undefined || value.mediaId !== undefined) continue;
      if (sent.has(value.sha256)) continue;
      sent.add(value.sha256);
      if (!(await takes.isUploaded(value.sha256))) count++;
    }
    return count;
  }

  /** To make again what has succeeded is to want another result. */
  function isAnew(stepId: StepId): boolean {
    return request.anew === stepId && state?.steps.get(stepId)?.status.kind === "succeeded";
  }

  async function findFor(
    step: PlannedStep,
    work: ReusableWork,
    isWhole: boolean,
    anew: boolean,
  ): Promise<Found | undefined> {
    if (step.take !== undefined && !(await takes.store.get(step.take))) problems.push(takeMissing(step));
    try {
      return await lookFor(choice, step, work, isWhole, anew);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      const { message, remedy } = error.failure;
      problems.push({ code: "take-missing", severity: "warning", message, remedy, nodeId: step.nodeId });
      return undefined;
    }
  }

  async function lookFor(
    from: TakeChoice,
    step: PlannedStep,
    work: ReusableWork,
    isWhole: boolean,
    anew: boolean,
  ): Promise<Found | undefined> {
    for (const way of waysOf(work, server)) {
      const at = way === "local" ? way : { scope: remote.scope };
      const version = executorVersion(step.type);
      const keys = isWhole ? takeKeys({ type: step.type, version, work, way: at }, takes.sha256) : [];
      const wanted = { step, work, keys, shares: isDeterministic(work) };
      // Whoever makes it now will have made it by then, or this one is made after all: nobody can say which.
      const found = await from.find(wanted, anew, async () => {});
      if (found && found.kind !== "doubt") return found;
      // A yes to a fresh result is none to paying for the one that may be out already.
      const doubt = found?.candidate ?? (anew ? undefined : await from.doubtOf(wanted));
      if (doubt) doubts.push({ takeId: doubt.takeId, runId: doubt.runId, title: step.title });
    }
    return undefined;
  }
}

/** In the order in which the engine tries them. */
function waysOf(work: ReusableWork, { catalogue }: Server): readonly ("local" | "remote")[] {
  if (work.kind === "generate") return ["remote"];
  if (work.via !== "auto") return [work.via];
  return ({ no: ["local"], yes: ["remote"], unknown: ["local", "remote"] } as const)[catalogue.remoteEditing];
}

function saving(found: Found): Reused {
  if (found.kind === "out") return { savedMicrodollars: 0, isOut: true };
  return { savedMicrodollars: found.kind === "take" ? (found.take.estimateMicrodollars ?? 0) : 0 };
}

function uploaded({ file, outputPort }: WorkOf<"upload">): StepOutput {
  const { path: _place, name: _name, ...facts } = file;
  return { portId: outputPort, value: { type: "media", ...facts } };
}

function takeMissing({ nodeId, title }: PlannedStep): Problem {
  return {
    code: "take-missing",
    severity: "warning",
    message: `The take chosen for “${title}” is not on this machine.`,
    remedy: "It is as if none had been chosen; choose another one.",
    nodeId,
  };
}
