/**
 * The process that is killed. It resumes what the one before it left, then runs graph after graph until it is killed,
 * and says on descriptor 4, at once and without a buffer, when a create is sent and when its answer comes.
 */

import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { parseGraph } from "../../src/graph/document/parse.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { endSignals } from "../../src/hosts/process/until-signal.ts";
import { Refused } from "../../src/studio/ground/refused.ts";
import { createStudio } from "../../src/studio/service.ts";
import { lookedAt, studioOptions } from "../support/studio.ts";
import { killGraph } from "./graph.ts";
import type { Order, Report } from "./reports.ts";

const [home, url, key, since] = process.argv.slice(2);
if (!home || !url || !key || !since) throw new Error("usage: child HOME URL KEY SINCE");

const at = () => performance.timeOrigin + performance.now();

/** Waits are this much shorter than they would be: from a poll's second nothing is learned here. */
const HASTE = 20;
const began = Number(since);
/** The same for all children, so that it never goes back. */
const hastyClock: Clock = {
  now: () => Math.round(began + (at() - began) * HASTE),
  setTimeout: (callback, ms) => setTimeout(callback, ms / HASTE),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout), // it came from the line above
};

function tell(report: Report): void {
  writeSync(4, `${JSON.stringify(report)}\n`);
}

let dieAt: Order["dieAt"];
let creates = 0;

/** Says what a create has come to, and dies by the same signal that the parent sends, when that was the order. */
function atCreate(type: "send" | "answer"): void {
  tell({ type, at: at() });
  if (++creates !== dieAt?.creates) return;
  if (dieAt.laterMs === 0) die();
  else setTimeout(die, dieAt.laterMs);
}

function die(): void {
  tell({ type: "dying", at: at() });
  if (dieAt) process.kill(process.pid, dieAt.by);
}

/** What a polite request to end does on the command line: the run is cancelled, and creates in flight are awaited. */
const interrupt = new AbortController();
for (const signal of endSignals) process.once(signal, () => interrupt.abort());

const isCreate = ({ request }: { request?: { method?: string; path?: string } }) =>
  request?.method === "POST" && /\/(generate|edit|speech|publish\/\w+)$/.test(request.path ?? "");

// Told just before the first byte is written, in the same turn.
subscribe("undici:client:sendHeaders", (message) => {
  if (isCreate(message as Parameters<typeof isCreate>[0])) process.nextTick(atCreate, "send");
});
subscribe("undici:request:headers", (message) => {
  if (isCreate(message as Parameters<typeof isCreate>[0])) atCreate("answer");
});

/**
 * Looks again when the yes did not cover what there is to do: with waits this short a price may come too late for the
 * look and in time for the run, which then costs more than was agreed to.
 */
async function agreed(act: () => Promise<void>): Promise<void> {
  for (let looks = 1; ; looks++)
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Another process goes on with it, or it was cancelled before it began.
      if (error.code === "run-held" || error.code === "cancelled") return;
      if (error.code !== "preflight-void" || looks === MOST_LOOKS) throw error;
    }
}
const MOST_LOOKS = 20;

async function work(order: Order, homeFolder: string, server: string): Promise<void> {
  const { firstRun, runs, deadlineMs, answerMs } = order;
  const { signal } = interrupt;
  const studio = await createStudio(
    studioOptions(homeFolder, {
      server: { kind: "custom", url: server },
      environment: { CATWALK_API_KEY: key },
      clock: hastyClock,
      ...(deadlineMs === undefined ? {} : { jobDeadlineMs: deadlineMs }),
      ...(answerMs === undefined ? {} : { answerMs }),
    }),
  );
  const outFolder = join(homeFolder, "out");
  let mayRunAgain = order.again;
  for (const { runId, status } of await studio.listRuns({ limit: 200 })) {
    if (signal.aborted) break;
    const mayBeOpen = status === "needs-you" || status === "failed";
    if (status !== "interrupted" && status !== "cancelled" && !(mayBeOpen && (await isOpen(runId)))) continue;
    if (mayRunAgain && (await ranAgain(runId))) mayRunAgain = false;
    else
      await agreed(async () => {
        const { handle } = await studio.resumePreflight({ runId, inDoubt: "skip", attended: false });
        const folder = join(outFolder, runId);
        await studio.resumeGraph({ runId, inDoubt: "skip", handle, outFolder: folder, signal });
      });
  }
  if (!signal.aborted) tell({ type: "resumed", at: at() });

  /**
   * What a resume goes on with, results that were not fetched within a deadline among it. A post that was left in doubt
   * waits for a person's word, and no resume gives that.
   */
  async function isOpen(runId: string): Promise<boolean> {
    const { state } = await studio.history.steps(runId);
    const open = ["in-doubt", "overdue", "outcome-unknown"];
    return [...state.steps.values()].some(
      ({ status, previewFailures }) => open.includes(status.kind) || Object.keys(previewFailures).length > 0,
    );
  }

  /** Not where the look before it names a doubt: whoever reads that settles it first, by resuming. */
  async function ranAgain(runId: string): Promise<boolean> {
    const parsed = parseGraph(await studio.history.graphJson(runId));
    if (!parsed.ok) throw new Error("The graph of a run does not open.");
    const { earlierDoubts = [] } = await studio.preflight({ graph: parsed.graph });
    if (earlierDoubts.length > 0) return false;
    await runOnce(parsed.graph, `again-${runId}`);
    return true;
  }

  async function runOnce(graph: Graph, name: string): Promise<void> {
    await agreed(async () => {
      const looked = await lookedAt(studio, { graph });
      await studio.runGraph({ ...looked, publish: "flag", outFolder: join(outFolder, name), signal });
    });
  }

  for (let run = firstRun; run < firstRun + runs && !signal.aborted; run++) {
    tell({ type: "run", run });
    await runOnce(killGraph(run), `run-${run}-${process.pid}`);
  }
  await studio.close();
  tell({ type: "finished" });
  process.disconnect();
}

process.once("message", (order) => {
  // The parent sends nothing else.
  ({ dieAt } = order as Order);
  void work(order as Order, home, url);
});
process.once("disconnect", () => process.exit());
tell({ type: "ready" });
