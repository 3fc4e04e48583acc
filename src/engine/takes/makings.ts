import type { Clock } from "../../base/clock.ts";
import type { PlannedStep, StepId } from "../../graph/plan/plan.ts";
import type { MediaValue, StepInputs } from "../../nodes/definition/work.ts";
import type { Recorder } from "../journal/recorder.ts";
import type { RemoteServer } from "../ports/deps.ts";
import type { RunEventBody } from "../record/events.ts";
import { changeOf, type Making, type Take, type TakeChange } from "../record/takes.ts";
import { recipeOf } from "./take-key.ts";

/** The takes that steps of a run are making, and what is written of them with the run's events. */
export type Makings = {
  makingOf(stepId: StepId): Making | undefined;
  /** Nothing comes of what was reserved; the step tries in another way. */
  letGo(stepId: StepId): void;
  /** What is written of takes with this end of a step. */
  changesWith(
    step: PlannedStep,
    body: RunEventBody,
    inputs: () => StepInputs,
    jobIsOver?: true,
  ): readonly TakeChange[];
  /** A person has settled the step's doubt: no later run is told of it. */
  changesWithSettled(stepId: StepId): readonly TakeChange[];
  /** What is written of takes when an output's bytes have arrived. */
  changesWithStored(stepId: StepId, index: number, value: MediaValue): readonly TakeChange[];
};

export function createMakings(deps: {
  readonly clock: Clock;
  readonly runId: string;
  readonly graphId: string;
  readonly server: Pick<RemoteServer, "scope">;
  readonly recorder: Recorder;
  /** The step has no take any more: others may have it. */
  unclaim(stepId: StepId): void;
}): Makings & { set(stepId: StepId, making: Making): void } {
  const { clock, runId, graphId, server, recorder } = deps;
  const making = new Map<StepId, Making>();
  /** Numbers of which nothing comes, by the step whose next event says so. */
  const over = new Map<StepId, Making[]>();

  return {
    set: (stepId, begun) => void making.set(stepId, begun),
    makingOf: (stepId) => making.get(stepId),
    letGo(stepId) {
      const begun = making.get(stepId);
      if (!begun) return;
      making.delete(stepId);
      deps.unclaim(stepId);
      over.set(stepId, [...(over.get(stepId) ?? []), begun]);
    },
    changesWith(step, body, inputs, jobIsOver) {
      const { stepId, nodeId, itemPath } = step;
      const isNews = body.type === "step-succeeded" && body.takeId !== undefined;
      // Most steps of a run have nothing to do with takes.
      if (!isNews && making.size === 0 && over.size === 0) return none;
      const changes = (over.get(stepId) ?? []).map((each) => changeOf("ended", each));
      over.delete(stepId);
      const begun = making.get(stepId);
      making.delete(stepId);
      if (body.type === "step-succeeded" && body.takeId !== undefined && body.cached)
        changes.push({ kind: "used", takeId: body.takeId, graphId, nodeId, itemPath, at: clock.now() });
      else if (body.type === "step-succeeded" && body.takeId !== undefined && begun)
        changes.push({ kind: "made", take: takeOf(step, body, begun, inputs()) });
      else if (begun) {
        deps.unclaim(stepId);
        changes.push(changeOf(jobIsOver ? "ended" : "left", begun));
      }
      return changes;
    },
    changesWithSettled(stepId) {
      const { making: begun } = recorder.latest.step(stepId);
      return begun ? [changeOf("ended", begun)] : none;
    },
    changesWithStored(stepId, index, value) {
      const { takeId, outputs } = recorder.latest.step(stepId);
      // One that came after the others is the run's, and not in the take.
      return takeId === undefined || index >= outputs.length
        ? []
        : [{ kind: "stored", takeId, index, value }];
    },
  };

  function takeOf(
    step: PlannedStep,
    { takeId = "", outputs }: Extract<RunEventBody, { type: "step-succeeded" }>,
    { takeKey, takeNumber }: Making,
    inputs: StepInputs,
  ): Take {
    const { stepId, nodeId, itemPath, title } = step;
    const { job, estimateMicrodollars, startedAt } = recorder.latest.step(stepId);
    const madeAt = clock.now();
    return {
      ...{ takeId, key: takeKey, number: takeNumber, runId, stepId, graphId, nodeId, itemPath, title },
      ...{ recipe: recipeOf(step, inputs), outputs, madeAt, startedAt: startedAt ?? madeAt },
      scope: job ? server.scope : "",
      paid: job !== undefined,
      ...(job ? { job } : {}),
      ...(job && estimateMicrodollars !== undefined ? { estimateMicrodollars } : {}),
    };
  }
}

const none: readonly TakeChange[] = [];
