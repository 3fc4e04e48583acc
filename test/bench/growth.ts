/**
 * Does it cost as much each when there are ten times as many? Each row does the same work small and large, in turns,
 * and compares the processor's time per unit by the medians: a ratio of two measurements of one run hangs little on the
 * machine. Beside them the pieces that a frame or a key press waits for, in milliseconds, which only warn.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createRouterClient } from "@orpc/server";
import { itemsOfRun, updateItems } from "../../app/stores/run-items.ts";
import { groupByNode, regroup } from "../../app/stores/run-steps.ts";
import type { RunEvent, RunEventBody, StepHead } from "../../src/engine/record.ts";
import { emptyRun, foldEvents, openFold } from "../../src/engine/record.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { planRun } from "../../src/graph/plan/plan-run.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { readCsv } from "../../src/nodes/table/csv.ts";
import { createStudio } from "../../src/studio/service.ts";
import { cpuMs } from "../support/cpu-time.ts";
import { createWorld, id, scope, step } from "../support/engine-world.ts";
import { chainOf, graphOf, nodeOf, tableOf } from "../support/graph-builders.ts";
import { studioOptions } from "../support/studio.ts";
import { makePast } from "./past.ts";
import type { Aim, Report } from "./report.ts";

const TURNS = 5;
/** Ten times as much may cost this many times as much each: what grows with the square costs ten. */
const MOST_RATIO = 3;

type Work = () => void | Promise<void>;
/** Makes what the work needs, outside of what is measured. */
type Prepare = (units: number) => Work | Promise<Work>;

const describe = describeNode(builtInCatalogue);

export async function benchGrowth(): Promise<Report> {
  const growths: readonly (readonly [what: string, small: number, prepare: Prepare])[] = [
    ["plan a chain, per node", 1000, (nodes) => planning(chainOf(nodes))],
    ["plan a table's rows, per row", 1000, (rows) => planning(batchOf(rows))],
    ["fold six events of a step, per step", 1000, folding],
    ["show 200 events of a batch, per batch", 3000, showingBatches],
    ["resume unfinished steps, per step", 1000, resuming],
    ["read CSV, per row", 2000, readingCsv],
  ];
  const rows = [];
  const aims: Aim[] = [];
  for (const [what, small, prepare] of growths) {
    const large = 10 * small;
    const [few, many] = await compared(prepare, small, large);
    const ratio = many / few;
    rows.push({ what, [`small`]: small, large, "ms each small": few, "ms each large": many, ratio });
    aims.push({
      text: `${what}: ${large.toLocaleString("en")} cost at most ${MOST_RATIO} times as much each as ${small.toLocaleString("en")} (${ratio.toFixed(2)})`,
      met: ratio <= MOST_RATIO,
    });
  }
  const search = await searchRatio();
  aims.push({
    text: `a search of a thousand runs reads no graph: with graphs of 200 kB at most ${MOST_RATIO} times as long (${search.ratio.toFixed(2)})`,
    met: search.ratio <= MOST_RATIO,
  });
  const few = await pastFigures(10_000);
  const many = await pastFigures(100_000);
  const previewRatio = many.previewCpuMs / 100_000 / (few.previewCpuMs / 10_000);
  const boundRatio = many.boundCpuMs / 100_000 / (few.boundCpuMs / 10_000);
  for (const [what, ratio] of [
    ["a preview of a clean-up, per run", previewRatio],
    ["a look at what can be made again, per take", boundRatio],
  ] as const)
    aims.push({
      text: `${what}: of 100,000 at most ${MOST_RATIO} times as much as of 10,000 (${ratio.toFixed(2)})`,
      met: ratio <= MOST_RATIO,
    });
  aims.push(
    {
      text: `a preview of a clean-up of 100,000 runs takes at most a second (${many.previewMs.toFixed(0)} ms)`,
      met: many.previewMs <= 1000,
      warn: true,
    },
    {
      text: `a clean-up of 100,000 runs never holds the event loop for more than 50 ms (${many.mostDelayMs.toFixed(1)})`,
      met: many.mostDelayMs <= 50,
      warn: true,
    },
  );
  const delayMs = await cleaningDelay();
  aims.push({
    text: `removing 60,000 events holds the event loop for at most 50 ms at p99 (${delayMs.toFixed(1)})`,
    met: delayMs <= 50,
    warn: true,
  });
  return {
    name: "growth",
    tables: [
      { title: "The same work, ten times as much of it; processor ms each", rows },
      {
        title: "Of the past",
        rows: [
          {
            "search ms, small graphs": search.small,
            "with 200 kB": search.large,
            "clean-up p99 ms": delayMs,
          },
        ],
      },
      { title: "Of many runs", rows: [few, many] },
    ],
    aims,
  };
}

