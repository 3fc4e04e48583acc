/**
 * Which earlier result a step of a run is to have. Looks and decides, and writes nothing, so that a run and the look
 * before it decide alike.
 */

import { canonicalJson } from "../../base/canonical-json.ts";
import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";
import { formatStepId } from "../../graph/plan/step-id.ts";
import type { StepOutput } from "../../nodes/definition/work.ts";
import type { EngineDeps, TakeStore } from "../ports/deps.ts";
import type { Scope } from "../record/events.ts";
import { StepFailed, takeGone, takesUnreadable } from "../record/failures.ts";
import type { StepState } from "../record/run-state.ts";
import type { Take } from "../record/takes.ts";
import { type Candidate, type Candidates, createCandidates, type Look } from "./candidates.ts";
import { type Claims, createClaims } from "./claims.ts";
import { type ReusableWork, takeIdOf } from "./take-key.ts";

/** What a step would have, made by any step. */
export type Wanted = {
  readonly step: PlannedStep;
  readonly work: ReusableWork;
  /** From `takeKeys`; the first is the one a new take is kept under. */
  readonly keys: readonly string[];
  /** One result serves all who want it. Else two steps of a run never have the same. */
  readonly shares: boolean;
};

export type Found =
  | {
      readonly kind: "take";
      readonly take: Take;
      /** As they are valid in this scope. */
      readonly outputs: readonly StepOutput[];
      /** Indexes of media whose bytes are in the library. */
      readonly here: ReadonlySet<number>;
    }
  | { readonly kind: "under-way" }
  /** The server has its job, and no process looks at it. */
  | { readonly kind: "out"; readonly candidate: Candidate }
  /** There is no take, and what another run sent may have been made. */
  | { readonly kind: "doubt"; readonly candidate: Candidate };

export type TakeChoice = Pick<Claims, "claim" | "unclaim"> &
  Pick<Candidates, "seen"> & {
    /**
     * An earlier result that is still there. The step has it from then on, unless one serves all.
     *
     * @param anew a person wants another one.
     * @param onOpen waits for an equal step that is under way, and says in the candidate how it ended; or leaves it open.
     * @throws StepFailed when the step is locked to a take of which nothing is left, or the library cannot say what there is.
     */
    find(
      wanted: Wanted,
      anew: boolean,
      onOpen: (candidate: Candidate) => Promise<void>,
    ): Promise<Found | undefined>;
    /** Another run's create that may have made this, also where the step is made anew whatever there is. */
    doubtOf(wanted: Wanted): Promise<Candidate | undefined>;
  };

