import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openSandbox, sandboxKey, temporaryFolder } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

const picture = async () =>
  new Uint8Array(
    await sharp({ create: { width: 32, height: 32, channels: 3, background: "#888" } })
      .png()
      .toBuffer(),
  );

test("only sk_ and 64 hex characters is a key", async () => {
  await using sandbox = await openSandbox();
  for (const key of [
    "",
    "sk_",
    `sk_${"g".repeat(64)}`,
    `sk_${"a".repeat(63)}`,
    `sk_${"a".repeat(65)}`,
    "a".repeat(64),
  ]) {
    const answer = await plainClient(sandbox.url, key).get("/auth/whoami");
    expect(answer).toMatchObject({
      status: 401,
      error: { code: "unauthorized", message: expect.any(String) },
    });
  }
  expect(await plainClient(sandbox.url).get("/auth/whoami")).toMatchObject({
    status: 200,
    sandbox: { identity: sandbox.identity },
  });
});

test("what one account makes does not exist for another", async () => {
  await using sandbox = await openSandbox({ mode: "legacy" });
  const [mine, theirs] = [plainClient(sandbox.url), plainClient(sandbox.url, sandboxKey("b"))];
  const { mediaId } = await mine.upload(await picture(), "a.png", "image/png");
  const { inferenceJobId } = await mine.post("/image/generate", { model: "z-image", prompt: "x" });
  expect((await theirs.get(`/media/${mediaId}`)).status).toBe(404);
  expect((await theirs.get(`/jobs/inference/${inferenceJobId}`)).status).toBe(404);
  expect((await theirs.get("/media")).media).toEqual([]);
  const account = (await theirs.get("/tiktok/accounts")).accounts[0].tiktokAccountId;
  const attempts = [
    ["/image/generate", { model: "nano-banana-2", prompt: "x", attachmentMediaIds: [mediaId] }],
    ["/video/edit", { operation: "trim", mediaIds: [mediaId], params: { trimStartMs: 0, trimEndMs: 500 } }],
    ["/publish/tiktok", { mediaId, tiktokAccountId: account }],
  ] as const;
  for (const [path, body] of attempts) {
    const answer = await theirs.post(path, body);
    expect(answer).toMatchObject({
      status: 404,
      error: { code: "not_found", message: expect.stringContaining(mediaId) },
    });
  }
  const ids = [await mine.get("/auth/whoami"), await theirs.get("/auth/whoami")].map((who) => who.accountId);
  expect(new Set(ids).size).toBe(2);
});

test("the identity belongs to the state folder, and one sandbox at a time uses it", async () => {
  await using folder = await temporaryFolder();
  const first = await openSandbox({ stateDir: folder.path });
  await expect(openSandbox({ stateDir: folder.path })).rejects.toThrow("Another sandbox is using");
  const who = await plainClient(first.url).get("/auth/whoami");
  await first[Symbol.asyncDispose]();
  await using second = await openSandbox({ stateDir: folder.path });
  expect(second.identity).toBe(first.identity);
  expect((await plainClient(second.url).get("/auth/whoami")).accountId).toBe(who.accountId);
  expect((await plainClient(second.url).send("GET", "/balance")).headers.get("x-catwalk-sandbox")).toBe(
    first.identity,
  );
  await using stranger = await openSandbox();
  expect(stranger.identity).not.toBe(first.identity);
  expect((await plainClient(stranger.url).get("/auth/whoami")).accountId).not.toBe(who.accountId);
});

test("money is held by running jobs, spent by good ones, and then it is out", async () => {
  const failing = {
    match: { promptIncludes: "doomed" },
    fault: { type: "failed" as const, errorMessage: "No.", errorCode: "x" },
  };
  await using sandbox = await openSandbox({ faults: { rules: [failing] } });
  const api = plainClient(sandbox.url);
  const image = async (prompt: string) => {
    const { inferenceJobId } = await api.post("/image/generate", {
      model: "z-image",
      prompt,
      params: { aspectRatio: "1:1" },
    });
    return api.finished("inference", inferenceJobId);
  };
  expect(await api.post("/pricing/estimate", { model: "z-image" })).toMatchObject({
    estimatedCostMicrodollars: 2000,
  });
  await image("a");
  expect(await api.get("/balance")).toMatchObject({ balanceMicrodollars: 24_998_000, heldMicrodollars: 0 });
  expect(await image("doomed")).toMatchObject({ status: "failed", errorMessage: "No." });
  expect(await api.get("/balance")).toMatchObject({ balanceMicrodollars: 24_998_000, heldMicrodollars: 0 });
  const dear = { model: "elevenlabs-tts", prompt: "x".repeat(20_000), params: { voiceId: "v" } };
  await using slow = await openSandbox({ speed: 0.001 });
  const slowApi = plainClient(slow.url);
  const answers = [];
  for (let i = 0; i < 13; i++) answers.push(await slowApi.post("/audio/speech", dear));
  expect(answers.map((answer) => answer.status)).toEqual([...Array(12).fill(201), 402]);
  expect(answers.at(-1)).toMatchObject({ error: { code: "insufficient_credits" } });
});

