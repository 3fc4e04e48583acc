import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/record.ts";
import type { UploadFile } from "../../src/graph/document/files.ts";
import { parseGraph } from "../../src/graph/document/parse.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import { spawnNode } from "../../src/hosts/process/spawn.ts";
import type { ChildProcess } from "../../src/studio/ground/options.ts";
import type { Studio } from "../../src/studio/service.ts";
import { keepNow } from "../support/documents.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { said } from "../support/in-english.ts";
import { openSandbox, sandboxKey, temporaryFolder } from "../support/sandbox.ts";
import { examplesFolder, filesHolding, lookedAt, openTestStudio } from "../support/studio.ts";

async function example(name: string): Promise<Graph> {
  const opened = parseGraph(await readFile(join(examplesFolder, `${name}.json`), "utf8"));
  if (!opened.ok) throw new Error(said(opened.reason.message));
  return opened.graph;
}

async function importFile(studio: Studio, path: string, name = "photo.jpg"): Promise<UploadFile> {
  const body = await readFile(path);
  const answer = await studio.handleMedia(
    new Request(`http://studio/import?name=${name}`, { method: "POST", body }),
  );
  if (!answer.ok) throw new Error(await answer.text());
  // What `MediaRoutes` promises.
  return (await answer.json()) as UploadFile;
}

const photo = join(examplesFolder, "media", "amber-serum.jpg");

/** A picture of the person's goes up, a picture is made from it, and that is cut and kept. */
function pictureGraph(file: UploadFile, prompt = "A quiet harbour at dawn"): Graph {
  return graphOf(
    [
      nodeOf("photo", "upload", { file }),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt }),
      nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
      nodeOf("keep", "save", { name: "harbour" }),
    ],
    ["photo.out > picture.reference_images", "picture.out > cut.image_0", "cut.out > keep.in"],
  );
}

test("A whole example runs on the built-in sandbox and leaves media, a report and windows that can show it", async () => {
  await using studio = await openTestStudio();
  const out = join(studio.home, "out");
  const events: RunEvent[] = [];
  const { outcome, state, runId } = await studio.runGraph({
    ...(await lookedAt(studio, { graph: await example("demo"), folder: examplesFolder })),
    publish: "skip",
    outFolder: out,
    onEvent: (event) => events.push(event),
  });
  expect(outcome).toBe("done");
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(await studio.listRuns()).toEqual([
    expect.objectContaining({ runId, status: "done", steps: 10, done: 10, failed: 0 }),
  ]);

  // What was charged shows in the balance without anyone asking for it.
  await expect.poll(async () => (await studio.connect()).balance).not.toBe("$25.00");

  // The report names every file there is, and nothing of this machine.
  const report = await readFile(join(out, "run.json"), "utf8");
  const named = [...report.matchAll(/"file": "([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set((await readdir(out)).filter((name) => name !== "run.json")));
  expect(report).not.toContain(studio.home);
  expect(report).not.toContain("127.0.0.1");

  const clip = state.steps.get("clip" as never)?.outputs[0]?.value;
  if (clip?.type !== "media" || clip.sha256 === undefined) throw new Error("The clip is not in the library.");
  const get = (path: string, headers = {}) =>
    studio.handleMedia(new Request(`http://studio${path}`, { headers }));
  const whole = Buffer.from(await (await get(`/media/${clip.sha256}`)).arrayBuffer());
  expect(whole.subarray(4, 8).toString()).toBe("ftyp");
  const part = await get(`/media/${clip.sha256}`, { range: "bytes=4-7" });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    `bytes 4-7/${whole.length}`,
    "ftyp",
  ]);
  const poster = Buffer.from(await (await get(`/media/${clip.sha256}/poster`)).arrayBuffer());
  expect(poster.subarray(0, 3).toString("hex")).toBe("ffd8ff");
  expect((await get(`/media/${clip.sha256}`, { range: "bytes=99999999-" })).status).toBe(416);
  expect((await get(`/media/${"0".repeat(64)}`)).status).toBe(404);
});

