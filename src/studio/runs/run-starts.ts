import { randomUUID } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { DoubtPolicy, Run } from "../../engine/index.ts";
import type { Graph } from "../../graph/document/schema.ts";
import type { Plan } from "../../graph/plan/plan.ts";
import { storedPlan } from "../../graph/plan/stored-plan.ts";
import type { Library } from "../../library/index.ts";
import type { Turns } from "../ground/turns.ts";
import { searchTextOf } from "../results/run-text.ts";
import type { Server } from "../server/connection.ts";
import type { LocalRuns } from "./local-runs.ts";
import type { Opening, RunHooks } from "./open-run.ts";
import { entryOf } from "./post-ledger.ts";
import type { RestingRuns } from "./resting-runs.ts";
import { type RunOptions, storedOptions } from "./run-options.ts";
import { checkParked, type SurvivalWatch } from "./run-survival.ts";
import { type QueueOfRuns, selectionWords, type WaitingRun } from "./studio-queue.ts";

export type RunOrder = RunHooks &
  RunOptions & {
    readonly graph: Graph;
    readonly plan: Plan;
    readonly server: Server;
  };

export type ResumeOrder = RunHooks & {
  readonly runId: string;
  readonly server: Server;
  readonly inDoubt: DoubtPolicy;
  /** Whether a person is there to be asked about posts; else the run keeps the policy it was started with. */
  readonly attended: boolean;
  readonly evenIfParked: boolean;
  /** What was told beside what the run was started with; as `RunSetup.toldDoubts`. */
  readonly toldDoubts?: readonly string[] | undefined;
};

/** How runs begin, and go on after their process ended. */
export type RunStarts = {
  /** Begins now, whatever the queue: for a command line that waits for it. */
  start(order: RunOrder): Promise<Run>;
  /** Begins when the queue has room for it, with exactly this order. */
  enqueue(order: RunOrder): Promise<{ readonly runId: string; readonly queued: boolean }>;
  /** Whether it is held here and at rest, so that it takes commands and there is nothing to resume. */
  isOpen(runId: string): boolean;
  /** Resumes the run in this process, at once. @throws Refused as `RestingRuns.get`, and `run-parked`. */
  resume(order: ResumeOrder): Promise<Run>;
  /**
   * As `resume`, but a run that never began goes through the queue. One that had begun is resumed at once whatever the
   * limit: its jobs are out already, and somebody has to look at them.
   */
  resumeOrEnqueue(order: ResumeOrder): Promise<void>;
};

export function createRunStarts(deps: {
  readonly library: Library;
  readonly clock: Pick<Clock, "now">;
  readonly local: LocalRuns;
  readonly resting: RestingRuns;
  readonly queue: QueueOfRuns;
  readonly survival: SurvivalWatch;
  readonly turns: Turns;
  open(opening: Opening): Run;
  onChange(): void;
}): RunStarts {
  const { library, clock, local, resting, queue, survival, turns, open } = deps;

  async function record(runId: string, order: RunOrder, status: "queued" | "running"): Promise<void> {
    const { graph, plan, server } = order;
    await library.runs.add({
      runId,
      status,
      graphId: plan.graphId,
      graphName: plan.graphName,
      scope: server.scope,
      serverLabel: server.label,
      startedAt: clock.now(),
      steps: plan.steps.length,
      graphJson: JSON.stringify(graph),
      planJson: storedPlan(plan),
      optionsJson: storedOptions(order),
      searchText: searchTextOf(graph),
    });
  }

  /** Only in the run's turn: between the claim and the opening no other process may resume it. */
  async function resumeInTurn(order: ResumeOrder): Promise<Run> {
    const { runId, server, inDoubt, attended } = order;
    checkParked((await resting.get(runId, server)).row, order);
    const { plan, selection, publishPolicy, limits, events, toldDoubts = [] } = await resting.claim(runId);
    // The same scope, as `resting` saw to.
    const sent = (await library.ledger.ofRun(runId)).map((row) => entryOf(row, server.scope));
    const run = open({
      ...{ runId, plan, server, limits, hooks: order },
      toldDoubts: [...toldDoubts, ...(order.toldDoubts ?? [])],
      publishPolicy: server.isSandbox ? "sandbox" : attended ? "ask" : publishPolicy,
      ...(attended ? { selection: selectionWords(plan, selection) } : {}),
      ...(events.length === 0 ? {} : { leftovers: { events, posts: sent, inDoubt } }),
    });
    survival.watch(run);
    deps.onChange();
    return run;
  }

  /** Puts a run into the queue in its turn. It may begin only after that, so what waits for it is handed on as it is. */
  function add(
    runId: string,
    { plan, server, selection }: Pick<RunOrder, "plan" | "server" | "selection">,
    begin: (selection: WaitingRun["selection"]) => Promise<unknown>,
  ): { readonly begun: Promise<void> } {
    const run = {
      ...{ runId, graphName: plan.graphName, serverLabel: server.label, steps: plan.steps.length },
      selection: selectionWords(plan, selection),
    };
    return { begun: queue.add(run, () => begin(run.selection)) };
  }

  async function resumeOrEnqueue(order: ResumeOrder): Promise<void> {
    const { runId, server } = order;
    const { begun } = await turns(runId, async () => {
      const { row, plan, state, selection } = await resting.get(runId, server);
      if (state) {
        await resumeInTurn(order);
        return { begun: undefined };
      }
      checkParked(row, order);
      await resting.claim(runId);
      // Waiting is no crash: what counts is the claim when it begins.
      await library.runs.survived(runId);
      return add(runId, { plan, server, selection }, () => resumeInTurn(order));
    });
    await begun;
    deps.onChange();
  }

  function opening(runId: string, order: RunOrder): Opening {
    const { plan, server, publishPolicy, limits, toldDoubts } = order;
    return { runId, plan, server, publishPolicy, limits, toldDoubts, hooks: order };
  }

  return {
    start(order) {
      const runId = randomUUID();
      return turns(runId, async () => {
        await record(runId, order, "running");
        return open(opening(runId, order));
      });
    },
    async enqueue(order) {
      const runId = randomUUID();
      const { begun } = await turns(runId, async () => {
        await record(runId, order, "queued");
        return add(runId, order, async (selection) => open({ ...opening(runId, order), selection }));
      });
      await begun;
      deps.onChange();
      return { runId, queued: queue.isWaiting(runId) };
    },
    isOpen(runId) {
      const found = local.get(runId);
      return found !== undefined && !local.isBroken(runId) && !local.isUnderWay(found.run);
    },
    resume: (order) => turns(order.runId, () => resumeInTurn(order)),
    resumeOrEnqueue,
  };
}
