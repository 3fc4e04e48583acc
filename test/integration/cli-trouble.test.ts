import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CliEnd,
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/**
 * Found on the server: each with its message, what it means for the person's money, and its exit code. One sandbox
 * has all the trouble; a prompt says which it meets.
 */
const trouble = {
  "no-credits": { type: "status", status: 402 },
  revoked: { type: "unauthorized" },
  coloured: {
    type: "failed",
    errorMessage: "No \u001b[31mred\u001b[0m\nrun 1: done; steps=1\u202e\u009b2K",
  },
  broken: { type: "failed", errorMessage: "The prompt asks for a thirteenth month" },
  stopped: { type: "canceled" },
  endless: { type: "stuck" },
  lost: { type: "resetAfter" },
  "cut-off": { type: "cutBody" },
  nameless: { type: "noId" },
  "error-page": { type: "html" },
  garbled: { type: "malformedJson" },
};

let sandbox: CliSandbox;
beforeAll(async () => {
  const rules = Object.entries(trouble).map(([word, fault]) => ({
    match: { method: "POST", path: "/image/generate", promptIncludes: `[${word}]` },
    fault,
  }));
  sandbox = await openCliSandbox({ faults: { rules } });
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const picture = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });

/** A branch that meets trouble, what depends on it, and a branch that does not. */
const graphWith = (prompt: string) =>
  graphOf(
    [
      picture("bad", prompt),
      nodeOf("after", "save", { name: "after" }),
      picture("good", "A kite"),
      nodeOf("keep", "save", { name: "good" }),
    ],
    ["bad.out > after.in", "good.out > keep.in"],
  );

async function runWith(
  prompt: string,
  args: readonly string[] = [],
): Promise<CliEnd & { readonly creates: readonly string[]; readonly kept: readonly string[] }> {
  await using work = await openWorkFolder();
  const key = freshKey();
  const file = await work.write("graph.json", graphWith(prompt));
  const end = await catwalk(
    ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out, ...args],
    { env: { CATWALK_API_KEY: key } },
  );
  return { ...end, creates: await sandbox.made(key), kept: (await readdir(work.out)).sort() };
}

/** The line of the run's report that tells how the step with trouble ended. */
const lineWith = (stdout: string, words: string): string =>
  stdout.split("\n").find((line) => line.includes(words)) ?? `no line with ${words} in:\n${stdout}`;

