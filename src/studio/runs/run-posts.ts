import { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import type { Ledger, PostKey } from "../../engine/index.ts";
import type { PostPreview, Scope } from "../../engine/record.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { LedgerRow, LedgerRowId, Library } from "../../library/index.ts";
import type { UnaskedRule } from "../contract/posts.ts";
import { Refused } from "../ground/refused.ts";
import type { Turns } from "../ground/turns.ts";
import type { LocalRuns } from "./local-runs.ts";
import { createPostLedger, entryOf } from "./post-ledger.ts";

/** What runs and the publish ledger have to say to each other. */
export type RunPosts = {
  /** The ledger as the engine asks for it. */
  readonly ledger: Ledger;
  /** A row was written: posts that wait for an approval may have to be asked for anew. */
  changed(key: PostKey): void;
  /** Whether the answer to this intent may still come. */
  isSending(row: LedgerRow): Promise<boolean>;
  /**
   * Writes down for good what a person found out about a post. A run that is held here goes on from it; another reads it when
   * it is opened.
   *
   * @throws Refused
   */
  settle(id: LedgerRowId, as: "sent" | "not-sent", permalink?: string): Promise<void>;
  onChange(listener: () => void): () => void;
  /** Nodes of graphs whose posts to an account go out without asking, on this machine. */
  readonly unasked: {
    allows(scope: Scope, post: { graphId: string; nodeId: string; accountId: string }): Promise<boolean>;
    list(): Promise<readonly UnaskedRule[]>;
    /** From now on the node of this step, which waits for an approval, posts to its account unasked. @throws Refused */
    add(runId: string, stepId: string): Promise<void>;
    remove(ruleId: string): Promise<void>;
  };
};

const UNASKED = "unasked";

/** As it is stored under its id. */
const unaskedSchema = z.object({
  graphId: z.string(),
  graphName: z.string(),
  nodeId: z.string(),
  title: z.string(),
  platform: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  serverLabel: z.string(),
  at: z.number(),
});

export function createRunPosts(deps: {
  readonly library: Library;
  readonly clock: Clock;
  readonly local: LocalRuns;
  readonly turns: Turns;
}): RunPosts {
  const { library, clock, local, turns } = deps;
  const listeners = new Set<() => void>();

  function changed(key: PostKey): void {
    for (const { run } of local.all()) run.recheckPosts(key);
    for (const listener of listeners) listener();
  }

  async function isSending({ runId, stepId }: LedgerRow): Promise<boolean> {
    const here = local.get(runId);
    if (here) {
      const step = here.run.state().steps.get(stepId as StepId); // a wrong one is not found
      return !local.isBroken(runId) && step?.unanswered !== undefined;
    }
    const row = await library.runs.get(runId);
    return row !== undefined && (await library.runs.holder(row)) === "another-process";
  }

  /** Only in the run's turn: while this process has not resumed it, what it sent last stays as it is. */
  async function settleInTurn(id: LedgerRowId, as: "sent" | "not-sent", permalink?: string): Promise<void> {
    const row = await library.ledger.get(id);
    if (!row) throw new Refused("post-missing", "The ledger has no such post.", "Look at the list of posts.");
    if (row.state === "intended" && (await isSending(row)))
      throw new Refused("post-under-way", "This post is being sent just now.", "Wait for its answer.");
    const here = local.get(row.runId);
    if (here && !local.isBroken(row.runId)) {
      const answer = here.run.settlePost(id.stepId as StepId, id.attempt, as, permalink); // as above
      if (answer.ok) return await here.run.flushed();
      const { code, message, remedy } = answer.reason;
      if (code !== "nothing-unsettled") throw new Refused(code, message, remedy);
    }
    if (!(await library.ledger.settle(id, { as, by: "person", at: clock.now() }, permalink)))
      throw new Refused("post-settled", "This post is not in doubt.", "There is nothing to say about it.");
    changed(entryOf(row, row.scope as Scope)); // written by a run of this scope
  }

  function waitingPost(runId: string, stepId: string) {
    const state = local.get(runId)?.run.state();
    if (!state) throw new Refused("run-over", "This run is not open in this Catwalk.", "Resume it first.");
    const step = state.steps.get(stepId as StepId); // as above
    if (step?.status.kind !== "waiting-for-approval")
      throw new Refused("wrong-state", "This step does not wait for an approval.", "Nothing to do.");
    return { state, step, post: step.status.post satisfies PostPreview };
  }

  return {
    ledger: createPostLedger({ library, clock, isSending }),
    changed,
    isSending,
    settle: (id, ...said) => turns(id.runId, () => settleInTurn(id, ...said)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    unasked: {
      async allows(scope, { graphId, nodeId, accountId }) {
        try {
          // A ledger with holes cannot say that something was never sent.
          if (await library.ledger.hasHoles()) return false;
          const found = await library.settings.get(UNASKED, ruleIdOf(scope, graphId, nodeId, accountId));
          return unaskedSchema.safeParse(found).success;
        } catch {
          return false; // what cannot be read allows nothing
        }
      },
      list: async () =>
        Object.entries(await library.settings.all(UNASKED)).flatMap(([ruleId, json]) => {
          const rule = unaskedSchema.safeParse(json);
          return rule.success ? [{ ruleId, ...rule.data }] : [];
        }),
      async add(runId, stepId) {
        const { state, step, post } = waitingPost(runId, stepId);
        const { graphId, graphName, scope, serverLabel } = state;
        const { nodeId, title } = step;
        const { platform, accountId, accountName = accountId } = post;
        await library.settings.set(UNASKED, ruleIdOf(scope, graphId, nodeId, accountId), {
          ...{ graphId, graphName, nodeId, title, platform, accountId, accountName, serverLabel },
          at: clock.now(),
        });
      },
      remove: (ruleId) => library.settings.set(UNASKED, ruleId, undefined),
    },
  };
}

/** An account is one only together with its scope. */
function ruleIdOf(scope: string, graphId: string, nodeId: string, accountId: string): string {
  return JSON.stringify([scope, graphId, nodeId, accountId]);
}
