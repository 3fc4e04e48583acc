/**
 * How soon the poller notices that a job has ended, and what that costs in requests, beside the API's plain rule
 * (1 s, ×1.5, at most 5 s). Both are the real poller, with its jitter and its budget, on virtual time.
 *
 * Durations are lognormal around the median of their class. `SPREAD` is the deviation of the logarithm; with 0.15 four
 * jobs in five lie within 20 % of the median, as jobs of one model with the same length and resolution do. No schedule
 * can do much with jobs that spread far more: the last table shows how the gain shrinks.
 */
import { type Forecast, forecastOf, type Took } from "../../src/engine/polling/interval-policy.ts";
import { createJobTimes } from "../../src/engine/polling/job-times.ts";
import { createPoller } from "../../src/engine/polling/poller.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { seeded } from "./random.ts";
import type { Aim, Report, Table } from "./report.ts";

const MEDIANS_S = [2, 8, 20, 75, 240];
const AT_ONCE = [1, 20, 200];
const SEEDS = 10;
const SPREAD = 0.15;
/** Jobs of a trial. */
const JOBS = 200;
const HISTORY = 20;
const BUDGET = 10;

type Figures = { readonly requests: number; readonly lagMs: number; readonly p95LagMs: number };
type Pair = { readonly ours: Figures; readonly plain: Figures };

/** The busiest second of all trials, in requests. */
let busiest = 0;

export async function benchPolling(): Promise<Report> {
  const tables: Table[] = [];
  const aims: Aim[] = [];
  const main: Table["rows"][number][] = [];
  const wide: Table["rows"][number][] = [];
  const learning: Table["rows"][number][] = [];
  const changes: Table["rows"][number][] = [];

  for (const medianS of MEDIANS_S) {
    for (const atOnce of AT_ONCE) {
      const { pairs, isShort } = await trials(medianS, SPREAD, atOnce);
      const ratios = pairs.map(productRatio).sort((a, b) => a - b);
      const [middle, worst] = [ratios[SEEDS / 2] ?? 0, ratios.at(-1) ?? 0];
      const requests = ratiosOf(pairs, (figures) => figures.requests);
      const lag = ratiosOf(pairs, (figures) => figures.lagMs);
      main.push({
        ...describe(medianS, atOnce, pairs),
        "×": middle,
        worst,
        "short of budget": isShort ? "yes" : "",
      });
      const name = `${medianS} s, ${atOnce} at once`;
      if (isShort)
        aims.push({
          text: `${name}: the budget sets the lag; requests ${percent(requests.mean)} and lag ${percent(lag.mean)} of the plain loop's (aim: at most 100 %, lag within 5 %)`,
          met: requests.mean <= 1 && lag.mean <= 1.05,
        });
      else
        aims.push(
          {
            text: `${name}: requests × lag ${middle.toFixed(2)} of the plain loop's at the median seed, ${worst.toFixed(2)} at the worst (aim: 0.4 and 0.5)`,
            met: middle <= 0.4 && worst <= 0.5,
          },
          {
            text: `${name}: at the worst seed requests ${percent(requests.worst)}, lag ${percent(lag.worst)} of the plain loop's (aim: at most 100 %)`,
            met: requests.worst <= 1 && lag.worst <= 1,
          },
        );
    }

    for (const spread of [0.3, 0.5]) {
      const { pairs } = await trials(medianS, spread, 1);
      const ratios = pairs.map(productRatio).sort((a, b) => a - b);
      wide.push({
        spread,
        ...describe(medianS, 1, pairs),
        "×": ratios[SEEDS / 2] ?? 0,
        worst: ratios.at(-1) ?? 0,
      });
    }

    const first = await pairsOf(async (seed) => ({
      ours: (await learn(medianS, SPREAD, HISTORY, seed)).figures,
      plain: await watchJobs({ medianS, spread: SPREAD, jobs: HISTORY, atOnce: 1, seed: historySeed(seed) }),
    }));
    const [ours, plain] = [mean(first.map((pair) => pair.ours)), mean(first.map((pair) => pair.plain))];
    learning.push(describe(medianS, 1, first));
    aims.push({
      text: `${medianS} s: the first ${HISTORY} jobs, without history, took ${percent(ours.requests / plain.requests)} of the plain loop's requests and ${percent(ours.lagMs / plain.lagMs)} of its lag (aim: at most 100 %)`,
      met: ours.requests <= plain.requests && ours.lagMs <= plain.lagMs,
    });

    for (const factor of [3, 1 / 3]) {
      const after = await pairsOf(async (seed) => {
        const { history } = await learn(medianS, SPREAD, 50, seed);
        const adapted = await learn(medianS * factor, SPREAD, HISTORY, seed + 500, history);
        const settled = await learn(medianS * factor, SPREAD, HISTORY, seed + 700);
        const trial = {
          medianS: medianS * factor,
          spread: SPREAD,
          jobs: JOBS,
          atOnce: 1,
          seed: trialSeed(seed),
        };
        return {
          ours: await watchJobs({ ...trial, forecast: forecastOf(adapted.history) }),
          plain: await watchJobs({ ...trial, forecast: forecastOf(settled.history) }),
        };
      });
      const ratio = productRatio({
        ours: mean(after.map((each) => each.ours)),
        plain: mean(after.map((each) => each.plain)),
      });
      const speed = factor > 1 ? "3 × slower" : "3 × faster";
      changes.push({ change: `${medianS} s, ${speed}`, ...describe(medianS * factor, 1, after), "×": ratio });
      aims.push({
        text: `${medianS} s, suddenly ${speed}: ${HISTORY} jobs later requests × lag is ${ratio.toFixed(2)} of what it is where the new speed was always known (aim: 1.25)`,
        met: ratio <= 1.25,
      });
    }
  }
  aims.push({
    text: `no second had more than ${busiest} requests (budget ${BUDGET})`,
    met: busiest <= BUDGET,
  });
  tables.push(
    {
      title: `After ${HISTORY} finished jobs: requests per job and lag in seconds, ours and the plain loop's; × is the ratio of requests × lag at the median of ${SEEDS} seeds`,
      rows: main,
    },
    { title: `The first ${HISTORY} jobs, without history`, rows: learning },
    {
      title: `After a sudden change of speed and ${HISTORY} jobs; “plain” is ours with a history of the new speed alone`,
      rows: changes,
    },
    { title: "Jobs that spread more, for information", rows: wide },
  );
  return { name: "polling", tables, aims };
}

