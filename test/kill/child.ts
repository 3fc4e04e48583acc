/**
 * The process that is killed. It takes up what the one before it left, then runs graph after graph until it is killed,
 * and says on descriptor 4, at once and without a buffer, when a create is sent and when its answer comes.
 */

import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { Refused } from "../../src/studio/refused.ts";
import { createStudio } from "../../src/studio/service.ts";
import { studioOptions } from "../support/studio.ts";
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
  process.kill(process.pid, "SIGKILL");
}

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
      if (!(error instanceof Refused && error.code === "consent-needed") || looks === MOST_LOOKS) throw error;
    }
}
const MOST_LOOKS = 20;

async function work({ firstRun, runs }: Order, homeFolder: string, server: string): Promise<void> {
  const studio = await createStudio(
    studioOptions(homeFolder, {
      server: { kind: "custom", url: server },
      environment: { CATWALK_API_KEY: key },
      clock: hastyClock,
    }),
  );
  const outFolder = join(homeFolder, "out");
  for (const { runId, status } of studio.listRuns({ limit: 20 })) {
    if (status !== "interrupted" && !(status === "needs-you" && hasDoubt(runId))) continue;
    await agreed(async () => {
      const { consent } = await studio.resumePreflight({ runId, inDoubt: "skip", attended: false });
      await studio.resumeGraph({ runId, inDoubt: "skip", consent, outFolder: join(outFolder, runId) });
    });
  }
  tell({ type: "resumed", at: at() });

  /** A post that was left in doubt waits for a person's word, and no resume gives that. */
  function hasDoubt(runId: string): boolean {
    const { state } = studio.history.steps(runId);
    return [...state.steps.values()].some((step) => step.status.kind === "in-doubt");
  }

  for (let run = firstRun; run < firstRun + runs; run++) {
    tell({ type: "run", run });
    const graph = killGraph(run);
    await agreed(async () => {
      const { consent } = await studio.preflight({ graph });
      await studio.runGraph({ graph, consent, publish: "flag", outFolder: join(outFolder, `run-${run}`) });
    });
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
