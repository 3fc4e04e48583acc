/**
 * What the engine itself costs per step: steps that have nothing to do, on the real clock, with the journal off and
 * with the real library (SQLite). A second row makes a create in each step, at a server that answers at once, so that
 * every intent and every job id is a commit with `synchronous=FULL`.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import type { EngineDeps } from "../../src/engine/index.ts";
import { defaultLimits, type Run, startRun } from "../../src/engine/index.ts";
import type { Scope } from "../../src/engine/record.ts";
import type { Plan, PlannedStep, StepId } from "../../src/graph/plan/plan.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import type { StepWork } from "../../src/nodes/definition/work.ts";
import { workOf } from "../../src/nodes/executors.ts";
import { takeStore } from "../../src/studio/results/takes.ts";
import { createRunKeeper } from "../../src/studio/runs/run-keeper.ts";
import { benchPeers } from "./peers.ts";
import { seeded } from "./random.ts";
import type { Aim, Report, Table } from "./report.ts";

/** For each step the indexes of those it waits for. */
type Shape = readonly (readonly number[])[];

/** Odd, so that one of them is the median. */
const SAMPLES = 15;
/**
 * Steps of a sample, in one run or in several that are all kept until its end, as a studio keeps its last runs. A small
 * run that is thrown away at once never meets the garbage collector, and would be compared with one that does.
 */
const SAMPLE_STEPS = 10_000;

/** Per step, in milliseconds: by the clock on the wall, and of the processor's time, which other programs disturb less. */
type Cost = { readonly ms: number; readonly cpuMs: number };

const chain = (steps: number): Shape => Array.from({ length: steps }, (_, at) => (at === 0 ? [] : [at - 1]));
const fanOut = (steps: number): Shape => Array.from({ length: steps }, (_, at) => (at === 0 ? [] : [0]));

function randomDag(steps: number): Shape {
  const random = seeded(42);
  return Array.from({ length: steps }, (_, at) => {
    const needs = Array.from({ length: Math.min(at, 1 + Math.floor(3 * random())) }, () =>
      Math.floor(at * random()),
    );
    return [...new Set(needs)];
  });
}

export async function benchEngine({ alone }: { readonly alone: boolean }): Promise<Report> {
  const shapes: readonly [string, Shape][] = [
    ["chain of 1,000", chain(1000)],
    ["fan-out of 1,000", fanOut(1000)],
    ["random graph of 1,000", randomDag(1000)],
    ["chain of 10,000", chain(10_000)],
    ["random graph of 10,000", randomDag(10_000)],
    ["random graph of 30,000", randomDag(30_000)],
  ];
  const rows: Table["rows"][number][] = [];
  const times = new Map<string, { readonly off: Cost; readonly on: Cost }>();
  // Made once: a plan is there before its run, and is no cost of walking it.
  const plans = shapes.map(([, shape]) => planOf(shape, "prompt", { text: "A lighthouse at dawn" }));
  const costs = await medians(
    plans.flatMap((plan) => [async () => await noOps(plan, "off"), async () => await noOps(plan, "on")]),
  );
  for (const [at, [name]] of shapes.entries()) {
    const [off, on] = costs.slice(2 * at);
    if (!off || !on) throw new Error("Unreachable: every plan was measured twice.");
    times.set(name, { off, on });
    rows.push({
      ...{ "ms per step": name, "journal off": off.ms, "journal on": on.ms },
      ...{ "of the processor, off": off.cpuMs, on: on.cpuMs },
    });
  }
  const aims: Aim[] = [];
  for (const [name, { off, on }] of times)
    aims.push(
      {
        text: `${name}: ${off.ms.toFixed(4)} ms per step without a journal (aim: 0.02)`,
        met: off.ms <= 0.02,
        warn: true,
      },
      { text: `${name}: ${on.ms.toFixed(4)} ms per step with it (aim: 0.1)`, met: on.ms <= 0.1, warn: true },
    );
  // A random graph of 1,000 steps fits into a processor's second cache and one of 10,000 does not, which costs what it
  // costs on the machine at hand. So its growth is judged between two that are both too large, and shown between these.
  const growths = [
    { shape: "chain", from: "1,000", to: "10,000", judged: true },
    { shape: "random graph", from: "10,000", to: "30,000", judged: true },
    { shape: "random graph", from: "1,000", to: "10,000", judged: false },
  ];
  const ratios: Table["rows"][number][] = [];
  for (const { shape, from, to, judged } of growths)
    for (const journal of ["off", "on"] as const) {
      const [small, large] = [times.get(`${shape} of ${from}`), times.get(`${shape} of ${to}`)];
      const ratio = (large?.[journal].cpuMs ?? Number.NaN) / (small?.[journal].cpuMs ?? Number.NaN);
      ratios.push({ growth: `${shape}, ${from} to ${to}, journal ${journal}`, ratio });
      if (judged)
        aims.push({
          text: `${shape}, journal ${journal}: a step among ${to} costs ${ratio.toFixed(2)} of the processor's time of one among ${from} (aim: at most 1.5)`,
          met: ratio <= 1.5,
        });
    }

  const [creates] = await medians([() => createSteps(1000)]);
  const tables: Table[] = [
    {
      title: `Steps that have nothing to do; median of ${SAMPLES} samples of ${SAMPLE_STEPS.toLocaleString("en")} steps or more`,
      rows,
    },
    { title: "The processor's time of a step in a larger graph, of one in a smaller", rows: ratios },
    {
      title: "Steps that make a create each (1,000 at once, 8 in flight, the server answers at once)",
      rows: [
        {
          "ms per step": "intent and job id with synchronous=FULL",
          "journal on": creates?.ms ?? Number.NaN,
          "of the processor": creates?.cpuMs ?? Number.NaN,
        },
      ],
    },
  ];
  if (!alone) {
    const ofShape = (shape: string) => ({
      off: times.get(`${shape} of 1,000`)?.off.ms ?? 0,
      on: times.get(`${shape} of 1,000`)?.on.ms ?? 0,
    });
    const beside = await benchPeers({ chain: ofShape("chain"), "fan-out": ofShape("fan-out") });
    tables.push(beside.table);
    aims.push(...beside.aims);
  }
  return { name: "engine", tables, aims };
}

