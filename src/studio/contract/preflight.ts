import { type } from "@orpc/contract";
import { z } from "zod";
import type { Problem } from "../../graph/document/problems.ts";
import { graphSchema } from "../../graph/document/schema.ts";
import { base } from "./base.ts";

export const selectionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.enum(["to", "from", "only"]), nodeIds: z.array(z.string()).min(1) }),
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
  graph: graphSchema,
  selection: selectionSchema.default({ kind: "all" }),
});

/** What a run would do at one node, all its items together. */
export type NodeForecast = {
  readonly nodeId: string;
  readonly title: string;
  readonly type: string;
  readonly steps: number;
  readonly estimateMicrodollars: number;
  /** Steps whose price is not known. */
  readonly unpricedSteps: number;
  /** Steps that take an earlier result, and about what that saves. Default: none. */
  readonly reusedSteps?: number;
  readonly savedMicrodollars?: number;
  /** Steps of which the server has the job of an earlier run: it is looked at, and nothing new is made. Default: none. */
  readonly outSteps?: number;
  /** How long one of its jobs takes by this machine's own history: half of them at most, nine of ten at most. */
  readonly time?: { readonly p50Ms: number; readonly p90Ms: number };
};

/** Along the longest chain of steps, by this machine's own history, as if the server took any number of jobs at once. */
export type TimeForecast = {
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Jobs and renders of which this machine knows too little; their time is not in it. */
  readonly unknownSteps: number;
};

/** An earlier run of the graph, or of an equal step, with creates of which nobody knows whether they arrived, posts aside. */
export type EarlierDoubts = {
  readonly runId: string;
  readonly startedAt: number;
  readonly steps: number;
  /** How many of them are equal to a step of this run, which would make them anew. */
  readonly again: number;
  /** Of the first few nodes. */
  readonly titles: readonly string[];
};

export type Preflight = {
  readonly problems: readonly Problem[];
  /** In the order of the plan. */
  readonly nodes: readonly NodeForecast[];
  readonly time: TimeForecast;
  readonly nodeIds: readonly string[];
  readonly steps: number;
  readonly jobs: {
    readonly uploads: number;
    readonly generate: number;
    readonly edits: number;
    readonly publishes: number;
  };
  readonly estimateMicrodollars: number;
  /** Steps whose price is not known; their cost is not in the estimate. */
  readonly unpricedSteps: number;
  /** Steps that take an earlier result, and about what that saves. They are among `steps` and cost nothing. */
  readonly reusedSteps: number;
  readonly savedMicrodollars: number;
  /** Steps of which the server has the job of an earlier run; they cost nothing new. Default: none. */
  readonly jobsOut?: number;
  readonly posts: readonly {
    readonly nodeId: string;
    readonly platform: string;
    readonly accountId: string;
    /** Its id where the name is not known. */
    readonly accountName: string;
    readonly caption: string;
    /** When it is to go out, in milliseconds since the epoch. Absent: at once. */
    readonly scheduledFor?: number;
    /** When the same media last went to this account and product, where that is known before the run: it asks first. */
    readonly lastSentAt?: number;
    /** Nobody can say whether an earlier one went out: it is not sent before somebody does. */
    readonly isBlocked?: true;
  }[];
  /** Newest first; absent when there is none. What they may have made would be made again, and charged again. */
  readonly earlierDoubts?: readonly EarlierDoubts[];
  readonly isSandbox: boolean;
  readonly serverLabel: string;
  /**
   * Stands for exactly this, and is given back to start it, once. Void when the graph, a price, a post or the account
   * changes. Absent while problems stop the run, and in a forecast.
   */
  readonly handle?: string;
};

const runInput = graphInput.extend(runLimitsSchema.shape);

export const graphsContract = {
  /** Everything that can be found out before a run, files included. Creates and uploads nothing. */
  check: base.input(graphInput).output(type<readonly Problem[]>()),
  /** What a run would do, cost and post. Creates and uploads nothing. */
  preflight: base.input(runInput).output(type<Preflight>()),
  /** The same for a person who edits: it has no handle to start from. */
  forecast: base.input(runInput).output(type<Preflight>()),
};
