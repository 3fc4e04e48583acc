import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSecretFile } from "../../src/studio/ground/secret-file.ts";
import { catwalk, cliTimeout, freshKey, openCliSandbox, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { filesHolding } from "../support/studio.ts";

/** A planted key is found nowhere but where the person put it, even on a server that repeats it in every answer. */

const picture = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });

const graph = graphOf(
  [
    picture("refused", "[refused]"),
    picture("failed", "[failed]"),
    picture("made", "A kite"),
    nodeOf("keep", "save", {}),
  ],
  ["made.out > keep.in"],
);

const echoing = (key: string) => ({
  rules: [
    {
      match: { promptIncludes: "[refused]" },
      fault: {
        type: "status",
        status: 402,
        code: "insufficient_credits",
        message: `No credits left on ${key}, top up`,
      },
    },
    {
      match: { promptIncludes: "[failed]" },
      fault: { type: "failed", errorMessage: `Bearer ${key} was not welcome`, errorCode: `no_${key}` },
    },
  ],
});

test("A key from the environment stays in it", cliTimeout, async () => {
  const key = freshKey();
  await using work = await openWorkFolder();
  await using sandbox = await openCliSandbox({ faults: echoing(key) });
  const env = { CATWALK_API_KEY: key };
  const file = await work.write("graph.json", graph);
  const said: string[] = [];
  for (const json of [[], ["--json"]]) {
    const end = await catwalk(
      [
        ...["run", file, "--server", sandbox.url, "--yes", ...json],
        ...["--home", work.home, "--out", work.out],
      ],
      { env },
    );
    expect(end.code).toBe(1);
    said.push(end.stdout, end.stderr);
  }
  expect(said[0]).toContain("No credits left on sk_…, top up");
  for (const args of [
    ["runs", "--json", "--home", work.home],
    ["validate", file, "--json", "--home", work.home],
    ["export", file, "--with-media", join(work.path, "exported"), "--home", work.home],
    ["run", file, "--server", "http://127.0.0.1:9", "--yes", "--home", work.home],
  ]) {
    const { stdout, stderr } = await catwalk(args, { env, cwd: work.path });
    said.push(stdout, stderr);
  }
  expect(said.join("\n")).not.toContain(key);
  // Neither whole nor without its prefix, in any byte of any file: graph, results, library, sandbox state and log.
  for (const part of [key, key.slice(3, 40)]) {
    expect(await filesHolding(work.path, part)).toEqual([]);
    expect((await sandbox.requests()).some((request) => JSON.stringify(request).includes(part))).toBe(false);
  }
});

test(
  "A stored key is in the secrets file alone, which only its owner may read, and goes to its own server alone",
  cliTimeout,
  async () => {
    const key = freshKey();
    await using work = await openWorkFolder();
    await using sandbox = await openCliSandbox({ faults: echoing(key) });
    await using stranger = await openCliSandbox();
    const secrets = join(work.home, "secrets.json");
    const file = await work.write("graph.json", graph);
    const run = async (url: string) =>
      await catwalk(["run", file, "--server", url, "--yes", "--home", work.home, "--out", work.out]);
    expect((await run(sandbox.url)).code).toBe(4); // makes the data folder; there is no key yet
    await createSecretFile(secrets).set(new URL(sandbox.url).origin, key);

    const { code, stdout, stderr } = await run(sandbox.url);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(key);
    expect(await sandbox.made(key)).toHaveLength(3);
    expect(await filesHolding(work.path, key.slice(3, 40))).toEqual(["home/secrets.json"]);
    expect((await stat(secrets)).mode & 0o777).toBe(0o600);

    const elsewhere = await run(stranger.url);
    expect(elsewhere.code).toBe(4);
    expect(elsewhere.stderr).toContain("No API key is set");
    expect(await stranger.requests()).toEqual([]);
  },
);
