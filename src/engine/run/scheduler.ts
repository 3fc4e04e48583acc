/** Walks the plan of one run: begins each step when its inputs are there, writes down its end, comes to rest. */
import type { StepInputs, StepWork } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { ignoreBrokenJournal } from "../journal/recorder.ts";
import type { PostPreview } from "../record/events.ts";
import { bug } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import { followAgain } from "../step/follow.ts";
import { perform, performAtOnce } from "../step/perform.ts";
import type { RunContext } from "../step/step-context.ts";
import { LONGEST_WAIT_MS, sleep } from "../time/waiting.ts";
import { createExecutions } from "./executions.ts";
import { holeFailure } from "./holes.ts";
import { createReadyQueue } from "./ready-queue.ts";
import { createRunLife, type RunLife } from "./run-life.ts";
import { createInputs } from "./step-inputs.ts";
import { culpritOf, type StepNode, type StepNodes, statesIn } from "./step-nodes.ts";
import { createStepRests, skippedBy } from "./step-rests.ts";

export type Scheduler = Pick<RunLife, "whenSettled" | "stopping" | "isOver"> & {
  /** Until then nothing begins: what an earlier process left is still being looked through. */
  open(): void;
  /** Begins the step when the run goes on, if it lacks nothing; skips it if what it needs will not come. */
  enqueue(node: StepNode): void;
  /** As `enqueue` for a step that is under way by the journal, but in no process. */
  restart(node: StepNode): void;
  /** Looks at the job of the step, at once. */
  collect(node: StepNode, job: JobRef): void;
  /** Carries the step out with a person's yes to this post, at once. */
  send(node: StepNode, approved: PostPreview): void;
  /** Writes down how a step came to rest, and what that means for the steps after it. */
  finish(node: StepNode, end: StepEnd): void;
  cancelStep(node: StepNode): void;
  /** Goes on with what is enqueued, although the run may have come to rest. */
  goOn(): void;
  /** Cancels all that waits and ends what is under way. False when there is nothing to cancel. */
  cancel(): boolean;
  /** As `cancel`, but the run is left unfinished for a later process. Resolves when all is quiet. */
  stop(): Promise<void>;
  /** The journal failed: begins nothing more, for good. */
  breakOff(): void;
  /** A fetch has ended. */
  restIfQuiet(): void;
};

export function createScheduler(
  run: RunContext,
  nodes: StepNodes,
  /** The step waits for an approval from now on. */
  onAsked: (node: StepNode) => void,
): Scheduler {
  const { setup, deps, recorder, signals, results, reuse } = run;
  const states = statesIn(recorder.latest);
  const { stateOf, statusOf } = states;
  const gather = createInputs(setup.plan);

  const queue = createReadyQueue<StepNode>({
    clock: deps.clock,
    nodeOf: (node) => node.planned.nodeId,
    isReady: (node) => node.interrupted || (statusOf(node).kind === "waiting" && node.missing === 0),
    begin,
    isStopped: () => life.stopping !== undefined,
    onDrained: () => life.restIfQuiet(),
  });
  const life = createRunLife(run, {
    isBusy: () => executions.size > 0 || results.underWay > 0 || queue.isDraining,
    hasReady: () => !queue.isEmpty,
    stop() {
      queue.clear();
      executions.stopAll();
      results.beginNoMore();
    },
    giveUp() {
      executions.giveUpAll();
      results.stop();
    },
  });
  const rests = createStepRests(run, {
    ...{ inputsOf, onReady: queue.enqueue, onAsked, goOn },
    isStopping: () => life.stopping !== undefined,
    isOver: () => life.isOver,
  });
  const executions = createExecutions(run, {
    isStopping: () => life.stopping !== undefined,
    onEnd(node, end) {
      queue.ended(node);
      if (end) rests.finish(node, end);
      else if (life.stopping === "cancel") rests.cancel(node);
      signals.end(node.planned.stepId);
      queue.drain();
    },
    onLateAnswer: rests.lateAnswer,
  });

  function begin(node: StepNode): void {
    const { stepId } = node.planned;
    delete node.interrupted;
    const hole = node.items && holeFailure(node.planned, (needed) => recorder.latest.step(needed).status);
    if (hole) {
      rests.finish(node, { body: { type: "step-failed", stepId, failure: hole } });
      return;
    }
    const { attempt, status, approved } = stateOf(node);
    const notBefore = (status.kind === "running" && status.againAt) || 0;
    recorder.record({ type: "step-started", stepId, attempt: attempt + 1 });
    let work: StepWork;
    try {
      work = workFor(node);
    } catch (error) {
      rests.finish(node, { body: { type: "step-failed", stepId, failure: { ...bug(error), cost: "none" } } });
      return;
    }
    const end = performAtOnce(work, node.planned);
    if (end) rests.finish(node, end);
    else
      execute(node, async (context) => {
        // The clock it was written by may have been set back since.
        const pauseMs = Math.min(notBefore - deps.clock.now(), LONGEST_WAIT_MS);
        if (pauseMs > 0) await sleep(deps.clock, pauseMs, context.signal);
        return await perform(work, context, approved);
      });
  }

  const execute: typeof executions.start = (node, act) => {
    queue.began(node);
    executions.start(node, act);
  };

  /** The same for the same inputs, so a later process finds again what an earlier one did. */
  function workFor(node: StepNode): StepWork {
    return setup.workOf(node.planned.type, node.planned.params, inputsOf(node));
  }

  function inputsOf(node: StepNode): StepInputs {
    return gather(node.planned, (needed) => recorder.latest.step(needed).outputs);
  }

  function goOn(): void {
    life.wake();
    queue.drain();
  }

  return {
    open: queue.open,
    enqueue(node) {
      const culprit = statusOf(node).kind === "waiting" ? culpritOf(node, states) : undefined;
      if (culprit !== undefined) rests.finish(node, { body: skippedBy(culprit, node) });
      else if (node.missing === 0) queue.enqueue(node);
    },
    restart(node) {
      node.interrupted = true;
      queue.enqueue(node);
    },
    collect(node, job) {
      execute(node, async (context) => {
        await reuse.resume(node.planned.stepId);
        return await followAgain(workFor(node), job, context);
      });
    },
    send(node, approved) {
      execute(node, async (context) => await perform(workFor(node), context, approved));
    },
    finish: rests.finish,
    cancelStep: rests.cancel,
    goOn,
    cancel() {
      const toCancel = [...nodes.values()].filter((node) => {
        const { kind } = statusOf(node);
        return node.interrupted || kind === "waiting" || kind === "waiting-for-approval";
      });
      if (toCancel.length === 0 && executions.size === 0 && results.underWay === 0) return false;
      life.wake();
      recorder.record({ type: "cancel-requested" });
      for (const node of toCancel) {
        delete node.interrupted;
        rests.cancel(node);
      }
      life.shutDown("cancel");
      return true;
    },
    async stop() {
      if (life.isOver) return;
      life.shutDown("quit");
      await life.whenOver();
      await recorder.flushed().catch(ignoreBrokenJournal);
    },
    breakOff: () => life.shutDown("broken"),
    restIfQuiet: life.restIfQuiet,
    whenSettled: life.whenSettled,
    get stopping() {
      return life.stopping;
    },
    get isOver() {
      return life.isOver;
    },
  };
}
