import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { WondercatClient } from "../../../src/wondercat/client.ts";
import { deadOrigin, going, httpServer, json, KEY, tcpServer, testClient } from "./servers.ts";

const BIG = 24 * 1024 * 1024;

async function file(bytes: Uint8Array, name = "cat.mp4") {
  const folder = await mkdtemp(join(tmpdir(), "catwalk-upload-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return { path, name, mimeType: "video/mp4", sizeBytes: bytes.length };
}

function failing(client: WondercatClient, upload: Parameters<WondercatClient["upload"]>[0]) {
  return client.upload(upload, going()).then((outcome) => (outcome.ok ? outcome : outcome.failure));
}

async function received(request: IncomingMessage) {
  const body = await buffer(request);
  const headEnd = body.indexOf("\r\n\r\n");
  const boundary = /boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1];
  const tail = `\r\n--${boundary}--\r\n`;
  return {
    length: body.length,
    head: body.subarray(0, headEnd).toString(),
    content: body.subarray(headEnd + 4, body.length - tail.length),
    isClosed: body.subarray(-tail.length).toString() === tail,
  };
}

test("a file streams up whole, with its length told before and progress that only grows to the end", async () => {
  const bytes = randomBytes(BIG);
  let got: Awaited<ReturnType<typeof received>> | undefined;
  const server = await httpServer(async (request, response) => {
    got = await received(request);
    const item = { mediaId: "m", url: "https://x/m.mp4", mimeType: "video/mp4" };
    json(response, 200, { ...item, uploads: { file: item } });
  });
  const progress: number[] = [];
  const upload = await file(bytes, 'a "cat"\r\nX: y 猫.mp4');
  const outcome = await testClient(server.origin).upload(upload, {
    ...going(),
    onProgress: (sentBytes) => progress.push(sentBytes),
  });
  expect(outcome).toEqual({
    ok: true,
    media: { mediaId: "m", url: "https://x/m.mp4", mimeType: "video/mp4" },
  });
  expect(server.requests[0]?.headers["content-length"]).toBe(String(got?.length));
  expect(server.requests[0]?.url).toBe("/api/v1/media/upload");
  expect(got?.head).toContain(
    'name="file"; filename="a %22cat%22%0D%0AX: y 猫.mp4"\r\nContent-Type: video/mp4',
  );
  expect(got?.isClosed).toBe(true);
  const hash = (it: Uint8Array | undefined) =>
    createHash("sha256")
      .update(it ?? "")
      .digest("hex");
  expect(hash(got?.content)).toBe(hash(bytes));
  expect(progress.length).toBeGreaterThan(20);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(BIG);
});

test("short, partial and foreign upload answers are understood", async () => {
  const item = { mediaId: "m", url: "https://x/m" };
  const said = async (status: number, body: unknown) => {
    const server = await httpServer(async (request, response) => {
      await received(request);
      json(response, status, body);
    });
    return testClient(server.origin).upload(await file(Buffer.from("cat")), going());
  };
  expect(await said(200, item)).toEqual({ ok: true, media: item });
  expect(await said(200, { uploads: { file: item }, errors: {} })).toEqual({ ok: true, media: item });
  expect(await said(207, { uploads: {}, errors: { file: "Unsupported MIME type" } })).toMatchObject({
    ok: false,
    failure: {
      code: "upload_rejected",
      message: 'The server did not take the file, and said: "Unsupported MIME type".',
      retryable: false,
      cost: "none",
    },
  });
  expect(await said(200, { uploads: {} })).toMatchObject({ ok: false, failure: { code: "unexpected_body" } });
  expect(await said(400, { error: { message: "too long", code: "validation_error" } })).toMatchObject({
    ok: false,
    failure: {
      code: "validation_error",
      message: 'The server answered HTTP 400 and said: "too long".',
      status: 400,
    },
  });
});

test("an empty file and one of another size than known are told apart before anything is sent", async () => {
  const server = await httpServer(async (request, response) => {
    await received(request);
    json(response, 200, { mediaId: "m", url: "u" });
  });
  const client = testClient(server.origin);
  expect(await client.upload(await file(Buffer.alloc(0)), going())).toMatchObject({ ok: true });
  const upload = await file(Buffer.from("cat"));
  expect(await failing(client, { ...upload, sizeBytes: 4 })).toMatchObject({ code: "file_changed" });
  const missing = await failing(client, { ...upload, path: `${upload.path}-gone` });
  expect(missing).toMatchObject({ code: "file_unreadable", message: expect.stringContaining("cat.mp4") });
  expect(JSON.stringify(missing)).not.toContain(tmpdir());
  expect(await failing(client, { ...upload, path: tmpdir() })).toMatchObject({ code: "file_unreadable" });
  expect(server.requests.length).toBe(1);
});

test.each([
  ["shrinks", (path: string) => truncate(path, BIG / 2)],
  ["grows", (path: string) => appendFile(path, "more")],
])(
  "a file that %s on the way is a named failure, and the server never sees its end",
  async (_name, change) => {
    const upload = await file(randomBytes(BIG));
    const ended = Promise.withResolvers<boolean>();
    const server = await httpServer(async (request) => {
      await once(request, "data");
      request.pause();
      await change(upload.path);
      request.on("error", () => ended.resolve(request.complete)).resume();
    });
    expect(await failing(testClient(server.origin), upload)).toMatchObject({
      code: "file_changed",
      cost: "none",
    });
    expect(await ended.promise).toBe(false);
  },
);

test("an abort ends an upload at once, and so does closing the client", async () => {
  for (const stop of ["abort", "close"] as const) {
    const arrived = Promise.withResolvers<void>();
    const server = await httpServer((request) => {
      request.once("data", () => {
        request.pause();
        arrived.resolve();
      });
    });
    const client = testClient(server.origin);
    const control = new AbortController();
    const uploading = client.upload(await file(randomBytes(BIG)), { signal: control.signal });
    await arrived.promise;
    if (stop === "abort") control.abort();
    else await client.close();
    expect(await uploading).toMatchObject({
      ok: false,
      failure: { code: stop === "abort" ? "cancelled" : "client_closed", retryable: false },
    });
  }
});

test("a refusal in the middle of an upload, a broken connection and a stalled server are named", async () => {
  const upload = await file(randomBytes(BIG));
  // It stays connected: a server that hangs up on unread bytes resets the connection, and its words may be lost.
  const refusal = JSON.stringify({ error: { message: "Bad key", code: "unauthorized" } });
  const refusing = await tcpServer((socket) =>
    socket.once("data", () =>
      socket.write(`HTTP/1.1 401 X\r\ncontent-length: ${refusal.length}\r\n\r\n${refusal}`),
    ),
  );
  expect(await failing(testClient(refusing.origin), upload)).toMatchObject({ code: "unauthorized" });
  const cutting = await tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  expect(await failing(testClient(cutting.origin), upload)).toMatchObject({
    code: "connection_lost",
    retryable: true,
  });
  const stalling = await tcpServer((socket) => socket.once("data", () => socket.pause()));
  const impatient = testClient(stalling.origin, { timeouts: { uploadAnswerMs: () => 100 } });
  expect(await failing(impatient, upload)).toMatchObject({ code: "answer_timeout" });
  expect(await failing(testClient(await deadOrigin()), upload)).toMatchObject({ code: "server_unreachable" });
});

test("the wait for an upload's answer grows with what was sent, and silence after all of it sends no more", async () => {
  const small = await file(Buffer.alloc(1000));
  const asked: number[] = [];
  const server = await httpServer((request) => void request.resume());
  const client = testClient(server.origin, {
    timeouts: {
      uploadAnswerMs(fileBytes) {
        asked.push(fileBytes);
        return fileBytes > 0 ? 150 : 10_000;
      },
    },
  });
  expect(await failing(client, small)).toMatchObject({ code: "upload_unanswered", retryable: false });
  expect([asked[0], asked.at(-1)]).toEqual([0, 1000]);
  expect(server.requests).toHaveLength(1);
});

test("an upload's answer that takes forty seconds is waited for", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const arrived = Promise.withResolvers<() => void>();
  const server = await httpServer(async (request, response) => {
    await received(request);
    arrived.resolve(() => json(response, 201, { mediaId: "m", url: "https://x/m" }));
  });
  const uploading = testClient(server.origin).upload(await file(Buffer.from("cat")), going());
  const answer = await arrived.promise;
  await vi.advanceTimersByTimeAsync(40_000);
  answer();
  expect(await uploading).toMatchObject({ ok: true, media: { mediaId: "m" } });
  expect(server.requests).toHaveLength(1);
});

