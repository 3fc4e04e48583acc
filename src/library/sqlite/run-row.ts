/** As `runRowSchema` has it. */
export const runColumns = `run_id AS runId, graph_id AS graphId, graph_name AS graphName, scope, server_label AS serverLabel,
  owner_id AS ownerId, status, started_at AS startedAt, settled_at AS settledAt, steps, done, failed, resumes`;
