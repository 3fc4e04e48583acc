import { type } from "@orpc/contract";
import { z } from "zod";
import { base, runRef } from "./base.ts";
import type { RunSelection } from "./preflight.ts";
import type { RunSummary } from "./runs.ts";

/** A run that goes on or waits its turn, as the list of the queue shows it. */
export type QueueEntry = RunSummary & {
  /** Which part of its graph it takes, by titles. */
  readonly selection: { readonly kind: RunSelection["kind"]; readonly titles: readonly string[] };
  /** About what it cost so far. */
  readonly spentMicrodollars: number;
};

/** The runs of this process that a person started here; the command line's own runs never wait. */
export type RunQueueState = {
  /** No create leaves and nothing waiting begins; looking at jobs, fetching and rendering go on. */
  readonly paused: boolean;
  /** Runs that may go on at once. */
  readonly limit: number;
  readonly running: readonly QueueEntry[];
  /** In the order in which they will begin. */
  readonly queued: readonly QueueEntry[];
};

export const queueContract = {
  get: base.output(type<RunQueueState>()),
  /** Survives a restart, until `resume`. */
  pause: base.output(type<RunQueueState>()),
  resume: base.output(type<RunQueueState>()),
  /** `place` 0 begins next. */
  move: base.input(runRef.extend({ place: z.number().int().min(0) })).output(type<RunQueueState>()),
  setLimit: base.input(z.object({ limit: z.number().int().min(1).max(8) })).output(type<RunQueueState>()),
};