test("On a legacy server edits are remote jobs, and the studio says which graph's file lies where", async () => {
  await using studio = await openTestStudio({ sandbox: { speed: "max", mode: "legacy" } });
  const graph = pictureGraph(await importFile(studio, photo));
  const { outcome, state, outFolder } = await studio.runGraph({
    ...(await lookedAt(studio, { graph })),
    publish: "skip",
    outFolder: join(studio.home, "out"),
  });
  expect(outcome).toBe("done");
  expect(state.steps.get("cut" as never)?.job?.kind).toBe("editor");
  expect(await readdir(outFolder)).toContain("harbour.jpg");

  const exported = join(studio.home, "exported");
  const { graphFile } = await studio.exportWithMedia({ graph }, exported);
  await using elsewhere = await openTestStudio();
  const opened = parseGraph(await readFile(join(exported, graphFile), "utf8"));
  if (!opened.ok) throw new Error(said(opened.reason.message));
  expect((await elsewhere.check({ graph: opened.graph })).map((problem) => problem.code)).toEqual([
    "file-missing",
  ]);
  // In its folder it runs anywhere, and from then on the library has its file.
  expect(await elsewhere.check({ graph: opened.graph, folder: exported })).toEqual([]);
  expect(await elsewhere.check({ graph: opened.graph })).toEqual([]);
});

test("A server that costs money needs consent to exactly this run, and each post a person's yes", async () => {
  await using folder = await temporaryFolder();
  const logFile = join(folder.path, "requests.jsonl");
  await using sandbox = await openSandbox({ logFile });
  await using studio = await openTestStudio({
    server: { kind: "custom", url: sandbox.url },
    environment: { WONDA_API_KEY: sandboxKey("b") },
  });
  const client = createRouterClient(studio.router, { context: {} });
  const graph = graphOf(
    [
      // A shape that Instagram takes.
      nodeOf("picture", "generate", {
        ...{ family: "image", model: "nano-banana-2", prompt: "A kite", modelParams: { aspectRatio: "4:5" } },
      }),
      nodeOf("post", "publish", {
        platform: "instagram",
        accountId: "5a9db0c5-1111-4000-8000-00000000c001",
        caption: "Up",
      }),
    ],
    ["picture.out > post.media"],
  );
  const preflight = await client.graphs.preflight({ graph });
  expect(preflight).toMatchObject({
    isSandbox: false,
    jobs: { generate: 1, publishes: 1 },
    posts: [{ accountName: "catwalk.studio", caption: "Up" }],
    problems: [],
  });
  expect(preflight.estimateMicrodollars).toBeGreaterThan(0);

  await expect(client.runs.start({ handle: "yes" })).rejects.toMatchObject({
    code: "REFUSED",
    data: { code: "preflight-void" },
  });
  expect(await readFile(logFile, "utf8")).not.toMatch(/"path":"[^"]*(generate|upload)"/);

  const { handle = "" } = preflight;
  const { runId } = await client.runs.start({ handle });
  await expect(client.runs.start({ handle })).rejects.toMatchObject({ data: { code: "preflight-void" } });
  const stop = new AbortController();
  let settled = "";
  for await (const message of await client.runs.watch({ runId }, { signal: stop.signal })) {
    const events = message.type === "events" ? message.events : [];
    const steps = message.type === "snapshot" ? message.snapshot.steps : [];
    const asked = [
      ...events.flatMap((event) => (event.type === "approval-requested" ? [event.post.digest] : [])),
      ...steps.flatMap(({ status }) => (status.kind === "waiting-for-approval" ? [status.post.digest] : [])),
    ];
    for (const digest of asked) {
      expect(await readFile(logFile, "utf8")).not.toContain("/publish/instagram");
      await expect(client.runs.approve({ runId, stepId: "post", digest: "another" })).rejects.toMatchObject({
        data: { code: "approval-void" },
      });
      await client.runs.approve({ runId, stepId: "post", digest });
    }
    for (const event of events) if (event.type === "run-settled") settled = event.outcome;
    if (settled === "done") break;
  }
  stop.abort();
  expect(await client.runs.list({ graphId: graph.id })).toEqual([
    expect.objectContaining({ runId, status: "done" }),
  ]);
  expect((await client.runs.log({ runId, afterSeq: 0, limit: 1000 })).at(-1)).toMatchObject({
    type: "run-settled",
    outcome: "done",
  });
});

