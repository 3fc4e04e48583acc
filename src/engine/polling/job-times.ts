import { isJsonObject } from "../../base/json-object.ts";
import type { StepWork } from "../../nodes/definition/work.ts";
import { isPlatform, possibleTimesNames, timesName } from "../../nodes/publish/platforms/platforms.ts";
import type { JobKind, JobRef } from "../../wondercat/types.ts";
import { type Forecast, forecastOf, type Took, WINDOW } from "./interval-policy.ts";

/** Jobs that take about as long as each other: by kind, and by what they were asked to make. */
export type JobClass = {
  readonly kind: JobKind;
  /** The model of a generation, the operation of an edit, the platform of a publish, with the params that take time. */
  readonly model: string;
};

/** What is kept of finished jobs, in one scope. The library has it. */
export type TimesStore = {
  /** The last so many, oldest first. */
  recent(jobClass: JobClass, limit: number): Promise<readonly Took[]>;
  add(jobClass: JobClass, took: Took): void;
};

/** How long jobs on one server take, learned as they end. */
export type JobTimes = {
  /** Resolves when what is kept of this class is known; it is read once. */
  learn(jobClass: JobClass): Promise<void>;
  /** Undefined until enough jobs of this class have ended, here or among those that were learned. */
  forecast(jobClass: JobClass): Forecast | undefined;
  ended(jobClass: JobClass, took: Took): void;
};

/**
 * @param store default: nothing is kept beyond this process.
 * @param now in milliseconds. Default: time stands still between any two jobs, and forecasts are made as jobs end.
 */
export function createJobTimes(store?: TimesStore, now?: () => number): JobTimes {
  type Known = {
    history: readonly Took[];
    forecast: Forecast | undefined;
    unread: number;
    madeAt: number;
    learned?: Promise<void>;
  };
  const classes = new Map<string, Known>();

  function known(jobClass: JobClass): Known {
    const key = `${jobClass.kind} ${jobClass.model}`;
    let found = classes.get(key);
    if (!found) {
      found = { history: [], forecast: undefined, unread: 0, madeAt: now?.() ?? 0 };
      classes.set(key, found);
    }
    return found;
  }

  async function learn(one: Known, jobClass: JobClass): Promise<void> {
    const before = (await store?.recent(jobClass, WINDOW)) ?? [];
    one.history = [...before, ...one.history].slice(-WINDOW);
    one.forecast = forecastOf(one.history);
  }

  return {
    learn(jobClass) {
      const one = known(jobClass);
      one.learned ??= learn(one, jobClass);
      return one.learned;
    },
    forecast(jobClass) {
      const one = known(jobClass);
      // A forecast takes milliseconds to make, so a large batch does not make one for every job that ends as expected,
      // nor more than one in a while however many end.
      const isSettled = one.forecast !== undefined || one.history.length === WINDOW;
      const isFresh = isSettled && now !== undefined && now() - one.madeAt < RENEWAL_MS;
      if (one.unread >= UNREAD && !isFresh) {
        one.forecast = forecastOf(one.history);
        one.unread = 0;
        one.madeAt = now?.() ?? 0;
      }
      return one.forecast;
    },
    ended(jobClass, took) {
      const one = known(jobClass);
      one.history = [...one.history, took].slice(-WINDOW);
      one.unread += isExpected(took, one) ? 1 : UNREAD;
      store?.add(jobClass, took);
    },
  };
}

/** A forecast is not made anew sooner than this, in milliseconds. */
const RENEWAL_MS = 2_000;
/** So many jobs that ended as expected do not change a forecast much. */
const UNREAD = 3;

function isExpected(
  { afterMs, byMs }: Took,
  { history, forecast }: { history: readonly Took[]; forecast: Forecast | undefined },
): boolean {
  if (!forecast || history.length < WINDOW / 2) return false;
  return byMs > forecast.quantile(0.1) && afterMs < forecast.quantile(0.9);
}

/** Params that decide how long a job takes, where a model has them. */
const TIMED_PARAMS = ["duration", "resolution", "quality", "product", "mode"];

export function classOf(work: StepWork, job: JobRef): JobClass {
  return { kind: job.kind, model: modelOf(work) };
}

/**
 * The classes that the job of a step may be of, the likeliest first, before its inputs are there: work that lacks its
 * media is not work yet, but what kind it will be is known.
 */
export function jobClassOf(
  kind: "generate" | "edit" | "publish",
  work: StepWork,
  params: Readonly<Record<string, unknown>>,
): readonly JobClass[] {
  switch (kind) {
    case "generate":
      return work.kind === "generate" ? [{ kind: "inference", model: modelOf(work) }] : [];
    case "edit":
      return [{ kind: "editor", model: String(params["operation"]) }];
    case "publish":
      return classesOfPosts(params);
  }
}

function classesOfPosts({ platform, params }: Readonly<Record<string, unknown>>): readonly JobClass[] {
  if (!isPlatform(platform)) return [];
  return possibleTimesNames(platform, isJsonObject(params) ? params : {}).map((model) => ({
    kind: "publish",
    model,
  }));
}

function modelOf(work: StepWork): string {
  if (work.kind === "edit") return work.operation;
  if (work.kind === "publish") return timesName(work.platform, work.params);
  if (work.kind !== "generate") throw new Error(`No job makes ${work.kind} work.`);
  const timed = TIMED_PARAMS.flatMap((name) => {
    const value = work.params[name];
    return value === undefined ? [] : [`${name}=${String(value)}`];
  });
  return [work.model, ...timed].join(" ");
}
