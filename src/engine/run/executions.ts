import type { JobRef } from "../../wondercat/types.ts";
import { JournalFailure } from "../journal/recorder.ts";
import type { SentPost } from "../ports/deps.ts";
import { bug, onBug } from "../record/failures.ts";
import type { StepEnd } from "../record/step-end.ts";
import type { RunContext, StepContext } from "../step/step-context.ts";
import { Stopped } from "../time/waiting.ts";
import type { StepNode } from "./step-nodes.ts";

/** The steps that are under way. */
export type Executions = {
  start(node: StepNode, act: (context: StepContext) => Promise<StepEnd>): void;
  readonly size: number;
  /** They begin nothing more, and end what can be ended. */
  stopAll(): void;
  /** They wait no longer for creates in flight. */
  giveUpAll(): void;
};

export function createExecutions(
  run: RunContext,
  deps: {
    isStopping(): boolean;
    /** @param end absent: the step was stopped, or the journal failed. */
    onEnd(node: StepNode, end: StepEnd | undefined): void;
    onLateAnswer(node: StepNode, attempt: number, job: JobRef, post: SentPost | undefined): Promise<void>;
  },
): Executions {
  const executing = new Set<StepNode>();

  async function endOf(act: Promise<StepEnd>, node: StepNode): Promise<StepEnd | undefined> {
    try {
      return await act;
    } catch (error) {
      if (error instanceof Stopped || error instanceof JournalFailure) return undefined;
      return { body: { type: "step-failed", stepId: node.planned.stepId, failure: bug(error) } };
    }
  }

  return {
    start(node, act) {
      const execution = { stop: new AbortController(), giveUp: new AbortController() };
      node.execution = execution;
      executing.add(node);
      if (deps.isStopping()) execution.stop.abort();
      const context: StepContext = {
        run,
        step: node.planned,
        signal: execution.stop.signal,
        grace: execution.giveUp.signal,
        onLateAnswer: (attempt, job, post) => void deps.onLateAnswer(node, attempt, job, post).catch(onBug),
      };
      endOf(act(context), node)
        .then((end) => {
          delete node.execution;
          executing.delete(node);
          deps.onEnd(node, end);
        })
        .catch(onBug);
    },
    get size() {
      return executing.size;
    },
    stopAll() {
      for (const { execution } of executing) execution?.stop.abort();
    },
    giveUpAll() {
      for (const { execution } of executing) execution?.giveUp.abort();
    },
  };
}
