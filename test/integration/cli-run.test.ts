import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeSource } from "../../src/editing/probe.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import {
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
  photo,
  startCatwalk,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { examplesFolder, filesHolding } from "../support/studio.ts";

/** What a run prints and leaves behind, however it ends. */

let sandbox: CliSandbox;
beforeAll(async () => {
  const rules = [
    { match: { promptIncludes: "[slow answer]" }, fault: { type: "slow", ms: 1500 } },
    { match: { promptIncludes: "[endless]" }, fault: { type: "stuck" } },
  ];
  sandbox = await openCliSandbox({ faults: { rules } });
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const picture = (prompt = "A kite", id = "picture") =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });
const cutOf = (id = "cut") => nodeOf(id, "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });

describe.concurrent("What a run prints and leaves", cliTimeout, () => {
  test("--json: nothing but events on stdout, numbered without gaps; --set and --to change what runs", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const graph = graphOf(
      [picture(), cutOf(), picture("Not asked for", "other")],
      ["picture.out > cut.image_0"],
    );
    const { code, stdout, stderr } = await catwalk(
      [
        ...[
          "run",
          await work.write("graph.json", graph),
          "--json",
          "--to",
          "cut",
          "--server",
          sandbox.url,
          "--yes",
        ],
        ...["--set", "picture.prompt=A ship", "--set", 'picture.modelParams.aspectRatio="1:1"'],
        ...["--home", work.home, "--out", work.out],
      ],
      { env: { CATWALK_API_KEY: key } },
    );
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({
      type: "run-started",
      steps: [{ nodeId: "picture" }, { nodeId: "cut" }],
    });
    expect(events.at(-1)).toMatchObject({ type: "run-settled", outcome: "done" });
    expect(stderr).toContain("Estimated cost");
    const creates = (await sandbox.requests(key)).filter(
      ({ method, path }) => method === "POST" && path.endsWith("/generate"),
    );
    expect(creates.map(({ body }) => body)).toEqual([
      expect.objectContaining({ prompt: "A ship", params: expect.objectContaining({ aspectRatio: "1:1" }) }),
    ]);
  });

  test(
    "The same graph twice into the same folder: real media each time, what was made reused, and the report of each run is kept",
    cliTimeout,
    async () => {
      await using work = await openWorkFolder();
      const graph = graphOf(
        [picture(), cutOf(), nodeOf("keep", "save", { name: "kite" })],
        ["picture.out > cut.image_0", "cut.out > keep.in"],
      );
      const file = await work.write("graph.json", graph);
      const found: string[][] = [];
      // The other sandbox edits by itself, so only the picture is the same.
      for (const [mode, counts, reportName] of [
        ["current", "done=3 cached=0", "run.json"],
        ["legacy", "done=3 cached=1", "run 2.json"],
      ] as const) {
        const { code, stdout } = await catwalk([
          "run",
          file,
          "--mode",
          mode,
          "--speed",
          "max",
          "--home",
          work.home,
          "--out",
          work.out,
        ]);
        expect(code).toBe(0);
        expect(stdout).toMatch(
          new RegExp(`\\nrun [-0-9a-f]{36}: done; steps=3 ${counts} failed=0 skipped=0 inDoubt=0\\n$`),
        );
        const report = JSON.parse(await readFile(join(work.out, reportName), "utf8"));
        expect(stdout).toContain(`run ${report.runId}: done`);
        const files = report.steps.map((step: { outputs: { file?: string }[] }) => step.outputs[0]?.file);
        found.push(files.filter(Boolean));
      }
      expect(found).toEqual([
        ["Generate image.jpg", "kite.jpg"],
        ["Generate image 2.jpg", "kite 2.jpg"],
      ]);
      expect((await readdir(work.out)).sort()).toEqual([...found.flat(), "run.json", "run 2.json"].sort());
      for (const name of found.flat())
        expect(await probeSource(join(work.out, name))).toMatchObject({ kind: "image" });
      for (const name of ["kite.jpg", "kite 2.jpg"]) {
        const { width, height } = (await probeSource(join(work.out, name))) as {
          width: number;
          height: number;
        };
        expect(width).toBe(height);
      }
    },
  );

  test("The demo on a legacy sandbox edits remotely and leaves a clip that plays", cliTimeout, async () => {
    await using work = await openWorkFolder();
    const { code, stdout } = await catwalk([
      ...["run", join(examplesFolder, "demo.json"), "--mode", "legacy", "--speed", "max"],
      ...["--home", work.home, "--out", work.out],
    ]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(": done; ") });
    const media = (await readdir(work.out)).filter((name) => name !== "run.json");
    const kinds = await Promise.all(
      media.map(async (name) => (await probeSource(join(work.out, name))).kind),
    );
    expect(new Set(kinds)).toEqual(new Set(["image", "video"]));
    const report = await readFile(join(work.out, "run.json"), "utf8");
    expect(report).toContain('"kind": "editor"');
    expect(await readdir(join(work.home, "sandbox", "posts"))).toHaveLength(2);
  });

  test("An exported folder runs elsewhere, and names neither this machine nor a secret", async () => {
    await using work = await openWorkFolder();
    await using elsewhere = await openWorkFolder();
    const graph = graphOf(
      [
        nodeOf("photo", "upload", { file: await work.addPhoto("deep/down/photo.jpg") }),
        nodeOf("same", "upload", { file: { ...photo, path: "deep/down/photo.jpg" } }),
        cutOf(),
        nodeOf("post", "publish", { platform: "instagram", accountId: "somebody's own" }),
      ],
      ["photo.out > cut.image_0", "cut.out > post.media"],
    );
    const file = await work.write("graph.json", graph);
    const folder = join(elsewhere.path, "exported");
    const env = { CATWALK_API_KEY: freshKey() };
    const exported = await catwalk(["export", file, "--with-media", folder, "--home", work.home], { env });
    expect(exported).toMatchObject({ code: 0, stdout: expect.stringContaining("with 1 file\n") });
    for (const secret of [work.path, elsewhere.path, env.CATWALK_API_KEY, "somebody's own"])
      expect(await filesHolding(folder, secret)).toEqual([]);
    const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".json"));
    const { code, stdout } = await catwalk(
      ["run", join("exported", name), "--to", "cut", "--speed", "max", "--home", elsewhere.home],
      { cwd: elsewhere.path },
    );
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("done=2") });
    const [runId = ""] = await readdir(join(elsewhere.path, "out"));
    expect(await readdir(join(elsewhere.path, "out", runId))).toEqual(expect.arrayContaining(["run.json"]));
  });

  test("A reader that goes away does not end a run", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", graphOf([picture()]));
    const run = startCatwalk(
      ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out],
      {
        env: { CATWALK_API_KEY: key },
      },
    );
    await run.until(/started/);
    run.child.stdout?.destroy();
    expect((await run.end).code).toBe(0);
    expect(await readdir(work.out)).toContain("run.json");
  });
});

