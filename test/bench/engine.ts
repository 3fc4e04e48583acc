/**
 * What the engine itself costs per step: steps that have nothing to do, on the real clock, with the journal off and
 * with the real library (SQLite). A second row makes a create in each step, at a server that answers at once, so that
 * every intent and every job id is a commit with `synchronous=FULL`.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineDeps } from "../../src/engine/deps.ts";
import type { Scope } from "../../src/engine/events.ts";
import { defaultLimits } from "../../src/engine/limits.ts";
import { type Run, startRun } from "../../src/engine/run.ts";
import type { Plan, PlannedStep, StepId } from "../../src/graph/plan.ts";
import { openLibrary } from "../../src/library/library.ts";
import { workOf } from "../../src/nodes/executors.ts";
import type { StepWork } from "../../src/nodes/work.ts";
import { createRunKeeper } from "../../src/studio/run-keeper.ts";
import { systemClock } from "../../src/studio/system-clock.ts";
import { takeStore } from "../../src/studio/takes.ts";
import { benchPeers } from "./peers.ts";
import { seeded } from "./random.ts";
import type { Aim, Report, Table } from "./report.ts";

/** For each step the indexes of those it waits for. */
type Shape = readonly (readonly number[])[];

const BEST_OF = 7;
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
  ];
  const rows: Table["rows"][number][] = [];
  const times = new Map<string, { readonly off: Cost; readonly on: Cost }>();
  for (const [name, shape] of shapes) {
    const off = await bestOf(() => noOps(shape, "off"));
    const on = await bestOf(() => noOps(shape, "on"));
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
  for (const shape of ["chain", "random graph"])
    for (const journal of ["off", "on"] as const) {
      const [small, large] = [times.get(`${shape} of 1,000`), times.get(`${shape} of 10,000`)];
      const ratio = (large?.[journal].cpuMs ?? 0) / (small?.[journal].cpuMs ?? 1);
      aims.push({
        text: `${shape}, journal ${journal}: a step among 10,000 costs ${ratio.toFixed(2)} of the processor's time of one among 1,000 (aim: at most 1.5)`,
        met: ratio <= 1.5,
      });
    }

  const creates = await bestOf(() => createSteps(1000));
  const tables: Table[] = [
    {
      title: `Steps that have nothing to do; best of ${BEST_OF} samples of ${SAMPLE_STEPS.toLocaleString("en")}`,
      rows,
    },
    {
      title: "Steps that make a create each (1,000 at once, 8 in flight, the server answers at once)",
      rows: [
        {
          "ms per step": "intent and job id with synchronous=FULL",
          "journal on": creates.ms,
          "of the processor": creates.cpuMs,
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

/** The first run only warms up. */
async function bestOf(run: () => Promise<Cost>): Promise<Cost> {
  await run();
  let best: Cost = { ms: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < BEST_OF; turn++) {
    const { ms, cpuMs } = await run();
    best = { ms: Math.min(best.ms, ms), cpuMs: Math.min(best.cpuMs, cpuMs) };
  }
  return best;
}

async function noOps(shape: Shape, journal: "off" | "on"): Promise<Cost> {
  const plan = planOf(shape, "prompt", { text: "A lighthouse at dawn" });
  const costs: (Cost & { readonly run: Run })[] = [];
  while (costs.length < SAMPLE_STEPS / shape.length) costs.push(await timed(plan, journal, workOf));
  const mean = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return { ms: mean(({ ms }) => ms), cpuMs: mean(({ cpuMs }) => cpuMs) };
}

async function createSteps(steps: number): Promise<Cost> {
  const work: StepWork = {
    ...{ kind: "generate", family: "text", model: "model", prompt: "Hello", params: {}, attachments: [] },
    ...{ outputPort: "out", outputKind: "text" },
  };
  return await timed(
    planOf(
      Array.from({ length: steps }, () => []),
      "generate",
      {},
    ),
    "on",
    () => work,
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

async function timed(
  plan: Plan,
  journal: "off" | "on",
  work: Parameters<typeof startRun>[0]["workOf"],
): Promise<Cost & { readonly run: Run }> {
  const folder = mkdtempSync(join(tmpdir(), "catwalk-bench-"));
  const library = openLibrary(folder);
  try {
    const runId = randomUUID();
    const scope = "bench" as Scope; // as above
    library.runs.add({
      ...{ runId, graphId: "bench", graphName: "Bench", scope, serverLabel: "Bench", startedAt: Date.now() },
      ...{ steps: plan.steps.length, graphJson: "{}", planJson: "{}", optionsJson: "{}" },
    });
    const keeper = journal === "on" ? createRunKeeper(library, []) : { append: async () => {} };
    const deps = depsFor(scope, keeper, takeStore(library));
    const from = performance.now();
    const cpu = process.cpuUsage();
    const run = startRun({ runId, plan, workOf: work }, deps);
    const outcome = await run.whenSettled();
    const ms = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    if (outcome !== "done") throw new Error(`The run ended as ${outcome}.`);
    const steps = plan.steps.length;
    return { run, ms: ms / steps, cpuMs: (user + system) / 1000 / steps };
  } finally {
    library.close();
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
      create: async () => ({ outcome: "accepted", job: { kind: "inference", id: `job-${jobs++}` } }),
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
    media: { fetch: unused, adopt: unused, pathOf: unused, has: unused },
    editor: { render: unused },
    journal,
    ledger: { history: async () => ({}), hold: async () => () => {} },
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
