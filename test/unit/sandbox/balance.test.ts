import fc from "fast-check";
import { expect, test } from "vitest";
import { createSpending } from "../../../src/sandbox/balance.ts";
import type { Job } from "../../../src/sandbox/state.ts";
import { statusAt } from "../../../src/sandbox/timeline.ts";

const act = fc.oneof(
  fc.record({
    kind: fc.constant("book" as const),
    runMs: fc.nat({ max: 50 }),
    end: fc.constantFrom("made" as const, "failed" as const, "canceled" as const, "never" as const),
  }),
  fc.record({ kind: fc.constant("make" as const), pick: fc.nat(), fails: fc.boolean() }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: -20, max: 60 }) }),
);

test("what is added up once is what adding up every job anew gives, whatever happens in between", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const jobs: Job[] = [];
      let now = 1_000;
      const spendingOf = createSpending(
        {
          jobsAfter: (_account, ordinal) => jobs.filter((job) => job.ordinal > ordinal),
          unmade: () => new Set(jobs.filter(({ madeAt }) => madeAt === null).map(({ jobId }) => jobId)),
          job: (_account, jobId) => jobs.find((job) => job.jobId === jobId),
        },
        { now: () => now },
      );
      for (const each of acts) {
        if (each.kind === "wait") now += each.ms;
        else if (each.kind === "book") {
          const ordinal = jobs.length + 1;
          jobs.push({
            ...{
              jobId: `job-${ordinal}`,
              accountId: "me",
              kind: "inference",
              type: "image",
              ordinal,
              request: {},
            },
            ...{ costMicrodollars: 2 ** (ordinal % 20), result: null, errorCode: null },
            timeline: { createdAt: now, idleMs: 0, lockedMs: 0, runMs: each.runMs, end: each.end },
            madeAt: each.end === "made" || each.end === "never" ? null : now,
            errorMessage: each.end === "failed" ? "No." : null,
          });
        } else {
          const open = jobs.filter(({ madeAt, timeline }) => madeAt === null && timeline.end === "made");
          const job = open[each.pick % Math.max(1, open.length)];
          if (job) jobs[job.ordinal - 1] = { ...job, madeAt: now, errorMessage: each.fails ? "No." : null };
        }
        const statuses = jobs.map((job) => ({ job, status: statusAt(job, now) }));
        const sum = (of: (status: string) => boolean) =>
          statuses.reduce((total, { job, status }) => total + (of(status) ? job.costMicrodollars : 0), 0);
        expect(spendingOf("me")).toEqual({
          spent: sum((status) => status === "succeeded"),
          held: sum((status) => !["succeeded", "failed", "canceled"].includes(status)),
        });
      }
    }),
  );
});