export function createTakeChoice(deps: {
  readonly store: TakeStore;
  readonly media: Pick<EngineDeps["media"], "has" | "pathOf">;
  readonly scope: Scope;
  sha256(text: string): string;
  readonly runId: string;
  /** By step id: every step of the run. */
  readonly steps: ReadonlyMap<StepId, { readonly planned: PlannedStep }>;
  /** What an earlier process left of the run. */
  readonly earlier: Iterable<Pick<StepState, "stepId" | "takeId" | "making">>;
  /** Takes nothing from before this run, but for what a node is locked to. */
  readonly fresh: boolean;
  stepOf(stepId: StepId): Pick<StepState, "outputs"> & { readonly hasEnded: boolean };
}): TakeChoice {
  const { runId, sha256, steps, store } = deps;
  const candidates = createCandidates(store, sha256);
  const { claim, unclaim, hasClaim, isFree } = createClaims(steps);
  /** Doubts, by the step that stands for them: two steps are not told of the same one. */
  const faced = new Map<string, StepId>();
  for (const { stepId, takeId, making } of deps.earlier) {
    const held = takeId ?? (making && takeIdOf(making.takeKey, making.takeNumber, sha256));
    if (held !== undefined) claim(stepId, held);
  }

  /** Another run's create that may have made this, where no step beside this one stands for it. */
  function doubtFor({ step, shares }: Wanted, look: Look): Candidate | undefined {
    for (const each of look) {
      if (each.state !== "doubt" || each.runId === runId) continue;
      if (!shares && (faced.get(each.takeId) ?? step.stepId) !== step.stepId) continue;
      faced.set(each.takeId, step.stepId);
      return each;
    }
    return undefined;
  }

  /** Which of them this step is to have. It has it from then on, unless one result serves all. */
  async function choose({ step, keys, shares }: Wanted, look: Look): Promise<Candidate | undefined> {
    const { stepId } = step;
    const all = look.filter(({ state }) => state !== "doubt");
    if (shares) {
      const fitting = deps.fresh ? all.filter((each) => each.runId === runId) : all;
      return fitting.find(({ state }) => state === "made") ?? fitting[0];
    }
    if (!all.some(({ takeId }) => isFree(takeId, stepId))) return undefined;
    // Its own of last time, so that neither moving nor copying a node swaps the results of equal ones.
    const last = await store.lastUsed(step, keys);
    const own = all.find(({ takeId }) => takeId === last) ?? all.find((each) => isOutOf(each, stepId));
    // A result that is there comes before one that may never be.
    const rest = [
      ...all.filter(({ state }) => state !== "out"),
      ...all.filter(({ state }) => state === "out"),
    ];
    for (const each of own ? [own, ...rest] : rest) {
      if (!isFree(each.takeId, stepId)) continue;
      if (each !== own && (await isAnothers(each, step, keys))) continue;
      // Others had their turn while the library was asked.
      if (!isFree(each.takeId, stepId)) continue;
      claim(stepId, each.takeId);
      return each;
    }
    return undefined;
  }

  /** What is out of the step's own, from before it was retried. */
  function sentBefore({ step }: Wanted, look: Look): Candidate | undefined {
    const own = look.find((each) => each.runId === runId && isOutOf(each, step.stepId));
    if (own) claim(step.stepId, own.takeId);
    return own;
  }

  function isOutOf({ state, stepId: by }: Candidate, stepId: StepId): boolean {
    return state === "out" && by === stepId;
  }

  /** Whether an equal step that has not had its turn yet had it last time, or had its job sent. */
  async function isAnothers(candidate: Candidate, step: PlannedStep, keys: readonly string[]) {
    const { takeId } = candidate;
    const sender = steps.get(candidate.stepId as StepId)?.planned; // another run's step of that id, if it is one here
    if (sender && isOutOf(candidate, sender.stepId) && mayStillWant(sender, step)) return true;
    for (const { nodeId, itemPath } of await store.usersOf(takeId)) {
      const other = steps.get(formatStepId(nodeId, itemPath))?.planned;
      if (other && mayStillWant(other, step) && (await store.lastUsed(other, keys)) === takeId) return true;
    }
    return false;
  }

  function mayStillWant(other: PlannedStep, step: PlannedStep): boolean {
    if (other.stepId === step.stepId || hasClaim(other.stepId)) return false;
    return !deps.stepOf(other.stepId).hasEnded && wantsTheSame(other, step);
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
    return deps.stepOf(fromStep).outputs.flatMap(({ portId, value }) => (portId === fromPort ? [value] : []));
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

  /**
   * A render is all there is of it, so its bytes are looked into: a cut or damaged one is made again. What the server
   * has as well is fetched again when it is needed and found damaged.
   */
  async function isThere(sha256: string, isOnlyHere: boolean): Promise<boolean> {
    return isOnlyHere ? (await deps.media.pathOf(sha256)) !== undefined : await deps.media.has(sha256);
  }

  /** Undefined when nothing of it is left: no bytes here, and no id that this server knows. */
  async function foundOf(take: Take, { stepId }: PlannedStep): Promise<Found | undefined> {
    const outputs = outputsIn(deps.scope, take);
    const here = new Set<number>();
    for (const [index, { value }] of outputs.entries()) {
      if (value.type !== "media") continue;
      if (value.sha256 !== undefined && (await isThere(value.sha256, value.mediaId === undefined)))
        here.add(index);
      else if (value.mediaId === undefined) return undefined;
    }
    claim(stepId, take.takeId);
    return { kind: "take", take, outputs, here };
  }

  return {
    async doubtOf(wanted) {
      return doubtFor(wanted, await candidates.lookFor(wanted.step.stepId, wanted.keys));
    },
    async find(wanted, anew, onOpen) {
      const { step } = wanted;
      const { stepId } = step;
      const isLocked = step.reuse === "locked";
      if (anew) return undefined;
      if (isLocked || (step.take !== undefined && !deps.fresh)) {
        // At once, so that no equal step takes it for free while the library is asked.
        if (step.take !== undefined) claim(stepId, step.take);
        const take = await pinned(wanted);
        const found = take && (await foundOf(take, step));
        if (found) return found;
        if (take && isLocked) throw new StepFailed(takeGone(take));
        unclaim(stepId);
      }
      // A job that this very run has sent for the step is its new take.
      const takesNone = step.reuse === "never" || (deps.fresh && !wanted.shares);
      for (;;) {
        const look = await candidates.lookFor(stepId, wanted.keys);
        const candidate = takesNone ? sentBefore(wanted, look) : await choose(wanted, look);
        if (!candidate) {
          if (takesNone) return undefined;
          const doubt = doubtFor(wanted, look);
          if (!doubt) return undefined;
          doubt.state = await store.stateOf(doubt.key, doubt.number); // its answer may have come after all
          if (doubt.state === "doubt") return { kind: "doubt", candidate: doubt };
          continue;
        }
        if (candidate.state === "open") await onOpen(candidate);
        if (candidate.state === "open") return { kind: "under-way" };
        if (candidate.state === "out") return { kind: "out", candidate };
        if (candidate.state === "doubt") {
          unclaim(stepId);
          continue;
        }
        const take = candidate.state === "made" ? await store.get(candidate.takeId) : undefined;
        const found = take && (await foundOf(take, step));
        if (found) return found;
        candidates.drop(candidate.takeId);
        unclaim(stepId);
      }
    },
    claim,
    unclaim,
    seen: candidates.seen,
  };
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
export function guardedStore(store: TakeStore): TakeStore {
  const guarded =
    <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      try {
        return await ask(...asked);
      } catch (error) {
        throw new StepFailed(takesUnreadable(error));
      }
    };
  return {
    get: guarded((takeId) => store.get(takeId)),
    numbers: guarded((key, above) => store.numbers(key, above)),
    stateOf: guarded((key, number) => store.stateOf(key, number)),
    lastUsed: guarded((step, keys) => store.lastUsed(step, keys)),
    usersOf: guarded((takeId) => store.usersOf(takeId)),
    reserve: guarded((order) => store.reserve(order)),
    resume: guarded((key, number) => store.resume(key, number)),
    adopt: guarded((key, number) => store.adopt(key, number)),
  };
}
