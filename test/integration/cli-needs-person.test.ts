import { describe, expect, test } from "vitest";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { catwalk, cliTimeout, freshKey, openCliSandbox, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
const picture = nodeOf("picture", "generate", { family: "image", model: "z-image", prompt: "A paper kite" });
const post = nodeOf("post", "publish", { platform: "instagram", accountId, caption: "Up it goes" });
const pictureAndPost = graphOf([picture, post], ["picture.out > post.media"]);

/** Each first create of this kind arrives, and its answer does not. */
const losing = (kind: string) =>
  JSON.stringify({ rules: [{ match: { kind }, nth: 1, fault: { type: "resetAfter" } }] });

const idOf = (stdout: string) => /^run (\S+) on/m.exec(stdout)?.[1] ?? "";

describe.concurrent("What needs a person is said with its reason and its command", cliTimeout, () => {
  test("a picture in doubt: before its graph is run again, with the way to its run, until it is settled", async () => {
    await using work = await openWorkFolder();
    const file = await work.write("graph.json", graphOf([picture]));
    const faults = await work.write("faults.json", losing("inference"));
    const place = ["--home", work.home, "--out", work.out, "--speed", "max"];
    const first = await catwalk(["run", file, ...place, "--faults", faults]);
    expect([first.code, first.stderr]).toEqual([3, expect.not.stringContaining("An earlier run")]);
    const runId = idOf(first.stdout);

    const look = await catwalk(["run", file, ...place, "--dry-run"]);
    expect(look.stderr).toContain("An earlier run of this graph left 1 step in doubt (“");
    expect(look.stderr).toContain("it may have been made and charged. Look at it first.");
    expect(look.stderr).toContain(`catwalk runs show ${runId} --home ${work.home}`);
    const other = await work.write("other.json", { ...graphOf([picture]), id: "another" });
    expect((await catwalk(["run", other, ...place, "--dry-run"])).stderr).not.toContain("An earlier run");

    await catwalk(["resume", runId, ...place, "--in-doubt", "skip"]);
    expect((await catwalk(["run", file, ...place, "--dry-run"])).stderr).not.toContain("An earlier run");
  });

  test("several in doubt: each is in a line once while it runs, none is told again when resumed, an event each as JSON", async () => {
    await using work = await openWorkFolder();
    const pictures = ["one", "two", "three", "four"].map((id) =>
      nodeOf(id, "generate", { family: "image", model: "z-image", prompt: `A kite, ${id}` }),
    );
    const file = await work.write("graph.json", graphOf(pictures));
    const rule = { match: { kind: "image" }, times: 4, fault: { type: "resetAfter" } };
    const faults = await work.write("faults.json", JSON.stringify({ rules: [rule] }));
    const place = ["--home", work.home, "--out", work.out, "--speed", "max"];
    const ran = await catwalk(["run", file, ...place, "--faults", faults]);
    const told = (text: string) => text.split("\n").filter((line) => line.includes("IN DOUBT"));
    // On a slow machine answers are lost more than a moment apart; each is in one of the lines.
    const steps = told(ran.stdout).map((line) => Number(/(\d+) steps \(/.exec(line)?.[1] ?? 1));
    expect(steps.reduce((sum, each) => sum + each, 0)).toBe(4);
    const resumed = await catwalk(["resume", idOf(ran.stdout), ...place, "--in-doubt", "retry"]);
    expect([resumed.code, told(resumed.stdout)]).toEqual([0, []]);

    await using other = await openWorkFolder();
    const json = await catwalk([
      "run",
      file,
      "--home",
      other.home,
      "--out",
      other.out,
      "--speed",
      "max",
      "--faults",
      faults,
      "--json",
    ]);
    expect([json.stderr, json.stdout.match(/"create-in-doubt"/g)?.length]).toEqual([expect.any(String), 4]);
  });

  test("a post in doubt: at the end of its run, of a later one that it blocks, and of each resume", async () => {
    await using work = await openWorkFolder();
    const file = await work.write("graph.json", pictureAndPost);
    const faults = await work.write("faults.json", losing("publish"));
    const place = ["--home", work.home, "--out", work.out, "--speed", "max"];
    const first = await catwalk(["run", file, ...place, "--faults", faults]);
    const runId = idOf(first.stdout);
    const settle = (as: string) => `catwalk posts settle ${runId} post --as ${as} --home ${work.home}`;
    const needs = [
      expect.stringContaining("nobody can say whether the post to instagram as catwalk.studio went out."),
      `      ${settle("sent")}`,
      `      ${settle("not-sent")}`,
    ];
    const lines = ({ stdout }: { stdout: string }) => stdout.trimEnd().split("\n");
    expect(first.code).toBe(3);
    expect(lines(first).slice(-5, -1)).toEqual(["Needs you:", ...needs]);

    const again = await catwalk(["run", file, ...place]);
    expect(again.code).toBe(3);
    const held = lines(again).find((line) => line.includes("waiting for approval")) ?? "";
    expect(held).toMatch(/nobody can say whether the same media went out there before \(sent \S+ \S+ UTC\)/);
    expect(held).toContain(`; catwalk posts settle ${runId} post says what became of it`);
    expect(lines(again).slice(-4, -1)).toEqual([
      expect.stringContaining("not posted to instagram as catwalk.studio; nobody can say"),
      ...needs.slice(1),
    ]);
    expect(again.stdout).not.toContain("was sent there before");
    expect(again.stdout).not.toContain("only a person in the app");

    const look = await catwalk(["run", file, ...place, "--dry-run"]);
    expect(look.stdout).toMatch(/^ {2}Publish to Instagram +waits for a person$/m);
    expect(look.stdout).toContain("instagram as catwalk.studio: held back, as nobody can say");

    const asked = await catwalk(["resume", runId, ...place]);
    expect([asked.code, lines(asked).slice(-5, -1)]).toEqual([3, ["Needs you:", ...needs]]);
    expect(lines(asked).at(-1)).toContain(
      ": needs you; steps=2 done=1 cached=0 failed=0 skipped=0 inDoubt=1",
    );

    // Left so it still blocks, and says so.
    for (const flags of [["--in-doubt", "skip"], []]) {
      const left = await catwalk(["resume", runId, ...place, ...flags]);
      expect([left.code, lines(left).slice(-5, -1)]).toEqual([3, ["Needs you:", ...needs]]);
      expect(lines(left).at(-1)).toContain(
        ": needs you; steps=2 done=1 cached=0 failed=0 skipped=1 inDoubt=0",
      );
    }

    expect(
      (await catwalk(["posts", "settle", runId, "post", "--as", "sent", "--home", work.home])).code,
    ).toBe(0);
    const over = await catwalk(["resume", runId, ...place]);
    expect([over.code, lines(over).at(-1)]).toEqual([0, expect.stringContaining(": done; steps=2 done=2")]);
    expect(over.stdout).not.toContain("Needs you");
  });

  test("a job in doubt: sent again or left out by a flag, and left out it does not look like success", async () => {
    await using work = await openWorkFolder();
    const file = await work.write("graph.json", pictureAndPost);
    const faults = await work.write("faults.json", losing("image"));
    const place = ["--home", work.home, "--out", work.out, "--speed", "max"];
    const ran = await catwalk(["run", file, ...place, "--faults", faults]);
    const runId = idOf(ran.stdout);
    expect(ran.code).toBe(3);
    const asked = await catwalk(["resume", runId, ...place]);
    for (const { stdout } of [ran, asked]) {
      expect(stdout).toMatch(
        /^Needs you:\n {2}Generate\b.*: .*Nobody can say whether the job was made and charged/m,
      );
      for (const what of ["retry", "skip"])
        expect(stdout).toContain(`\n      catwalk resume ${runId} --in-doubt ${what} --home ${work.home}\n`);
    }
    expect(asked.code).toBe(3);

    for (const flags of [["--in-doubt", "skip"], []]) {
      const left = await catwalk(["resume", runId, ...place, ...flags]);
      expect([left.code, left.stdout]).toEqual([
        3,
        expect.stringMatching(/: needs you; steps=2 done=0 cached=0 failed=0 skipped=2 inDoubt=0\n$/),
      ]);
      expect(left.stdout).toContain(
        `catwalk runs graph ${runId} --home ${work.home} > graph.json && catwalk run`,
      );
    }
  });

  test("a post that was not allowed: how it is sent after all", async () => {
    await using sandbox = await openCliSandbox();
    await using work = await openWorkFolder();
    const env = { CATWALK_API_KEY: freshKey() };
    const file = await work.write("graph.json", pictureAndPost);
    const place = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    const ran = await catwalk(["run", file, ...place], { env });
    const runId = idOf(ran.stdout);
    expect([ran.code, ran.stdout]).toEqual([
      3,
      expect.stringContaining("      the same line once more, with --publish to post\n"),
    ]);
    const resumed = await catwalk(["resume", runId, ...place], { env });
    const command =
      `catwalk runs graph ${runId} --home ${work.home} > graph.json && ` +
      `catwalk run graph.json --publish --server ${sandbox.url} --home ${work.home}`;
    expect([resumed.code, resumed.stdout]).toEqual([3, expect.stringContaining(`      ${command}\n`)]);
  });
});
