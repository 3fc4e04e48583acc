import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { JobDurations } from "../ports/durations.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";

const rowSchema = z.object({ afterMs: z.number(), byMs: z.number() });

export function createJobDurations(database: DatabaseSync): Immediate<JobDurations> {
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