describe.concurrent("Ended from outside", cliTimeout, () => {
  test("Ctrl-C awaits the create in flight, names its job, and ends with 130", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const graph = graphOf(
      [picture("[slow answer] [endless]"), nodeOf("keep", "save", {})],
      ["picture.out > keep.in"],
    );
    const run = startCatwalk(
      [
        ...["run", await work.write("graph.json", graph), "--server", sandbox.url, "--yes"],
        ...["--home", work.home, "--out", work.out],
      ],
      { env: { CATWALK_API_KEY: key } },
    );
    await run.until(/started/);
    // A step starts before its create leaves, and one that has not left is not awaited.
    const library = await openLibrary(work.home);
    const types = async () => {
      const [found] = await library.runs.history.find({ limit: 1 });
      return found ? (await library.journal.read(found.row.runId)).map(({ type }) => type) : [];
    };
    await expect.poll(types).toContain("create-intended");
    await library.close();
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.end;
    expect(code).toBe(130);
    expect(stderr).toContain("a create in flight is awaited");
    const [, jobId = ""] = /cancelled here; job (\S+) goes on at the server/.exec(stdout) ?? [];
    const creates = (await sandbox.requests(key)).filter(
      ({ method, path }) => method === "POST" && path.endsWith("/generate"),
    );
    expect(creates.map((request) => request.jobId)).toEqual([jobId]);
    expect(stdout).toMatch(/\nrun \S+: cancelled; steps=2 done=0 cached=0 failed=0 skipped=0 inDoubt=0\n$/);
    const listed = await catwalk(["runs", "--home", work.home]);
    expect(listed.stdout).toMatch(/ cancelled /);
  });

  test("A killed run is listed as interrupted with its job, and nothing of it starts by itself", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const args = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    const env = { CATWALK_API_KEY: key };
    const endless = await work.write("endless.json", graphOf([picture("[endless]")]));
    const run = startCatwalk(["run", endless, ...args], { env });
    const [, runId = "", jobId = ""] = await run.until(/run (\S+) on [\s\S]*job (\S+) accepted/);
    run.child.kill("SIGKILL");
    expect((await run.end).code).toBe(null);

    const listed = await catwalk(["runs", "--home", work.home], { env });
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).toMatch(
      new RegExp(`^${runId}  .*  interrupted  .*\n    inference job ${jobId} \\(step picture\\)\n$`),
    );
    const asJson = JSON.parse((await catwalk(["runs", "--json", "--home", work.home])).stdout);
    expect(asJson).toEqual([
      expect.objectContaining({
        runId,
        status: "interrupted",
        openJobs: [{ stepId: "picture", kind: "inference", id: jobId }],
      }),
    ]);

    for (let crash = 0; crash < 3; crash++) {
      const library = await openLibrary(work.home);
      await library.runs.claim(runId);
      await library.close();
    }
    expect((await catwalk(["runs", "--home", work.home])).stdout).toMatch(
      new RegExp(`  parked  .*\n    three processes .*: catwalk resume ${runId}\n`),
    );

    const other = await work.write("other.json", graphOf([picture("Another one")]));
    expect((await catwalk(["run", other, ...args], { env })).code).toBe(0);
    const prompts = (await sandbox.requests(key)).flatMap(({ method, path, body }) =>
      method === "POST" && path.endsWith("/generate") ? [(body as { prompt: string }).prompt] : [],
    );
    expect(prompts).toEqual(["[endless]", "Another one"]);
  });

  test("Killed in the middle of a create, the run says that nobody knows whether it arrived", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const args = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    const file = await work.write("graph.json", graphOf([picture("[slow answer]")]));
    const run = startCatwalk(["run", file, ...args, "--json"], { env: { CATWALK_API_KEY: key } });
    await run.until(/create-intended/);
    run.child.kill("SIGKILL");
    await run.end;
    const listed = await catwalk(["runs", "--home", work.home]);
    expect(listed.stdout).toContain("interrupted");
    expect(listed.stdout).toContain("step picture: nobody can say whether its job was made");
  });
});