/** Small and large in turns, so that a slow minute hits both. @returns the median of each, per unit */
async function compared(prepare: Prepare, small: number, large: number): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn <= TURNS; turn++)
    for (const [at, units] of [small, large].entries()) {
      // Equal work: the small one as often as it takes.
      const works = [];
      for (let done = 0; done < large; done += units) works.push(await prepare(units));
      const began = cpuMs();
      for (const work of works) await work();
      // The first turn warms up.
      if (turn > 0) times[at]?.push((cpuMs() - began) / large);
    }
  return [median(times[0]), median(times[1])];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function planning(graph: Graph): Work {
  return () => {
    const result = planRun(graph, describe, { kind: "all" });
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(" "));
  };
}

function batchOf(rows: number): Graph {
  const params = { family: "image", model: "nano-banana-2", prompt: "{{name}}" };
  const nodes = [
    tableOf("t", rows, ["name", "text"]),
    nodeOf("g", "generate", params),
    nodeOf("s", "save"),
    nodeOf("w", "prompt", { text: "{{text}}" }),
  ];
  return graphOf(nodes, ["g.out > s.in", "w.out > s.text"]);
}

function folding(steps: number): Work {
  const names = Array.from({ length: steps }, (_, index) => `step-${index}`);
  const job = { kind: "inference", id: "job-1" } as const;
  const bodies = names.flatMap((name): RunEventBody[] => [
    { type: "step-started", stepId: id(name), attempt: 1 },
    { type: "create-intended", stepId: id(name), attempt: 1, jobKind: "inference", requestDigest: "d" },
    { type: "job-accepted", stepId: id(name), attempt: 1, job },
    { type: "job-status", stepId: id(name), status: "in_progress" },
    { type: "job-status", stepId: id(name), status: "succeeded" },
    { type: "step-succeeded", stepId: id(name), outputs: [], cached: false },
  ]);
  const events: RunEvent[] = [
    started(names.map((name) => head(name))),
    ...bodies.map((body, index) => ({ ...body, runId: "run", seq: index + 2, at: index })),
  ];
  return () => void foldEvents(undefined, events);
}

/** What the window does for fifty batches of 200 events, in a run of so many steps: that part must not grow with the run. */
function showingBatches(steps: number): Work {
  const rows = Array.from({ length: steps / 3 }, (_, row) => ["t", String(row)]);
  const run = emptyRun(started(["g", "o", "s"].flatMap((nodeId) => rows.map((path) => head(nodeId, path)))));
  // The folds are the engine's work and are made beforehand. As many batches for each step in small and large runs.
  const batches = Array.from({ length: Math.round(steps / 600) }, (_, batch) =>
    Array.from({ length: 200 }, (_, index) =>
      formatStepId("g", ["t", String((batch * 200 + index) % rows.length)]),
    ),
  );
  const states = [run];
  for (const changed of batches) {
    const before = states.at(-1) ?? run;
    const fold = openFold(before);
    for (const [index, stepId] of changed.entries())
      fold.push({
        ...{ runId: "run", seq: before.seq + 1 + index, at: 1 },
        ...{ type: "step-started", stepId, attempt: 1 },
      });
    states.push(fold.state());
  }
  let groups = groupByNode(run);
  let items = itemsOfRun(run, groups);
  return () => {
    for (const [index, changed] of batches.entries()) {
      const [before, after] = [states[index] ?? run, states[index + 1] ?? run];
      groups = regroup(groups, before, after, changed);
      items = items && updateItems(items, after, changed);
    }
  };
}

async function resuming(steps: number): Promise<Work> {
  const specs = Array.from({ length: steps }, (_, at) =>
    at === 0 ? step.upload("s0") : step.text(`s${at}`, `s${at - 1}`),
  );
  const world = createWorld();
  const mortal = world.process();
  world.startIn(mortal, specs);
  while (world.eventsOf("step-started", "s0").length === 0) await world.clock.advance(10);
  mortal.kill();
  return async () => {
    const run = world.resume(specs);
    await world.settle();
    if ((await run.whenSettled()) !== "done") throw new Error("It did not come to its end.");
  };
}

function readingCsv(rows: number): Work {
  const text = `a,b,c\n${'"one, two",x,y\n'.repeat(rows)}`;
  return () => {
    if (!readCsv(text).ok) throw new Error("The rows cannot be read.");
  };
}

