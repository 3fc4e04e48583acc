/**
 * When jobs of a kind tend to end, learned from those that ended, and so when it is worth looking. Pure.
 *
 * What is known of a finished job is only that it ended between two looks, so the distribution is estimated from
 * intervals (expectation–maximisation with smoothing on a log scale). Look times then come from dynamic programming:
 * among all schedules the one with the least requests × lag that is worse than the plain rule in neither.
 */

/** When a job ended, in milliseconds since its acceptance: after the last look that found it under way, by the next. */
export type Took = { readonly afterMs: number; readonly byMs: number };

/** When to look next, in milliseconds from now. */
export type NextLook = {
  readonly inMs: number;
  /** Earlier than this a look is not worth a request, even where the budget has room then and not later. */
  readonly soonestInMs: number;
  /** By then half of such jobs have ended: who is looked at first when the budget is short. */
  readonly halfInMs: number;
};

export type Forecast = {
  /** For a job that has not ended after so long. Both times are at least `MIN_GAP_MS`. */
  nextLook(elapsedMs: number): NextLook;
  /** What is probably left of a job that has not ended after so long, and from when on it is longer than usual. */
  eta(elapsedMs: number): { readonly leftMs: number; readonly lateInMs: number };
  /** How long a share of the jobs takes at most, in milliseconds: 0.5 is the median. */
  quantile(share: number): number;
};

/** The API's own advice: from 1 s, growing ×1.5, to 5 s. */
export function plainInterval(looks: number): number {
  return Math.min(PLAIN_CAP_MS, 1000 * 1.5 ** Math.min(looks, 8));
}

const PLAIN_CAP_MS = 5000;
/** Shortest time between two looks at one job, in milliseconds. */
const MIN_GAP_MS = 250;
/** A job that took a day was forgotten, not slow. */
const LONGEST_MS = 24 * 3_600_000;
/** Fewer finished jobs teach nothing. */
const ENOUGH = 5;
/** Older jobs are forgotten. */
export const WINDOW = 50;
/** Points of the time axis, evenly spaced on a log scale. */
const POINTS = 180;
/** The share of jobs that may end at any time, whatever history says: a change of speed must not go unseen for long. */
const UNFORESEEN = 0.02;
/** A look that finds fewer of the jobs than this ended is not worth a request, even of a budget that is idle. */
const WORTH = 0.08;
/** A job that only this share outlasts is longer than usual. */
const LATE_SHARE = 0.05;
/**
 * After so many jobs in a row that the first look found ended, it is not known when they did; so every other job is looked
 * at earlier, until one is found under way.
 */
const UNSEEN = 3;
/** So improbable must a run of surprises be before everything older is taken to be out of date. */
const SURPRISE = 1e-3;

/** @param history finished jobs of one kind, oldest first. Undefined while there are too few: look by the plain rule. */
export function forecastOf(history: readonly Took[]): Forecast | undefined {
  const valid = history.filter(isSound).slice(-WINDOW);
  const known = sinceLastChange(valid);
  if (known.filter(isTelling).length < ENOUGH) return undefined;
  const ends = estimate(known, UNFORESEEN);
  const schedule = plan(ends);
  const late = quantile(ends, 1 - LATE_SHARE);
  const probeMs = Math.max(MIN_GAP_MS, quantile(ends, 0.5) / 2);
  const mayHaveSpedUp = known.slice(-UNSEEN).every(({ afterMs }) => afterMs === 0);
  let firstLooks = 0;
  return {
    nextLook(elapsedMs) {
      const { times } = ends;
      if (!schedule || elapsedMs >= (times.at(-1) ?? 0)) {
        const inMs = plainAfter(elapsedMs);
        return { inMs, soonestInMs: inMs, halfInMs: inMs };
      }
      const from = elapsedMs <= 0 ? 0 : nearest(times, elapsedMs);
      const isProbe = elapsedMs === 0 && mayHaveSpedUp && firstLooks++ % 2 === 1;
      const bestMs = isProbe ? probeMs : (times[schedule[from] ?? 0] ?? 0) - elapsedMs;
      const inMs = Math.max(MIN_GAP_MS, bestMs);
      const gone = shareBy(ends, elapsedMs);
      const soonest = quantile(ends, gone + WORTH * (1 - gone)) - elapsedMs;
      const half = quantile(ends, gone + (1 - gone) / 2) - elapsedMs;
      return { inMs, soonestInMs: clamp(soonest, MIN_GAP_MS, inMs), halfInMs: Math.max(MIN_GAP_MS, half) };
    },
    eta(elapsedMs) {
      const gone = shareBy(ends, elapsedMs);
      return {
        leftMs: Math.max(0, quantile(ends, gone + (1 - gone) / 2) - elapsedMs),
        lateInMs: Math.max(0, late - elapsedMs),
      };
    },
    quantile: (share) => quantile(ends, share),
  };
}

