import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRandom, type Random } from "../../src/sandbox/media/random.ts";
import { freshKey } from "../support/catwalk-cli.ts";
import { judgeKills, type KillVerdict } from "./judge.ts";
import type { Ending, Order, Report } from "./reports.ts";

export type KillFigures = KillVerdict & {
  readonly points: number;
  /** Kills at most 5 ms after a create's send or answer. */
  readonly near: number;
  /** Kills while an earlier run was being resumed. */
  readonly inResume: number;
};

/** What a child is ended at: a little after so many sends and answers of creates, or so long after its order. */
type Moment = { readonly creates: number; readonly laterMs: number } | { readonly afterMs: number };

/** One life of a child, and of one beside it on the same graph. */
type Point = {
  readonly moment: Moment;
  readonly by: Ending;
  readonly again: boolean;
  readonly isBeside: boolean;
  readonly deadlineMs?: number;
  /** How long it is stopped, and how long an answer may take there; both in milliseconds. Default: as ever. */
  readonly stop?: { readonly forMs: number; readonly answerMs?: number };
};

const NEAR_MS = 5;
/** Longer than any resume and run takes. A child that lives longer hangs. */
const PATIENCE_MS = 120_000;
/** No child lives to see as many. */
const RUNS = 1_000;
/** A child is stopped for longer than an answer may take: mostly for seconds, and in a long test once for real. */
const SHORT_STOP = { forMs: 5000, answerMs: 4000 };
const LONG_STOP = { forMs: 40_000 };
const LONG_TEST = 100;
/** So long after it goes on it is killed. */
const AFTER_STOP_MS = 1500;
/** A job is given up after so long where there is a deadline, in milliseconds of the hasty clock. */
const DEADLINE_MS = 1000;

/**
 * Kills a process `points` times, each at another moment of its life, and lets the next one resume what it left. The
 * sandbox is a process of its own that lives through all of it; its log and the journal are judged at the end.
 */
