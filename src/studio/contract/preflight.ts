import { z } from "zod";
import { base, graph, problem } from "./base.ts";
import { answer, type Shape } from "./shape.ts";

const partOfGraph = z.enum(["to", "from", "only"]);
export const selectionKind = z.enum(["all", ...partOfGraph.options]);

export const selectionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({ kind: partOfGraph, nodeIds: z.array(z.string()).min(1) }),
]);
export type RunSelection = z.infer<typeof selectionSchema>;

/** How a run may spend. */
export const runLimitsSchema = z.object({
  /** Nothing is taken from earlier results. A publish is no result, and asks as ever. */
  fresh: z.boolean().default(false),
  /** Creates stop where their estimates would go above this. It bounds estimates: the server's prices may differ. */
  budgetMicrodollars: z.int().min(0).optional(),
  /** What a job without a known price counts as. With a budget and without this none is made. */
  assumedPriceMicrodollars: z.int().min(0).optional(),
});
export type RunLimits = z.infer<typeof runLimitsSchema>;

const graphInput = z.object({
  graph,
  selection: selectionSchema.default({ kind: "all" }),
});

/** What a run would do at one node, all its items together. */
const nodeForecast = z
  .strictObject({
    nodeId: z.string(),
    title: z.string(),
    type: z.string(),
    steps: z.number(),
    estimateMicrodollars: z.number(),
    /** Steps whose price is not known. */
    unpricedSteps: z.number(),
    /** Steps that take an earlier result, and about what that saves. Default: none. */
    reusedSteps: z.number().exactOptional(),
    savedMicrodollars: z.number().exactOptional(),
    /** Steps of which the server has the job of an earlier run: it is looked at, and nothing new is made. Default: none. */
    outSteps: z.number().exactOptional(),
    /** How long one of its jobs takes by this machine's own history: half of them at most, nine of ten at most. */
    time: z.strictObject({ p50Ms: z.number(), p90Ms: z.number() }).exactOptional(),
  })
  .meta({ id: "NodeForecast" });
export type NodeForecast = Shape<typeof nodeForecast>;

/** Along the longest chain of steps, by this machine's own history, as if the server took any number of jobs at once. */
const timeForecast = z.strictObject({
  p50Ms: z.number(),
  p90Ms: z.number(),
  /** Jobs and renders of which this machine knows too little; their time is not in it. */
  unknownSteps: z.number(),
});
export type TimeForecast = Shape<typeof timeForecast>;

/** An earlier run of the graph, or of an equal step, with creates of which nobody knows whether they arrived, posts aside. */
const earlierDoubts = z.strictObject({
  runId: z.string(),
  startedAt: z.number(),
  steps: z.number(),
  /** How many of them are equal to a step of this run, which would make them anew. */
  again: z.number(),
  /** Of the first few nodes. */
  titles: z.array(z.string()),
});
export type EarlierDoubts = Shape<typeof earlierDoubts>;

const expectedPost = z.strictObject({
  nodeId: z.string(),
  platform: z.string(),
  accountId: z.string(),
  /** Its id where the name is not known. */
  accountName: z.string(),
  caption: z.string(),
  /** When it is to go out, in milliseconds since the epoch. Absent: at once. */
  scheduledFor: z.number().exactOptional(),
  /** When the same media last went to this account and product, where that is known before the run: it asks first. */
  lastSentAt: z.number().exactOptional(),
  /** Nobody can say whether an earlier one went out: it is not sent before somebody does. */
  isBlocked: z.literal(true).exactOptional(),
});

export const preflight = z
  .strictObject({
    problems: z.array(problem),
    /** In the order of the plan. */
    nodes: z.array(nodeForecast),
    time: timeForecast,
    nodeIds: z.array(z.string()),
    steps: z.number(),
    jobs: z.strictObject({
      uploads: z.number(),
      generate: z.number(),
      edits: z.number(),
      publishes: z.number(),
    }),
    estimateMicrodollars: z.number(),
    /** Steps whose price is not known; their cost is not in the estimate. */
    unpricedSteps: z.number(),
    /** Steps that take an earlier result, and about what that saves. They are among `steps` and cost nothing. */
    reusedSteps: z.number(),
    savedMicrodollars: z.number(),
    /** Steps of which the server has the job of an earlier run; they cost nothing new. Default: none. */
    jobsOut: z.number().exactOptional(),
    posts: z.array(expectedPost),
    /** Newest first; absent when there is none. What they may have made would be made again, and charged again. */
    earlierDoubts: z.array(earlierDoubts).exactOptional(),
    isSandbox: z.boolean(),
    serverLabel: z.string(),
    /**
     * Stands for exactly this, and is given back to start it, once. Void when the graph, a price, a post or the account
     * changes. Absent while problems stop the run, and in a forecast.
     */
    handle: z.string().exactOptional(),
  })
  .meta({ id: "Preflight" });
export type Preflight = Shape<typeof preflight>;

const runInput = graphInput.extend(runLimitsSchema.shape);

export const graphsContract = {
  /** Everything that can be found out before a run, files included. Creates and uploads nothing. */
  check: base.input(graphInput).output(answer(z.array(problem))),
  /** What a run would do, cost and post. Creates and uploads nothing. */
  preflight: base.input(runInput).output(answer(preflight)),
  /** The same for a person who edits: it has no handle to start from. */
  forecast: base.input(runInput).output(answer(preflight)),
};