describe.concurrent("Trouble on the server", cliTimeout, () => {
  test.each([
    ["no-credits", 1, ["Insufficient credits", "Top up", "insufficient_credits", "nothing was charged"]],
    ["revoked", 1, ["invalid API key", "Check the API key", "unauthorized", "nothing was charged"]],
    ["broken", 1, ["The prompt asks for a thirteenth month", "provider_error", "it may have been charged"]],
    ["stopped", 1, ["cancelled the job", "job_canceled", "it may have been charged"]],
  ] as const)(
    "%s: the step fails, what depends on it is skipped, the other branch is kept",
    async (word, exit, says) => {
      const { code, stdout, creates, kept } = await runWith(`[${word}]`);
      expect(code).toBe(exit);
      const line = lineWith(stdout, "FAILED");
      for (const words of says) expect(line).toContain(words);
      expect(stdout).toContain("skipped: a step it depends on did not finish");
      expect(stdout).toMatch(/: failed; steps=4 done=2 cached=0 failed=1 skipped=1 inDoubt=0\n$/);
      expect(kept).toEqual(["good.jpg", "run.json"]);
      expect(creates).toHaveLength(2);
    },
  );

  test("what a server, a title and a graph's name hold is text: a terminal obeys none of it", async () => {
    await using work = await openWorkFolder();
    const bad = picture("bad", "[coloured]");
    const graph = graphOf([
      { ...bad, data: { ...bad.data, title: "Picture\u001b[1A\u001b[2K\nEstimated cost: $0.00" } },
      nodeOf("post", "publish", { accountId: "\u001b]0;x\u0007nowhere" }),
    ]);
    const name = "Spring\u001b[8m\rDone";
    const file = await work.write("graph.json", { ...graph, name });
    const args = ["--server", sandbox.url, "--home", work.home, "--out", work.out, "--to", "bad"];
    const env = { CATWALK_API_KEY: freshKey() };
    const ends = [
      await catwalk(["run", file, ...args], { env }),
      await catwalk(["run", file, ...args, "--yes"], { env }),
      await catwalk(["run", file, ...args, "--yes", "--json"], { env }),
      await catwalk(["runs", "--home", work.home]),
      await catwalk(["validate", file, "--home", work.home]),
    ];
    expect(ends.map(({ code }) => code)).toEqual([3, 1, 1, 0, 2]);
    for (const { stdout, stderr } of ends)
      expect(`${stdout}${stderr}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(lineWith(ends[1]?.stdout ?? "", "FAILED")).toContain("No red run 1: done; steps=1");
    for (const { stdout, stderr } of ends)
      expect(`${stdout}${stderr}`).not.toMatch(/^(run 1:|Estimated cost: \$0\.00)/m);
  });

  test.each([
    ["lost", "The connection broke"],
    ["cut-off", "was cut off"],
    ["nameless", "no job id"],
    ["error-page", "HTTP 502"],
    ["garbled", "cut off"],
  ] as const)("%s: the create is in doubt, is sent once, and a person is asked", async (word, message) => {
    const { code, stdout, creates, kept } = await runWith(`[${word}]`);
    expect(code).toBe(3);
    const line = lineWith(stdout, "IN DOUBT");
    expect(line).toContain(message);
    expect(line).toContain("Nobody can say whether the job was made and charged.");
    expect(stdout).toMatch(/: needs you; steps=4 done=2 cached=0 failed=0 skipped=0 inDoubt=1\n$/);
    expect(kept).toEqual(["good.jpg", "run.json"]);
    expect(creates).toEqual(["POST /image/generate", "POST /image/generate"]);
  });

  test("A job past its deadline is not finished yet: it keeps its id and is not made again", async () => {
    const { code, stdout, creates, kept } = await runWith("[endless]", ["--deadline", "20s"]);
    expect(code).toBe(3);
    const accepted = [...stdout.matchAll(/job (\S+) accepted/g)].map(([, id]) => id);
    const [, overdue] = /job (\S+) goes on at the server/.exec(lineWith(stdout, "not finished yet")) ?? [];
    expect(accepted).toContain(overdue);
    expect(lineWith(stdout, "not finished yet")).toContain("may be charged; it is not sent again");
    expect(stdout).toMatch(/: needs you; steps=4 done=2 cached=0 failed=0 skipped=0 inDoubt=0\n$/);
    expect(kept).toEqual(["good.jpg", "run.json"]);
    expect(creates).toHaveLength(2);
  });

  test("A result that cannot be fetched is told, is not made again, and does not look like success", async () => {
    await using work = await openWorkFolder();
    const faults = { rules: [{ match: { path: "/files/**" }, fault: { type: "status", status: 403 } }] };
    const { code, stdout } = await catwalk([
      ...["run", await work.write("graph.json", graphOf([picture("picture", "A kite")])), "--speed", "max"],
      ...["--faults", await work.write("faults.json", JSON.stringify(faults))],
      ...["--home", work.home, "--out", work.out],
    ]);
    expect(code).toBe(3);
    expect(lineWith(stdout, "NOT FETCHED")).toContain("It was made and is charged, and is not made again.");
    expect(stdout.match(/accepted/g)).toHaveLength(1);
    expect(stdout).toMatch(/: needs you; steps=1 done=1 /);
    expect(await readdir(work.out)).toEqual(["run.json"]);
  });

  test("No credits or a revoked key at the very first create: the server turned the run away", async () => {
    for (const word of ["no-credits", "revoked"]) {
      const { code, stdout } = await runWith(`[${word}]`, ["--to", "after"]);
      expect({ word, code }).toEqual({ word, code: 4 });
      expect(lineWith(stdout, "FAILED")).toContain("nothing was charged");
    }
  });
});

describe.concurrent("A server that cannot be used is told before anything is made", cliTimeout, () => {
  async function runOn(url: string, key?: string): Promise<CliEnd> {
    await using work = await openWorkFolder();
    const file = await work.write("graph.json", graphWith("A dune"));
    const end = await catwalk(
      ["run", file, "--server", url, "--yes", "--home", work.home, "--out", work.out],
      {
        env: key === undefined ? {} : { CATWALK_API_KEY: key },
      },
    );
    expect({ ...end, stderr: "" }).toEqual({ code: 4, stdout: "", stderr: "" });
    expect(end.stderr).toContain("Nothing was run, and nothing was charged.");
    expect(end.stderr).not.toMatch(/^\s+at /m);
    return end;
  }

  test("A key that the server does not know", async () => {
    const { stderr } = await runOn(sandbox.url, "sk_wrong-but-secret");
    expect(stderr).toMatch(/API key.*\(unauthorized\)/);
    expect(stderr).not.toContain("sk_wrong");
  });

  test("No key at all", async () => {
    expect((await runOn(sandbox.url)).stderr).toContain("set CATWALK_API_KEY");
  });

  test("Nothing listens there", async () => {
    // Port 9 (discard) is served by nobody nowadays, and a client may connect to it.
    expect((await runOn("http://127.0.0.1:9", freshKey())).stderr).toContain(
      "Nothing answers at the server's address.",
    );
  });

  test("A web page answers instead of the API", async () => {
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>Welcome</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      // An address of TCP, as asked for.
      const { port } = server.address() as AddressInfo;
      expect((await runOn(`http://127.0.0.1:${port}`, freshKey())).stderr).toContain(
        "does not look like the Wondercat API",
      );
    } finally {
      server.close();
    }
  });
});
