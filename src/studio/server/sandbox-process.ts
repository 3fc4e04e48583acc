import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { sleep, systemClock } from "../../base/clock.ts";
import { isMissing } from "../../base/errors.ts";
import { PRIVATE_FOLDER } from "../../library/index.ts";
import type { SandboxAddress } from "../../sandbox/presence.ts";
import type { ChildProcess, StudioOptions } from "../ground/options.ts";
import { Refused } from "../ground/refused.ts";
import { attendSandbox, type LivingSandbox } from "./living-sandbox.ts";

export type RunningSandbox = {
  readonly origin: string;
  /** From its state folder, so that it stays the same on another port. */
  readonly identity: string;
  /** Made here on first use; nobody else needs it. */
  readonly key: string;
};

/**
 * The one sandbox of a data folder. Whoever needs it first starts it, the others use it too; it ends when nobody does
 * any more. When it goes while it is used, one of its users starts it again on the same state.
 */
export type SandboxProcess = {
  /**
   * Finds it, or starts it if it does not run. After a crash it is started again by itself, on the same port where it
   * can.
   * @throws Refused `sandbox-not-started`
   */
  ready(): Promise<RunningSandbox>;
  /** Resolves when it has ended, or goes on for others. */
  close(): Promise<void>;
};

const START_MS = 20_000;
/** More crashes than this within a minute, and it stays down until somebody asks for it. */
const CRASHES_PER_MINUTE = 5;
/** Between looks for a sandbox that somebody else is just starting or ending, in milliseconds. */
const LOOK_AGAIN_MS = 100;
const OUTPUT_LIMIT = 4_000;

type Child = {
  readonly process: ChildProcess;
  /** Resolves when it ended, or said that it stays for others. */
  readonly letGo: Promise<void>;
};

export function createSandboxProcess(
  options: Pick<StudioOptions, "spawn" | "entries" | "homeFolder" | "sandbox">,
  listeners: {
    /** It died and is being started again, or is back. Ask `ready` again. */
    onRestart(): void;
  },
): SandboxProcess {
  const folder = join(options.homeFolder, "sandbox");
  const { mode = "current", speed = 20, faultsFile } = options.sandbox ?? {};
  let running: Promise<RunningSandbox> | undefined;
  let living: LivingSandbox | undefined;
  let child: Child | undefined;
  let closed = false;
  let crashes: number[] = [];
  /** Where it was: runs that it went under find it there again. */
  let port = 0;

  async function start(): Promise<RunningSandbox> {
    const key = await sandboxKey(options.homeFolder);
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const until = performance.now() + START_MS;
    let trouble = "";
    while (!closed && performance.now() < until) {
      const found = await attendSandbox(folder, { asParent: child !== undefined });
      if (found) return attend(found, key);
      if (child) {
        await sleep(systemClock, LOOK_AGAIN_MS);
        continue;
      }
      trouble = (await launch()) ?? "";
      if (trouble === "") continue;
      if (/cannot listen on port/.test(trouble) && port !== 0) port = 0;
      else if (/Another sandbox is using/.test(trouble)) await sleep(systemClock, LOOK_AGAIN_MS);
      else break;
    }
    throw new Refused(
      "sandbox-not-started",
      `The built-in sandbox did not start${trouble ? `: ${trouble.trim().slice(-500)}` : "."}`,
      "Try again; if it stays, restart Catwalk or choose another data folder with --home.",
    );
  }

  function attend(found: LivingSandbox, key: string): RunningSandbox {
    const { address } = found;
    const { origin, port: itsPort } = new URL(address.url);
    const isOurs = child !== undefined;
    if (!isOurs)
      options.sandbox?.onShared?.(sharedWords(address, { mode, speed, faults: faultsFile !== undefined }));
    living = found;
    port = Number(itsPort);
    found.onGone(() => {
      if (!closed && living === found) restart();
    });
    return { origin, identity: address.identity, key };
  }

  /** @returns why it did not start; undefined when it listens. */
  async function launch(): Promise<string | undefined> {
    const process = options.spawn(
      options.entries.sandbox,
      [
        ...["--state", folder, "--port", String(port), "--mode", mode, "--speed", String(speed)],
        ...["--editor-entry", options.entries.editor.href, "--with-parent"],
        ...(faultsFile === undefined ? [] : ["--faults", faultsFile]),
      ],
      { mayOutlive: true },
    );
    const listening = Promise.withResolvers<boolean>();
    const letGo = Promise.withResolvers<void>();
    const mine: Child = { process, letGo: letGo.promise };
    child = mine;
    let stdout = "";
    let stderr = "";
    process.onStdout((text) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT);
      if (/^listening /m.test(stdout)) listening.resolve(true);
      if (/^staying$/m.test(stdout)) letGo.resolve();
    });
    process.onStderr((text) => {
      stderr = (stderr + text).slice(-OUTPUT_LIMIT);
    });
    process.onExit(() => {
      if (child === mine) child = undefined;
      letGo.resolve();
      listening.resolve(false);
    });
    const timer = setTimeout(() => process.kill(), START_MS);
    const isListening = await listening.promise;
    clearTimeout(timer);
    return isListening ? undefined : stderr || "it ended without a word";
  }

  function restart(): void {
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < 60_000), now];
    running = undefined;
    living = undefined;
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
      living?.leave();
      if (!child) return;
      const { process, letGo } = child;
      if (process.leave) process.leave();
      else process.kill();
      await letGo;
      process.unref?.();
    },
  };
}

type Settings = Pick<SandboxAddress, "mode" | "speed" | "faults">;

/** What a person should know who gets a sandbox that others use: it may be set otherwise than they asked for. */
function sharedWords(theirs: SandboxAddress, ours: Settings): string {
  const isSame = theirs.mode === ours.mode && theirs.speed === ours.speed && !theirs.faults && !ours.faults;
  const theirWords = `--mode ${theirs.mode} --speed ${theirs.speed}${theirs.faults ? " and --faults" : ""}`;
  return (
    `Using the sandbox that runs for this data folder already (process ${theirs.pid})` +
    (isSame ? "." : `. It was started with ${theirWords}, and that holds, not what this process was given.`)
  );
}

const keyPattern = /^sk_[0-9a-f]{64}$/;

/** The key is kept, because the sandbox knows accounts by their key; processes that come together get the same one. */
async function sandboxKey(homeFolder: string): Promise<string> {
  const path = join(homeFolder, "sandbox.key");
  const kept = await readKey(path);
  if (kept !== undefined) return kept;
  const key = `sk_${randomBytes(32).toString("hex")}`;
  const beside = `${path}.${randomBytes(8).toString("hex")}.new`;
  await mkdir(homeFolder, { recursive: true, mode: PRIVATE_FOLDER });
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(`${key}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, fails when somebody else was faster. What is there and is no key is replaced.
    const isFirst = await link(beside, path).then(
      () => true,
      () => false,
    );
    if (isFirst) return key;
    const theirs = await readKey(path);
    if (theirs !== undefined) return theirs;
    await rename(beside, path);
    return key;
  } finally {
    await rm(beside, { force: true });
  }
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    const key = (await readFile(path, "utf8")).trim();
    return keyPattern.test(key) ? key : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
