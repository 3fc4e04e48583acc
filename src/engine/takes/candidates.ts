import type { StepId } from "../../graph/plan/plan.ts";
import type { TakeState, TakeStore } from "../ports/deps.ts";
import { takeIdOf } from "./take-key.ts";

/** A number under one of the keys, of which there is a take, or may be soon. */
export type Candidate = {
  readonly takeId: string;
  readonly key: string;
  readonly number: number;
  state: TakeState;
  readonly runId: string;
  /** Of the step it was handed out to, in that run. */
  readonly stepId: string;
};

/** What there was at one moment. What becomes of a step is decided on one look, and on nothing that came after it. */
export type Look = readonly Candidate[];

/** The numbers that were handed out under the keys of a run's steps. Reads each key only from where it stopped. */
export type Candidates = {
  lookFor(stepId: StepId, keys: readonly string[]): Promise<Look>;
  /**
   * Up to which number of a key the step has looked. A later look, for a step beside it, counts for that one alone: what
   * stands above is still to be looked at before another is made.
   */
  seen(stepId: StepId, key: string): number;
  /** There is nothing left of this take: no step is offered it again. */
  drop(takeId: string): void;
};

export function createCandidates(
  store: Pick<TakeStore, "numbers">,
  sha256: (text: string) => string,
): Candidates {
  type View = { max: number; readonly candidates: Candidate[] };
  const views = new Map<string, View>();
  const bad = new Set<string>();
  const seen = new Map<StepId, Map<string, number>>();

  /** Reads only what was handed out since the last look. */
  async function view(key: string): Promise<View> {
    let known = views.get(key);
    if (!known) {
      known = { max: 0, candidates: [] };
      views.set(key, known);
    }
    for (const one of await store.numbers(key, known.max)) {
      const { number } = one;
      if (number <= known.max) continue; // a step beside this one has read it meanwhile
      known.max = number;
      if (one.state !== "over") known.candidates.push({ ...one, takeId: takeIdOf(key, number, sha256), key });
    }
    return known;
  }

  return {
    async lookFor(stepId, keys) {
      const found: Candidate[] = [];
      const upTo = seen.get(stepId) ?? new Map<string, number>();
      seen.set(stepId, upTo);
      for (const key of keys) {
        const { max, candidates } = await view(key);
        // In the same turn, so that the number stands for these candidates and no others.
        upTo.set(key, max);
        found.push(...candidates);
      }
      return found.filter(({ takeId, state }) => state !== "over" && !bad.has(takeId));
    },
    seen: (stepId, key) => seen.get(stepId)?.get(key) ?? 0,
    drop: (takeId) => void bad.add(takeId),
  };
}
