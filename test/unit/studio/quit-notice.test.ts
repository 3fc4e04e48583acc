import { expect, test } from "vitest";
import type { RunSummary } from "../../../src/studio/contract.ts";
import { quitNotice } from "../../../src/studio/runs/quit-notice.ts";

const run = (runId: string, more: Partial<RunSummary> = {}): RunSummary => ({
  runId,
  graphId: "graph",
  graphName: `Graph ${runId}`,
  serverLabel: "Sandbox",
  startedAt: 0,
  status: "running",
  steps: 5,
  done: 2,
  failed: 0,
  openJobs: [],
  doubts: [],
  ...more,
});

test("quitting with nothing under way asks nothing", () => {
  expect(quitNotice([])).toBeUndefined();
});

test("quitting says which runs are left, what it means for their jobs, and how each goes on", () => {
  const notice = quitNotice([
    run("one", { serverLabel: "Live" }),
    run("two", { serverLabel: "127.0.0.1:4010" }),
    run("three", { status: "queued", done: 0 }),
  ]);
  expect(notice?.message).toBe("2 runs are under way and 1 queued.");
  expect(notice?.detail).toContain("“Graph one” on Live, 2 of 5 done");
  expect(notice?.detail).toContain("may cost money");
  expect(notice?.lines).toEqual([
    "2 runs are under way and 1 queued. Jobs the server already has go on there.",
    "  “Graph one” on Live, 2 of 5 done: catwalk resume one --server live",
    "  “Graph two” on 127.0.0.1:4010, 2 of 5 done: catwalk resume two --server URL",
    "  “Graph three” on Sandbox, queued: catwalk resume three",
    "Or start the studio again and press Resume.",
  ]);
});

test("only queued runs cost nothing, and a long list is cut", () => {
  const notice = quitNotice(Array.from({ length: 7 }, (_, index) => run(`${index}`, { status: "queued" })));
  expect(notice?.message).toBe("7 runs are queued.");
  expect(notice?.detail).toContain("and 3 more");
  expect(notice?.detail).toContain("Nothing of them has been made.");
});
