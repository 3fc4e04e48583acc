/**
 * Earlier results in a run: finds the take that a step can have, waits for an equal step that makes one, and hands out
 * the number of the take that a create is to make.
 *
 * @see docs/architecture.md, "Reuse".
 */

import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { message } from "../../words/message.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { Signals } from "../journal/signals.ts";
import type { EngineDeps } from "../ports/deps.ts";
import { equalInDoubt, StepFailed } from "../record/failures.ts";
import type { StepState } from "../record/run-state.ts";
import type { StepEnd } from "../record/step-end.ts";
import { isUnderWay } from "../record/step-facts.ts";
import type { JobOut, Making } from "../record/takes.ts";
import { sleep } from "../time/waiting.ts";
import type { Candidate } from "./candidates.ts";
import { createMakings, type Makings } from "./makings.ts";
import { createTakeChoice, type Found, guardedStore, type Wanted } from "./take-choice.ts";
import { takeIdOf } from "./take-key.ts";

export type Reuse = Makings & {
  /**
   * An earlier result as the end of the step, after waiting for an equal step that makes one. Nothing: it is to be
   * made.
   *
   * @param follow looks at the job of an earlier step that is out already, for what a server makes.
   * @throws Stopped, StepFailed, also when an equal step of another run is in doubt
   */
  lookUp(
    wanted: Wanted,
    signal: AbortSignal,
    follow?: (job: JobRef) => Promise<StepEnd>,
  ): Promise<StepEnd | undefined>;
  /**
   * The number of the take to be made. Nothing: look up again, since another step was faster. @throws StepFailed
   */
  reserve(wanted: Wanted): Promise<Making | undefined>;
  /** A job that was begun earlier is looked at again; others wait for what it makes. */
  resume(stepId: StepId): Promise<void>;
  /** The step starts over: what it had is free for others. */
  forget(stepId: StepId): void;
};

/** The least time between two looks at an equal step that is under way elsewhere, in milliseconds. */
const FIRST_LOOK_MS = 100;

/** The most: what has been waited for long is not missed for a little longer. */
function longestPause(waitedMs: number): number {
  return Math.min(30_000, Math.max(2000, waitedMs / 50));
}

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
    /** As `RunSetup.toldDoubts`. */
    readonly toldDoubts: ReadonlySet<string>;
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
      return { outputs, hasEnded: !isUnderWay(status.kind) };
    },
  });
  const { set: begin, ...makings } = createMakings({
    ...{ clock, runId, graphId, server, recorder },
    unclaim: choice.unclaim,
  });
  const toldDoubts = new Set(deps.toldDoubts);

  async function lookUp(
    wanted: Wanted,
    signal: AbortSignal,
    follow?: (job: JobRef) => Promise<StepEnd>,
  ): Promise<StepEnd | undefined> {
    const { stepId } = wanted.step;
    const { anew = false } = recorder.latest.step(stepId);
    for (;;) {
      const found = await choice.find(wanted, anew, async (candidate) => waitFor(candidate, stepId, signal));
      switch (found?.kind) {
        case undefined:
          return undefined;
        case "take":
          return taken(stepId, found);
        case "doubt": {
          // A person who began the run, or has read this failure, knows that it may be made twice.
          const { takeId, runId: by } = found.candidate;
          if (toldDoubts.has(takeId)) return undefined;
          toldDoubts.add(takeId);
          throw new StepFailed(equalInDoubt(by));
        }
        case "out": {
          const { candidate } = found;
          const { key, number } = candidate;
          const out = follow && (await store.adopt(key, number));
          if (follow && out) return await adopt(wanted, { takeKey: key, takeNumber: number }, out, follow);
          candidate.state = await store.stateOf(key, number); // another process was faster
          break;
        }
        case "under-way":
          throw new Error(`Step ${stepId} did not wait for its equal to end.`);
      }
    }
  }

  async function adopt(
    { step: { stepId } }: Wanted,
    made: Making,
    { job, estimateMicrodollars }: JobOut,
    follow: (job: JobRef) => Promise<StepEnd>,
  ): Promise<StepEnd> {
    begin(stepId, made);
    choice.claim(stepId, takeIdOf(made.takeKey, made.takeNumber, sha256));
    const { attempt } = recorder.latest.step(stepId);
    await recorder.commit({
      ...{ type: "job-adopted", stepId, attempt, job, ...made },
      ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }),
    });
    return await follow(job);
  }

  function taken(stepId: StepId, { take, outputs, here }: Extract<Found, { kind: "take" }>): StepEnd {
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
    signals.send(stepId, { waitingFor: message("failures.waitsForEqual") });
    const since = clock.now();
    for (
      let pauseMs = FIRST_LOOK_MS;
      ;
      pauseMs = Math.min(longestPause(clock.now() - since), pauseMs * 1.5)
    ) {
      await sleep(clock, pauseMs, signal);
      found.state = await store.stateOf(found.key, found.number);
      if (found.state !== "open") break;
    }
    signals.send(stepId, {});
  }

  return {
    ...makings,
    lookUp,
    async reserve({ step, keys, shares }) {
      const { stepId } = step;
      const [key] = keys;
      if (key === undefined) throw new Error(`Step ${stepId} has no key to make a take under.`);
      const { anew } = recorder.latest.step(stepId);
      const ignoresOthers = anew || step.reuse === "never" || (deps.fresh && !shares);
      const seen = new Map(ignoresOthers ? [] : keys.map((each) => [each, choice.seen(stepId, each)]));
      const at = clock.now();
      const number = await store.reserve({ key, runId, stepId, at, seen, shares });
      if (number === undefined) return undefined;
      const made = { takeKey: key, takeNumber: number };
      begin(stepId, made);
      choice.claim(stepId, takeIdOf(key, number, sha256));
      return made;
    },
    async resume(stepId) {
      const begun = recorder.latest.step(stepId).making;
      if (!begun) return;
      begin(stepId, begun);
      try {
        await deps.takes.resume(begun.takeKey, begun.takeNumber);
      } catch {
        // Others will not wait for it then, which costs them at most a take of their own. The job itself is paid for.
      }
    },
    forget: (stepId) => choice.unclaim(stepId),
  };
}
