import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/record.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { createRandom } from "../../src/sandbox/media/random.ts";
import { parseEvent } from "../../src/studio/runs/run-journal.ts";
import {
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
  startCatwalk,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import type { WebClient } from "../support/sign-in.ts";
import { lookedAt } from "../support/studio.ts";
import { serveStudio } from "../support/web-client.ts";

/** Real processes on one data folder: the web host, driven over its contract, and command lines. */

const picture = (id: string, prompt: string) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt });
const graph = graphOf(
  [
    ...["dawn", "noon", "dusk"].map((time) => picture(time, `A harbour at ${time}`)),
    nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
    nodeOf("keep", "save", { name: "dawn" }),
  ],
  ["dawn.out > cut.image_0", "cut.out > keep.in"],
);

async function choose(client: WebClient, url: string, key: string): Promise<void> {
  await client.connection.choose({ server: { kind: "custom", url } });
  const { state } = await client.connection.setKey({ key });
  expect(state).toBe("ready");
}

async function started(client: WebClient, which: Graph): Promise<string> {
  return (await client.runs.start(await lookedAt(client.graphs, { graph: which }))).runId;
}

async function prompts(sandbox: CliSandbox, key: string): Promise<string[]> {
  return (await sandbox.requests(key))
    .filter(({ method, path }) => method === "POST" && path.endsWith("/generate"))
    .map(({ body }) => (body as { prompt: string }).prompt)
    .sort();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("The app and two command lines on one data folder", cliTimeout, () => {
  test.each([1, 2])(
    "resume one interrupted run at once (%i): one gets it, the others name its process, nothing is made twice",
    async (seed) => {
      const random = createRandom(`at once ${seed}`);
      // One job outlives the start of every program, so that none finds the run at its end.
      const slow = {
        match: { promptIncludes: "dusk" },
        fault: { type: "slow", ms: 15_000, what: "job" },
      } as const;
      await using sandbox = await openCliSandbox({ args: ["--speed", "6"], faults: { rules: [slow] } });
      await using work = await openWorkFolder();
      const key = freshKey();
      const env = { CATWALK_API_KEY: key };
      const file = await work.write("graph.json", graph);
      const place = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
      const running = startCatwalk(["run", file, ...place], { env });
      const [, runId = ""] = await running.until(/^run (\S+) on/m);
      await running.until(/job \S+ accepted/);
      running.child.kill("SIGKILL");
      await running.end;
      const before = await prompts(sandbox, key);

      await using app = await serveStudio(work.home);
      await choose(app.client, sandbox.url, key);
      const { handle = "" } = await app.client.runs.resumePreflight({ runId });
      const line = () => startCatwalk(["resume", runId, ...place, "--in-doubt", "skip"], { env });
      const lines = [line(), line()];
      // Programs take a second or so to load; the app comes before, among or after them.
      await pause(random.between(0, 3_000));
      const inApp = await app.client.runs.resume({ runId, handle }).then(
        () => "got it" as const,
        (error: { data?: { code?: string } }) => error.data?.code,
      );
      const ends = await Promise.all(lines.map(({ end }) => end));
      const pids = [app.process.child.pid, ...lines.map(({ child }) => child.pid)];
      const refused = ends.filter(({ code }) => code === 2);
      for (const { stderr } of refused) {
        const [, pid] = /held by a Catwalk that is alive \(process (\d+)\)/.exec(stderr) ?? [];
        expect(pids).toContain(Number(pid));
      }
      for (const { stderr } of ends) expect(stderr).not.toMatch(/^\s+at /m);
      expect(["got it", "run-held"]).toContain(inApp);
      expect(refused.length + (inApp === "run-held" ? 1 : 0)).toBeGreaterThanOrEqual(1);
      await expect.poll(async () => (await app.client.runs.list({}))[0]?.status).toMatch(/done|needs-you/);
      // What had been in doubt is not sent again; the rest is sent once.
      const after = await prompts(sandbox, key);
      expect(new Set(after).size).toBe(after.length);
      expect(after).toEqual(expect.arrayContaining(before));
    },
  );

  test.each([1, 2])(
    "start one graph at once (%i): each picture is made once, and all three have it",
    async (seed) => {
      const random = createRandom(`started at once ${seed}`);
      await using sandbox = await openCliSandbox({ args: ["--speed", "6"] });
      await using work = await openWorkFolder();
      const key = freshKey();
      const file = await work.write("graph.json", graph);
      await using app = await serveStudio(work.home);
      await choose(app.client, sandbox.url, key);
      const line = (out: string) =>
        catwalk(
          ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", `${work.out}-${out}`],
          { env: { CATWALK_API_KEY: key } },
        );
      const lines = [line("one"), line("two")];
      await pause(random.between(0, 3_000));
      const runId = await started(app.client, graph);
      for (const { code, stdout, stderr } of await Promise.all(lines)) {
        expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^\s+at /m)]);
        expect(stdout).toMatch(/: done; steps=5 done=\d cached=\d failed=0 skipped=0 inDoubt=0/);
      }
      const status = async () => (await app.client.runs.list({})).find((run) => run.runId === runId)?.status;
      await expect.poll(status).toBe("done");
      expect(await prompts(sandbox, key)).toEqual(
        ["dawn", "dusk", "noon"].map((time) => `A harbour at ${time}`),
      );
    },
  );

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s in the middle of creates: the web host awaits them, and the run goes on from there",
    async (signal) => {
      const slow = { rules: [{ match: { kind: "inference" }, fault: { type: "slow", ms: 2_500 } }] };
      await using sandbox = await openCliSandbox({ faults: slow });
      await using work = await openWorkFolder();
      const key = freshKey();
      await using app = await serveStudio(work.home);
      await choose(app.client, sandbox.url, key);
      const runId = await started(app.client, graph);
      const log = async () => await app.client.runs.log({ runId });
      await expect
        .poll(async () => (await log()).filter(({ type }) => type === "create-intended").length)
        .toBe(3);
      app.process.child.kill(signal);
      const { code, stderr } = await app.process.end;
      expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^\s+at /m)]);
      expect(stderr).toMatch(/run/i);

      const library = await openLibrary(work.home);
      const events: RunEvent[] = (await library.journal.read(runId)).map(parseEvent);
      await library.close();
      const types = events.map(({ type }) => type);
      expect(types.filter((type) => type === "job-accepted")).toHaveLength(3);
      expect(types).not.toContain("create-in-doubt");
      expect(types).not.toContain("run-settled");

      const end = await catwalk(
        ["resume", runId, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out],
        { env: { CATWALK_API_KEY: key } },
      );
      expect(end.stdout).toMatch(/: done; steps=5 done=5 /);
      expect(await prompts(sandbox, key)).toHaveLength(3);
    },
  );
});

