import { z } from "zod";

export const runRowSchema = z.object({
  runId: z.string(),
  graphId: z.string(),
  graphName: z.string(),
  scope: z.string(),
  serverLabel: z.string(),
  ownerId: z.string(),
  /** "queued" until it begins, "running", or how it came to rest. */
  status: z.string(),
  startedAt: z.number(),
  settledAt: z.number().optional(),
  steps: z.int(),
  done: z.int(),
  failed: z.int(),
  /** How often it was claimed without `survived` since. */
  resumes: z.int(),
});
export type RunRow = Readonly<z.infer<typeof runRowSchema>>;

export const runColumns = `run_id AS runId, graph_id AS graphId, graph_name AS graphName, scope, server_label AS serverLabel,
  owner_id AS ownerId, status, started_at AS startedAt, settled_at AS settledAt, steps, done, failed, resumes`;
