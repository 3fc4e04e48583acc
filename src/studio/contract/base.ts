import { oc } from "@orpc/contract";
import { z } from "zod";
import { type Problem, problemCodes } from "../../graph/document/problems.ts";
import { graphSchema } from "../../graph/document/schema.ts";
import { messageSchema } from "../../words/message-schema.ts";
import { exactly, type Shape } from "./shape.ts";

/** As a document: `docs/graph.schema.json`. */
export const graph = graphSchema.meta({ id: "Graph" });

export const runRef = z.object({ runId: z.string() });
export const stepRef = z.object({ runId: z.string(), stepId: z.string() });
export const mediaRef = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** What a person reads of a failure, a refusal or a problem. */
export const words = z.union([z.string(), messageSchema]);

/** A command was not carried out: why, and what to do. */
export const refusal = z
  .strictObject({ code: z.string(), message: words, remedy: words })
  .meta({ id: "Refusal" });
export type Refusal = Shape<typeof refusal>;

export const problem = exactly<Problem>("Problem")(
  z.strictObject({
    code: z.enum(problemCodes),
    severity: z.enum(["error", "warning"]),
    message: words,
    remedy: words,
    nodeId: z.string().exactOptional(),
    nodeIds: z.array(z.string()).exactOptional(),
    edgeId: z.string().exactOptional(),
    portId: z.string().exactOptional(),
    param: z.string().exactOptional(),
  }),
);

export const base = oc.errors({
  REFUSED: { status: 409, message: "Refused", data: refusal },
  INVALID_GRAPH: {
    status: 422,
    message: "The graph has problems",
    data: z.strictObject({ problems: z.array(problem) }),
  },
});

/** Commands that answer nothing: a window learns what came of them from events. */
export const command = base.output(z.void());

/** A text to be written into a file by the one who asked. */
export const textFile = z.strictObject({ text: z.string(), fileName: z.string() });
