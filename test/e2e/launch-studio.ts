import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { FaultFile } from "../../src/sandbox/faults.ts";

const cliPath = fileURLToPath(new URL("../../src/hosts/cli.ts", import.meta.url));

/** Rules as a faults file holds them; see docs/sandbox.md. */
export type Faults = z.input<typeof FaultFile>["rules"];

export type LaunchedStudio = {
  readonly host: "web";
  /** The first address, with its token. */
  readonly url: string;
  readonly home: string;
  /** Ends the host as a crash would: no clean-up of its own. */
  kill(): Promise<void>;
  /** Starts again on the same data folder and port. */
  restart(): Promise<void>;
  /** Ends it as Ctrl-C would. @returns everything it printed */
  quit(): Promise<string>;
  close(): Promise<void>;
};

/**
 * Starts the real studio on a data folder of its own, with the sandbox beside it. Only the web host can be started
 * here; where Electron runs, the same specs are meant to run on it, too.
 */
export async function launchStudio(options: {
  readonly speed?: string;
  readonly mode?: "current" | "legacy";
  readonly faults?: Faults;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its data folder is made. Default: the system's place for temporary files. */
  readonly on?: string;
}): Promise<LaunchedStudio> {
  const home = await mkdtemp(join(options.on ?? tmpdir(), "catwalk-e2e-"));
  const args = ["serve", "--no-open", "--port", "0", "--home", home, "--speed", options.speed ?? "max"];
  if (options.mode) args.push("--mode", options.mode);
  if (options.faults) args.push("--faults", await writeFaults(home, options.faults));
  const start = () => startHost(args, options.environment ?? {});
  let running = await start();
  const kill = async () => {
    const exited = new Promise<void>((resolve) => running.child.once("exit", () => resolve()));
    if (running.child.exitCode === null && running.child.signalCode === null) {
      running.child.kill("SIGKILL");
      await exited;
    }
  };
  return {
    host: "web",
    get url() {
      return running.url;
    },
    home,
    kill,
    async restart() {
      await kill();
      args[args.indexOf("--port") + 1] = new URL(running.url).port;
      running = await start();
    },
    async quit() {
      await ended(running.child);
      return running.output();
    },
    async close() {
      await ended(running.child);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function writeFaults(folder: string, rules: Faults): Promise<string> {
  const path = join(folder, "faults.json");
  await writeFile(path, JSON.stringify({ rules }));
  return path;
}

const logLineSchema = z.object({ method: z.string(), path: z.string(), status: z.unknown() });
export type LoggedRequest = z.infer<typeof logLineSchema>;

export type LaunchedSandbox = {
  /** To be entered in the settings. */
  readonly url: string;
  /** Every request that could make something, in order. */
  posts(): Promise<readonly LoggedRequest[]>;
  close(): Promise<void>;
};

/** A sandbox that stands for somebody's server: chosen by its address, with a log of what it was asked. */
export async function launchSandbox(options: {
  readonly speed?: string;
  readonly faults?: Faults;
}): Promise<LaunchedSandbox> {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-e2e-sandbox-"));
  const log = join(folder, "log.jsonl");
  const args = ["sandbox", "--port", "0", "--state", join(folder, "state"), "--log", log];
  args.push("--speed", options.speed ?? "max");
  if (options.faults) args.push("--faults", await writeFaults(folder, options.faults));
  const { child, url } = await startHost(args, {});
  return {
    url,
    async posts() {
      // There is no file before the first request.
      if (!existsSync(log)) return [];
      const lines = (await readFile(log, "utf8")).trimEnd().split("\n").filter(Boolean);
      const requests = lines.map((line) => logLineSchema.parse(JSON.parse(line)));
      return requests.filter(({ method }) => method === "POST");
    },
    async close() {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await exited;
}

async function startHost(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; url: string; output(): string }> {
  const { CATWALK_API_KEY: _, WONDA_API_KEY: __, ...clean } = process.env;
  const child = spawn(process.execPath, [cliPath, ...args], {
    env: { ...clean, CATWALK_CHECK_ANSWERS: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const listening = /^listening (http:\S+)/m.exec(output);
      if (listening?.[1]) resolve(listening[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) =>
      reject(new Error(`The host ended with ${code} before it listened:\n${output}`)),
    );
  });
  return { child, url, output: () => output };
}

export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs `catwalk` to its end. */
export function catwalk(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], {
      cwd: options.cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}