export async function runKillPoints(options: {
  readonly points: number;
  readonly seed: number;
  onProgress?(done: number): void;
}): Promise<KillFigures> {
  const { points, seed } = options;
  const random = createRandom(`kill ${seed}`);
  const folder = await mkdtemp(join(tmpdir(), "catwalk-kill-"));
  try {
    const home = join(folder, "home");
    const logFile = join(folder, "requests.jsonl");
    await mkdir(home);
    await using sandbox = await startSandbox(folder, logFile, seed);
    const began = performance.timeOrigin + performance.now();
    const key = freshKey();
    const start = () => startChild([home, sandbox.url, key, String(began)]);
    const life = { near: 0, inResume: 0, nextRun: 0, expectedMs: 1500 };

    let next = start();
    try {
      for (let point = 0; point < points; point++) {
        const child = next;
        await child.ready;
        // The next one starts up while this one lives, so that starting costs no time of its own.
        next = start();
        const drawn = drawPoint(random, point, points, life.expectedMs);
        if (drawn.isBeside) {
          // Both run the same graph; the one that is left goes on to its end.
          const beside = next;
          await beside.ready;
          next = start();
          beside.send({ firstRun: life.nextRun, runs: 1, again: false });
          try {
            await killAt(drawn, child, life);
            await beside.closed;
          } finally {
            beside.kill("SIGKILL");
          }
          life.nextRun++;
        } else await killAt(drawn, child, life);
        options.onProgress?.(point + 1);
      }
      // The last one resumes what is left, and ends.
      await next.ready;
      next.send({ firstRun: 0, runs: 0, again: false });
      await next.closed;
    } finally {
      next.kill("SIGKILL");
    }
    const verdict = await judgeKills({ home, logFile });
    return { ...verdict, points, near: life.near, inResume: life.inResume };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** More than half of them hunt for creates; the others fall anywhere. */
function drawMoment(random: Random, expectedMs: number): Moment {
  return random.chance(0.6)
    ? { creates: random.int(1, 14), laterMs: random.chance(0.6) ? 0 : random.int(1, 3) }
    : { afterMs: random.between(0, expectedMs) };
}

/** Every twelfth one is stopped for a while: each costs its seconds. */
function drawPoint(random: Random, point: number, points: number, expectedMs: number): Point {
  if (point % 12 === 5)
    return {
      moment: { creates: 2 * random.int(1, 5) - 1, laterMs: 0 },
      ...{ by: "SIGSTOP", again: false, isBeside: false },
      stop: points >= LONG_TEST && point === 5 ? LONG_STOP : SHORT_STOP,
    };
  const by = random.chance(0.6) ? "SIGKILL" : random.pick(["SIGTERM", "SIGINT", "SIGHUP"] as const);
  // A third of them ends while jobs are out that the journal knows: that is when running again may pay again.
  const moment = random.chance(0.33)
    ? { creates: 2 * random.int(1, 4), laterMs: random.int(10, 80) }
    : drawMoment(random, expectedMs);
  return {
    moment,
    by,
    again: random.chance(0.5),
    isBeside: random.chance(0.15),
    ...(random.chance(0.1) ? { deadlineMs: DEADLINE_MS } : {}),
  };
}

async function killAt(
  { moment, by, again, deadlineMs, stop }: Point,
  child: Child,
  life: { near: number; inResume: number; nextRun: number; expectedMs: number },
): Promise<void> {
  const firstRun = life.nextRun;
  const orderedAt = performance.now();
  const reached = Promise.withResolvers<void>();
  let lastCreateAt = Number.NEGATIVE_INFINITY;
  let killedAt: number | undefined;
  let hasResumed = false;
  child.onReport((report) => {
    if (report.type === "resumed") hasResumed = true;
    if (report.type === "run") {
      life.nextRun = report.run + 1;
      if (report.run === firstRun + 1)
        // From the order to the end of the first run is what a moment is drawn from.
        life.expectedMs = 0.8 * life.expectedMs + 0.2 * (performance.now() - orderedAt);
    }
    if (report.type === "send" || report.type === "answer") lastCreateAt = report.at;
    if (report.type !== "dying") return;
    killedAt = report.at;
    reached.resolve();
  });
  child.send({
    ...{ firstRun, runs: RUNS, again },
    ...("creates" in moment ? { dieAt: { ...moment, by } } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(stop?.answerMs === undefined ? {} : { answerMs: stop.answerMs }),
  });
  if ("afterMs" in moment) setTimeout(reached.resolve, moment.afterMs);
  const hung = Promise.withResolvers<never>();
  hung.promise.catch(reached.reject);
  const hangs = setTimeout(() => hung.reject(new Error("A child hangs.")), PATIENCE_MS);
  const ended = child.closed.then(() => reached.reject(new Error("A child ended by itself.")));
  try {
    await reached.promise;
    if (stop) {
      await wait(stop.forMs);
      child.kill("SIGCONT");
      await wait(AFTER_STOP_MS);
    }
    killedAt ??= performance.timeOrigin + performance.now();
    // Whoever is asked to end does so when what is in flight is answered; `hangs` sees to it.
    if (by !== "SIGKILL" && !stop) {
      if ("afterMs" in moment) child.kill(by);
      await Promise.race([child.closed, hung.promise]);
    }
  } finally {
    clearTimeout(hangs);
    child.kill("SIGKILL");
  }
  await ended;
  if (killedAt - lastCreateAt <= NEAR_MS) life.near++;
  if (!hasResumed) life.inResume++;
}

type Child = {
  /** Its programs are loaded, and nothing is done yet. */
  readonly ready: Promise<void>;
  /** It is gone, and everything it said has been heard. */
  readonly closed: Promise<void>;
  onReport(listener: (report: Report) => void): void;
  send(order: Order): void;
  kill(signal: Ending | "SIGCONT"): void;
};

function startChild(args: readonly string[]): Child {
  const program = fileURLToPath(new URL("./child.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
  });
  const reports = child.stdio[4];
  if (!(reports instanceof Readable)) throw new Error("A child has no pipe for its reports.");
  const ready = Promise.withResolvers<void>();
  let listener = (_report: Report): void => {};
  createInterface({ input: reports }).on("line", (line) => {
    // Written by the child alone, a line in one go; a line cut by its death is the last.
    if (!line.endsWith("}")) return;
    const report = JSON.parse(line) as Report;
    if (report.type === "ready") ready.resolve();
    else listener(report);
  });
  const closed = once(child, "close").then(() => ready.reject(new Error("A child did not start.")));
  ready.promise.catch(() => {}); // whoever awaits it hears of it
  return {
    ready: ready.promise,
    closed,
    onReport: (heard) => {
      listener = heard;
    },
    send: (order) => void child.send(order),
    kill: (signal) => void child.kill(signal),
  };
}

/**
 * Answers that are lost after the job was booked, and slow ones, so that there is time to die before them; downloads that
 * break off, and slow uploads.
 */
const faults = {
  rules: [
    { match: { kind: "inference" }, probability: 0.03, fault: { type: "resetAfter" } },
    { match: { kind: "publish" }, probability: 0.05, fault: { type: "resetAfter" } },
    { match: { kind: "inference" }, probability: 0.2, fault: { type: "slow", ms: 6 } },
    { match: { kind: "publish" }, probability: 0.2, fault: { type: "slow", ms: 6 } },
    { match: { kind: "inference" }, probability: 0.3, fault: { type: "slow", what: "job", ms: 200 } },
    { match: { path: "/files/**" }, probability: 0.1, fault: { type: "cutBody" } },
    { match: { kind: "upload" }, probability: 0.2, fault: { type: "slow", ms: 30 } },
  ],
};

async function startSandbox(
  folder: string,
  logFile: string,
  seed: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const faultsFile = join(folder, "faults.json");
  await writeFile(faultsFile, JSON.stringify(faults));
  const program = fileURLToPath(new URL("../../src/sandbox/main.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [
      ...[program, "--with-parent", "--state", join(folder, "sandbox"), "--speed", "max"],
      ...["--seed", String(seed), "--log", logFile, "--faults", faultsFile],
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const closed = once(child, "close");
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return {
    url: String(line).replace("listening ", ""),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await closed;
    },
  };
}