/**
 * Of each its median. They take turns, so that what else the machine does disturbs all of them alike; the first turn
 * only warms up.
 */
async function medians(runs: readonly (() => Promise<Cost>)[]): Promise<readonly Cost[]> {
  const samples: Cost[][] = runs.map(() => []);
  for (let turn = 0; turn <= SAMPLES; turn++)
    for (const [at, run] of runs.entries()) {
      const cost = await run();
      if (turn > 0) samples[at]?.push(cost);
    }
  return samples.map((costs) => ({
    ms: median(costs.map(({ ms }) => ms)),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
  }));
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

async function noOps(plan: Plan, journal: "off" | "on"): Promise<Cost> {
  return await timed(plan, journal, workOf, Math.max(1, SAMPLE_STEPS / plan.steps.length));
}

async function createSteps(steps: number): Promise<Cost> {
  const work: StepWork = {
    ...{ kind: "generate", family: "text", model: "model", prompt: "Hello", params: {}, attachments: [] },
    ...{ path: "/text/generate", deadlineMs: 900_000 },
    outputs: [{ port: "out", select: { kind: "text" } }],
  };
  return await timed(
    planOf(
      Array.from({ length: steps }, () => []),
      "generate",
      {},
    ),
    "on",
    () => work,
    1,
  );
}

function planOf(shape: Shape, type: string, params: PlannedStep["params"]): Plan {
  const id = (at: number) => `step-${at}` as StepId; // ids are branded where plans are made; this bench makes one
  return {
    graphId: "bench",
    graphName: "Bench",
    steps: shape.map((needs, at) => ({
      ...{ stepId: id(at), nodeId: `step-${at}`, itemPath: [], type, title: `Step ${at}`, params },
      inputs: needs.map((need) => ({ portId: "in", fromStep: id(need), fromPort: "out" })),
      outputs: [{ id: "out", label: "Text", type: "text" }],
    })),
  };
}

/** One span over all the runs: the processor's time is told in ticks, too coarse for a run of three milliseconds. */
async function timed(
  plan: Plan,
  journal: "off" | "on",
  work: Parameters<typeof startRun>[0]["workOf"],
  runs: number,
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "catwalk-bench-"));
  const library = await openLibrary(folder);
  try {
    const scope = "bench" as Scope; // as above
    const runIds = Array.from({ length: runs }, () => randomUUID());
    for (const runId of runIds)
      await library.runs.add({
        ...{
          runId,
          graphId: "bench",
          graphName: "Bench",
          scope,
          serverLabel: "Bench",
          startedAt: Date.now(),
        },
        ...{ steps: plan.steps.length, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
      });
    const keeper = () => (journal === "on" ? createRunKeeper(library, []) : { append: async () => {} });
    const takes = takeStore(library);
    const kept: Run[] = [];
    const from = performance.now();
    const cpu = process.cpuUsage();
    for (const runId of runIds) {
      const run = startRun({ runId, plan, workOf: work }, depsFor(scope, keeper(), takes));
      kept.push(run);
      const outcome = await run.whenSettled();
      if (outcome !== "done") throw new Error(`The run ended as ${outcome}.`);
    }
    const ms = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    const steps = plan.steps.length * kept.length;
    return { ms: ms / steps, cpuMs: (user + system) / 1000 / steps };
  } finally {
    await library.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function depsFor(scope: Scope, journal: EngineDeps["journal"], takes: EngineDeps["takes"]): EngineDeps {
  let jobs = 0;
  const unused = async (): Promise<never> => {
    throw new Error("No step of this bench needs that.");
  };
  return {
    clock: systemClock,
    random: Math.random,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    server: {
      ...{ scope, label: "Bench", isSandbox: true },
      create: async (_request, { mayLeave }) => {
        await mayLeave();
        return { outcome: "accepted", job: { kind: "inference", id: `job-${jobs++}` } };
      },
      look: async (job) => ({
        job,
        status: "succeeded",
        ended: "succeeded",
        outputs: [{ type: "value", value: "Hello" }],
      }),
      upload: unused,
      estimate: async () => 1000,
      accountName: () => undefined,
    },
    media: { fetch: unused, adopt: unused, sha256Of: async () => undefined, pathOf: unused, has: unused },
    editor: { render: unused },
    journal,
    ledger: { history: async () => ({}), lock: async () => () => {} },
    takes,
    saver: { save: unused },
    editing: { current: () => "local", learned: () => {} },
    publishPolicy: "skip",
    // The looks are not what is measured here; `bench -- polling` does that.
    limits: { ...defaultLimits, pollsPerSecond: 1_000_000 },
    onEvents: () => {},
    onSignal: () => {},
  };
}
