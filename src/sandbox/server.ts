import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { type Clock, systemClock } from "../base/clock.ts";
import { createApi } from "./api.ts";
import { createFaults, type FaultFile } from "./faults.ts";
import { createGate } from "./gate.ts";
import { startJobs } from "./jobs.ts";
import { ALIVE_PATH, createPresence } from "./presence.ts";
import { createRenderEdit } from "./renderEdit.ts";
import { openState } from "./state.ts";

export type SandboxSettings = {
  /** `current` answers edits with 410, `legacy` carries them out as editor jobs. */
  readonly mode: "current" | "legacy";
  /** 0 lets the system choose. Only 127.0.0.1 listens. */
  readonly port: number;
  readonly stateDir: string;
  /** Divides the usual durations of jobs; `max` is zero job time. */
  readonly speed: number | "max";
  /** Equal seeds and equal requests in equal order give equal media, durations and chances of faults. */
  readonly seed: number;
  readonly faults?: FaultFile;
  /** Gets one JSON line per request. */
  readonly logFile?: string;
  /** Default 500 MB. */
  readonly maxUploadBytes?: number;
  readonly clock?: Clock;
  /** The render process of legacy edits: `src/editing/worker.ts`, or the bundle built from it. */
  readonly editorEntry?: URL;
};

export type Sandbox = {
  /** The API's base URL: `http://127.0.0.1:PORT/api/v1`. */
  readonly url: string;
  /** Stays with the state folder, whatever the port. */
  readonly identity: string;
  /** Whether anybody holds `/alive` open. */
  readonly isUsed: boolean;
  /** Called whenever the last of them has gone. */
  onUnused(listener: () => void): void;
  /**
   * Resolves when nothing listens or works any more. Requests under way are answered first, for a second at most, so
   * that nobody is left in doubt. Unfinished jobs go on at the next start.
   */
  close(): Promise<void>;
};

/** How long requests under way may take when it closes, in milliseconds. */
const LAST_ANSWERS_MS = 1_000;

/** @throws Error when the port is taken or the state folder is in use or damaged. */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const clock = settings.clock ?? systemClock;
  const state = openState(resolve(settings.stateDir));
  const { logFile } = settings;
  if (logFile !== undefined) mkdirSync(dirname(resolve(logFile)), { recursive: true });
  const onBug = (error: unknown): void => console.error("sandbox:", error);
  const editor = createRenderEdit(settings.editorEntry ?? new URL("../editing/worker.ts", import.meta.url));
  const jobs = startJobs({ state, clock, seed: settings.seed, renderEdit: editor.renderEdit, onBug });
  let origin = "";
  const app = createApi({
    state,
    jobs,
    clock,
    mode: settings.mode,
    speed: settings.speed,
    seed: settings.seed,
    maxUploadBytes: settings.maxUploadBytes ?? 500_000_000,
    origin: () => origin,
  });
  const gate = createGate({
    handle: (request, bindings) => app.fetch(request, bindings),
    chooseFault: createFaults(settings.faults ?? { rules: [] }, settings.seed),
    clock,
    identity: state.identity,
    logFile,
    onBug,
  });
  const presence = createPresence(resolve(settings.stateDir), state.identity);
  const server = createAdaptorServer({
    fetch: (request, either) => {
      const bindings = either as Parameters<typeof gate>[1]; // only HTTP/1 is served
      const url = new URL(request.url);
      return url.pathname === ALIVE_PATH ? presence.attend(url, bindings) : gate(request, bindings);
    },
  });

  const stop = async (): Promise<void> => {
    await Promise.all([jobs.close(), editor.close()]);
    state.close();
  };
  try {
    await new Promise<void>((listening, failed) => {
      server.once("error", failed);
      server.listen(settings.port, "127.0.0.1", listening);
    });
  } catch (error) {
    await stop();
    throw new Error(`The sandbox cannot listen on port ${settings.port}.`, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The sandbox listens on no port.");
  origin = `http://127.0.0.1:${address.port}`;
  const url = `${origin}/api/v1`;
  const { mode, speed, faults } = settings;
  presence.publish({
    ...{ url, identity: state.identity, pid: process.pid, mode, speed },
    faults: (faults?.rules.length ?? 0) > 0,
  });

  return {
    url,
    identity: state.identity,
    get isUsed() {
      return presence.isUsed;
    },
    onUnused: presence.onUnused,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      presence.withdraw();
      const cut = setTimeout(() => {
        if ("closeAllConnections" in server) server.closeAllConnections();
      }, LAST_ANSWERS_MS);
      await closed;
      clearTimeout(cut);
      await stop();
    },
  };
}
