import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { addressFile, sandboxAddress } from "../../src/sandbox/presence.ts";
import {
  type CliProcess,
  catwalk,
  cliTimeout,
  openWorkFolder,
  startCatwalk,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Several processes on the built-in sandbox of one data folder. It is one sandbox, whoever started it. */

const pictures = (...prompts: readonly string[]) =>
  graphOf(
    prompts.map((prompt, nth) =>
      nodeOf(`picture-${nth}`, "generate", { family: "image", model: "nano-banana-2", prompt }),
    ),
  );

/** Jobs are under way until somebody has had the time to end a process. */
const slow = { rules: [{ match: { kind: "inference" }, fault: { type: "slow", ms: 6_000, what: "job" } }] };

type Work = Awaited<ReturnType<typeof openWorkFolder>>;

async function openHome() {
  const work = await openWorkFolder();
  await work.write("slow.json", JSON.stringify(slow));
  const sandbox = join(work.home, "sandbox");
  return Object.assign(work, {
    /** Starts a run of these pictures. */
    async run(name: string, prompts: readonly string[], ...flags: readonly string[]): Promise<CliProcess> {
      const file = await work.write(`${name}.json`, pictures(...prompts));
      return startCatwalk(["run", file, "--home", work.home, "--out", join(work.out, name), ...flags]);
    },
    slow: ["--faults", join(work.path, "slow.json")],
    address: async () => sandboxAddress.parse(JSON.parse(await readFile(addressFile(sandbox), "utf8"))),
    /** Prompts of all that was made, once everybody has left. */
    prompts(): readonly string[] {
      using database = new DatabaseSync(join(sandbox, "sandbox.db"), { readOnly: true, timeout: 5_000 });
      const rows = database.prepare("SELECT request FROM jobs ORDER BY request").all();
      return rows.map(({ request }) => (JSON.parse(String(request)) as { prompt: string }).prompt).sort();
    },
    sandboxes: async () => (await readdir(work.home)).filter((name) => /^sandbox(-\d+)?$/.test(name)),
  } satisfies Record<string, unknown>) as Work & {
    run(name: string, prompts: readonly string[], ...flags: readonly string[]): Promise<CliProcess>;
    readonly slow: readonly string[];
    address(): Promise<ReturnType<typeof sandboxAddress.parse>>;
    prompts(): readonly string[];
    sandboxes(): Promise<readonly string[]>;
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const accepted = /job \S+ accepted/;

describe("Processes on the built-in sandbox of one data folder", cliTimeout, () => {
  test("that come at once find one sandbox and one account, and make each picture once", async () => {
    await using home = await openHome();
    const prompts = ["dawn", "noon"];
    const ends = await Promise.all(
      ["one", "two", "three"].map(async (name) => (await home.run(name, prompts, "--speed", "max")).end),
    );
    for (const { code, stdout, stderr } of ends) {
      expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^\s+at /m)]);
      expect(stdout).toMatch(/: done; steps=2 done=\d cached=\d failed=0 skipped=0 inDoubt=0/);
    }
    expect(home.prompts()).toEqual(prompts);
    expect(await home.sandboxes()).toEqual(["sandbox"]);
  });

  test("go on when the one that started it is done, or is killed, and the last one ends it", async () => {
    await using home = await openHome();
    const first = await home.run("first", ["dawn"], ...home.slow);
    const [, runId = ""] = await first.until(/^run (\S+) on/m);
    await first.until(accepted);
    const { pid } = await home.address();
    const second = await home.run("second", ["noon"], "--speed", "max");
    await second.until(accepted);
    first.child.kill("SIGKILL");
    await first.end;
    const { code, stdout, stderr } = await second.end;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/: done; steps=1 done=1 /)]);
    expect(stderr).toContain(
      `Using the sandbox that runs for this data folder already (process ${pid}). ` +
        "It was started with --mode current --speed 20 and --faults, and that holds",
    );
    await expect.poll(() => isAlive(pid)).toBe(false);

    const resumed = await catwalk(["resume", runId, "--home", home.home, "--out", join(home.out, "first")]);
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringMatching(/: done; steps=1 done=1 /)]);
    expect(home.prompts()).toEqual(["dawn", "noon"]);
  });

  test("start it again on its state when it is killed under them, and lose and repeat nothing", async () => {
    await using home = await openHome();
    const runs = [
      await home.run("first", ["dawn"], ...home.slow),
      await home.run("second", ["noon"], ...home.slow),
    ];
    for (const run of runs) await run.until(accepted);
    const before = await home.address();
    process.kill(before.pid, "SIGKILL");
    for (const { code, stdout } of await Promise.all(runs.map(({ end }) => end)))
      expect([code, stdout]).toEqual([0, expect.stringMatching(/: done; steps=1 done=1 .* inDoubt=0/)]);
    expect(home.prompts()).toEqual(["dawn", "noon"]);
    expect(await home.sandboxes()).toEqual(["sandbox"]);
  });
});
