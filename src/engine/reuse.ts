/**
 * Earlier results in a run: finds the take that a step can have, waits for an equal step that makes one, and hands out
 * the number of the take that a create is to make.
 *
 * @see docs/architecture.md, "Reuse".
 */
import type { PlannedStep, StepId } from "../graph/plan.ts";
import { formatStepId } from "../graph/step-id.ts";
import type { MediaValue, StepInputs, StepOutput } from "../nodes/work.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { EngineDeps, TakeStore } from "./deps.ts";
import type { RunEventBody, Scope } from "./events.ts";
import { localFailure, StepFailed, takeGone } from "./failures.ts";
import type { Recorder } from "./recorder.ts";
import type { StepState } from "./run-state.ts";
import type { Signals } from "./signals.ts";
import type { StepEnd } from "./step-context.ts";
import { type ReusableWork, recipeOf, takeIdOf } from "./take-key.ts";
import type { Take, TakeChange } from "./takes.ts";
import { sleep } from "./waiting.ts";

/** What a step would have, whoever made it. */
export type Wanted = {
  readonly step: PlannedStep;
  readonly work: ReusableWork;
  /** From `takeKeys`; the first is the one a new take is kept under. */
  readonly keys: readonly string[];
  /** One result serves all who want it. Else two steps of a run never have the same. */
  readonly shares: boolean;
};

type Making = { readonly takeKey: string; readonly takeNumber: number };

export type Reuse = {
  /**
   * An earlier result as the end of the step, after waiting for an equal step that makes one. Nothing: it is to be
   * made. @throws Stopped, StepFailed
   */
  lookUp(wanted: Wanted, signal: AbortSignal): Promise<StepEnd | undefined>;
  /**
   * The number of the take to be made. Nothing: look up again, for somebody was faster. @throws StepFailed
   */
  reserve(wanted: Wanted): Promise<Making | undefined>;
  makingOf(stepId: StepId): Making | undefined;
  /** Nothing comes of what was reserved; the step tries in another way. */
  letGo(stepId: StepId): void;
  /** A job that was begun earlier is looked at again; others wait for what it makes. */
  takeUp(stepId: StepId): Promise<void>;
  /** What is written of takes with this end of a step. */
  changesWith(step: PlannedStep, body: RunEventBody, inputs: () => StepInputs): readonly TakeChange[];
  /** What is written of takes when an output's bytes have arrived. */
  changesWithStored(stepId: StepId, index: number, value: MediaValue): readonly TakeChange[];
  /** The step starts over: what it had is free for others. */
  forget(stepId: StepId): void;
};

/** The least and the most time between two looks at an equal step that is under way elsewhere, in milliseconds. */
const FIRST_LOOK_MS = 100;
const LOOK_AT_MOST_MS = 2000;

type Candidate = {
  readonly takeId: string;
  readonly key: string;
  readonly number: number;
  state: "open" | "made" | "over";
  readonly runId: string;
};

type View = { max: number; readonly candidates: Candidate[] };

