import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { UploadFile } from "../../src/graph/document/files.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { examplesFolder } from "./studio.ts";

const cli = fileURLToPath(new URL("../../src/hosts/cli.ts", import.meta.url));
/** Nothing in these tests takes as long, even on a busy machine; what hangs is killed and shows as `code: null`. */
const LONGEST_MS = 180_000;
/** For every test that starts processes, some of them several one after the other. In milliseconds. */
export const cliTimeout = { timeout: 3 * LONGEST_MS };

export type CliOptions = {
  /** Who runs it, where the tests themselves may read everything. */
  readonly uid?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes by standard input; without it there is none. */
  readonly input?: string;
  /** A server: runs until it is told to end. */
  readonly serves?: boolean;
};

export type CliEnd = {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type CliProcess = {
  readonly child: ChildProcess;
  /** Waits until standard output matches. @throws when the process ends before that. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly end: Promise<CliEnd>;
};

/** A test that was given up leaves no process behind. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** The real command line as a child process, with no key or setting of this machine's environment. */
export function startCatwalk(args: readonly string[], options: CliOptions = {}): CliProcess {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(CATWALK|WONDA|WONDERCAT|LC)_|^LANG$/.test(name),
  );
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: {
      ...Object.fromEntries(clean),
      CATWALK_CHECK_ANSWERS: "1",
      ...options.env,
    },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    ...(options.serves ? {} : { timeout: LONGEST_MS, killSignal: "SIGKILL" }),
  });
  running.add(child);
  child.stdin?.end(options.input);
  let stdout = "";
  let stderr = "";
  let isOver = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const end = new Promise<CliEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      isOver = true;
      wake();
      resolve({ code, stdout, stderr });
    });
  });
  return {
    child,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout);
          if (!found && !isOver) return;
          waiting.delete(look);
          if (found) resolve(found);
          else reject(new Error(`It ended without ${pattern}:\n${stdout}\n${stderr}`));
        };
        waiting.add(look);
        look();
      }),
    end,
  };
}

export async function catwalk(args: readonly string[], options: CliOptions = {}): Promise<CliEnd> {
  return await startCatwalk(args, options).end;
}

/** "nobody", on Linux. */
const UNPRIVILEGED = 65_534;

/** As somebody whom permissions bind, who owns the work folder. */
export async function runWithoutRights(
  args: readonly string[],
  work: { readonly path: string },
): Promise<CliEnd> {
  if (process.getuid?.() !== 0) return await catwalk(args);
  for (const name of [".", ...(await readdir(work.path, { recursive: true }))])
    await chown(join(work.path, name), UNPRIVILEGED, UNPRIVILEGED);
  return await catwalk(args, { uid: UNPRIVILEGED, env: { HOME: work.path } });
}

const loggedRequest = z.looseObject({
  method: z.string(),
  path: z.string(),
  status: z.union([z.number(), z.literal("reset")]),
  account: z.string().optional(),
  body: z.unknown().optional(),
  jobId: z.string().optional(),
});
export type LoggedRequest = z.infer<typeof loggedRequest>;

export type CliSandbox = AsyncDisposable & {
  readonly url: string;
  readonly stateDir: string;
  readonly logFile: string;
  /** What was asked of it, by the account of one key where one is given. */
  requests(key?: string): Promise<LoggedRequest[]>;
  /** Of those the ones that upload or create, as `METHOD path`. */
  made(key?: string): Promise<string[]>;
};

/** `catwalk sandbox` as a process of its own, on a free port. */
export async function openCliSandbox(
  options: { readonly faults?: object; readonly args?: readonly string[]; readonly stateDir?: string } = {},
): Promise<CliSandbox> {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-cli-sandbox-"));
  const stateDir = options.stateDir ?? join(folder, "state");
  const logFile = join(folder, "requests.jsonl");
  const faultsFile = join(folder, "faults.json");
  if (options.faults) await writeFile(faultsFile, JSON.stringify(options.faults));
  const { child, until, end } = startCatwalk(
    [
      ...["sandbox", "--port", "0", "--state", stateDir, "--log", logFile],
      ...(options.faults ? ["--faults", faultsFile] : []),
      ...(options.args ?? ["--speed", "max"]),
    ],
    { serves: true },
  );
  const [, url = ""] = await until(/listening (\S+)\n/);
  async function requests(key?: string): Promise<LoggedRequest[]> {
    const text = await readFile(logFile, "utf8").catch(() => ""); // no request, no file
    const all = text.split("\n").filter(Boolean);
    return all
      .map((line) => loggedRequest.parse(JSON.parse(line)))
      .filter((request) => key === undefined || request.account === key.slice(-4));
  }
  return {
    url,
    stateDir,
    logFile,
    requests,
    async made(key) {
      const creates = /\/(upload|generate|edit|speech|publish\/\w+)$/;
      return (await requests(key))
        .filter(({ method, path }) => method === "POST" && creates.test(path))
        .map(({ method, path }) => `${method} ${path.replace("/api/v1", "")}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT");
      await end;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An account of its own on any sandbox. */
export const freshKey = (): string => `sk_${randomBytes(32).toString("hex")}`;

/** A folder for graphs, results and a data folder (`home`) that nobody else uses. */
export async function openWorkFolder(): Promise<
  AsyncDisposable & {
    readonly path: string;
    readonly home: string;
    readonly out: string;
    /** Writes a graph, or any text, beside the others; gives its path. */
    write(name: string, content: Graph | string): Promise<string>;
    /** Lays an example photo into the folder; gives what an Upload node says of it. */
    addPhoto(path?: string): Promise<UploadFile>;
  }
> {
  const path = await mkdtemp(join(tmpdir(), "catwalk-cli-"));
  return {
    path,
    home: join(path, "home"),
    out: join(path, "out"),
    async write(name, content) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
      return file;
    },
    async addPhoto(relative = "photo.jpg") {
      const file = join(path, relative);
      await mkdir(dirname(file), { recursive: true });
      await copyFile(join(examplesFolder, "media", "amber-serum.jpg"), file);
      return { ...photo, path: relative };
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** examples/media/amber-serum.jpg */
export const photo: UploadFile = {
  name: "photo.jpg",
  sha256: "c5a69513947ba04cba306cb6f5c1bcf0509d5ef7edf2279e60a17224789fb874",
  sizeBytes: 45_387,
  kind: "image",
  mimeType: "image/jpeg",
};
