import type { MediaValue, StepOutput } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import type { Scope, Timestamp } from "./events.ts";

/** A result that is kept: a later step with an equal key takes it instead of making its own. */
export type Take = {
  readonly takeId: string;
  /** Hash of everything that decides the result. */
  readonly key: string;
  /** Of all that were begun under this key the n-th, from 1. Never given twice. */
  readonly number: number;
  /** Where its media ids are valid; "" for what this machine made by itself. */
  readonly scope: Scope | "";
  readonly runId: string;
  readonly stepId: string;
  readonly graphId: string;
  readonly nodeId: string;
  readonly itemPath: readonly string[];
  /** The node's title as it was. */
  readonly title: string;
  readonly recipe: TakeRecipe;
  /** With the hash of their bytes once these are in the library. */
  readonly outputs: readonly StepOutput[];
  /** The remote job that made it, where its outputs can be fetched again. */
  readonly job?: JobRef;
  /** Whether a job on a server made it, the sandbox's included: there it costs credits that are not real. */
  readonly paid: boolean;
  /** About what it cost. */
  readonly estimateMicrodollars?: number;
  readonly startedAt: Timestamp;
  readonly madeAt: Timestamp;
};

/** How a take was made: enough to show it, and to make it again. */
export type TakeRecipe = {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** In port order, then wire order. Media by its hash; by the server's id while the bytes were not here. */
  readonly inputs: readonly {
    readonly portId: string;
    readonly sha256?: string;
    readonly mediaId?: string;
    readonly text?: string;
  }[];
};

/** A job that the server accepted, and whose result is not kept as a take yet. */
export type JobOut = {
  readonly job: JobRef;
  /** About what it costs. */
  readonly estimateMicrodollars?: number;
};

/** What is written of takes in the transaction of the events it comes with. */
export type TakeChange =
  /** The create that is to make it leaves now. Until there is an answer, it is not known whether it was made. */
  | { readonly kind: "sent"; readonly key: string; readonly number: number }
  /** It was not made after all, and may be sent again. */
  | { readonly kind: "not-sent"; readonly key: string; readonly number: number }
  /** The server has its job, which is out from now on, whatever becomes of its step. */
  | { readonly kind: "accepted"; readonly key: string; readonly number: number; readonly out: JobOut }
  | { readonly kind: "made"; readonly take: Take }
  /** The bytes of an output are in the library now. */
  | { readonly kind: "stored"; readonly takeId: string; readonly index: number; readonly value: MediaValue }
  /** A node has it as its result. */
  | {
      readonly kind: "used";
      readonly takeId: string;
      readonly graphId: string;
      readonly nodeId: string;
      readonly itemPath: readonly string[];
      readonly at: Timestamp;
    }
  /** Its step works on it no more. A job that is out goes on at the server, and a later equal step looks at it. */
  | { readonly kind: "left"; readonly key: string; readonly number: number }
  /** Nothing comes of this number: steps that wait for it go on. */
  | { readonly kind: "ended"; readonly key: string; readonly number: number };

/** The take that a create is to make, as events tell it. */
export type Making = { readonly takeKey: string; readonly takeNumber: number };

export function changeOf(
  kind: "sent" | "not-sent" | "left" | "ended",
  { takeKey, takeNumber }: Making,
): TakeChange {
  return { kind, key: takeKey, number: takeNumber };
}

export function acceptedAs(
  { takeKey, takeNumber }: Making,
  job: JobRef,
  estimateMicrodollars: number | undefined,
): TakeChange {
  const out = { job, ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }) };
  return { kind: "accepted", key: takeKey, number: takeNumber, out };
}