/** The same jobs with both pollers, for each seed; and whether the budget alone makes the plain loop late. */
async function trials(
  medianS: number,
  spread: number,
  atOnce: number,
): Promise<{ readonly pairs: readonly Pair[]; readonly isShort: boolean }> {
  const trial = { medianS, spread, jobs: JOBS, atOnce };
  const pairs = await pairsOf(async (seed) => {
    const { history } = await learn(medianS, spread, HISTORY, seed);
    const forecast = forecastOf(history);
    return {
      ours: await watchJobs({ ...trial, seed: trialSeed(seed), forecast }),
      plain: await watchJobs({ ...trial, seed: trialSeed(seed) }),
    };
  });
  const unbounded = await watchJobs({ ...trial, seed: trialSeed(1), budget: 1_000_000 });
  return { pairs, isShort: (pairs[0]?.plain.lagMs ?? 0) > 1.2 * unbounded.lagMs };
}

async function pairsOf(trial: (seed: number) => Promise<Pair>): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) pairs.push(await trial(seed));
  return pairs;
}

// Histories and trials never share a seed.
const historySeed = (seed: number) => 10_000 + seed;
const trialSeed = (seed: number) => 20_000 + seed;

/** Jobs one after another, each watched with what the ones before it taught. */
async function learn(
  medianS: number,
  spread: number,
  jobs: number,
  seed: number,
  before: readonly Took[] = [],
): Promise<{ readonly history: readonly Took[]; readonly figures: Figures }> {
  const history = [...before];
  const jobClass = { kind: "inference", model: "model" } as const;
  const times = createJobTimes({ recent: async () => before, add: (_, took) => void history.push(took) });
  const figures = await watchJobs({
    ...{ medianS, spread, jobs, atOnce: 1, seed: historySeed(seed) },
    forecast: () => times.forecast(jobClass),
    onEnd: (took) => times.ended(jobClass, took),
  });
  return { history, figures };
}