test("Two servers and two keys share nothing: no request names an id of another scope", async () => {
  await using folder = await temporaryFolder();
  const logs = [join(folder.path, "one.jsonl"), join(folder.path, "two.jsonl")];
  await using one = await openSandbox({ logFile: logs[0] ?? "" });
  await using two = await openSandbox({ logFile: logs[1] ?? "" });
  const home = join(folder.path, "home");
  const scopes = [
    { url: one.url, key: sandboxKey("a") },
    { url: one.url, key: sandboxKey("b") },
    { url: two.url, key: sandboxKey("a") },
    // The first once more: here, and only here, the upload is remembered.
    { url: one.url, key: sandboxKey("a") },
  ];
  const ids: Set<string>[] = [];
  const uploads: boolean[] = [];
  const requests: string[] = [];
  for (const { url, key } of scopes) {
    await using studio = await openTestStudio({
      homeFolder: home,
      server: { kind: "custom", url },
      environment: { CATWALK_API_KEY: key },
    });
    const file = await importFile(studio, photo);
    const graph = pictureGraph(file);
    const looked = await lookedAt(studio, { graph });
    const before = (await Promise.all(logs.map((log) => readFile(log, "utf8").catch(() => "")))).join("");
    const { outcome, state } = await studio.runGraph({
      ...looked,
      publish: "skip",
      outFolder: join(folder.path, "out"),
    });
    expect(outcome).toBe("done");
    const after = (await Promise.all(logs.map((log) => readFile(log, "utf8").catch(() => "")))).join("");
    requests.push(after);
    uploads.push(after.split("/media/upload").length > before.split("/media/upload").length);
    const found = new Set<string>();
    for (const step of state.steps.values()) {
      if (step.job) found.add(step.job.id);
      for (const { value } of step.outputs)
        if (value.type === "media" && value.mediaId !== undefined) found.add(value.mediaId);
    }
    ids.push(found);
  }
  expect(uploads).toEqual([true, true, true, false]);
  const lines = (await Promise.all(logs.map((log) => readFile(log, "utf8")))).map((log) =>
    log
      .trim()
      .split("\n")
      .map((line) => ({ line, account: JSON.parse(line).account })),
  );
  const [first, second, third] = ids;
  const foreign = (server: number, account: string, own: Set<string> | undefined) =>
    (lines[server] ?? [])
      .filter((entry) => entry.account === account.slice(-4))
      .filter(({ line }) =>
        ids.some((set) => set !== own && [...set].some((id) => line.includes(id) && !own?.has(id))),
      );
  // The first and the fourth run are one scope.
  const firstAndFourth = new Set([...(first ?? []), ...(ids[3] ?? [])]);
  expect(foreign(0, "aaaa", firstAndFourth)).toEqual([]);
  expect(foreign(0, "bbbb", second)).toEqual([]);
  expect(foreign(1, "aaaa", third)).toEqual([]);
});

test("What a sandbox made, and what was cut from it, goes to no other server", async () => {
  await using folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const made: Record<string, string> = {};
  const out = join(folder.path, "out");
  {
    await using studio = await openTestStudio({ homeFolder: home });
    const { state } = await studio.runGraph({
      ...(await lookedAt(studio, { graph: pictureGraph(await importFile(studio, photo)) })),
      publish: "skip",
      outFolder: out,
    });
    for (const stepId of ["picture", "cut"]) {
      const value = state.steps.get(stepId as never)?.outputs[0]?.value;
      if (value?.type === "media" && value.sha256) made[stepId] = value.sha256;
    }
    expect(Object.keys(made)).toEqual(["picture", "cut"]);
  }
  const logFile = join(folder.path, "requests.jsonl");
  await using sandbox = await openSandbox({ logFile });
  const elsewhere = {
    server: { kind: "custom", url: sandbox.url },
    environment: { CATWALK_API_KEY: sandboxKey("c") },
  } as const;
  async function refusal(studio: Studio, path: string): Promise<string | undefined> {
    const graph = graphOf([nodeOf("photo", "upload", { file: await importFile(studio, path) })]);
    const looked = await lookedAt(studio, { graph });
    const { state } = await studio.runGraph({ ...looked, publish: "skip", outFolder: out });
    const status = state.steps.get("photo" as never)?.status;
    return status?.kind === "failed" ? status.failure.code : status?.kind;
  }
  {
    // The library remembers; the cut is a render of ours and carries no mark.
    await using studio = await openTestStudio({ homeFolder: home, ...elsewhere });
    for (const sha256 of Object.values(made)) {
      const path = join(home, "media", sha256.slice(0, 2), sha256);
      expect(await refusal(studio, path)).toBe("sandbox_media_refused");
    }
  }
  {
    // Another data folder remembers nothing; the picture's own mark tells.
    await using studio = await openTestStudio(elsewhere);
    const sha256 = made["picture"] ?? "";
    expect(await refusal(studio, join(home, "media", sha256.slice(0, 2), sha256))).toBe(
      "sandbox_media_refused",
    );
    expect(await refusal(studio, photo)).toBe("succeeded");
  }
  expect((await readFile(logFile, "utf8")).match(/\/media\/upload/g)).toHaveLength(1);
});

