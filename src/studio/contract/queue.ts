import { z } from "zod";
import { base, runRef } from "./base.ts";
import { selectionKind } from "./preflight.ts";
import { runSummary } from "./runs.ts";
import { answer, type Shape } from "./shape.ts";

/** A run that goes on or waits its turn, as the list of the queue shows it. */
const queueEntry = runSummary
  .extend({
    /** Which part of its graph it takes, by titles. */
    selection: z.strictObject({ kind: selectionKind, titles: z.array(z.string()) }),
    /** About what it cost so far. */
    spentMicrodollars: z.number(),
  })
  .meta({ id: "QueueEntry" });
export type QueueEntry = Shape<typeof queueEntry>;

/** The runs of this process that a person started here; the command line's own runs never wait. */
const runQueueState = z
  .strictObject({
    /** No create leaves and nothing waiting begins; looking at jobs, fetching and rendering go on. */
    paused: z.boolean(),
    /** Runs that may go on at once. */
    limit: z.number(),
    running: z.array(queueEntry),
    /** In the order in which they will begin. */
    queued: z.array(queueEntry),
  })
  .meta({ id: "RunQueueState" });
export type RunQueueState = Shape<typeof runQueueState>;

const told = base.output(answer(runQueueState));

export const queueContract = {
  get: told,
  /** Survives a restart, until `resume`. */
  pause: told,
  resume: told,
  /** `place` 0 begins next. */
  move: told.input(runRef.extend({ place: z.number().int().min(0) })),
  setLimit: told.input(z.object({ limit: z.number().int().min(1).max(8) })),
};
