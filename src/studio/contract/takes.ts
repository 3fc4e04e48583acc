import { type } from "@orpc/contract";
import { z } from "zod";
import type { Take } from "../../engine/record.ts";
import { base } from "./base.ts";

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
    .output(type<readonly Take[]>()),
  get: base.input(takeRef).output(type<Take | undefined>()),
  /** Forgets a take. One that may have cost money is refused (`take-paid`, with about how much) unless `evenIfPaid`. */
  remove: base.input(takeRef.extend({ evenIfPaid: z.boolean().default(false) })),
};
