import { z } from "zod";
import type { Take } from "../../engine/record.ts";
import { base, command } from "./base.ts";
import { jobRef, stepOutput } from "./media-value.ts";
import { scope, timestamp } from "./run-event.ts";
import { answer, exactly } from "./shape.ts";

const take = exactly<Take>("Take")(
  z.strictObject({
    takeId: z.string(),
    key: z.string(),
    number: z.number(),
    scope: z.union([scope, z.literal("")]),
    runId: z.string(),
    stepId: z.string(),
    graphId: z.string(),
    nodeId: z.string(),
    itemPath: z.array(z.string()),
    title: z.string(),
    recipe: z.strictObject({
      type: z.string(),
      params: z.record(z.string(), z.unknown()),
      inputs: z.array(
        z.strictObject({
          portId: z.string(),
          sha256: z.string().exactOptional(),
          mediaId: z.string().exactOptional(),
          text: z.string().exactOptional(),
        }),
      ),
    }),
    outputs: z.array(stepOutput),
    job: jobRef.exactOptional(),
    paid: z.boolean(),
    estimateMicrodollars: z.number().exactOptional(),
    startedAt: timestamp,
    madeAt: timestamp,
  }),
);

const takeRef = z.object({ takeId: z.string() });

export const takesContract = {
  /** What this node had as its result, newest first: made by it, or taken from an earlier run or another graph. */
  ofNode: base
    .input(
      z.object({
        graphId: z.string(),
        nodeId: z.string(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(answer(z.array(take))),
  get: base.input(takeRef).output(answer(take.optional())),
  /** Forgets a take. One that may have cost money is refused (`take-paid`, with about how much) unless `evenIfPaid`. */
  remove: command.input(takeRef.extend({ evenIfPaid: z.boolean().default(false) })),
};
