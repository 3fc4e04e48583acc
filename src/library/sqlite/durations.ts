import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { guarded } from "../ports/failure.ts";

const rowSchema = z.object({ afterMs: z.number(), byMs: z.number() });

/** How long a remote job that succeeded took. What the poller learns from. */
type JobDuration = {
  readonly scope: string;
  readonly kind: string;
  /** The model of a generation, the operation of an edit, the platform of a publish, with the params that take time. */
  readonly model: string;
  /** It ended after the look that last found it under way, in milliseconds since its acceptance, … */
  readonly afterMs: number;
  /** … and by the look that found it ended. */
  readonly byMs: number;
  readonly at: number;
};

export type JobDurations = {
  add(duration: JobDuration): void;
  /** The last so many of a class, oldest first. */
  recent(
    jobClass: { readonly scope: string; readonly kind: string; readonly model: string },
    limit: number,
  ): readonly { readonly afterMs: number; readonly byMs: number }[];
};

export function createJobDurations(database: DatabaseSync): JobDurations {
  const insert = database.prepare(
    "INSERT INTO job_durations (scope, kind, model, ended, after_ms, ms, at) VALUES (?, ?, ?, 'succeeded', ?, ?, ?)",
  );
  const select = database.prepare(
    `SELECT after_ms AS afterMs, ms AS byMs FROM job_durations
     WHERE scope = ? AND kind = ? AND model = ? AND ended = 'succeeded' ORDER BY at DESC, id DESC LIMIT ?`,
  );
  return {
    add: ({ scope, kind, model, afterMs, byMs, at }) =>
      guarded(
        () => void insert.run(scope, kind, model, Math.max(0, Math.floor(afterMs)), Math.ceil(byMs), at),
      ),
    recent: ({ scope, kind, model }, limit) =>
      guarded(() => select.all(scope, kind, model, limit).map((row) => rowSchema.parse(row))).reverse(),
  };
}