export function createReuse(
  deps: Pick<EngineDeps, "clock" | "sha256" | "takes" | "media" | "server"> & {
    readonly runId: string;
    readonly graphId: string;
    /** By step id: every step of the run. */
    readonly steps: ReadonlyMap<StepId, { readonly planned: PlannedStep }>;
    /** What an earlier process left of the run. */
    readonly earlier: Iterable<StepState>;
    /** Takes nothing from before this run. */
    readonly fresh: boolean;
    readonly recorder: Recorder;
    readonly signals: Signals;
  },
): Reuse {
  const { clock, runId, graphId, recorder, server, sha256, signals, steps } = deps;
  const store = guardedStore(deps.takes);
  const views = new Map<string, View>();
  const bad = new Set<string>();
  /** Which step of this run has a take, or is to have it, and the other way round. */
  const claims = new Map<string, StepId>();
  const claimOf = new Map<StepId, string>();
  const making = new Map<StepId, Making>();
  /** Numbers of which nothing comes, by the step whose next event says so. */
  const over = new Map<StepId, Making[]>();
  let chosen: Map<string, StepId> | undefined;

  for (const { stepId, takeId, making: begun } of deps.earlier) {
    const held = takeId ?? (begun && takeIdOf(begun.takeKey, begun.takeNumber, sha256));
    if (held !== undefined) claim(stepId, held);
  }

  function claim(stepId: StepId, takeId: string): void {
    unclaim(stepId);
    claims.set(takeId, stepId);
    claimOf.set(stepId, takeId);
  }

  function unclaim(stepId: StepId): void {
    const held = claimOf.get(stepId);
    if (held !== undefined && claims.get(held) === stepId) claims.delete(held);
    claimOf.delete(stepId);
  }

  /** Reads only what was handed out since the last look. */
  async function view(key: string): Promise<View> {
    let known = views.get(key);
    if (!known) {
      known = { max: 0, candidates: [] };
      views.set(key, known);
    }
    for (const { number, state, runId: by } of await store.numbers(key, known.max)) {
      if (number <= known.max) continue; // a step beside this one has read it meanwhile
      known.max = number;
      if (state !== "over")
        known.candidates.push({ takeId: takeIdOf(key, number, sha256), key, number, state, runId: by });
    }
    return known;
  }

  async function candidatesOf(keys: readonly string[]): Promise<Candidate[]> {
    const found: Candidate[] = [];
    for (const key of keys) found.push(...(await view(key)).candidates);
    return found.filter(({ takeId, state }) => state !== "over" && !bad.has(takeId));
  }

  /** Which of them this step is to have. It has it from then on, unless one result serves all. */
  async function choose({ step, keys, shares }: Wanted): Promise<Candidate | undefined> {
    const { stepId } = step;
    const all = await candidatesOf(keys);
    if (shares) {
      const fitting = deps.fresh ? all.filter((each) => each.runId === runId) : all;
      return fitting.find(({ state }) => state === "made") ?? fitting[0];
    }
    if (!all.some(({ takeId }) => isFree(takeId, stepId))) return undefined;
    // Its own of last time, so that neither moving nor copying a node swaps the results of equal ones.
    const last = await store.lastUsed(step, keys);
    const own = all.find(({ takeId }) => takeId === last);
    for (const each of own ? [own, ...all] : all) {
      if (!isFree(each.takeId, stepId)) continue;
      if (each !== own && (await isAnothers(each, step, keys))) continue;
      // Others had their turn while the library was asked.
      if (!isFree(each.takeId, stepId)) continue;
      claim(stepId, each.takeId);
      return each;
    }
    return undefined;
  }

  function isFree(takeId: string, stepId: StepId): boolean {
    return (claims.get(takeId) ?? stepId) === stepId && (chosenBy(takeId) ?? stepId) === stepId;
  }

  /** The step that a person chose this take for, unless it has another one by now. */
  function chosenBy(takeId: string): StepId | undefined {
    if (!chosen) {
      chosen = new Map();
      for (const { planned } of steps.values())
        if (planned.take !== undefined) chosen.set(planned.take, planned.stepId);
    }
    const stepId = chosen.get(takeId);
    return stepId !== undefined && !claimOf.has(stepId) ? stepId : undefined;
  }

  /** Whether an equal step that has not had its turn yet had it last time. */
  async function isAnothers({ takeId }: Candidate, step: PlannedStep, keys: readonly string[]) {
    for (const { nodeId, itemPath } of await store.usersOf(takeId)) {
      const other = steps.get(formatStepId(nodeId, itemPath))?.planned;
      if (!other || other.stepId === step.stepId || claimOf.has(other.stepId)) continue;
      if (hasEnded(recorder.latest.step(other.stepId)) || !wantsTheSame(other, step)) continue;
      if ((await store.lastUsed(other, keys)) === takeId) return true;
    }
    return false;
  }

  function wantsTheSame(one: PlannedStep, other: PlannedStep): boolean {
    if (one.type !== other.type || one.inputs.length !== other.inputs.length) return false;
    if (one.params !== other.params && canonicalJson(one.params) !== canonicalJson(other.params))
      return false;
    return one.inputs.every((input, at) => {
      const beside = other.inputs[at];
      if (!beside || input.portId !== beside.portId) return false;
      if (input.fromStep === beside.fromStep)
        return input.fromPort === beside.fromPort && input.row === beside.row;
      const [mine, theirs] = [outputsOf(input), outputsOf(beside)];
      return mine.length > 0 && canonicalJson(mine) === canonicalJson(theirs);
    });
  }

  function outputsOf({ fromStep, fromPort }: PlannedStep["inputs"][number]): unknown[] {
    return recorder.latest
      .step(fromStep)
      .outputs.flatMap(({ portId, value }) => (portId === fromPort ? [value] : []));
  }

  /** What a person chose for this step, or locked it to, if it still fits. */
  async function pinned({ step, keys }: Wanted): Promise<Take | undefined> {
    const isLocked = step.reuse === "locked";
    let take = step.take === undefined ? undefined : await store.get(step.take);
    if (!take && isLocked) {
      const last = await store.lastUsed(step);
      take = last === undefined ? undefined : await store.get(last);
    }
    return take && (isLocked || keys.includes(take.key)) ? take : undefined;
  }

  async function lookUp(wanted: Wanted, signal: AbortSignal): Promise<StepEnd | undefined> {
    const { step, shares } = wanted;
    const { stepId } = step;
    const { anew } = recorder.latest.step(stepId);
    const isLocked = step.reuse === "locked";
    if (anew || step.reuse === "never") return undefined;
    if (isLocked || (step.take !== undefined && !deps.fresh)) {
      // At once, so that no equal step takes it for free while the library is asked.
      if (step.take !== undefined) claim(stepId, step.take);
      const take = await pinned(wanted);
      const end = take && (await endWith(take, step));
      if (end) return end;
      if (take && isLocked) throw new StepFailed(takeGone(take));
      unclaim(stepId);
    }
    if (deps.fresh && !shares) return undefined;
    for (;;) {
      const found = await choose(wanted);
      if (!found) return undefined;
      if (found.state === "open") await waitFor(found, stepId, signal);
      const take = found.state === "made" ? await store.get(found.takeId) : undefined;
      const end = take && (await endWith(take, step));
      if (end) return end;
      bad.add(found.takeId);
      unclaim(stepId);
    }
  }

  async function waitFor(found: Candidate, stepId: StepId, signal: AbortSignal): Promise<void> {
    signals.send(stepId, { waitingFor: "an equal step, which makes the same" });
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(LOOK_AT_MOST_MS, pauseMs * 1.5)) {
      await sleep(clock, pauseMs, signal);
      found.state = await store.stateOf(found.key, found.number);
      if (found.state !== "open") break;
    }
    signals.send(stepId, {});
  }

  /** Undefined when nothing of it is left: no bytes here, and no id that this server knows. */
  async function endWith(take: Take, { stepId }: PlannedStep): Promise<StepEnd | undefined> {
    const outputs = outputsIn(server.scope, take);
    const toFetch: NonNullable<StepEnd["toFetch"]>[number][] = [];
    for (const [index, { value }] of outputs.entries()) {
      if (value.type !== "media") continue;
      const isHere = value.sha256 !== undefined && (await deps.media.has(value.sha256));
      const { mediaId } = value;
      if (!isHere && mediaId === undefined) return undefined;
      if (mediaId !== undefined && take.job) toFetch.push({ index, value, mediaId, job: take.job, isHere });
    }
    claim(stepId, take.takeId);
    return {
      body: {
        ...{ type: "step-succeeded", stepId, outputs, cached: true, takeId: take.takeId },
        ...(take.estimateMicrodollars === undefined ? {} : { savedMicrodollars: take.estimateMicrodollars }),
        ...(take.job && take.scope === server.scope ? { madeBy: take.job } : {}),
      },
      toFetch,
    };
  }

  return {
    lookUp,
    async reserve({ step, keys, shares }) {
      const { stepId } = step;
      const [key] = keys;
      if (key === undefined) throw new Error(`Step ${stepId} has no key to make a take under.`);
      const { anew } = recorder.latest.step(stepId);
      const asksNobody = anew || step.reuse === "never" || (deps.fresh && !shares);
      const seen = new Map(asksNobody ? [] : keys.map((each) => [each, views.get(each)?.max ?? 0]));
      const at = clock.now();
      const number = await store.reserve({ key, runId, stepId, at, seen, shares });
      if (number === undefined) return undefined;
      const made = { takeKey: key, takeNumber: number };
      making.set(stepId, made);
      claim(stepId, takeIdOf(key, number, sha256));
      return made;
    },
    makingOf: (stepId) => making.get(stepId),
    letGo(stepId) {
      const begun = making.get(stepId);
      if (!begun) return;
      making.delete(stepId);
      unclaim(stepId);
      over.set(stepId, [...(over.get(stepId) ?? []), begun]);
    },
    async takeUp(stepId) {
      const begun = recorder.latest.step(stepId).making;
      if (!begun) return;
      making.set(stepId, begun);
      try {
        await deps.takes.hold(begun.takeKey, begun.takeNumber);
      } catch {
        // Others will not wait for it then, which costs them at most a take of their own. The job itself is paid for.
      }
    },
    changesWith(step, body, inputs) {
      const { stepId, nodeId, itemPath } = step;
      const changes: TakeChange[] = (over.get(stepId) ?? []).map(ended);
      over.delete(stepId);
      const begun = making.get(stepId);
      making.delete(stepId);
      if (body.type === "step-succeeded" && body.takeId !== undefined && body.cached)
        changes.push({ kind: "used", takeId: body.takeId, graphId, nodeId, itemPath, at: clock.now() });
      else if (body.type === "step-succeeded" && body.takeId !== undefined && begun)
        changes.push({ kind: "made", take: takeOf(step, body, begun, inputs()) });
      else if (begun) {
        unclaim(stepId);
        changes.push(ended(begun));
      }
      return changes;
    },
    changesWithStored(stepId, index, value) {
      const { takeId } = recorder.latest.step(stepId);
      return takeId === undefined ? [] : [{ kind: "stored", takeId, index, value }];
    },
    forget: unclaim,
  };

  function takeOf(
    step: PlannedStep,
    { takeId = "", outputs }: Extract<RunEventBody, { type: "step-succeeded" }>,
    { takeKey, takeNumber }: Making,
    inputs: StepInputs,
  ): Take {
    const { stepId, nodeId, itemPath, title } = step;
    const { job, estimateMicrodollars, startedAt } = recorder.latest.step(stepId);
    const madeAt = clock.now();
    return {
      ...{ takeId, key: takeKey, number: takeNumber, runId, stepId, graphId, nodeId, itemPath, title },
      ...{ recipe: recipeOf(step, inputs), outputs, madeAt, startedAt: startedAt ?? madeAt },
      scope: job ? server.scope : "",
      paid: job !== undefined,
      ...(job ? { job } : {}),
      ...(job && estimateMicrodollars !== undefined ? { estimateMicrodollars } : {}),
    };
  }
}

