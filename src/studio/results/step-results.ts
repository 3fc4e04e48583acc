import { createHash } from "node:crypto";
import { createInputs, recipeOf } from "../../engine/index.ts";
import {
  isReused,
  type RunEvent,
  type RunFold,
  type StepState,
  type TakeRecipe,
} from "../../engine/record.ts";
import type { Plan, StepId } from "../../graph/plan/plan.ts";
import { inResultOrder } from "../../graph/plan/result-order.ts";
import type { ResultNote } from "../../library/index.ts";
import type { NodeWork } from "../../nodes/definition/definition.ts";
import type { StepOutput, StepValue } from "../../nodes/definition/work.ts";
import { workKindOf } from "../../nodes/definitions.ts";
import { textsOf } from "./run-text.ts";

/** Nodes that make media and texts. What the others hand on is somebody else's. */
const makers: ReadonlySet<NodeWork["kind"]> = new Set(["generate", "edit"]);
/** A result is found by so many characters of its recipe. */
const MOST_TEXT = 8_000;
/** So many characters of its words are shown under it. */
const EXCERPT = 80;

/** How the steps of a run made what they made: their params, and what came in. */
export function createStepRecipes(
  plan: Plan,
  stepOf: (stepId: StepId) => Pick<StepState, "outputs"> | undefined,
): (stepId: StepId) => TakeRecipe | undefined {
  const steps = new Map(plan.steps.map((step) => [step.stepId, step]));
  const inputsOf = createInputs(plan);
  const outputsOf = (stepId: StepId): readonly StepOutput[] => stepOf(stepId)?.outputs ?? [];
  return (stepId) => {
    const step = steps.get(stepId);
    return step && recipeOf(step, inputsOf(step, outputsOf));
  };
}

/** Notes for the gallery what a run's events bring, as soon as its bytes are here. */
export function createResultNoter(
  plan: Plan,
  fold: () => RunFold | undefined,
): (event: RunEvent) => readonly ResultNote[] {
  const recipeOfStep = createStepRecipes(plan, (stepId) => fold()?.step(stepId));
  const places = new Map(inResultOrder(plan.steps).map(({ stepId }, place) => [stepId, place]));
  return (event) => {
    if (event.type !== "step-succeeded" && event.type !== "output-stored") return [];
    const step = fold()?.step(event.stepId);
    if (!step || !makers.has(workKindOf(step.type))) return [];
    const results = resultsIn(event);
    if (results.length === 0) return [];
    const made = recipeOfStep(event.stepId);
    const inputTexts = (made?.inputs ?? []).flatMap(({ text }) => text ?? []);
    const words = [...inputTexts, made?.params["prompt"], made?.params["text"]].find(
      (text): text is string => typeof text === "string" && text.trim() !== "",
    );
    const searchText = [...textsOf(made?.params), ...inputTexts].join(" ").slice(0, MOST_TEXT);
    const { stepId, nodeId, type: nodeType, title, takeId } = step;
    return results.map((result) => ({
      ...result,
      ...{ runId: event.runId, stepId, nodeId, nodeType, title, at: event.at },
      ...{ graphId: plan.graphId, graphName: plan.graphName },
      ...(takeId === undefined ? {} : { takeId }),
      ...{ runAt: fold()?.startedAt ?? event.at, place: places.get(stepId) ?? 0 },
      reused: isReused(step),
      excerpt: (words ?? "").trim().slice(0, EXCERPT),
      searchText:
        result.content === undefined ? searchText : `${searchText} ${result.content}`.slice(0, MOST_TEXT),
    }));
  };
}

/** What an event says is here now: media with its bytes, and texts. */
function resultsIn(
  event: Extract<RunEvent, { readonly type: "step-succeeded" | "output-stored" }>,
): readonly FoundResult[] {
  const values: readonly (readonly [number, StepValue])[] =
    event.type === "output-stored"
      ? [[event.index, event.media]]
      : event.outputs.map(({ value }, index) => [index, value]);
  return values.flatMap(([output, value]): FoundResult[] => {
    if (value.type === "media")
      return value.sha256 === undefined ? [] : [{ sha256: value.sha256, kind: value.kind, output }];
    if (value.text.trim() === "") return [];
    const sha256 = createHash("sha256").update(value.text).digest("hex");
    return [{ sha256, kind: "text", content: value.text, output }];
  });
}

type FoundResult = Pick<ResultNote, "sha256" | "kind" | "content" | "output">;
