import type { Plan } from "../../graph/plan/plan.ts";
import type { StepInputs, StepWork } from "../../nodes/definition/work.ts";
import type { Traffic } from "../limits/limits.ts";
import type { LedgerEntry } from "../ports/deps.ts";
import type { RunEvent } from "../record/events.ts";

/** What a run is to do. */
export type RunSetup = {
  readonly runId: string;
  readonly plan: Plan;
  /** What a step has to do, from `src/nodes/executors.ts`. */
  workOf(type: string, params: Readonly<Record<string, unknown>>, inputs: StepInputs): StepWork;
  /** Of a type's executor. Results of another version do not stand for its own. Default: 1. */
  versionOf?(type: string): number;
  /** Takes no result of before this run, but for what a node is locked to. Default: false. */
  readonly fresh?: boolean;
  /** Takes in doubt of other runs that a person was told of before this one: it may make its own beside them. */
  readonly toldDoubts?: ReadonlySet<string>;
  /** Default: no bound. */
  readonly budget?: RunBudget;
  /** What runs on the same server share. Default: this run's own. */
  readonly traffic?: Traffic;
};

/** Both in microdollars. */
export type RunBudget = {
  readonly limit: number;
  /** A job without a known price counts as this much. Default: none is made. */
  readonly assumedPrice?: number;
};

/** What a run left behind when its process went, and what is to become of its doubts. */
export type RunLeftovers = {
  /** The whole journal of the run, at least `run-started`. */
  readonly events: readonly RunEvent[];
  /** The ledger's newest row of each step that has one. */
  readonly posts: readonly LedgerEntry[];
  /**
   * `ask`: each waits for a person. `retry`: they are sent again, posts only after a new approval. `skip`: they are
   * left as they are, and what depends on them with them.
   */
  readonly inDoubt: DoubtPolicy;
};

export type DoubtPolicy = "ask" | "retry" | "skip";