function ended({ takeKey, takeNumber }: Making): TakeChange {
  return { kind: "ended", key: takeKey, number: takeNumber };
}

function hasEnded({ status }: StepState): boolean {
  return status.kind !== "waiting" && status.kind !== "running";
}

/** A server's ids mean nothing in another scope: there the bytes alone count. */
function outputsIn(scope: Scope, take: Take): readonly StepOutput[] {
  if (take.scope === scope) return take.outputs;
  return take.outputs.map(({ portId, value }) => {
    if (value.type !== "media") return { portId, value };
    const { mediaId: _elsewhere, madeByJob: _there, ...rest } = value;
    return { portId, value: rest };
  });
}

/** What the library cannot say is not guessed: without it a step might be paid for twice. */
function guardedStore(store: TakeStore): TakeStore {
  const guarded =
    <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      try {
        return await ask(...asked);
      } catch (error) {
        throw new StepFailed(
          localFailure(error, {
            code: "takes_unreadable",
            remedy:
              "Nothing was sent, because nobody can say what was made before. Mend the data folder, then retry.",
          }),
        );
      }
    };
  return {
    get: guarded((takeId) => store.get(takeId)),
    numbers: guarded((key, above) => store.numbers(key, above)),
    stateOf: guarded((key, number) => store.stateOf(key, number)),
    lastUsed: guarded((step, keys) => store.lastUsed(step, keys)),
    usersOf: guarded((takeId) => store.usersOf(takeId)),
    reserve: guarded((order) => store.reserve(order)),
    hold: guarded((key, number) => store.hold(key, number)),
  };
}
