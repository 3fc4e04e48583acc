import { ignoreBrokenJournal, JournalFailure } from "../journal/recorder.ts";
import type { RunOutcome } from "../record/events.ts";
import { outcomeOf } from "../record/fold.ts";
import type { RunContext } from "../step/step-context.ts";
import { patientTimeout } from "../time/waiting.ts";

export type StopReason = "cancel" | "quit" | "broken";

/** Whether a run goes on, stops, rests, or is over in this process. */
export type RunLife = {
  /** Why nothing begins any more. A cancel ends when all is quiet, the others never do. */
  readonly stopping: StopReason | undefined;
  /** Nothing goes on in this process any more. */
  readonly isOver: boolean;
  /** The run goes on, although it may have come to rest. */
  wake(): void;
  /** Begins nothing more, ends what can be ended, and gives creates in flight their time. */
  shutDown(why: StopReason): void;
  /** Something has ended: the run comes to rest if it was the last. */
  restIfQuiet(): void;
  /** @throws JournalFailure when the journal failed; an error with `code` run_stopped after the app quit. */
  whenSettled(): Promise<RunOutcome>;
  /** Resolves when `isOver`. */
  whenOver(): Promise<void>;
};

/** The run was left unfinished by `stop()`; a later process may go on with it. */
class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly code = "run_stopped";
  constructor(runId: string) {
    super(`Run ${runId} was left unfinished because Catwalk quits.`);
  }
}

export function createRunLife(
  { setup, deps: { clock, limits }, recorder, signals, sent }: RunContext,
  work: {
    /** Something is under way. */
    isBusy(): boolean;
    /** A step could begin. */
    hasReady(): boolean;
    stop(): void;
    /** The time for creates in flight is up. */
    giveUp(): void;
  },
): RunLife {
  let stopping: StopReason | undefined;
  let stopGrace = () => {};
  const { status } = recorder.latest.state();
  let settled: RunOutcome | undefined = status === "running" ? undefined : status;
  let isOver = false;
  let change = Promise.withResolvers<void>();

  function restIfQuiet(): void {
    if (work.isBusy() || isOver) return;
    if (!stopping && work.hasReady()) return;
    stopGrace();
    signals.endAll();
    if (stopping === "quit" || stopping === "broken") isOver = true;
    else if (settled !== undefined) return;
    else {
      stopping = undefined;
      settled = outcomeOf(recorder.latest.state());
      recorder.record({ type: "run-settled", outcome: settled });
    }
    change.resolve();
    change = Promise.withResolvers();
  }

  return {
    get stopping() {
      return stopping;
    },
    get isOver() {
      return isOver;
    },
    wake() {
      settled = undefined;
    },
    shutDown(why) {
      if (stopping === why || stopping === "broken") return;
      const isFirst = stopping === undefined;
      stopping = why;
      work.stop();
      if (isFirst) stopGrace = patientTimeout(clock, limits.createGraceMs, work.giveUp);
      restIfQuiet();
    },
    restIfQuiet,
    async whenSettled() {
      for (;;) {
        const next = change.promise;
        const outcome = settled;
        if (isOver && recorder.broken) throw new JournalFailure(recorder.broken.cause, sent.lostJobs);
        if (outcome !== undefined && !recorder.broken) {
          // Settled for others only when the journal has it; if the journal fails now, the loop tells.
          await recorder.flushed().catch(ignoreBrokenJournal);
          if (settled === outcome && !recorder.broken) return outcome;
        } else if (isOver) throw new RunStopped(setup.runId);
        else await next;
      }
    },
    async whenOver() {
      while (!isOver) await change.promise;
    },
  };
}
