import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { catwalk, freshKey, openCliSandbox, openWorkFolder, startCatwalk } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

/** Runs are started and killed by the real command line, against a sandbox of its own that lives on. */

const account = "5a9db0c5-1111-4000-8000-00000000c001";
const picture = (prompt: string) =>
  nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt });
/** A picture is made, cut here, kept, and posted. */
const graph = graphOf(
  [
    picture("A slow dawn"),
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("keep", "save", { name: "dawn" }),
    nodeOf("post", "publish", { platform: "instagram", accountId: account, caption: "Dawn" }),
  ],
  ["picture.out > cut.image_0", "cut.out > keep.in", "cut.out > post.media"],
);

type Work = Awaited<ReturnType<typeof openWorkFolder>>;

/** Started on the sandbox at this address, and killed when the server has taken the first job. */
async function killedRun(
  work: Work,
  url: string,
  key: string,
  more: readonly string[] = [],
): Promise<string> {
  const file = await work.write("graph.json", graph);
  const running = startCatwalk(
    ["run", file, "--server", url, "--yes", "--home", work.home, "--out", work.out, ...more],
    { env: { CATWALK_API_KEY: key } },
  );
  const [, runId = ""] = await running.until(/^run (\S+) on/m);
  await running.until(/job \S+ accepted/);
  // What follows the id is written within 50 ms; either way the run goes on from there.
  running.child.kill("SIGKILL");
  await running.end;
  return runId;
}

test("A killed run goes on where it was: the job is looked at, not made again, and every result is there", async () => {
  await using sandbox = await openCliSandbox({ args: ["--speed", "40"] });
  await using work = await openWorkFolder();
  const key = freshKey();
  const runId = await killedRun(work, sandbox.url, key, ["--publish"]);
  // Its results go where the run was told to put them.
  const resume = ["resume", runId, "--server", sandbox.url, "--home", work.home];

  const unasked = await catwalk(resume, { env: { CATWALK_API_KEY: key } });
  expect([unasked.code, unasked.stdout]).toEqual([3, ""]);
  expect(unasked.stderr).toContain("0 to generate");
  expect(unasked.stderr).toContain('Post to instagram as catwalk.studio: "Dawn"');

  const end = await catwalk([...resume, "--yes"], { env: { CATWALK_API_KEY: key } });
  expect(end.stderr).not.toContain("Error");
  expect(end.stdout.trim().split("\n").at(-1)).toBe(
    `run ${runId}: done; steps=4 done=4 cached=0 failed=0 skipped=0 inDoubt=0`,
  );
  expect(end.stdout).toContain("resumed after an interruption");
  expect(end.code).toBe(0);
  expect(await sandbox.made(key)).toEqual([
    "POST /image/generate",
    "POST /media/upload",
    "POST /publish/instagram",
  ]);
  expect((await readdir(work.out)).sort()).toEqual(["Generate image.jpg", "dawn.jpg", "run.json"]);

  // Resumed once more there is nothing to do, and nothing is done.
  const again = await catwalk([...resume, "--json"], { env: { CATWALK_API_KEY: key } });
  expect([again.code, again.stdout]).toEqual([0, ""]);
  expect((await sandbox.made(key)).length).toBe(3);
  expect((await readdir(work.out)).sort()).toEqual(["Generate image.jpg", "dawn.jpg", "run.json"]);
});

test("Of an app and two command lines that resume a run at once one gets it, and nothing is made twice", async () => {
  await using sandbox = await openCliSandbox({ args: ["--speed", "8"] });
  await using work = await openWorkFolder();
  const key = freshKey();
  const env = { CATWALK_API_KEY: key };
  const runId = await killedRun(work, sandbox.url, key);
  await using studio = await openTestStudio({
    homeFolder: work.home,
    server: { kind: "custom", url: sandbox.url },
    environment: env,
  });
  const client = createRouterClient(studio.router, { context: {} });
  const { handle = "" } = await client.runs.resumePreflight({ runId });
  const line = () =>
    catwalk(["resume", runId, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out], {
      env,
    });
  const [one, two, app] = await Promise.all([
    line(),
    line(),
    client.runs.resume({ runId, handle }).then(
      () => "got it",
      (error: { data?: { code?: string } }) => error.data?.code,
    ),
  ]);
  // Whoever came when it was over found it at rest, which is no harm.
  const refused = [one, two].filter(({ code }) => code === 2);
  for (const { stderr } of refused) expect(stderr).toMatch(/held by a Catwalk that is alive \(process \d+\)/);
  expect(["got it", "run-held"]).toContain(app);
  expect(refused.length + (app === "run-held" ? 1 : 0)).toBeGreaterThanOrEqual(1);
  await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("needs-you");
  expect((await sandbox.made(key)).filter((create) => create.endsWith("/generate"))).toHaveLength(1);
});