test("a download goes elsewhere without the key, through redirects, and comes as it was sent", async () => {
  const bytes = randomBytes(3_000_000);
  const store = await httpServer((request, response) => {
    if (request.url === "/final?sig=1")
      response
        .writeHead(200, { "content-type": "image/PNG; x=y", "content-length": bytes.length })
        .end(bytes);
    else response.writeHead(302, { location: request.url === "/a" ? "/b" : "/final?sig=1" }).end("moved");
  });
  const api = await httpServer((_request, response) =>
    response.writeHead(307, { location: `${store.origin}/a` }).end(),
  );
  const client = testClient(api.origin, { org: "acme" });
  const download = await client.download(`${api.origin}/media/x#frag`, { ...going(), maxBytes: 3_000_000 });
  expect(download).toMatchObject({ mimeType: "image/png", sizeBytes: bytes.length });
  expect(bytes.equals(await buffer(download.body))).toBe(true);
  const requests = [...api.requests, ...store.requests];
  expect(requests.map((request) => request.url)).toEqual(["/media/x", "/a", "/b", "/final?sig=1"]);
  for (const request of requests) {
    expect(JSON.stringify(request.headers)).not.toContain(KEY);
    expect(request.headers.authorization).toBeUndefined();
    expect(request.headers["x-wonda-org"]).toBeUndefined();
  }
});