/** Whether it says when the job ended: found by a first and late look, it could have ended at any time before. */
function isTelling({ afterMs, byMs }: Took): boolean {
  return afterMs > byMs / 4 || byMs < 1500;
}

function isSound({ afterMs, byMs }: Took): boolean {
  return afterMs >= 0 && byMs > afterMs && byMs < LONGEST_MS; // false for anything that is no number
}

/** Where the plain rule stands after so long: its interval depends on how often it would have looked by then. */
function plainAfter(elapsedMs: number): number {
  let at = 0;
  for (let looks = 0; ; looks++) {
    const interval = plainInterval(looks);
    if (interval >= PLAIN_CAP_MS || at + interval > elapsedMs) return interval;
    at += interval;
  }
}

/**
 * The part of a history that a change of speed has not put out of date: everything from the first of a run of
 * surprises on, all too early or all too late for what came before them.
 */
function sinceLastChange(history: readonly Took[]): readonly Took[] {
  let start = 0;
  for (let at = ENOUGH; at < history.length - 1; at++) {
    const before = history.slice(start, at);
    if (before.length >= ENOUGH && isChange(before, history.slice(at, at + LONGEST_RUN))) start = at;
  }
  return history.slice(start);
}

function isChange(before: readonly Took[], after: readonly Took[]): boolean {
  // An estimate is dear; most of the time two jobs are enough to see that there is nothing to see.
  const [early, late] = [
    lowest(before.map(({ byMs }) => byMs)),
    highest(before.map(({ afterMs }) => afterMs)),
  ];
  const [first] = after;
  if (!first) return false;
  const isEarly = first.byMs < early;
  if (!isEarly && first.afterMs <= late) return false;
  if (after.filter(({ afterMs, byMs }) => (isEarly ? byMs < early : afterMs > late)).length < 2) return false;

  // Fisher's method: how improbable the jobs that surprise are together, by what was known before them.
  const known = estimate(before, 0);
  const median = quantile(known, 0.5);
  let surprises = 0;
  let sum = 0;
  for (const { afterMs, byMs } of after) {
    const [least, most] = [shareBy(known, afterMs), shareBy(known, byMs)];
    // A job that fits what was known ends the run; one of which too little is known says nothing.
    if (isEarly ? least > USUAL : most < 1 - USUAL) return false;
    const share = isEarly ? most : 1 - least;
    const isFar = isEarly ? byMs * FAR < median : afterMs > FAR * median;
    if (share > USUAL || !isFar) continue;
    surprises++;
    sum -= Math.log(Math.max(share, 1e-3));
    if (surprises > 1 && gammaTail(surprises, sum) < SURPRISE) return true;
  }
  return false;
}

function lowest(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * USUAL)] ?? 0;
}

function highest(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * (1 - USUAL)) - 1] ?? 0;
}

/** The chance that so many exponential values together exceed this sum. */
function gammaTail(count: number, sum: number): number {
  let term = Math.exp(-sum);
  let tail = term;
  for (let at = 1; at < count; at++) {
    term *= sum / at;
    tail += term;
  }
  return tail;
}

/** What is nearer to the median than this factor is drift, which the window follows by itself. */
const FAR = 1.4;
/** Outside this share on either side a job is a surprise. */
const USUAL = 0.2;
/** A change that so many jobs do not show is no sudden one; the window forgets what was before it soon enough. */
const LONGEST_RUN = 12;

// ── When jobs end ────────────────────────────────────────────────────────────────────────────────────────────

/** `times[0]` is 0. `by[i]` is the share of jobs that ended by `times[i]`; the last is 1. */
type Ends = { readonly times: readonly number[]; readonly by: readonly number[] };

