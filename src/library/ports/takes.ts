import { z } from "zod";

export const takeRowSchema = z.object({
  takeId: z.string(),
  key: z.string(),
  /** From 1; no two takes of a key have the same. */
  number: z.int().positive(),
  /** "" for what this machine made by itself. */
  scope: z.string(),
  runId: z.string(),
  stepId: z.string(),
  graphId: z.string(),
  nodeId: z.string(),
  /** A JSON array. */
  itemPath: z.string(),
  nodeType: z.string(),
  title: z.string(),
  recipeJson: z.string(),
  outputsJson: z.string(),
  jobJson: z.string().optional(),
  paid: z.int(),
  estimateMicrodollars: z.int().optional(),
  startedAt: z.number(),
  madeAt: z.number(),
});
/** A result that is kept for steps with an equal key. It outlives its run. */
export type TakeRow = Readonly<z.infer<typeof takeRowSchema>>;

type TakeUser = { readonly graphId: string; readonly nodeId: string; readonly itemPath: string };

/** What the journal writes of takes in its own transaction. */
export type TakeRowChange =
  | { readonly kind: "made"; readonly row: TakeRow }
  | { readonly kind: "stored"; readonly takeId: string; readonly index: number; readonly valueJson: string }
  | ({ readonly kind: "used"; readonly takeId: string; readonly at: number } & TakeUser)
  | { readonly kind: "accepted"; readonly key: string; readonly number: number; readonly outJson: string }
  | { readonly kind: "sent" | "not-sent" | "left" | "ended"; readonly key: string; readonly number: number };

/** A number that was handed out under a key, and what has become of it. */
export type TakeNumber = {
  readonly number: number;
  readonly runId: string;
  readonly stepId: string;
  /**
   * `open`: a living process may still bring the take. `out`: the server has its job, and nobody looks at it. `doubt`:
   * its create was sent, and nobody waits for the answer. `over`: nothing came, or will come, of it.
   */
  readonly state: "open" | "made" | "out" | "doubt" | "over";
  readonly takeId?: string;
};

export type TakeTable = {
  get(takeId: string): Promise<TakeRow | undefined>;
  /** Takes that this node had as its result, or made, the newest first. */
  ofNode(query: {
    readonly graphId: string;
    readonly nodeId: string;
    readonly limit: number;
  }): Promise<TakeRow[]>;
  /** The numbers handed out under a key above this one, oldest first. */
  numbers(key: string, above: number): Promise<TakeNumber[]>;
  stateOf(key: string, number: number): Promise<TakeNumber["state"]>;
  /** Of the takes under these keys the one this node last had for this item, in any graph. */
  lastUsed(nodeId: string, itemPath: string, keys: readonly string[]): Promise<string | undefined>;
  /** The same whatever its key. */
  lastUsedOfAll(nodeId: string, itemPath: string): Promise<string | undefined>;
  /** Nodes that had it as their result. */
  usersOf(takeId: string): Promise<readonly { readonly nodeId: string; readonly itemPath: string }[]>;
  /**
   * Hands out a number under the key that was never handed out before, and says whose it is. Nothing, when one that
   * the caller has not seen could do instead: above `seen`, and not over. Of those of its own run that holds only with
   * `shares`, and never for a doubt.
   */
  reserve(order: {
    readonly key: string;
    readonly runId: string;
    readonly stepId: string;
    readonly at: number;
    readonly seen: ReadonlyMap<string, number>;
    readonly shares: boolean;
  }): Promise<number | undefined>;
  /** This process goes on with what a dead one had reserved. */
  hold(key: string, number: number): Promise<void>;
  /** As `hold` for a job that is out: gives what was written down with it. Nothing when somebody was faster. */
  adopt(key: string, number: number): Promise<string | undefined>;
  /**
   * This process works on nothing of the run any more, and could not write that down: what it had reserved for it is as
   * a dead process leaves it.
   */
  leaveAll(runId: string): Promise<void>;
  /** Forgets the take; its media stay. */
  remove(takeId: string): Promise<void>;
};