test("A run whose process was killed is listed as interrupted with its open job, and nothing starts by itself", async () => {
  await using folder = await temporaryFolder();
  const logFile = join(folder.path, "requests.jsonl");
  // So slow that the job is still open when the process dies.
  await using sandbox = await openSandbox({ logFile, speed: 1 });
  const home = await mkdtemp(join(tmpdir(), "catwalk-killed-"));
  try {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("./killed-studio.ts", import.meta.url)), home, sandbox.url, sandboxKey("d")],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let output = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      output += String(text);
      if (output.includes("accepted")) break;
    }
    const [, runId, jobId] = /accepted (\S+) (\S+)/.exec(output) ?? [];
    {
      await using studio = await openTestStudio({ homeFolder: home });
      expect(await studio.listRuns()).toEqual([
        expect.objectContaining({ runId, status: "running", openJobs: [] }),
      ]);
    }
    child.kill("SIGKILL");
    await once(child, "close");
    const requestsBefore = (await readFile(logFile, "utf8")).split("\n").length;
    await using studio = await openTestStudio({
      homeFolder: home,
      server: { kind: "custom", url: sandbox.url },
      environment: { CATWALK_API_KEY: sandboxKey("d") },
    });
    expect(await studio.listRuns()).toEqual([
      expect.objectContaining({
        runId,
        status: "interrupted",
        openJobs: [{ stepId: "picture", kind: "inference", id: jobId }],
      }),
    ]);
    await studio.connect();
    const since = (await readFile(logFile, "utf8"))
      .trim()
      .split("\n")
      .slice(requestsBefore - 1);
    expect(since.filter((line) => /"method":"POST"|\/jobs\//.test(line))).toEqual([]);
    const client = createRouterClient(studio.router, { context: {} });
    await expect(client.runs.retry({ runId: runId ?? "", stepId: "picture" })).rejects.toMatchObject({
      data: { code: "run-over" },
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("A planted key is in no file of the data folder, no event, no error and no answer", async () => {
  const key = sandboxKey("e");
  // A server that gives the key back wherever it can.
  const echo = createServer((request, response) => {
    const words = `You sent ${request.headers.authorization}`;
    response.setHeader("content-type", "application/json");
    const isWhoami = request.url?.includes("whoami") === true;
    response.statusCode = isWhoami ? 200 : request.method === "GET" ? 404 : 400;
    response.end(
      JSON.stringify(
        isWhoami
          ? { accountId: "account", email: "a@b.c" }
          : { error: { code: "bad_request", message: words } },
      ),
    );
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  try {
    await using studio = await openTestStudio({ server: { kind: "custom", url }, environment: {} });
    const client = createRouterClient(studio.router, { context: {} });
    const said: unknown[] = [];
    const note = async (answer: Promise<unknown>) =>
      said.push(await answer.catch((error: unknown) => [String(error), JSON.stringify(error)]));
    await note(client.connection.setKey({ key }));
    await note(client.connection.refresh());
    await note(client.catalogue.get());
    const graph = graphOf([
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A kite" }),
    ]);
    const looked = await lookedAt(client.graphs, { graph });
    const out = join(studio.home, "out");
    const run = await studio.runGraph({
      ...looked,
      publish: "skip",
      outFolder: out,
      onEvent: (event) => said.push(event),
    });
    expect(run.outcome).toBe("failed");
    expect(await readdir(out)).toEqual(["run.json"]);
    expect(JSON.stringify(said)).toContain("You sent");
    await note(client.preferences.get());
    await note(client.documents.save({ id: graph.id, revision: await keepNow(client, graph) }));
    await note(Promise.resolve(client.documents.exportText({ graph })));
    expect(JSON.stringify(said)).not.toContain(key);
    expect(JSON.stringify(await client.connection.get())).not.toContain(key);
    await studio.close();
    expect(await filesHolding(studio.home, key)).toEqual(["secrets.json"]);
  } finally {
    echo.close();
  }
});

test("The sandbox comes back after it died, on the same account and scope", async () => {
  const children: { readonly entry: URL; readonly child: ChildProcess }[] = [];
  await using studio = await openTestStudio({
    // A key for the live server is of no interest to the sandbox.
    environment: { CATWALK_API_KEY: sandboxKey("7") },
    spawn(entry, args) {
      const child = spawnNode(entry, args);
      children.push({ entry, child });
      return child;
    },
  });
  const before = await studio.connect();
  expect(before).toMatchObject({ state: "ready", isSandbox: true, key: { source: "sandbox" } });
  const died = Promise.withResolvers<void>();
  const sandbox = children.find(({ entry }) => entry.pathname.includes("sandbox"))?.child;
  sandbox?.onExit(() => died.resolve());
  sandbox?.kill();
  await died.promise;
  const after = await studio.connect();
  expect(after).toMatchObject({ state: "ready", account: before.account, origin: before.origin });
});

test("Two studios on one data folder share its sandbox, and see each other's runs", async () => {
  await using folder = await temporaryFolder();
  await using one = await openTestStudio({ homeFolder: folder.path });
  await using two = await openTestStudio({ homeFolder: folder.path });
  const [first, second] = [await one.connect(), await two.connect()];
  expect([first.state, second.state]).toEqual(["ready", "ready"]);
  expect([second.account, second.origin]).toEqual([first.account, first.origin]);
  const graph = graphOf([nodeOf("words", "prompt", { text: "Hello" })]);
  const { runId } = await one.start(await lookedAt(one, { graph }));
  const stop = new AbortController();
  const client = createRouterClient(two.router, { context: {} });
  for await (const message of await client.runs.watch({ runId }, { signal: stop.signal })) {
    const state = message.type === "snapshot" ? message.snapshot.status : undefined;
    const last = message.type === "events" ? message.events.at(-1)?.type : undefined;
    if (state === "done" || last === "run-settled") break;
  }
  stop.abort();
  await expect(client.runs.cancel({ runId })).rejects.toMatchObject({ data: { code: "run-elsewhere" } });
});

test("What is wrong with a graph is found before any request, and the run is refused with it", async () => {
  await using folder = await temporaryFolder();
  const logFile = join(folder.path, "requests.jsonl");
  await using sandbox = await openSandbox({ logFile });
  await using studio = await openTestStudio({
    server: { kind: "custom", url: sandbox.url },
    environment: { CATWALK_API_KEY: sandboxKey("f") },
  });
  const graph = graphOf(
    [
      nodeOf("photo", "upload", {
        file: {
          name: "gone.jpg",
          sha256: "1".repeat(64),
          sizeBytes: 1,
          kind: "image",
          mimeType: "image/jpeg",
        },
      }),
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A kite" }),
      nodeOf("post", "publish", { platform: "instagram", accountId: "nobody's" }),
    ],
    ["photo.out > picture.reference_images", "picture.out > post.media"],
  );
  const { problems, handle } = await studio.preflight({ graph });
  expect(handle).toBeUndefined();
  expect(problems.map(({ code, nodeId, severity }) => `${severity} ${code} ${nodeId}`).sort()).toEqual([
    "error account-missing post",
    "error file-missing photo",
    "warning platform-limit post",
  ]);
  // A part of the graph that has no problem runs.
  const part = await studio.preflight({ graph, selection: { kind: "only", nodeIds: ["photo"] } });
  expect(part.problems.filter((problem) => problem.severity === "error").map(({ code }) => code)).toEqual([
    "file-missing",
  ]);
  expect(await readFile(logFile, "utf8")).not.toMatch(/generate|upload|publish\//);
});