async function searchRatio(): Promise<{ small: number; large: number; ratio: number }> {
  const words = "a person's own words about a picture of the sea ".repeat(60);
  const libraryWith = async (graphJson: string) => {
    const folder = mkdtempSync(join(tmpdir(), "catwalk-growth-"));
    const library = await openLibrary(folder);
    for (let index = 0; index < 1000; index++)
      await library.runs.add({
        ...{ runId: `run-${index}`, graphId: `g${index % 7}`, graphName: `Graph ${index}`, scope: "scope" },
        ...{ serverLabel: "Sandbox", startedAt: index, steps: 1, planJson: "{}", optionsJson: "{}" },
        graphJson: index % 10 === 0 ? graphJson : "{}",
        searchText: index === 3 ? `${words} needle` : words,
      });
    return { folder, library };
  };
  const both = [
    await libraryWith("{}"),
    await libraryWith(JSON.stringify({ nodes: "x".repeat(200_000) })),
  ] as const;
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn <= TURNS; turn++)
    for (const [at, { library }] of both.entries()) {
      const began = cpuMs();
      for (let again = 0; again < 20; again++) {
        await library.runs.history.find({ text: "needle sea", statuses: ["running"], limit: 30 });
        await library.runs.history.find({ graphId: "g3", limit: 30 });
      }
      if (turn > 0) times[at]?.push((cpuMs() - began) / 20);
    }
  for (const { folder, library } of both) {
    await library.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const [small, large] = [median(times[0]), median(times[1])];
  return { small, large, ratio: large / small };
}

/** What a clean-up of a long past takes: of the processor, of the clock, and of everything else's turn. */
async function pastFigures(runs: number) {
  const home = await makePast(runs);
  const studio = await createStudio(studioOptions(home));
  const client = createRouterClient(studio.router, { context: {} });
  let began = cpuMs();
  await client.storage.bound();
  const boundCpuMs = cpuMs() - began;
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  began = cpuMs();
  const beganAt = performance.now();
  const preview = await studio.history.cleanUpPreview({ days: 1 });
  const previewMs = performance.now() - beganAt;
  const previewCpuMs = cpuMs() - began;
  const removed = await studio.history.cleanUp({ days: 1 });
  await studio.history.erased();
  delay.disable();
  if (preview.count !== runs || removed !== runs) throw new Error("Not every run was found.");
  await studio.close();
  rmSync(home, { recursive: true, force: true });
  const [delayMs, mostDelayMs] = [delay.percentile(99) / 1e6, delay.max / 1e6];
  return { runs, boundCpuMs, previewCpuMs, previewMs, delayMs, mostDelayMs };
}

/** Two runs of 30,000 events are cleaned up by a studio. @returns the event loop's delay at p99, in milliseconds */
async function cleaningDelay(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "catwalk-growth-"));
  const library = await openLibrary(home);
  const totals = { spentMicrodollars: 0, needsYou: 0, outputs: { count: 0, shown: [] } };
  for (const runId of ["one", "two"]) {
    await library.runs.add({
      ...{ runId, graphId: "g", graphName: "Batch", scope: "s", serverLabel: "Sandbox", startedAt: 1 },
      ...{ steps: 1, graphJson: "{}", planJson: "x".repeat(2_000_000), optionsJson: "{}" },
    });
    for (let from = 0; from < 30_000; from += 5000)
      await library.journal.append(
        Array.from({ length: 5000 }, (_, index) => ({
          ...{ runId, seq: from + index + 1, at: 1, type: "step-phase", json: '{"phase":"remote"}' },
        })),
        "now",
      );
    const end = { runId, seq: 30_001, at: 2, type: "run-settled", json: "{}" };
    const progress = { runId, status: "done", settledAt: 2, done: 1, failed: 0, totals };
    await library.journal.append([end], "now", { progress });
  }
  await library.close();
  const studio = await createStudio(studioOptions(home));
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  await studio.history.cleanUp({ days: 1 });
  await studio.history.erased();
  delay.disable();
  await studio.close();
  rmSync(home, { recursive: true, force: true });
  return delay.percentile(99) / 1e6;
}

function head(nodeId: string, itemPath: readonly string[] = []): StepHead {
  return {
    ...{ stepId: formatStepId(nodeId, itemPath), nodeId, itemPath, type: "generate", title: nodeId },
    needs: [],
  };
}

function started(steps: readonly StepHead[]): Extract<RunEvent, { type: "run-started" }> {
  return {
    ...{ type: "run-started", runId: "run", seq: 1, at: 0, graphId: "g", graphName: "A", scope },
    ...{ serverLabel: "Sandbox", steps },
  };
}
