import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { afterCommits } from "./database.ts";

/** Pages of the log that are not in the database yet, from which on a checkpoint begins: some 4 MB. */
const BEGIN_PAGES = 1_000;
/** Who writes much waits from so many pages of log on, until all of them are in the database. */
const ENOUGH_PAGES = 4_000;
const TRIES = 3;
/** From here on a commit brings the log in itself, and takes the time: the disk must not fill. */
const MOST_PAGES = 16_000;
/** A close waits so long for a checkpoint that is under way, in milliseconds. */
const CLOSE_WAIT_MS = 10_000;

const IDLE = 0;
const BUSY = 1;
const CLOSED = 2;

/**
 * Brings the write-ahead log into the database, in a thread of its own. SQLite does that within a commit, which then
 * waits for the disk: that held the event loop for half a second at a clean-up of many runs.
 */
export type Checkpoints = {
  /** Resolves once little of the log waits. For who writes much, in steps. */
  caughtUp(): Promise<void>;
  /** No checkpoint is under way any more, and none begins. */
  close(): void;
};

const logSchema = z.object({ log: z.number(), checkpointed: z.number() });

export function openCheckpoints(database: DatabaseSync, path: string): Checkpoints {
  database.exec(`PRAGMA wal_autocheckpoint = ${MOST_PAGES}`);
  const look = database.prepare("PRAGMA wal_checkpoint(NOOP)");
  const logged = () => {
    const { log, checkpointed } = logSchema.parse(look.get());
    return { log, waiting: log - checkpointed };
  };
  const state = new Int32Array(new SharedArrayBuffer(4));
  let thread: Worker | undefined;
  let underWay: PromiseWithResolvers<void> | undefined;

  /** Resolves when one checkpoint is done. */
  function checkpoint(): Promise<void> {
    if (underWay) return underWay.promise;
    underWay = Promise.withResolvers();
    thread ??= openThread();
    thread.postMessage("checkpoint");
    return underWay.promise;
  }

  function openThread(): Worker {
    const code = `(${checkpointsInThread})(require("node:worker_threads"), require("node:sqlite").DatabaseSync)`;
    const opened = new Worker(code, { eval: true, workerData: { path, state }, env: {}, stderr: true });
    opened.unref();
    opened.on("message", ended);
    // As SQLite does it by itself. What is wrong with the disk is told by the next statement.
    opened.on("error", () => {
      if (state[0] !== CLOSED) database.exec("PRAGMA wal_autocheckpoint = 1000");
      Atomics.compareExchange(state, 0, BUSY, IDLE);
      afterCommits(database, undefined);
      ended();
    });
    return opened;
  }

  function ended(): void {
    underWay?.resolve();
    underWay = undefined;
  }

  afterCommits(database, () => {
    if (underWay) return;
    const { log, waiting } = logged();
    // A long log is begun anew once nothing of it waits, so then every little counts.
    if (waiting >= (log >= ENOUGH_PAGES ? 1 : BEGIN_PAGES)) void checkpoint();
  });

  return {
    async caughtUp() {
      // SQLite begins the log anew once all of it is in the database; where a reader holds it back, more tries help little.
      for (let turn = 0; turn < TRIES; turn++) {
        const { log, waiting } = logged();
        if (log < ENOUGH_PAGES || waiting === 0) return;
        await checkpoint();
      }
    },
    close() {
      afterCommits(database, undefined);
      while (Atomics.compareExchange(state, 0, IDLE, CLOSED) === BUSY)
        if (Atomics.wait(state, 0, BUSY, CLOSE_WAIT_MS) === "timed-out") break;
      void thread?.terminate();
    },
  };
}

/**
 * What runs in the thread, from its text: it names nothing of this module. Its connection is open during a checkpoint
 * alone, so the last to close the database is never this one.
 */
function checkpointsInThread(
  { parentPort, workerData }: typeof import("node:worker_threads"),
  Database: typeof DatabaseSync,
): void {
  const [idle, busy] = [0, 1];
  const { path, state }: { path: string; state: Int32Array } = workerData;
  parentPort?.on("message", () => {
    if (Atomics.compareExchange(state, 0, idle, busy) !== idle) return;
    try {
      const database = new Database(path, { timeout: 1000 });
      try {
        database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      } finally {
        database.close();
      }
    } finally {
      Atomics.store(state, 0, idle);
      Atomics.notify(state, 0);
    }
    parentPort.postMessage("done");
  });
}