test("addresses that are not safe to fetch from are refused, redirects included, without a request", async () => {
  const inner = await httpServer((_request, response) => response.end("secret"));
  const outside = await httpServer((_request, response) =>
    response.writeHead(302, { location: "http://example.com/x" }).end(),
  );
  const options = { ...going(), maxBytes: 10 };
  const insecure = { code: "download_insecure" };
  const local = testClient(outside.origin);
  await expect(local.download(`${outside.origin}/x`, options)).rejects.toMatchObject(insecure);
  for (const url of ["http://example.com/x", "file:///etc/passwd", "data:text/plain,x", "x", ""]) {
    await expect(local.download(url, options)).rejects.toMatchObject(insecure);
  }
  const live = testClient("https://api.wondercat.ai");
  await expect(live.download(`${inner.origin}/x`, options)).rejects.toMatchObject(insecure);
  expect(inner.requests).toEqual([]);
});

test("a download is bounded, told or not, and a circle of redirects ends", async () => {
  const server = await httpServer((request, response) => {
    if (request.url === "/told") response.writeHead(200, { "content-length": "100" }).end("x".repeat(100));
    else if (request.url === "/untold") response.write("x".repeat(100));
    else response.writeHead(302, { location: "/circle" }).end();
  });
  const client = testClient(server.origin, { retries: 0 });
  const options = { ...going(), maxBytes: 99 };
  await expect(client.download(`${server.origin}/told`, options)).rejects.toMatchObject({
    code: "answer_too_large",
  });
  const untold = client.download(`${server.origin}/untold`, options).then(({ body }) => buffer(body));
  await expect(untold).rejects.toMatchObject({ code: "answer_too_large" });
  await expect(client.download(`${server.origin}/circle`, options)).rejects.toMatchObject({
    code: "too_many_redirects",
  });
  expect(server.requests.filter((request) => request.url === "/circle").length).toBe(4);
});

test("a download that is refused, gone, cut off, silent or aborted is named, after one try", async () => {
  const server = await httpServer((request, response) => {
    if (request.url === "/busy") response.writeHead(503, { "retry-after": "7" }).end("busy");
    else if (request.url === "/gone") response.writeHead(403).end("<Error>Expired</Error>");
    else {
      response.writeHead(200, { "content-length": "100" }).write("half");
      if (request.url === "/cut") response.destroy();
    }
  });
  const client = testClient(server.origin, { timeouts: { bodyMs: 100 } });
  const options = { ...going(), maxBytes: 1000 };
  const fetched = (path: string, more = options) =>
    client.download(`${server.origin}${path}`, more).then(({ body }) => buffer(body));
  await expect(fetched("/busy")).rejects.toMatchObject({
    failure: { code: "download_failed", status: 503, retryable: true, retryAtMs: expect.any(Number) },
  });
  expect(server.requests.length).toBe(1);
  await expect(fetched("/gone")).rejects.toMatchObject({
    failure: { code: "download_failed", status: 403, retryable: true },
  });
  await expect(fetched("/silent")).rejects.toMatchObject({ code: "answer_timeout" });
  const control = new AbortController();
  const { body } = await client.download(`${server.origin}/silent`, { ...options, signal: control.signal });
  control.abort();
  await expect(buffer(body)).rejects.toMatchObject({ code: "cancelled" });
  await expect(fetched("/cut", { ...options })).rejects.toMatchObject({
    code: expect.stringMatching(/body_cut_off|connection_lost/),
  });
});