describe("After a post has gone out", cliTimeout, () => {
  const account = "5a9db0c5-1111-4000-8000-00000000c001";
  const posting = graphOf(
    [
      picture("dawn", "A harbour at dawn"),
      nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
      nodeOf("post", "publish", { platform: "instagram", accountId: account, caption: "Dawn" }),
    ],
    ["dawn.out > cut.image_0", "cut.out > post.media"],
  );

  test("no verb, retry, resume, restart or flag sends it again without a new yes", async () => {
    await using sandbox = await openCliSandbox();
    await using work = await openWorkFolder();
    const key = freshKey();
    const env = { CATWALK_API_KEY: key };
    const posts = async () =>
      (await sandbox.made(key)).filter((create) => create.includes("/publish/")).length;
    const place = ["--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    let runId = "";
    {
      await using app = await serveStudio(work.home);
      const { client } = app;
      await choose(client, sandbox.url, key);
      const settled = async (id: string) =>
        (await client.runs.log({ runId: id })).filter(({ type }) => type === "run-settled").length;
      /** Waits until the run has come to rest so many times. */
      const rest = async (id: string, times: number) =>
        await expect.poll(() => settled(id)).toBeGreaterThanOrEqual(times);
      const asked = async (id: string) => {
        const log = await client.runs.log({ runId: id });
        const event = log.findLast(({ type }) => type === "approval-requested");
        return event?.type === "approval-requested" ? event.post : undefined;
      };
      runId = await started(client, posting);
      await rest(runId, 1);
      await client.runs.approve({ runId, stepId: "post", digest: (await asked(runId))?.digest ?? "" });
      await expect.poll(posts).toBe(1);
      await rest(runId, 2);

      await expect(client.runs.retry({ runId, stepId: "post" })).rejects.toMatchObject({
        data: { code: "already-published" },
      });
      // Made anew, cut anew: that is another file, and still the person is asked.
      for (const stepId of ["cut", "dawn"]) {
        const before = await settled(runId);
        await client.runs.retry({ runId, stepId });
        await rest(runId, before + 1);
        expect(await asked(runId)).toBeDefined();
      }
      for (const kind of ["all", "to", "from", "only"] as const) {
        const selection = kind === "all" ? { kind } : { kind, nodeIds: [kind === "from" ? "dawn" : "post"] };
        const preflight = await client.graphs.preflight({ graph: posting, selection });
        // "Only" the post has nothing to post.
        if (preflight.handle === undefined) continue;
        const again = await client.runs.start({ handle: preflight.handle });
        await rest(again.runId, 1);
      }
      expect(await posts()).toBe(1);
    }
    for (const args of [
      ["resume", runId, ...place],
      ["resume", runId, ...place, "--in-doubt", "retry"],
    ]) {
      const { stderr } = await catwalk(args, { env });
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(await posts()).toBe(1);
    }
    await using app = await serveStudio(work.home);
    await choose(app.client, sandbox.url, key);
    for (const run of await app.client.runs.list({})) {
      const { handle = "" } = await app.client.runs.resumePreflight({ runId: run.runId });
      await app.client.runs.resume({ runId: run.runId, handle }).catch(() => undefined);
    }
    const statuses = async () => (await app.client.runs.list({})).map(({ status }) => status);
    await expect.poll(statuses).not.toContain("running");
    expect(await posts()).toBe(1);
  });
});
