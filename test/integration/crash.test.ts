import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
  startCatwalk,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** An error that no part of the program was ready for, planted from outside, in the middle of paid work. */

const picture = nodeOf("picture", "generate", {
  family: "image",
  model: "nano-banana-2",
  prompt: "A harbour at dawn",
});

const planted = {
  rejection: (words: string) => `Promise.reject(new Error(${JSON.stringify(words)}))`,
  exception: (words: string) => `setImmediate(() => { throw new Error(${JSON.stringify(words)}) })`,
};

test.each(["rejection", "exception"] as const)(
  "an unhandled %s is reported without the key, ends the run as interrupted, and resume makes no job twice",
  cliTimeout,
  async (kind) => {
    await using sandbox = await openCliSandbox({
      args: ["--speed", "20"],
      faults: {
        rules: [{ match: { promptIncludes: "harbour" }, fault: { type: "slow", ms: 6_000, what: "job" } }],
      },
    });
    await using work = await openWorkFolder();
    const key = freshKey();
    const env = { CATWALK_API_KEY: key };
    const graph = await work.write("graph.json", graphOf([picture]));
    const plant = `process.on("SIGUSR2", () => { ${planted[kind](`planted, with ${key}`)} })`;
    const options = `--import data:text/javascript,${encodeURIComponent(plant)}`;
    const place = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    const running = startCatwalk(["run", graph, ...place], { env: { ...env, NODE_OPTIONS: options } });
    const [, runId = ""] = await running.until(/^run (\S+) on/m);
    await running.until(/job \S+ accepted/);
    running.child.kill("SIGUSR2");
    const { code, stderr } = await running.end;
    expect(code).toBe(70);
    expect(stderr).toContain("Catwalk met an error that it was not ready for, and ends.");
    expect(stderr).toContain("Runs under way stand as interrupted");
    expect(stderr).not.toMatch(/\n\s+at /);

    const crashes = join(work.home, "crashes");
    const [report = ""] = await readdir(crashes);
    const text = await readFile(join(crashes, report), "utf8");
    expect(text).toContain("planted, with sk_…");
    expect(text).toMatch(/\n\s+at /);
    expect(text + stderr).not.toContain(key);
    expect((await stat(join(crashes, report))).mode & 0o077).toBe(0);

    const listed = await catwalk(["runs", "--json", "--home", work.home]);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ runId, status: "interrupted" }]);
    expect((await catwalk(["resume", runId, ...place], { env })).code).toBe(0);
    expect(await sandbox.made(key)).toEqual(["POST /image/generate"]);
  },
);