/** A store that breaks off every answer after so many bytes, and knows ranges. */
async function brokenStore(bytes: Buffer, atOnce: number, headers: Record<string, string>, ranges = true) {
  return await httpServer((request, response) => {
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
    const isSame = [undefined, headers["etag"], headers["last-modified"]].includes(
      request.headers["if-range"]?.toString(),
    );
    const start = ranges && isSame ? Number(from ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      ...headers,
      "content-length": String(bytes.length - start),
      ...(start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    response.write(bytes.subarray(start, start + atOnce), () => {
      if (start + atOnce < bytes.length) response.destroy();
    });
  });
}

test.each([
  ["an ETag", { etag: '"one"' }],
  ["a time", { "last-modified": "Mon, 30 Nov 2026 08:00:00 GMT" }],
  ["ranges", { "accept-ranges": "bytes" }],
])("a download that breaks off goes on where it was, by %s", async (_name, headers) => {
  const bytes = randomBytes(1_000_000);
  const server = await brokenStore(bytes, 300_000, headers);
  const { body } = await testClient(server.origin).download(`${server.origin}/x`, {
    ...going(),
    maxBytes: 2_000_000,
  });
  expect((await buffer(body)).equals(bytes)).toBe(true);
  expect(server.requests.map(({ headers: { range } }) => range)).toEqual([
    undefined,
    ...[1, 2, 3].map(() => expect.stringMatching(/^bytes=\d+-$/)),
  ]);
});

test.each([
  ["the store does not know ranges", { etag: '"one"' }, false],
  ["nothing says that the rest is of the same bytes", { etag: 'W/"one"' }, true],
])("a download that breaks off is not pieced together where %s", async (_name, headers, ranges) => {
  const server = await brokenStore(randomBytes(100_000), 30_000, headers, ranges);
  const { body } = await testClient(server.origin).download(`${server.origin}/x`, {
    ...going(),
    maxBytes: 2_000_000,
  });
  await expect(buffer(body)).rejects.toMatchObject({
    code: expect.stringMatching(/body_cut_off|connection_lost/),
  });
});

test("bytes that have changed meanwhile are never put behind those from before", async () => {
  const first = await httpServer((request, response) => {
    const isRest = request.headers.range !== undefined;
    response.writeHead(isRest ? 206 : 200, {
      etag: '"one"',
      "content-length": isRest ? "90" : "100",
      ...(isRest ? { "content-range": "bytes 50-139/140" } : {}),
    });
    response.write("x".repeat(50), () => response.destroy());
  });
  const { body } = await testClient(first.origin).download(`${first.origin}/x`, {
    ...going(),
    maxBytes: 1000,
  });
  await expect(buffer(body)).rejects.toMatchObject({
    code: expect.stringMatching(/body_cut_off|connection_lost/),
  });
});

test("a whole answer is taken although the store calls it a range", async () => {
  const server = await httpServer((_request, response) =>
    response.writeHead(206, { "content-range": "bytes 0-2/3", "content-length": "3" }).end("cat"),
  );
  const { body } = await testClient(server.origin).download(`${server.origin}/x`, {
    ...going(),
    maxBytes: 10,
  });
  expect((await buffer(body)).toString()).toBe("cat");
});

test("a reader that takes its time is not taken for a silent server", async () => {
  const bytes = randomBytes(BIG);
  const server = await httpServer((_request, response) => response.end(bytes));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { body } = await testClient(server.origin).download(`${server.origin}/x`, {
    ...going(),
    maxBytes: BIG,
  });
  body.pause().read(0); // fills the stream's buffer, and nobody takes from it
  while (body.readableLength < body.readableHighWaterMark) await nextTurn();
  vi.advanceTimersByTime(3_600_000);
  expect((await buffer(body)).equals(bytes)).toBe(true);
});
