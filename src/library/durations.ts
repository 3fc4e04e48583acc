import type { DatabaseSync } from "node:sqlite";
import { guarded } from "./failure.ts";

/** How long a remote job took, from its acceptance to the look that found it ended. What the poller will learn from. */
type JobDuration = {
  readonly scope: string;
  readonly kind: string;
  /** The model of a generation, the operation of an edit, the platform of a publish. */
  readonly model: string;
  readonly ended: string;
  readonly ms: number;
  readonly at: number;
};

export type JobDurations = { add(duration: JobDuration): void };

export function createJobDurations(database: DatabaseSync): JobDurations {
  const insert = database.prepare(
    "INSERT INTO job_durations (scope, kind, model, ended, ms, at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  return {
    add: ({ scope, kind, model, ended, ms, at }) =>
      guarded(() => void insert.run(scope, kind, model, ended, Math.max(0, Math.round(ms)), at)),
  };
}
