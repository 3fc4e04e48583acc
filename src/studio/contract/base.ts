import { oc } from "@orpc/contract";
import { z } from "zod";
import type { Problem } from "../../graph/document/problems.ts";

export const runRef = z.object({ runId: z.string() });
export const stepRef = z.object({ runId: z.string(), stepId: z.string() });
export const mediaRef = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** A command was not carried out: why, and what to do. */
const refusal = z.object({ code: z.string(), message: z.string(), remedy: z.string() });
export type Refusal = z.infer<typeof refusal>;

export const base = oc.errors({
  REFUSED: { status: 409, message: "Refused", data: refusal },
  INVALID_GRAPH: {
    status: 422,
    message: "The graph has problems",
    data: z.object({ problems: z.array(z.custom<Problem>()) }),
  },
});
