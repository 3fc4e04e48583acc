import type { Clock } from "../../base/clock.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { RunSignal, Timestamp } from "../record/events.ts";

/** Least time between two signals of one step, in milliseconds: 4 per second. */
const INTERVAL_MS = 250;

export type Signals = {
  /** The latest wins; goes out at once or when the step's quarter second is over. */
  send(stepId: StepId, signal: Omit<RunSignal, "runId" | "stepId">): void;
  /** The step is at rest: what was held back is dropped. */
  end(stepId: StepId): void;
  endAll(): void;
};

export function createSignals(deps: {
  readonly runId: string;
  readonly clock: Clock;
  onSignal(signal: RunSignal): void;
}): Signals {
  const { clock, runId } = deps;
  type Held = { sentAt: Timestamp; waiting?: RunSignal; timer?: unknown };
  const steps = new Map<StepId, Held>();

  function tell(signal: RunSignal): void {
    try {
      deps.onSignal(signal);
    } catch (bug) {
      // A listener's own mistake: loud, but no reason to stop a step that costs money.
      clock.setTimeout(() => {
        throw bug;
      }, 0);
    }
  }

  function end(stepId: StepId): void {
    clock.clearTimeout(steps.get(stepId)?.timer);
    steps.delete(stepId);
  }

  return {
    send(stepId, body) {
      const signal: RunSignal = { runId, stepId, ...body };
      const now = clock.now();
      const held = steps.get(stepId);
      if (!held || now - held.sentAt >= INTERVAL_MS) {
        clock.clearTimeout(held?.timer);
        steps.set(stepId, { sentAt: now });
        tell(signal);
        return;
      }
      held.waiting = signal;
      held.timer ??= clock.setTimeout(
        () => {
          steps.set(stepId, { sentAt: clock.now() });
          if (held.waiting) tell(held.waiting);
        },
        held.sentAt + INTERVAL_MS - now,
      );
    },
    end,
    endAll() {
      for (const stepId of [...steps.keys()]) end(stepId);
    },
  };
}
