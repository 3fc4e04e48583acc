import type { StepId } from "../../graph/plan/plan.ts";
import type { StepState } from "./run-state.ts";

/**
 * The steps of a run in the order of the plan. A run never gains or loses a step, so copies share which one stands
 * where, and a copy is one array: 30,000 steps take some ten microseconds, where a copy of a `Map` takes milliseconds.
 */
export class StepTable implements ReadonlyMap<StepId, StepState> {
  readonly #places: ReadonlyMap<StepId, number>;
  readonly #steps: StepState[];

  private constructor(places: ReadonlyMap<StepId, number>, steps: StepState[]) {
    this.#places = places;
    this.#steps = steps;
  }

  /** Of steps with different ids. */
  static of(steps: Iterable<StepState>): StepTable {
    const list = [...steps];
    const places = new Map(list.map(({ stepId }, place) => [stepId, place]));
    if (places.size !== list.length) throw new Error("Two steps of a run have the same id.");
    return new StepTable(places, list);
  }

  copy(): StepTable {
    return new StepTable(this.#places, this.#steps.slice());
  }

  /** Puts a step in the place of what it was. Only for the owner of this copy, while it has not given it away. */
  put(step: StepState): void {
    const place = this.#places.get(step.stepId);
    if (place === undefined) throw new Error(`There is no step ${step.stepId}.`);
    this.#steps[place] = step;
  }

  get size(): number {
    return this.#steps.length;
  }

  has(stepId: StepId): boolean {
    return this.#places.has(stepId);
  }

  get(stepId: StepId): StepState | undefined {
    const place = this.#places.get(stepId);
    return place === undefined ? undefined : this.#steps[place];
  }

  keys(): MapIterator<StepId> {
    return this.#places.keys();
  }

  values(): MapIterator<StepState> {
    return this.#steps.values();
  }

  *entries(): MapIterator<[StepId, StepState]> {
    for (const step of this.#steps) yield [step.stepId, step];
  }

  [Symbol.iterator](): MapIterator<[StepId, StepState]> {
    return this.entries();
  }

  forEach(call: (step: StepState, stepId: StepId, table: ReadonlyMap<StepId, StepState>) => void): void {
    for (const step of this.#steps) call(step, step.stepId, this);
  }
}
