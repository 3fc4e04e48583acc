import type { Clock } from "../base/clock.ts";
import type { Job, State } from "./state.ts";
import { statusAt } from "./timeline.ts";

/** What an account's jobs have cost, and what those under way may still cost, in microdollars. */
export type Spending = { readonly spent: number; readonly held: number };

/**
 * Follows from the jobs alone, so that a restart cannot lose or make money. What has ended does not change any more and is
 * added up once: every create asks, and an account may have ten thousand jobs.
 */
export function createSpending(
  state: Pick<State, "jobsAfter" | "unmade" | "job">,
  clock: Pick<Clock, "now">,
): (accountId: string) => Spending {
  type Known = { at: number; lastOrdinal: number; spent: number; readonly open: Map<string, Job> };
  const accounts = new Map<string, Known>();

  return (accountId) => {
    const now = clock.now();
    let known = accounts.get(accountId);
    // With a clock that was set back what had ended may be under way again.
    if (!known || now < known.at) known = { at: now, lastOrdinal: 0, spent: 0, open: new Map() };
    accounts.set(accountId, known);
    known.at = now;
    for (const job of state.jobsAfter(accountId, known.lastOrdinal)) {
      known.open.set(job.jobId, job);
      known.lastOrdinal = job.ordinal;
    }
    const unmade = state.unmade(accountId);
    let held = 0;
    for (const kept of known.open.values()) {
      const job =
        kept.madeAt === null && !unmade.has(kept.jobId) ? (state.job(accountId, kept.jobId) ?? kept) : kept;
      const status = statusAt(job, now);
      const hasEnded = status === "succeeded" || status === "failed" || status === "canceled";
      if (hasEnded) known.open.delete(job.jobId);
      else known.open.set(job.jobId, job);
      if (status === "succeeded") known.spent += job.costMicrodollars;
      else if (!hasEnded) held += job.costMicrodollars;
    }
    return { spent: known.spent, held };
  };
}
