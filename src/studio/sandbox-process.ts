import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isMissing, writeFileAtomically } from "./atomic-file.ts";
import type { ChildProcess, StudioOptions } from "./options.ts";
import { Refused } from "./refused.ts";

export type RunningSandbox = {
  readonly origin: string;
  /** From its state folder, so that it stays the same on another port. */
  readonly identity: string;
  /** Made here on first use; nobody else needs it. */
  readonly key: string;
};

export type SandboxProcess = {
  /**
   * Starts it if it does not run. After a crash it is started again by itself, on the same port where it can.
   * @throws Refused `sandbox-not-started`
   */
  ready(): Promise<RunningSandbox>;
  close(): Promise<void>;
};

/** The sandboxes of one data folder: each process that has it open takes the first state folder that is free. */
const STATE_FOLDERS = 8;
const START_MS = 20_000;
/** More crashes than this within a minute, and it stays down until somebody asks for it. */
const CRASHES_PER_MINUTE = 5;
const STDERR_LIMIT = 4_000;

export function createSandboxProcess(
  options: Pick<StudioOptions, "spawn" | "entries" | "homeFolder" | "sandbox">,
  listeners: {
    /** It died and is being started again, or is back. Ask `ready` again. */
    onRestart(): void;
  },
): SandboxProcess {
  let running: Promise<RunningSandbox> | undefined;
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let closed = false;
  let crashes: number[] = [];
  /** Once one has been found, a restart uses it again: the identity must not change under a run. */
  let chosen: string | undefined;
  let port = 0;

  async function start(): Promise<RunningSandbox> {
    const key = await sandboxKey(join(options.homeFolder, "sandbox.key"));
    const folders = chosen
      ? [chosen]
      : Array.from({ length: STATE_FOLDERS }, (_, index) =>
          join(options.homeFolder, index === 0 ? "sandbox" : `sandbox-${index + 1}`),
        );
    let trouble = "";
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      for (const tryPort of port === 0 ? [0] : [port, 0]) {
        const started = await launch(folder, tryPort);
        if (started.ok) {
          chosen = folder;
          port = Number(new URL(started.origin).port);
          return { origin: started.origin, identity: await readIdentity(folder), key };
        }
        trouble = started.stderr;
      }
      if (!trouble.includes("Another sandbox is using")) break;
    }
    throw new Refused(
      "sandbox-not-started",
      `The built-in sandbox did not start${trouble ? `: ${trouble.trim().slice(-500)}` : "."}`,
      "Try again; if it stays, restart Catwalk or choose another data folder with --home.",
    );
  }

  async function launch(
    folder: string,
    onPort: number,
  ): Promise<
    { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly stderr: string }
  > {
    const { mode = "current", speed = 20, faultsFile } = options.sandbox ?? {};
    const process = options.spawn(options.entries.sandbox, [
      ...["--state", folder, "--port", String(onPort), "--mode", mode, "--speed", String(speed)],
      ...["--editor-entry", options.entries.editor.href, "--with-parent"],
      ...(faultsFile === undefined ? [] : ["--faults", faultsFile]),
    ]);
    child = process;
    const listening = Promise.withResolvers<string | undefined>();
    const gone = Promise.withResolvers<void>();
    exited = gone.promise;
    let stdout = "";
    let stderr = "";
    process.onStdout((text) => {
      stdout = (stdout + text).slice(-STDERR_LIMIT);
      const origin = /listening (http:\/\/[^\s/]+)/.exec(stdout)?.[1];
      if (origin) listening.resolve(origin);
    });
    process.onStderr((text) => {
      stderr = (stderr + text).slice(-STDERR_LIMIT);
    });
    let up = false;
    process.onExit(() => {
      gone.resolve();
      listening.resolve(undefined);
      if (up && !closed) restart();
    });
    const timer = setTimeout(() => process.kill(), START_MS);
    const origin = await listening.promise;
    clearTimeout(timer);
    if (origin === undefined) return { ok: false, stderr };
    up = true;
    return { ok: true, origin };
  }

  function restart(): void {
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < 60_000), now];
    running = undefined;
    if (crashes.length <= CRASHES_PER_MINUTE) begin().catch(() => undefined); // whoever asks `ready` hears of it
    listeners.onRestart();
  }

  function begin(): Promise<RunningSandbox> {
    const starting = start();
    running = starting;
    starting.catch(() => {
      if (running === starting) running = undefined; // the next one who asks tries again
    });
    return starting;
  }

  return {
    async ready() {
      if (closed) throw new Refused("closed", "The studio is closing.", "Start Catwalk again.");
      return await (running ?? begin());
    },
    async close() {
      closed = true;
      await running?.catch(() => undefined); // it is being ended, so how its start went is no matter
      child?.kill();
      if (child) await exited;
    },
  };
}

const identityFile = z.object({ identity: z.string().min(1) });

async function readIdentity(folder: string): Promise<string> {
  return identityFile.parse(JSON.parse(await readFile(join(folder, "identity.json"), "utf8"))).identity;
}

/** The key is kept, because the sandbox knows accounts by their key. */
async function sandboxKey(path: string): Promise<string> {
  try {
    const key = (await readFile(path, "utf8")).trim();
    if (/^sk_[0-9a-f]{64}$/.test(key)) return key;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const key = `sk_${randomBytes(32).toString("hex")}`;
  await writeFileAtomically(path, `${key}\n`, { mode: 0o600 });
  return key;
}
