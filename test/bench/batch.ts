/**
 * A batch of ten thousand rows: Table → Prompt → Generate → Save, through the whole studio with its real library, against
 * the real sandbox over HTTP in a child process at speed `max`, while a window watches. What is looked at is this process:
 * its memory, how long its event loop was held up, and whether every row is accounted for at the end.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { call } from "@orpc/server";
import type { RunEvent, RunState } from "../../src/engine/record.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import type { Studio } from "../../src/studio/service.ts";
import { createStudio } from "../../src/studio/service.ts";
import { cpuMs } from "../support/cpu-time.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { lookedAt, studioOptions } from "../support/studio.ts";
import type { Aim, Report } from "./report.ts";

const MB = 1024 * 1024;
const MOST_MB = 400;
const MOST_DELAY_MS = 50;

export async function benchBatch({
  rows,
  family,
}: {
  readonly rows: number;
  readonly family: "text" | "image";
}): Promise<Report> {
  const home = mkdtempSync(join(tmpdir(), "catwalk-batch-"));
  const out = join(home, "out");
  const studio = await createStudio(studioOptions(home));
  try {
    await studio.connect();
    const graph = batchOf(rows, family);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const turns = watchTurns();
    const began = performance.now();
    const jobs = new Set<string>();
    let accepted = 0;
    let watched: Promise<Watched> | undefined;
    const end = new AbortController();
    const { state, runId } = await studio.runGraph({
      ...{ ...(await lookedAt(studio, { graph })), publish: "skip", outFolder: out },
      onEvent(event: RunEvent) {
        if (event.type === "run-started") watched = watch(studio, event.runId, end.signal);
        if (event.type !== "job-accepted") return;
        accepted++;
        jobs.add(event.job.id);
      },
    });
    const seconds = (performance.now() - began) / 1000;
    delay.disable();
    const own = turns.stop();
    end.abort();
    const seen = await watched;
    const peakMb = (process.resourceUsage().maxRSS * 1024) / MB;
    const [p99, max] = [delay.percentile(99) / 1e6, delay.max / 1e6];
    const files = readdirSync(out).filter((name) => name !== "run.json").length;
    const counts = countsOf(state);
    const table = {
      title: `${rows.toLocaleString("en")} rows, ${state.steps.size.toLocaleString("en")} steps, with a window watching (run ${runId.slice(0, 8)})`,
      rows: [
        {
          ...{ family, seconds, "rows per s": rows / seconds, "peak RSS MB": peakMb },
          ...{ "loop delay p99 ms": p99, "max ms": max },
          ...{ "of the processor p99": own.p99, "its max": own.max },
          ...{ done: counts["succeeded"] ?? 0, jobs: jobs.size, files },
          ...{ "to the window MB": (seen?.bytes ?? 0) / MB, messages: seen?.messages ?? 0 },
        },
      ],
    };
    const expected = 1 + 3 * rows;
    const aims: Aim[] = [
      {
        text: `every step came to its end: ${counts["succeeded"] ?? 0} of ${expected} succeeded`,
        met: counts["succeeded"] === expected && state.steps.size === expected,
      },
      {
        text: `every row made one job, none twice: ${accepted} accepted, ${jobs.size} different (of ${rows})`,
        met: accepted === rows && jobs.size === rows,
      },
      { text: `every row left its file: ${files} of ${rows}`, met: files === rows },
      {
        text: `peak RSS ${peakMb.toFixed(0)} MB (aim: at most ${MOST_MB})`,
        met: peakMb <= MOST_MB,
        warn: true,
      },
      {
        text: `event loop delay ${p99.toFixed(1)} ms at p99, ${max.toFixed(0)} ms at most; held up by work of its own ${own.p99.toFixed(1)} and ${own.max.toFixed(0)} ms (aim: p99 under ${MOST_DELAY_MS})`,
        met: p99 < MOST_DELAY_MS,
        warn: true,
      },
    ];
    return { name: "batch", tables: [table], aims };
  } finally {
    await studio.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function batchOf(rows: number, family: "text" | "image"): Graph {
  const model = builtInCatalogue.models.find((one) => one.family === family)?.key ?? "";
  return graphOf(
    [
      nodeOf("table", "table", {
        columns: [
          { name: "idea", type: "text" },
          { name: "place", type: "text" },
        ],
        rows: Array.from({ length: rows }, (_, row) => ({
          key: `row-${row + 1}`,
          cells: {
            idea: `Idea number ${row + 1}: a lighthouse in weather ${row % 7}`,
            place: `place ${row % 100}`,
          },
        })),
      }),
      nodeOf("words", "prompt", { text: "{{idea}}, seen from {{place}}" }),
      nodeOf("make", "generate", { family, model }),
      nodeOf("keep", "save", { name: "result" }),
    ],
    ["words.out > make.prompt", family === "text" ? "make.out > keep.text" : "make.out > keep.in"],
  );
}

type Watched = { readonly bytes: number; readonly messages: number };

/** As a window does, over a transport that writes JSON. */
async function watch(studio: Studio, runId: string, signal: AbortSignal): Promise<Watched> {
  let [bytes, messages] = [0, 0];
  const stream = await call(studio.router.runs.watch, { runId }, { context: {}, signal });
  for await (const message of stream) {
    bytes += JSON.stringify(message).length;
    messages++;
  }
  return { bytes, messages };
}

/**
 * How long this thread's own work kept others waiting, in milliseconds of the processor: what it used from one look to
 * the next, with a look as soon as the event loop is free. Other programs on the machine do not disturb it.
 */
function watchTurns(): { stop(): { readonly p99: number; readonly max: number } } {
  const all: number[] = [];
  let last = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    all.push(now - last);
    last = now;
  }, 2);
  return {
    stop() {
      clearInterval(timer);
      all.sort((a, b) => a - b);
      return { p99: all[Math.floor(0.99 * all.length)] ?? 0, max: all.at(-1) ?? 0 };
    },
  };
}

function countsOf(state: RunState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of state.steps.values()) counts[status.kind] = (counts[status.kind] ?? 0) + 1;
  return counts;
}
