import { expect, test } from "vitest";
import { createPastRuns } from "../../app/history/past-runs.ts";
import { LineFailure } from "../../app/stores/studio.ts";
import type { HistoryPage, HistoryQuery, PastRun } from "../../src/studio/contract.ts";

const runOf = (n: number): PastRun => ({
  ...{ runId: `run-${n}`, graphId: "graph", graphName: "G", serverLabel: "Sandbox", startedAt: n },
  ...{ status: "done", steps: 1, done: 1, failed: 0, openJobs: [], doubts: [], needsYou: 0 },
  spentMicrodollars: 0,
  outputs: { count: 0, shown: [] },
});

/** A studio with so many runs; each question waits until the test answers it. */
function started(total: number) {
  const asked: { readonly query: HistoryQuery; answer(fail?: boolean): Promise<void> }[] = [];
  const list = (query: HistoryQuery) =>
    new Promise<HistoryPage>((resolve, reject) => {
      const { limit, cursor } = query;
      const from = Number(cursor ?? 0);
      const runs = Array.from({ length: Math.max(0, Math.min(limit, total - from)) }, (_, index) =>
        runOf(from + index),
      );
      const next = from + limit < total ? { next: String(from + limit) } : {};
      asked.push({
        query,
        async answer(fail = false) {
          if (fail) reject(new LineFailure());
          else resolve({ runs, ...next });
          // The store's own steps after an answer.
          for (let turn = 0; turn < 6; turn++) await Promise.resolve();
        },
      });
    });
  const store = createPastRuns(list, () => "graph");
  return { store, asked, shown: () => store.getState().items.map(({ runId }) => runId) };
}

test("the first page comes alone, each next one once, and a refresh brings all that is on show", async () => {
  const { store, asked, shown } = started(70);
  void store.getState().refresh();
  expect(asked[0]?.query).toEqual({ limit: 30, graphId: "graph" });
  await asked[0]?.answer();
  expect(shown()).toHaveLength(30);
  void store.getState().loadMore();
  void store.getState().loadMore();
  expect(asked).toHaveLength(2);
  await asked[1]?.answer();
  expect(shown()).toHaveLength(60);
  void store.getState().refresh();
  expect(asked[2]?.query.limit).toBe(60);
  await asked[2]?.answer();
  void store.getState().loadMore();
  await asked[3]?.answer();
  expect(shown()).toHaveLength(70);
  expect(new Set(shown()).size).toBe(70);
  void store.getState().loadMore();
  expect(asked).toHaveLength(4);
});

test("an answer to an older question changes nothing, whenever it comes", async () => {
  const { store, asked, shown } = started(70);
  store.getState().setFilter({ text: "a" });
  store.getState().setFilter({ text: "ab", everywhere: true, outcome: "failed", period: "week" });
  expect(asked[1]?.query).toMatchObject({ text: "ab", outcomes: ["failed"] });
  expect(asked[1]?.query).not.toHaveProperty("graphId");
  await asked[1]?.answer();
  void store.getState().loadMore();
  store.getState().setFilter({ text: "abc" });
  await asked[3]?.answer();
  await asked[2]?.answer();
  await asked[0]?.answer();
  expect(shown()).toHaveLength(30);
  expect(store.getState().phase).toBe("ready");
});

test("a question that fails says so, keeps what is on show, and can be asked again", async () => {
  const { store, asked, shown } = started(5);
  void store.getState().refresh();
  await asked[0]?.answer();
  void store.getState().refresh();
  await asked[1]?.answer(true);
  expect([store.getState().phase, shown().length]).toEqual(["failed", 5]);
  void store.getState().refresh();
  await asked[2]?.answer();
  expect([store.getState().phase, store.getState().failure]).toEqual(["ready", undefined]);
});
