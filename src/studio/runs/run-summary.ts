import { JournalFailure } from "../../engine/index.ts";
import { jobLeft, lacksAnswer, type RunState } from "../../engine/record.ts";
import {
  DAMAGED,
  type FoundRun,
  type Library,
  LibraryFailure,
  type RunRow,
  type RunTotals,
} from "../../library/index.ts";
import type { PastRun } from "../contract/history.ts";
import type { RunLeftAtServer, RunSummary } from "../contract/runs.ts";
import { withoutHarm } from "../ground/without-harm.ts";
import type { LocalRuns } from "./local-runs.ts";
import { readRun } from "./run-journal.ts";
import { progressOf, totalsOf } from "./run-record.ts";
import { isParked } from "./run-survival.ts";

/** What lists show of a run: from its state where this process holds it, else from its row, and its journal at need. */
export type RunSummaries = {
  of(row: RunRow): Promise<RunSummary>;
  /** The same with its cost and results, from a row that was found. */
  past(found: FoundRun): Promise<PastRun>;
};

export function createRunSummaries({
  library,
  local,
}: {
  readonly library: Library;
  readonly local: LocalRuns;
}): RunSummaries {
  async function summary(row: RunRow): Promise<RunSummary> {
    const { runId } = row;
    const state = local.get(runId)?.run.state();
    const base = {
      runId,
      graphId: row.graphId,
      graphName: row.graphName,
      serverLabel: row.serverLabel,
      startedAt: row.startedAt,
      steps: row.steps,
    };
    const isBroken = local.isBroken(runId);
    const stopped = stoppedBy(local.brokenBy(runId));
    if (state && isBroken)
      return { ...base, ...progressOf(state), status: "interrupted", ...leftBy(state), ...stopped };
    if (state) return { ...base, ...progressOf(state), status: state.status, ...nothingLeft };
    const { done, failed, settledAt } = row;
    const counts = { done, failed, ...(settledAt === undefined ? {} : { settledAt }) };
    if (!isUnfinished(row)) return { ...base, ...counts, status: outcome(row.status), ...nothingLeft };
    const isHeld = (await library.runs.holder(row)) !== "nobody" && !isBroken;
    if (isHeld && row.status === "queued") return { ...base, ...counts, status: "queued", ...nothingLeft };
    const { state: folded } = await readRun(library, runId);
    const progress = folded ? progressOf(folded) : counts;
    if (isHeld) return { ...base, ...progress, status: "running", ...nothingLeft };
    const left = folded ? leftBy(folded) : nothingLeft;
    const parked = isParked(row) ? ({ parked: true } as const) : {};
    return { ...base, ...progress, status: "interrupted", ...left, ...parked, ...stopped };
  }

  async function totalsNow({ runId }: RunRow): Promise<RunTotals> {
    const state = local.get(runId)?.run.state() ?? (await readRun(library, runId)).state;
    if (!state) return { spentMicrodollars: 0, needsYou: 0, outputs: { count: 0, shown: [] } };
    const totals = totalsOf(state);
    if (state.status !== "running") await withoutHarm(() => library.runs.history.remember(runId, totals));
    return totals;
  }

  return {
    of: summary,
    async past({ row, totals }) {
      const run = await summary(row);
      const { spentMicrodollars, needsYou, outputs } =
        isUnfinished(row) || !totals ? await totalsNow(row) : totals;
      return { ...run, spentMicrodollars, needsYou, outputs };
    },
  };
}

/** By its row: it has not come to rest, whoever works on it. */
export function isUnfinished({ status }: RunRow): boolean {
  return status === "running" || status === "queued";
}

export const nothingLeft: RunLeftAtServer = { openJobs: [], doubts: [] };

/** Remote jobs that go on at the server without anybody looking, and creates that may have made more of them. */
export function leftBy(state: RunState): RunLeftAtServer {
  const steps = [...state.steps.values()];
  return {
    openJobs: steps.flatMap((step) => {
      const job = jobLeft(step);
      return job ? [{ stepId: step.stepId, kind: job.kind, id: job.id }] : [];
    }),
    doubts: steps.filter(lacksAnswer).map(({ stepId }) => stepId),
  };
}

function outcome(status: string): RunSummary["status"] {
  if (status === DAMAGED) return "failed";
  const known = ["done", "failed", "cancelled", "needs-you"] as const;
  return known.find((one) => one === status) ?? "interrupted";
}

/** What the person is told of it; our own mistakes are told elsewhere. */
function stoppedBy(error: unknown): Pick<RunSummary, "stopped"> {
  if (!(error instanceof JournalFailure || error instanceof LibraryFailure)) return {};
  const { code, said, remedy } = error;
  return { stopped: { code, message: said, remedy } };
}