function estimate(history: readonly Took[], unforeseenShare: number): Ends {
  const least = Math.min(...history.map(({ afterMs, byMs }) => Math.max(afterMs, byMs / 4)));
  const most = Math.max(...history.map(({ byMs }) => byMs));
  const from = Math.log(Math.max(MIN_GAP_MS, Math.min(least * 0.6, most / 4)));
  const step = (Math.log(Math.max(most, 2 * MIN_GAP_MS) * 1.7) - from) / POINTS;
  const edge = (index: number) => Math.exp(from + index * step);
  const cell = (ms: number) => (Math.log(Math.max(ms, 1e-3)) - from) / step;
  const spanOf = ({ afterMs, byMs }: Took) => ({
    from: clamp(Math.floor(cell(afterMs)), 0, POINTS - 1),
    to: clamp(Math.ceil(cell(byMs)), 1, POINTS),
  });
  const spans = history.map(spanOf);

  let width = 0.1 / step;
  // Those that say best when they ended come first: the others fill the shape that these give.
  let density = new Float64Array(POINTS).fill(1e-6 / POINTS);
  for (const { from, to } of history.filter(isTelling).map(spanOf))
    for (let at = from; at < to; at++) density[at] = (density[at] ?? 0) + 1 / (to - from) ** 1.5;
  density = smooth(density, width);
  for (let round = 0; round < 8; round++) {
    const next = new Float64Array(POINTS);
    for (const span of spans) {
      let mass = 0;
      for (let at = span.from; at < span.to; at++) mass += density[at] ?? 0;
      for (let at = span.from; at < span.to; at++)
        next[at] =
          (next[at] ?? 0) +
          (mass > 0 ? (density[at] ?? 0) / mass : 1 / (span.to - span.from)) / history.length;
    }
    if (round >= 2) width = bandwidth(next, history.length, step) / step;
    density = smooth(next, width);
  }

  const unforeseen = unforeseenShare / POINTS;
  const times = [0];
  const by = [0];
  let sum = 0;
  for (let at = 0; at < POINTS; at++) {
    sum += (1 - unforeseenShare) * (density[at] ?? 0) + unforeseen;
    times.push(edge(at + 1));
    by.push(Math.min(1, sum));
  }
  by[POINTS] = 1;
  return { times, by };
}

/** Silverman's rule on the middle two thirds, which one straggler cannot move. In log units. */
function bandwidth(density: Float64Array, samples: number, step: number): number {
  let low = 0;
  let high = density.length;
  for (let sum = 0, at = 0; at < density.length; at++) {
    sum += density[at] ?? 0;
    if (sum < 1 / 6) low = at + 1;
    if (sum < 5 / 6) high = at + 1;
  }
  const deviation = Math.max(0.02, ((high - low) * step) / 2);
  return clamp(0.9 * deviation * samples ** -0.2, 0.01, 0.3);
}

function smooth(values: Float64Array, width: number): Float64Array<ArrayBuffer> {
  const reach = Math.ceil(3 * width);
  const kernel = Array.from({ length: reach + 1 }, (_, at) => Math.exp(-0.5 * (at / width) ** 2));
  const smoothed = new Float64Array(values.length);
  let total = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (value < 1e-9) continue;
    for (let off = -reach; off <= reach; off++) {
      const to = at + off;
      if (to < 0 || to >= values.length) continue;
      const part = value * (kernel[Math.abs(off)] ?? 0);
      smoothed[to] = (smoothed[to] ?? 0) + part;
      total += part;
    }
  }
  return smoothed.map((value) => value / total);
}

function shareBy({ times, by }: Ends, ms: number): number {
  if (ms <= 0) return 0;
  const after = firstAfter(times, ms);
  if (after >= times.length) return 1;
  const [t0 = 0, t1 = 0, b0 = 0, b1 = 0] = [times[after - 1], times[after], by[after - 1], by[after]];
  return b0 + ((b1 - b0) * (ms - t0)) / (t1 - t0);
}

function quantile({ times, by }: Ends, share: number): number {
  const after = Math.max(1, Math.min(by.length - 1, firstAfter(by, clamp(share, 0, 1))));
  const [t0 = 0, t1 = 0, b0 = 0, b1 = 0] = [times[after - 1], times[after], by[after - 1], by[after]];
  return b1 > b0 ? t0 + ((t1 - t0) * clamp(share - b0, 0, b1 - b0)) / (b1 - b0) : t1;
}

