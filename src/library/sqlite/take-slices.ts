import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { guarded } from "./failure.ts";

/** Takes whose recipes or outputs are read in one go: a few milliseconds of work. */
const AT_ONCE = 200;
/** After every id there can be, as SQLite compares text. */
const LAST = "\u{10ffff}";

/** As `bounds` of a slice are bound. */
export const inSlice = "takes.take_id > ? AND takes.take_id <= ?";

/**
 * All takes, a few at a time, for what no index answers; the process goes on with everything else between. Takes that
 * come meanwhile may be among them, or not.
 */
export function createTakeSlices(database: DatabaseSync) {
  const select = database.prepare(
    "SELECT take_id AS takeId FROM takes WHERE take_id > ? ORDER BY take_id LIMIT 1 OFFSET ?",
  );
  return async function* slices(): AsyncGenerator<readonly [after: string, upTo: string]> {
    for (let after = ""; after !== LAST; ) {
      await nextTurn();
      const row = guarded(() => select.get(after, AT_ONCE - 1));
      const upTo = row ? takeRow.parse(row).takeId : LAST;
      yield [after, upTo];
      after = upTo;
    }
  };
}

const takeRow = z.object({ takeId: z.string() });
