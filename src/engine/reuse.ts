/**
 * Earlier results in a run: finds the take that a step can have, waits for an equal step that makes one, and hands out
 * the number of the take that a create is to make.
 *
 * @see docs/architecture.md, "Reuse".
 */
import type { PlannedStep, StepId } from "../graph/plan.ts";
import type { MediaValue, StepInputs } from "../nodes/definition/work.ts";
import type { EngineDeps } from "./deps.ts";
import type { RunEventBody } from "./events.ts";
import type { Recorder } from "./recorder.ts";
import type { StepState } from "./run-state.ts";
import type { Signals } from "./signals.ts";
import type { StepEnd } from "./step-context.ts";
import { type Candidate, createTakeChoice, guardedStore, type Wanted } from "./take-choice.ts";
import { recipeOf, takeIdOf } from "./take-key.ts";
import type { Take, TakeChange } from "./takes.ts";
import { sleep } from "./waiting.ts";

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
  const choice = createTakeChoice({
    ...{
      store,
      media: deps.media,
      scope: server.scope,
      runId,
      steps,
      earlier: deps.earlier,
      fresh: deps.fresh,
    },
    sha256: (text) => sha256(text),
    stepOf(stepId) {
      const { outputs, status } = recorder.latest.step(stepId);
      return { outputs, hasEnded: status.kind !== "waiting" && status.kind !== "running" };
    },
  });
  const making = new Map<StepId, Making>();
  /** Numbers of which nothing comes, by the step whose next event says so. */
  const over = new Map<StepId, Making[]>();

  async function lookUp(wanted: Wanted, signal: AbortSignal): Promise<StepEnd | undefined> {
    const { stepId } = wanted.step;
    const { anew = false } = recorder.latest.step(stepId);
    const found = await choice.find(wanted, anew, async (candidate) => waitFor(candidate, stepId, signal));
    if (!found) return undefined;
    if (found.kind === "under-way") throw new Error(`Step ${stepId} did not wait for its equal to end.`);
    const { take, outputs, here } = found;
    const { takeId, job, estimateMicrodollars } = take;
    return {
      body: {
        ...{ type: "step-succeeded", stepId, outputs, cached: true, takeId },
        ...(estimateMicrodollars === undefined ? {} : { savedMicrodollars: estimateMicrodollars }),
        ...(job && take.scope === server.scope ? { madeBy: job } : {}),
      },
      toFetch: outputs.flatMap(({ value }, index) =>
        value.type === "media" && value.mediaId !== undefined && job
          ? [{ index, value, mediaId: value.mediaId, job, isHere: here.has(index) }]
          : [],
      ),
    };
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

  return {
    lookUp,
    async reserve({ step, keys, shares }) {
      const { stepId } = step;
      const [key] = keys;
      if (key === undefined) throw new Error(`Step ${stepId} has no key to make a take under.`);
      const { anew } = recorder.latest.step(stepId);
      const asksNobody = anew || step.reuse === "never" || (deps.fresh && !shares);
      const seen = new Map(asksNobody ? [] : keys.map((each) => [each, choice.seen(each)]));
      const at = clock.now();
      const number = await store.reserve({ key, runId, stepId, at, seen, shares });
      if (number === undefined) return undefined;
      const made = { takeKey: key, takeNumber: number };
      making.set(stepId, made);
      choice.claim(stepId, takeIdOf(key, number, sha256));
      return made;
    },
    makingOf: (stepId) => making.get(stepId),
    letGo(stepId) {
      const begun = making.get(stepId);
      if (!begun) return;
      making.delete(stepId);
      choice.unclaim(stepId);
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
      const isNews = body.type === "step-succeeded" && body.takeId !== undefined;
      // Most steps of a run have nothing to do with takes.
      if (!isNews && making.size === 0 && over.size === 0) return none;
      const changes: TakeChange[] = (over.get(stepId) ?? []).map(ended);
      over.delete(stepId);
      const begun = making.get(stepId);
      making.delete(stepId);
      if (body.type === "step-succeeded" && body.takeId !== undefined && body.cached)
        changes.push({ kind: "used", takeId: body.takeId, graphId, nodeId, itemPath, at: clock.now() });
      else if (body.type === "step-succeeded" && body.takeId !== undefined && begun)
        changes.push({ kind: "made", take: takeOf(step, body, begun, inputs()) });
      else if (begun) {
        choice.unclaim(stepId);
        changes.push(ended(begun));
      }
      return changes;
    },
    changesWithStored(stepId, index, value) {
      const { takeId } = recorder.latest.step(stepId);
      return takeId === undefined ? [] : [{ kind: "stored", takeId, index, value }];
    },
    forget: (stepId) => choice.unclaim(stepId),
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

const none: readonly TakeChange[] = [];

function ended({ takeKey, takeNumber }: Making): TakeChange {
  return { kind: "ended", key: takeKey, number: takeNumber };
}
