/**
 * One run: starts each step when its inputs are there, and takes a person's commands.
 *
 * @see docs/architecture.md, "The life of a run".
 */
import type { EngineDeps } from "../ports/deps.ts";
import type { RunOutcome } from "../record/events.ts";
import type { RunState } from "../record/run-state.ts";
import type { RunLeftovers, RunSetup } from "../step/run-setup.ts";
import { createCommands, type RunCommands } from "./commands.ts";
import { createDoubts } from "./doubts.ts";
import { createReruns } from "./rerun.ts";
import { resumeSteps } from "./resume.ts";
import { createRunContext } from "./run-context.ts";
import { createScheduler } from "./scheduler.ts";
import { linkNodes } from "./step-nodes.ts";

export type Run = RunCommands & {
  readonly runId: string;
  /** As journaled; events told so far are in it. */
  state(): RunState;
  /** Resolves when all that was recorded so far is in the journal. @throws JournalFailure */
  flushed(): Promise<void>;
  /** The app quits: as `cancel`, but the run is left unfinished for a later process. Resolves when all is quiet. */
  stop(): Promise<void>;
  /**
   * Resolves when nothing is under way any more.
   *
   * @throws JournalFailure (`code` journal_failed) when the journal failed; an error with `code` run_stopped after `stop()`.
   */
  whenSettled(): Promise<RunOutcome>;
};

export function startRun(setup: RunSetup, deps: EngineDeps): Run {
  return openRun(setup, undefined, deps);
}

/**
 * Goes on with a run whose process is gone. The caller makes sure that no other process does. Jobs that were accepted are
 * looked at, steps that had nothing at the server start over, and a create without an answer is in doubt. A run that
 * had come to rest is opened for commands, and only `inDoubt` starts anything.
 */
export function resumeRun(setup: RunSetup, leftovers: RunLeftovers, deps: EngineDeps): Run {
  return openRun(setup, leftovers, deps);
}

function openRun(setup: RunSetup, leftovers: RunLeftovers | undefined, deps: EngineDeps): Run {
  const nodes = linkNodes(setup.plan);
  const run = createRunContext(setup, leftovers, deps, nodes, {
    onBroken: () => scheduler.breakOff(),
    onFetched: () => scheduler.restIfQuiet(),
  });
  const scheduler = createScheduler(run, nodes, (node) => doubts.asked(node));
  const reruns = createReruns(run, nodes, scheduler);
  const doubts = createDoubts(run, scheduler, reruns.rerun);

  if (leftovers) resumeSteps(leftovers.inDoubt, run, nodes, scheduler, doubts);
  else for (const node of nodes.values()) scheduler.enqueue(node);
  scheduler.open();

  return {
    runId: setup.runId,
    state: () => run.recorder.seen.state(),
    ...createCommands(run, nodes, { scheduler, reruns, doubts }),
    flushed: run.recorder.flushed,
    stop: scheduler.stop,
    whenSettled: scheduler.whenSettled,
  };
}