async function watchJobs(trial: {
  readonly medianS: number;
  readonly spread: number;
  readonly jobs: number;
  readonly atOnce: number;
  readonly seed: number;
  readonly budget?: number;
  /** Default: the plain rule. */
  readonly forecast?: Forecast | undefined | (() => Forecast | undefined);
  onEnd?(took: Took): void;
}): Promise<Figures> {
  const { medianS, spread, jobs, atOnce, seed, budget = BUDGET, forecast } = trial;
  const clock = createVirtualClock(0);
  const durations = seeded(seed);
  const endsAt = new Map<string, number>();
  const sentAt: number[] = [];
  const lags: number[] = [];
  const poller = createPoller({
    clock,
    random: seeded(seed + 1_000_000),
    pollsPerSecond: budget,
    async look(job) {
      sentAt.push(clock.now());
      const hasEnded = clock.now() >= (endsAt.get(job.id) ?? 0);
      return { job, status: "in_progress", outputs: [], ...(hasEnded ? { ended: "succeeded" } : {}) };
    },
  });

  async function watchOne(id: string): Promise<void> {
    const endAt = clock.now() + medianS * 1000 * Math.exp(spread * normal(durations));
    endsAt.set(id, endAt);
    const end = await poller.watch(
      { kind: "inference", id },
      {
        deadlineAt: Number.MAX_SAFE_INTEGER,
        signal: new AbortController().signal,
        onView: () => {},
        nextLook: (elapsedMs) =>
          (typeof forecast === "function" ? forecast() : forecast)?.nextLook(elapsedMs),
      },
    );
    if (end.kind !== "ended") throw new Error(`Job ${id} was given up.`);
    lags.push(clock.now() - endAt);
    trial.onEnd?.(end.took);
  }

  for (let begun = 0; begun < jobs; begun += atOnce) {
    const watched = Array.from({ length: Math.min(atOnce, jobs - begun) }, (_, at) =>
      watchOne(`${begun + at}`),
    );
    await clock.runAll();
    await Promise.all(watched);
  }
  if (budget === BUDGET) busiest = Math.max(busiest, mostInASecond(sentAt));
  lags.sort((a, b) => a - b);
  return {
    requests: sentAt.length / jobs,
    lagMs: lags.reduce((sum, lag) => sum + lag, 0) / jobs,
    p95LagMs: lags[Math.floor(0.95 * jobs)] ?? 0,
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function mostInASecond(sentAt: readonly number[]): number {
  let most = 0;
  for (let last = 0, first = 0; last < sentAt.length; last++) {
    while ((sentAt[last] ?? 0) - (sentAt[first] ?? 0) >= 999.999) first++; // sums of fractions of a ms
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function productRatio({ ours, plain }: Pair): number {
  return (ours.requests * ours.lagMs) / (plain.requests * plain.lagMs);
}

function ratiosOf(pairs: readonly Pair[], of: (figures: Figures) => number) {
  const [ours, plain] = [mean(pairs.map((pair) => pair.ours)), mean(pairs.map((pair) => pair.plain))];
  return {
    mean: of(ours) / of(plain),
    worst: Math.max(...pairs.map((pair) => of(pair.ours) / of(pair.plain))),
  };
}

function mean(figures: readonly Figures[]): Figures {
  const of = (pick: (one: Figures) => number) =>
    figures.reduce((sum, one) => sum + pick(one), 0) / figures.length;
  return {
    requests: of((one) => one.requests),
    lagMs: of((one) => one.lagMs),
    p95LagMs: of((one) => one.p95LagMs),
  };
}

function describe(medianS: number, atOnce: number, pairs: readonly Pair[]): Table["rows"][number] {
  const [ours, plain] = [mean(pairs.map((pair) => pair.ours)), mean(pairs.map((pair) => pair.plain))];
  return {
    "median s": medianS,
    "at once": atOnce,
    requests: ours.requests,
    "plain requests": plain.requests,
    lag: ours.lagMs / 1000,
    "plain lag": plain.lagMs / 1000,
    "p95 lag": ours.p95LagMs / 1000,
    "plain p95": plain.p95LagMs / 1000,
  };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