/** Index of the first value greater than this one, in ascending values. */
function firstAfter(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function nearest(times: readonly number[], ms: number): number {
  const after = firstAfter(times, ms);
  const [t0 = 0, t1 = Number.POSITIVE_INFINITY] = [times[after - 1], times[after]];
  return ms - t0 <= t1 - ms ? after - 1 : after;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

// ── When to look ─────────────────────────────────────────────────────────────────────────────────────────────

/** What a schedule costs per job: requests, and milliseconds between a job's end and the look that finds it. */
type Cost = { readonly requests: number; readonly lagMs: number };

/** By point of time: the point of the next look. Undefined when nothing is better than the plain rule. */
type Schedule = Int32Array;

function plan(ends: Ends): Schedule | undefined {
  const plain = costOfPlain(ends);
  // Jobs that the first look at 1 s mostly finds ended anyway: the API asks for nothing sooner.
  if (plain.requests < 1.4) return undefined;
  let best: { readonly schedule: Schedule; readonly score: number } | undefined;
  const middle = plain.lagMs / plain.requests;
  // The price of a request in milliseconds of lag decides where on the curve between few and prompt a schedule lies.
  for (let power = -6; power <= 6; power++) {
    const { schedule, requests, lagMs } = cheapest(ends, middle * 2 ** (power / 2));
    const worst = Math.max(requests / plain.requests, lagMs / plain.lagMs);
    // What is learned is not exact, so of equally good schedules the one that is farthest from being worse in either.
    const score = requests * lagMs * Math.sqrt(worst);
    if (worst < 1 && (!best || score < best.score)) best = { schedule, score };
  }
  return best?.schedule;
}

function costOfPlain(ends: Ends): Cost {
  const last = ends.times.at(-1) ?? 0;
  let requests = 0;
  let lagMs = 0;
  for (let from = 0, looks = 0; from < last; looks++) {
    const to = from + plainInterval(looks);
    requests += 1 - shareBy(ends, from);
    lagMs += lagBetween(ends, from, to);
    from = to;
  }
  return { requests, lagMs };
}

/** The expected wait from its end to `to` of a job that ends between the two, all others counting nothing. */
function lagBetween(ends: Ends, from: number, to: number): number {
  let lag = 0;
  const pieces = 16;
  for (let piece = 0; piece < pieces; piece++) {
    const at = from + ((to - from) * (piece + 0.5)) / pieces;
    lag += ((shareBy(ends, at) - shareBy(ends, from)) * (to - from)) / pieces;
  }
  return lag;
}

/** The schedule with the least lag + price × requests, by working back from the last point of time. */
function cheapest({ times, by }: Ends, priceMs: number): Cost & { readonly schedule: Schedule } {
  const last = times.length - 1;
  const schedule = new Int32Array(times.length).fill(last);
  const value = new Float64Array(times.length);
  const requests = new Float64Array(times.length);
  const lag = new Float64Array(times.length);
  // Integrals of `by`, so that the lag between any two points is had at once.
  const area = new Float64Array(times.length);
  for (let at = 1; at <= last; at++)
    area[at] =
      (area[at - 1] ?? 0) +
      (((by[at] ?? 0) + (by[at - 1] ?? 0)) / 2) * ((times[at] ?? 0) - (times[at - 1] ?? 0));

  for (let from = last - 1; from >= 0; from--) {
    const [start = 0, gone = 0, areaFrom = 0] = [times[from], by[from], area[from]];
    let least = Number.POSITIVE_INFINITY;
    for (let to = from + 1; to <= last; to++) {
      const length = (times[to] ?? 0) - start;
      if (length < MIN_GAP_MS && to < last) continue;
      const stepLag = (area[to] ?? 0) - areaFrom - gone * length;
      const total = stepLag + priceMs * (1 - gone) + (value[to] ?? 0);
      if (total >= least) continue;
      least = total;
      schedule[from] = to;
      lag[from] = stepLag + (lag[to] ?? 0);
      requests[from] = 1 - gone + (requests[to] ?? 0);
    }
    value[from] = least;
  }
  return { schedule, requests: requests[0] ?? 0, lagMs: lag[0] ?? 0 };
}