test("A run belongs to its server and account, and to the process that holds it while that lives", async () => {
  await using sandbox = await openCliSandbox({ args: ["--speed", "2"] });
  await using work = await openWorkFolder();
  const key = freshKey();
  const file = await work.write("graph.json", graph);
  const running = startCatwalk(
    ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out],
    { env: { CATWALK_API_KEY: key } },
  );
  const [, runId = ""] = await running.until(/^run (\S+) on/m);
  await running.until(/job \S+ accepted/);
  const resume = ["resume", runId, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
  const held = await catwalk(resume, { env: { CATWALK_API_KEY: key } });
  expect(held.code).toBe(2);
  expect(held.stderr).toContain(`process ${running.child.pid}`);
  running.child.kill("SIGKILL");
  await running.end;

  const other = await catwalk(resume, { env: { CATWALK_API_KEY: freshKey() } });
  expect([other.code, other.stdout]).toEqual([2, ""]);
  expect(other.stderr).toContain("run-other-server");
  const unknown = await catwalk(["resume", "no-such-run", ...resume.slice(2)], {
    env: { CATWALK_API_KEY: key },
  });
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("There is no such run.")]);

  await using studio = await openTestStudio({ homeFolder: work.home });
  const client = createRouterClient(studio.router, { context: {} });
  const left = await client.runs.discard({ runId });
  expect(left.openJobs).toEqual([{ stepId: "picture", kind: "inference", id: expect.any(String) }]);
  expect((await studio.listRuns())[0]).toMatchObject({ status: "cancelled" });
  await expect(client.runs.discard({ runId })).rejects.toMatchObject({ data: { code: "run-over" } });
  expect((await sandbox.made(key)).length).toBe(1);
});

test("A run that ends the process three times after it was resumed is parked, and resumes by its name alone", async () => {
  await using sandbox = await openCliSandbox({ args: ["--speed", "40"] });
  await using work = await openWorkFolder();
  const key = freshKey();
  const runId = await killedRun(work, sandbox.url, key);
  for (let crash = 0; crash < 3; crash++) {
    // What a process does before it crashes.
    const library = await openLibrary(work.home);
    expect(await library.runs.claim(runId)).toEqual({ ok: true });
    await library.close();
  }
  const options = {
    homeFolder: work.home,
    server: { kind: "custom", url: sandbox.url },
    environment: { CATWALK_API_KEY: key },
  } as const;
  await using studio = await openTestStudio(options);
  expect(await studio.listRuns()).toMatchObject([{ runId, status: "interrupted", parked: true }]);
  const client = createRouterClient(studio.router, { context: {} });
  const looked = async () => {
    const { handle = "" } = await client.runs.resumePreflight({ runId });
    return { runId, handle };
  };
  await expect(client.runs.resume({ runId })).rejects.toMatchObject({ data: { code: "consent-needed" } });
  await expect(client.runs.resume({ runId, handle: "another" })).rejects.toMatchObject({
    data: { code: "preflight-void" },
  });
  await expect(client.runs.resume(await looked())).rejects.toMatchObject({
    data: { code: "run-parked" },
  });
  await client.runs.resume({ ...(await looked()), evenIfParked: true });
  await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("needs-you");
  await studio.close();
  // It came to rest, so it is not what crashes.
  const library = await openLibrary(work.home);
  expect((await library.runs.get(runId))?.resumes).toBe(0);
  await library.close();
});

test("A post that waits for a yes still does after a restart, goes out once, and a window sees it", async () => {
  await using sandbox = await openCliSandbox();
  await using work = await openWorkFolder();
  const key = freshKey();
  const options = {
    homeFolder: work.home,
    server: { kind: "custom", url: sandbox.url },
    environment: { CATWALK_API_KEY: key },
  } as const;
  let runId = "";
  {
    await using studio = await openTestStudio(options);
    ({ runId } = await studio.start(await lookedAt(studio, { graph })));
    await expect.poll(async () => (await studio.listRuns())[0]?.status).toBe("needs-you");
  }
  await using studio = await openTestStudio(options);
  const client = createRouterClient(studio.router, { context: {} });
  const stop = new AbortController();
  const statuses = async () => {
    const messages = await client.runs.watch({ runId }, { signal: stop.signal });
    for await (const message of messages)
      if (
        message.type === "events" &&
        message.events.some((event) => event.type === "run-settled" && event.outcome === "done")
      )
        return;
  };
  const seen = statuses();
  const log = await client.runs.log({ runId });
  const asked = log.findLast((event) => event.type === "approval-requested");
  if (asked?.type !== "approval-requested") throw new Error("It does not ask.");
  const yes = { runId, stepId: "post", digest: asked.post.digest };
  await expect(client.runs.approve(yes)).rejects.toMatchObject({ data: { code: "run-over" } });
  await client.runs.resume({ runId });
  expect(await client.runs.log({ runId, afterSeq: log.length })).toEqual([]);
  await client.runs.approve(yes);
  await seen;
  stop.abort();
  await client.runs.resume({ runId });
  expect((await sandbox.made(key)).filter((create) => create.includes("publish"))).toHaveLength(1);
});

test("What an interrupted process has saved is not saved a second time", async () => {
  await using sandbox = await openCliSandbox();
  await using work = await openWorkFolder();
  const key = freshKey();
  const file = await work.write("graph.json", graph);
  const line = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
  const first = await catwalk(["run", file, ...line], { env: { CATWALK_API_KEY: key } });
  const [, runId = ""] = /^run (\S+) on/m.exec(first.stdout) ?? [];
  const files = (await readdir(work.out)).sort();
  const again = await catwalk(["resume", runId, ...line], { env: { CATWALK_API_KEY: key } });
  expect(again.code).toBe(3);
  expect((await readdir(work.out)).sort()).toEqual(files);
  expect(await readFile(join(work.out, "run.json"), "utf8")).toContain(runId);
});