test("creates that do not fit are refused with what is wrong, and nothing is booked", async () => {
  await using sandbox = await openSandbox();
  const api = plainClient(sandbox.url);
  const { mediaId } = await api.upload(await picture(), "a.png", "image/png");
  const { accounts } = await api.get("/instagram/accounts");
  const instagramAccountId = accounts[0].instagramAccountId;
  const { accounts: tiktok } = await api.get("/tiktok/accounts");
  const refusals: [string, unknown, number, string][] = [
    ["/image/generate", { prompt: "x" }, 400, "'model' is required"],
    ["/image/generate", { model: "nano-banana-2" }, 400, "'prompt' is required"],
    ["/image/generate", { model: "seedance-2", prompt: "x" }, 400, "'model' is not valid"],
    [
      "/image/generate",
      { model: "nano-banana-2", prompt: "x", params: { aspectRatio: "7:3" } },
      400,
      "'params.aspectRatio'",
    ],
    [
      "/image/generate",
      { model: "z-image", prompt: "x", attachmentMediaIds: [mediaId] },
      400,
      "takes no attachments",
    ],
    [
      "/video/generate",
      { model: "seedance-2", prompt: "x", params: { duration: 7 } },
      400,
      "'params.duration'",
    ],
    ["/audio/speech", { model: "elevenlabs-tts", prompt: "x" }, 400, "'params.voiceId' is required"],
    ["/image/generate", "not json", 400, "JSON"],
    ["/publish/instagram", { mediaId }, 400, "'instagramAccountId' is required"],
    ["/publish/instagram", { instagramAccountId }, 400, "'mediaId' is required"],
    ["/publish/instagram", { mediaId, instagramAccountId, product: "REELS" }, 400, "'product' is not valid"],
    ["/publish/instagram", { mediaId, instagramAccountId, caption: "x".repeat(2201) }, 400, "'caption'"],
    ["/publish/instagram", { mediaId, instagramAccountId: crypto.randomUUID() }, 404, "was not found"],
    [
      "/publish/instagram",
      { mediaId, instagramAccountId, scheduledAt: "2030-01-01T00:00:00Z" },
      400,
      "5 minutes to 29 days ahead",
    ],
    ["/publish/tiktok", { mediaId, tiktokAccountId: tiktok[0].tiktokAccountId }, 400, "takes video"],
    ["/audio/transcribe", { model: "elevenlabs-stt" }, 403, "does not offer"],
    ["/nowhere", {}, 404, "was not found"],
  ];
  for (const [path, body, status, words] of refusals) {
    expect(await api.post(path, body)).toMatchObject({
      status,
      error: { code: expect.any(String), message: expect.stringContaining(words) },
    });
  }
  expect((await api.get("/balance")).balanceMicrodollars).toBe(25_000_000);
});

test("an upload is judged by its bytes; good parts are taken and bad ones named", async () => {
  await using sandbox = await openSandbox({ maxUploadBytes: 10_000 });
  const api = plainClient(sandbox.url);
  const form = new FormData();
  form.append("good", new Blob([await picture()], { type: "text/plain" }), "a.txt");
  form.append("bad", new Blob(["just text"], { type: "image/png" }), "b.png");
  form.append("broken", new Blob([(await picture()).slice(0, 30)], { type: "image/png" }), "c.png");
  form.append("large", new Blob([new Uint8Array(10_001)], { type: "image/png" }), "d.png");
  form.append("svg", new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"/>']), "e.svg");
  const response = await fetch(`${sandbox.url}/media/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${sandboxKey()}` },
    body: form,
  });
  expect(response.status).toBe(201);
  const answer = (await response.json()) as { uploads: object; errors: object; mediaId?: string };
  expect(answer.mediaId).toBeUndefined();
  expect(answer.uploads).toMatchObject({
    good: { mimeType: "image/png" },
    svg: { mimeType: "image/svg+xml" },
  });
  expect(answer.errors).toEqual({
    bad: "Unsupported MIME type",
    broken: expect.stringContaining("damaged"),
    large: expect.stringContaining("larger than"),
  });
  expect(await api.upload("just text", "b.png", "image/png")).toMatchObject({
    status: 400,
    error: { code: "validation_error" },
  });
  expect(await api.post("/media/upload", {})).toMatchObject({
    status: 400,
    error: { code: "validation_error" },
  });
  expect((await api.get("/media?kind=image&limit=1")).media).toHaveLength(1);
});

test("the log has a line for each request, with its body and job, and never a key", async () => {
  await using folder = await temporaryFolder();
  const logFile = join(folder.path, "log", "requests.jsonl");
  await using sandbox = await openSandbox({ logFile });
  const key = `sk_${"0123456789abcdef".repeat(4)}`;
  const api = plainClient(sandbox.url, key);
  const { inferenceJobId } = await api.post("/image/generate", {
    model: "z-image",
    prompt: "x".repeat(9000),
  });
  const { outputs } = await api.finished("inference", inferenceJobId);
  await fetch(outputs[0].media.url);
  await fetch(`${sandbox.url}/balance`);
  const text = await readFile(logFile, "utf8");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({
    method: "POST",
    path: "/api/v1/image/generate",
    status: 201,
    account: "cdef",
    jobId: inferenceJobId,
  });
  expect(lines[0].body.length).toBeLessThan(4100);
  expect(lines.at(-1)).toMatchObject({ path: "/api/v1/balance", status: 401 });
  expect(text).not.toContain(key.slice(0, 20));
  expect(text).not.toContain(new URL(outputs[0].media.url).pathname.split("/")[2]);
});
