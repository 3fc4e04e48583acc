import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

let sandbox: CliSandbox;
beforeAll(async () => {
  const rules = [{ match: { promptIncludes: "[no]" }, fault: { type: "failed" } }];
  sandbox = await openCliSandbox({ faults: { rules } });
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

describe("The language of the command line", cliTimeout, () => {
  test("is the one of CATWALK_LANG, else English; what programs read stays English", async () => {
    await using work = await openWorkFolder();
    const graph = graphOf([
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A kite [no]" }),
    ]);
    const file = await work.write("graph.json", graph);
    const key = freshKey();
    const run = async (env: Record<string, string>, ...more: string[]) =>
      await catwalk(
        ["run", file, "--yes", "--fresh", "--server", sandbox.url, "--home", work.home, ...more],
        { cwd: work.path, env: { CATWALK_API_KEY: key, ...env } },
      );
    const german = await run({ CATWALK_LANG: "de", LANG: "en_US.UTF-8" });
    expect(german.code).toBe(1);
    expect(german.stdout).toMatch(/^Lauf \S+ auf .*: 1 Schritt$/m);
    expect(german.stdout).toMatch(
      /FEHLGESCHLAGEN: .*, und wiederholen\. \(\S+; vielleicht wurde es berechnet/,
    );
    expect(german.stdout).toMatch(/: fehlgeschlagen; steps=1 done=0/);
    expect((await run({ CATWALK_LANG: "de_AT.UTF-8" })).stdout).toMatch(/^Lauf /m);
    expect((await run({ LANG: "de_DE.UTF-8" })).stdout).toMatch(/^run /m);
    const ends = [await run({ CATWALK_LANG: "de" }, "--json"), await run({}, "--json")];
    const [told, same] = ends.map(({ stdout }) =>
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === "step-failed")
        .map(({ failure }) => failure),
    );
    expect(told).toMatchObject([{ message: expect.stringMatching(/^The job failed on the server/) }]);
    expect(same).toEqual(told);
  });
});
