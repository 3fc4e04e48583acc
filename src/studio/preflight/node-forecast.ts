import { type JobTimes, jobClassOf } from "../../engine/index.ts";
import type { StepId } from "../../graph/plan/plan.ts";
import type { NodeForecast, TimeForecast } from "../contract/preflight.ts";
import type { ExpectedStep } from "./expected-steps.ts";

/** With about what it costs: undefined where nobody says, 0 for what is on no price list. */
export type PricedStep = Omit<ExpectedStep, "arrived"> & { readonly costMicrodollars: number | undefined };

/** The classes that its job may be of, the likeliest first; undefined where it makes none on a server. */
export function jobClassesOf({ kind, work, step, costMicrodollars, reused }: PricedStep) {
  if (reused || (kind === "edit" && costMicrodollars === 0)) return undefined;
  return kind === "generate" || kind === "edit" || kind === "publish"
    ? jobClassOf(kind, work, step.params)
    : undefined;
}

/**
 * By node, in the order of the plan, and how long the whole takes: along the longest chain of steps, as if the server
 * took any number of jobs at once. Linear in steps and inputs.
 */
export function nodeForecasts(
  steps: readonly PricedStep[],
  times: Pick<JobTimes, "forecast">,
): { readonly nodes: readonly NodeForecast[]; readonly time: TimeForecast } {
  type Sum = { -readonly [Field in keyof NodeForecast]: NodeForecast[Field] };
  const nodes = new Map<string, Sum>();
  const ends = new Map<StepId, { readonly p50Ms: number; readonly p90Ms: number }>();
  let [p50Ms, p90Ms, unknownSteps] = [0, 0, 0];
  for (const one of steps) {
    const { step, kind, costMicrodollars, reused } = one;
    const { nodeId, title, type } = step;
    const node = nodes.get(nodeId) ?? {
      nodeId,
      title,
      type,
      steps: 0,
      estimateMicrodollars: 0,
      unpricedSteps: 0,
    };
    nodes.set(nodeId, node);
    node.steps++;
    if (costMicrodollars === undefined) node.unpricedSteps++;
    else node.estimateMicrodollars += costMicrodollars;

    if (reused?.isOut) node.outSteps = (node.outSteps ?? 0) + 1;
    else if (reused) {
      node.reusedSteps = (node.reusedSteps ?? 0) + 1;
      node.savedMicrodollars = (node.savedMicrodollars ?? 0) + reused.savedMicrodollars;
    }

    const isRender = kind === "edit" && costMicrodollars === 0 && !reused;
    const classes = jobClassesOf(one);
    const forecast = classes?.map((each) => times.forecast(each)).find(Boolean);
    if (forecast) node.time ??= { p50Ms: forecast.quantile(0.5), p90Ms: forecast.quantile(0.9) };
    // Renders on this machine are not in the history of jobs either.
    else if (classes || isRender) unknownSteps++;

    let [start50, start90] = [0, 0];
    for (const { fromStep } of step.inputs) {
      const before = ends.get(fromStep);
      start50 = Math.max(start50, before?.p50Ms ?? 0);
      start90 = Math.max(start90, before?.p90Ms ?? 0);
    }
    const end = {
      p50Ms: start50 + (forecast?.quantile(0.5) ?? 0),
      p90Ms: start90 + (forecast?.quantile(0.9) ?? 0),
    };
    ends.set(step.stepId, end);
    p50Ms = Math.max(p50Ms, end.p50Ms);
    p90Ms = Math.max(p90Ms, end.p90Ms);
  }
  return { nodes: [...nodes.values()], time: { p50Ms, p90Ms, unknownSteps } };
}
