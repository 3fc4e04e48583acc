import { once } from "node:events";
import { statSync } from "node:fs";
import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { platforms } from "../../../src/nodes/publish/platforms/platforms.ts";
import { connectIf } from "../../../src/wondercat/connectors.ts";
import { outcomeOf } from "../../../src/wondercat/create-outcome.ts";
import type { CreateOutcome, CreateRequest } from "../../../src/wondercat/types.ts";
import { said } from "../../support/in-english.ts";
import {
  deadOrigin,
  going,
  httpServer,
  instantClock,
  json,
  KEY,
  tcpServer,
  testClient,
  untrustedTlsServer,
} from "./servers.ts";

const IMAGE: CreateRequest = {
  kind: "inference",
  path: "/image/generate",
  body: { model: "nano-banana-2", prompt: "a cat", attachmentMediaIds: ["m1"] },
};
const POST: CreateRequest = {
  kind: "publish",
  api: platforms.instagram.api,
  body: { mediaId: "m1", accountId: "a1", caption: "hello", params: { product: "REELS", caption: "other" } },
};

/** Writes these bytes once the whole request has arrived, then does `after`. */
function answering(bytes: string, after: (socket: Socket) => void = (socket) => socket.end()) {
  return (socket: Socket) => {
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk;
      if (seen.includes("attachmentMediaIds") && seen.endsWith("}")) socket.write(bytes, () => after(socket));
    });
  };
}

function http(status: number, body: string, headers = "") {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

const ACCEPTED = '{"inferenceJobId":"job-1"}';

function ending(outcome: CreateOutcome) {
  return outcome.outcome === "accepted" ? outcome : { ...outcome.failure, outcome: outcome.outcome };
}

const NOT_SENT = { outcome: "notSent", cost: "none" };
const IN_DOUBT = { outcome: "inDoubt", cost: "unknown", retryable: false };
const envelope = (code: string, more = {}) =>
  JSON.stringify({ error: { message: `It said ${code}`, code, ...more } });

test("a 2xx with the job's id is accepted, whatever the status, and its deprecation hint is kept", async () => {
  const server = await httpServer((_request, response) =>
    json(response, 202, { inferenceJobId: "j1" }, { warning: '299 - "use \\"v2\\" soon"' }),
  );
  expect(await testClient(server.origin).create(IMAGE, going())).toEqual({
    outcome: "accepted",
    job: { kind: "inference", id: "j1" },
    notice: 'use "v2" soon',
  });
});

test("every kind of create goes to its endpoint with its fields, and approved fields win over params", async () => {
  const bodies: unknown[] = [];
  const server = await httpServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      bodies.push([request.method, request.url, JSON.parse(text)]);
      json(response, 200, { inferenceJobId: "i", editorJobId: "e", outputJobId: "o", status: "queued" });
    });
  });
  const client = testClient(`${server.origin}/api/v1/`, { org: "acme", project: "spring" });
  const speech: CreateRequest = {
    kind: "inference",
    path: "/audio/speech",
    body: { model: "tts", prompt: "hi" },
  };
  const edit: CreateRequest = {
    kind: "editor",
    endpoint: "video",
    body: { operation: "trim", mediaIds: ["m"] },
  };
  const ids = [];
  for (const request of [IMAGE, speech, edit, POST]) ids.push(await client.create(request, going()));
  expect(ids.map((it) => it.outcome === "accepted" && it.job)).toEqual([
    { kind: "inference", id: "i" },
    { kind: "inference", id: "i" },
    { kind: "editor", id: "e" },
    { kind: "publish", id: "o" },
  ]);
  expect(bodies).toEqual([
    ["POST", "/api/v1/image/generate", IMAGE.body],
    ["POST", "/api/v1/audio/speech", speech.body],
    ["POST", "/api/v1/video/edit", edit.body],
    [
      "POST",
      "/api/v1/publish/instagram",
      { mediaId: "m1", instagramAccountId: "a1", caption: "hello", product: "REELS" },
    ],
  ]);
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    "content-type": "application/json",
    "accept-encoding": "identity",
    "x-wonda-org": "acme",
    "x-wonda-project": "spring",
    connection: "close",
  });
  expect(new Set(server.requests.map((request) => request.socket)).size).toBe(4);
});

test("nothing listening is not sent", async () => {
  const outcome = await testClient(await deadOrigin()).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "server_unreachable", retryable: true });
});

test("a server that moves is waited for, and has the create once, at the place where it is then", async () => {
  const server = await httpServer((_request, response) => json(response, 200, { inferenceJobId: "job-1" }));
  const where = Promise.withResolvers<string>();
  let asked = 0;
  const whereNow = () => {
    asked++;
    return where.promise;
  };
  const sending = testClient(await deadOrigin(), { whereNow }).create(IMAGE, going());
  await expect.poll(() => asked).toBe(1);
  where.resolve(server.origin);
  expect(await sending).toMatchObject({ outcome: "accepted" });
  expect(server.requests.length).toBe(1);
});

test("a server of which nobody finds out where it is now, is not sent to", async () => {
  const server = await httpServer(() => undefined);
  const whereNow = () => Promise.reject(new Error("It does not start."));
  const outcome = await testClient(server.origin, { whereNow }).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "server_unreachable", retryable: true });
  expect(server.requests).toEqual([]);
});

test("an unknown server name is not sent", async () => {
  const outcome = await testClient("https://nowhere.invalid").create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "server_name_unknown", retryable: true });
});

test("an untrusted certificate is not sent, and the server has read no request", async () => {
  const server = await untrustedTlsServer();
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "tls_failed" });
  expect(server.received.join("")).toBe("");
});

test("https to a server that does not speak TLS is not sent", async () => {
  const server = await tcpServer((socket) => socket.write("hello, I am not TLS\r\n"));
  const outcome = await testClient(server.origin.replace("http", "https")).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "tls_failed" });
});

test("a connection that does not come to stand in time is not sent", async () => {
  const server = await tcpServer(() => undefined);
  const client = testClient(server.origin.replace("http", "https"), { timeouts: { connectMs: 100 } });
  expect(ending(await client.create(IMAGE, going()))).toMatchObject({ ...NOT_SENT, code: "connect_timeout" });
  expect(server.received.join("")).not.toContain("POST");
});

test("without a key nothing is sent", async () => {
  const server = await httpServer(() => undefined);
  const outcome = await testClient(server.origin, { apiKey: () => undefined }).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "key_missing" });
  expect(server.requests).toEqual([]);
});

test("a key that cannot stand in a header is not sent and not repeated", async () => {
  const server = await httpServer(() => undefined);
  const outcome = await testClient(server.origin, { apiKey: () => `${KEY}\nx` }).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...NOT_SENT, code: "header_invalid" });
  expect(JSON.stringify(outcome)).not.toContain(KEY);
  expect(server.requests).toEqual([]);
});

test("a signal aborted before, or while the connection is being made, prevents the create", async () => {
  const server = await tcpServer(() => undefined);
  const before = await testClient(server.origin).create(IMAGE, { ...going(), signal: AbortSignal.abort() });
  expect(ending(before)).toMatchObject({ ...NOT_SENT, code: "cancelled", retryable: false });

  const control = new AbortController();
  const creating = testClient(server.origin).create(IMAGE, { ...going(), signal: control.signal });
  control.abort();
  expect(ending(await creating)).toMatchObject({ ...NOT_SENT, code: "cancelled" });

  const slow = new AbortController();
  const connecting = testClient(server.origin.replace("http", "https")).create(IMAGE, {
    ...going(),
    signal: slow.signal,
  });
  await expect.poll(() => server.received.join("")).not.toBe("");
  slow.abort();
  expect(ending(await connecting)).toMatchObject({ ...NOT_SENT, code: "cancelled" });
  expect(server.received.join("")).not.toContain("POST");
});

test("an abort or close while the create is in flight waits for its answer", async () => {
  const arrived = Promise.withResolvers<() => void>();
  const server = await httpServer((_request, response) =>
    arrived.resolve(() => json(response, 201, { inferenceJobId: "j9" })),
  );
  const control = new AbortController();
  const client = testClient(server.origin);
  const creating = client.create(IMAGE, { ...going(), signal: control.signal });
  const answer = await arrived.promise;
  control.abort();
  const order: string[] = [];
  const closed = client.close().then(() => order.push("closed"));
  void creating.then(() => order.push("created"));
  answer();
  expect(await creating).toEqual({ outcome: "accepted", job: { kind: "inference", id: "j9" } });
  await closed;
  expect(order).toEqual(["created", "closed"]);
  expect(ending(await client.create(IMAGE, going()))).toMatchObject({ ...NOT_SENT, code: "client_closed" });
});

test("asks once the connection stands, and sends no byte before the yes", async () => {
  const server = await httpServer((_request, response) => json(response, 201, { inferenceJobId: "j9" }));
  const yes = Promise.withResolvers<boolean>();
  const mayLeave = vi.fn(() => yes.promise);
  const creating = testClient(server.origin).create(IMAGE, { ...going(), mayLeave });
  await expect.poll(() => mayLeave.mock.calls.length).toBe(1);
  expect(server.requests).toEqual([]);
  yes.resolve(true);
  expect(await creating).toMatchObject({ outcome: "accepted" });
  expect(mayLeave).toHaveBeenCalledOnce();
});

test.each<[string, () => Promise<boolean>]>([
  ["a no", async () => false],
  ["an error", async () => await Promise.reject(new Error("The disk is full."))],
])("%s when the connection stands sends nothing", async (_name, mayLeave) => {
  const server = await tcpServer(() => undefined);
  const outcome = await testClient(server.origin).create(IMAGE, { ...going(), mayLeave });
  expect(outcome.outcome).toBe("notSent");
  expect(server.received.join("")).toBe("");
});

test("a connection that broke before the yes is not given away", async () => {
  const socket = new Socket();
  const connect = connectIf(
    (_target, callback) => callback(null, socket),
    async () => {
      socket.destroy();
      return true;
    },
  );
  const given = new Promise((resolve) =>
    connect({ hostname: "127.0.0.1", protocol: "http:", port: "80" }, (...made) => resolve(made)),
  );
  expect(await given).toEqual([expect.any(Error), null]);
});

test("nothing is asked where no connection stands, or when the create was given up", async () => {
  const mayLeave = vi.fn(async () => true);
  await testClient(await deadOrigin()).create(IMAGE, { ...going(), mayLeave });
  const server = await tcpServer(() => undefined);
  const control = new AbortController();
  const creating = testClient(server.origin).create(IMAGE, { signal: control.signal, mayLeave });
  control.abort();
  expect(ending(await creating)).toMatchObject({ ...NOT_SENT, code: "cancelled" });
  expect(mayLeave).not.toHaveBeenCalled();
});

test("closing while the connection is being made prevents the create", async () => {
  const server = await tcpServer(() => undefined);
  const client = testClient(server.origin);
  const creating = client.create(IMAGE, going());
  await client.close();
  expect(ending(await creating)).toMatchObject({ ...NOT_SENT, code: "cancelled" });
  expect(server.received.join("")).toBe("");
});

const RESET = (socket: Socket) => socket.resetAndDestroy();
const doubts: [name: string, behave: (socket: Socket) => void, code: string][] = [
  ["a reset after the first byte", (socket) => socket.once("data", () => RESET(socket)), "connection_lost"],
  ["a close without an answer", answering(""), "connection_lost"],
  ["a reset without an answer", answering("", RESET), "connection_lost"],
  ["a reset within the answer's head", answering("HTTP/1.1 200 OK\r\ncontent-le", RESET), "connection_lost"],
  ["silence", () => undefined, "answer_timeout"],
  [
    "silence after the head",
    answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", () => undefined),
    "answer_timeout",
  ],
  [
    "nothing but 102 Processing",
    answering("HTTP/1.1 102 Processing\r\n\r\n", () => undefined),
    "answer_timeout",
  ],
  ["a 200 cut off by a close", answering(http(200, '{"inferenceJobId":"j"}').slice(0, -3)), "body_cut_off"],
  [
    "a 200 in chunks cut off by a reset",
    answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n{"inferenc\r\n', RESET),
    "body_cut_off",
  ],
  [
    "a 200 in chunks cut off by a close",
    answering(
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\na\r\n{"inferenc\r\n',
    ),
    "body_cut_off",
  ],
  [
    "a 200 cut off within a chunk",
    answering('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n16\r\n{"inferenc'),
    "body_cut_off",
  ],
  ["JSON cut off without a length", answering('HTTP/1.1 200 OK\r\n\r\n{"inferenceJobId":"j'), "body_cut_off"],
  ["a 402 cut off", answering(http(402, envelope("payment_required")).slice(0, -1)), "body_cut_off"],
  ["what is not HTTP", answering("220 smtp ready\r\n"), "not_the_api"],
  ["HTML with 200", answering(http(200, "<html>hi</html>")), "not_the_api"],
  ["an empty 200", answering(http(200, "")), "not_the_api"],
  ["a 204", answering("HTTP/1.1 204 No Content\r\n\r\n"), "not_the_api"],
  ["a 200 without an id", answering(http(200, '{"ok":true}')), "accepted_without_id"],
  [
    "a 200 with an id of 200,000 characters",
    answering(http(200, JSON.stringify({ inferenceJobId: "j".repeat(200_000) }))),
    "accepted_without_id",
  ],
  [
    "a 200 that nests too deep",
    answering(http(200, `{"inferenceJobId":"j","x":${"[".repeat(5000)}${"]".repeat(5000)}}`)),
    "answer_too_large",
  ],
  ["a 200 with an empty id", answering(http(200, '{"inferenceJobId":""}')), "accepted_without_id"],
  ["a 200 with another kind's id", answering(http(200, '{"editorJobId":"j"}')), "accepted_without_id"],
  ["a 200 with an error in it", answering(http(200, envelope("forbidden"))), "accepted_without_id"],
  ["a redirect", answering(http(307, "", "location: /elsewhere\r\n")), "redirected"],
  ["a 500 of the API", answering(http(500, envelope("internal_server_error"))), "internal_server_error"],
  ["a 502 of a proxy", answering(http(502, "<html>bad gateway</html>")), "server_error"],
  ["a 404 of another server", answering(http(404, "<html>no</html>")), "not_the_api"],
  ["a 404 in plain words", answering(http(404, "no such page")), "not_found"],
  ["a 401 in a foreign shape", answering(http(401, '{"error":"who are you"}')), "unauthorized"],
  [
    "a 429 without the API's code",
    answering(http(429, '{"error":{"message":"slow"}}')),
    "rate_limit_exceeded",
  ],
];

test.each<[name: string, behave: (socket: Socket) => void]>([
  ["a close before the promised length", answering(http(200, ACCEPTED).replace(/length: \d+/, "length: 99"))],
  [
    "silence before the promised length",
    answering(http(200, ACCEPTED).replace(/length: \d+/, "length: 99"), () => {}),
  ],
  [
    "a reset before the last chunk",
    answering(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n16\r\n{"inferenceJobId":"j"}\r\n`, RESET),
  ],
])("a job's id that was read whole before %s is no doubt", async (_name, behave) => {
  const server = await tcpServer(behave);
  const client = testClient(server.origin, { timeouts: { bodyMs: 300 } });
  expect(await client.create(IMAGE, going())).toMatchObject({
    outcome: "accepted",
    job: { kind: "inference" },
  });
});

test("an id too long to use is not told as no id", async () => {
  const server = await tcpServer(answering(http(200, JSON.stringify({ inferenceJobId: "j".repeat(5000) }))));
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(outcome).toMatchObject({
    failure: { message: "The server said yes, but gave no job id that Catwalk can use. (HTTP 200)" },
  });
});

test.each(doubts)("%s is in doubt, and is sent once", async (_name, behave, code) => {
  const server = await tcpServer(behave);
  // Only where silence is the point is it waited for; a busy machine may be slow to answer.
  const timeouts = code === "answer_timeout" ? { headersMs: 150, bodyMs: 150 } : {};
  const client = testClient(server.origin, { timeouts });
  const outcome = await client.create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...IN_DOUBT, code });
  expect(server.received.length).toBe(1);
  expect(server.received[0]?.split("POST ").length ?? 0).toBeLessThanOrEqual(2);
});

test("a reset as the connection comes to stand is called not sent only if the server read nothing", async () => {
  const server = await tcpServer((socket) => socket.resetAndDestroy());
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(["notSent", "inDoubt"]).toContain(outcome.outcome);
  if (outcome.outcome === "notSent") expect(server.received).toEqual([""]);
});

test("in doubt about a post, the remedy is to look at the account", async () => {
  const server = await tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const outcome = await testClient(server.origin).create(POST, going());
  expect(ending(outcome)).toMatchObject({
    ...IN_DOUBT,
    remedy: expect.stringContaining("publish again only if"),
  });
});

const refusals: [status: number, code: string, remedy: RegExp][] = [
  [400, "validation_error", /settings of this node/],
  [400, "bad_request", /settings of this node/],
  [400, "unknown_project", /project in Settings/],
  [401, "unauthorized", /Check the API key/],
  [402, "insufficient_credits", /Top up/],
  [402, "payment_required", /Top up/],
  [403, "forbidden", /account/],
  [403, "feature_disabled", /support/],
  [403, "paid_plan_required", /plan/],
  [404, "not_found", /removed|another account/],
  [409, "conflict", /wait/],
  [409, "project_exists", /another name/],
  [410, "gone", /local rendering/],
  [418, "made_up_later", /settings of this node/],
];

test.each(refusals)(
  "a %i %s of the API is refused, costs nothing and says what to do",
  async (status, code, remedy) => {
    const server = await tcpServer(answering(http(status, envelope(code))));
    const outcome = await testClient(server.origin).create(IMAGE, going());
    expect(ending(outcome)).toEqual({
      outcome: "refused",
      code,
      message: `The server answered HTTP ${status} and said: "It said ${code}".`,
      remedy: expect.stringMatching(remedy),
      status,
      retryable: false,
      cost: "none",
    });
  },
);

const NOW = instantClock().startMs;
const hints: [name: string, body: object, headers: string, retryAtMs: number | undefined][] = [
  ["no hint", {}, "", undefined],
  ["deferUntil inside", { error: { deferUntil: "2026-07-01T13:00:00Z" } }, "", NOW + 3_600_000],
  ["deferUntil beside", { deferUntil: "2026-07-01T13:00:00Z" }, "retry-after: 5\r\n", NOW + 3_600_000],
  ["seconds", {}, "retry-after: 7\r\n", NOW + 7000],
  ["an HTTP date", {}, "retry-after: Wed, 01 Jul 2026 12:00:30 GMT\r\n", NOW + 30_000],
  ["nonsense", { deferUntil: "soon" }, "retry-after: 1 minute\r\n", undefined],
];

test.each(hints)(
  "a 429 with %s may be sent again at the time given",
  async (_name, more, headers, retryAtMs) => {
    const error = { message: "Slow down", code: "throttled", reason: "weekly_limit_hit" };
    const body = { ...more, error: { ...error, ...("error" in more ? (more.error as object) : {}) } };
    const server = await tcpServer(answering(http(429, JSON.stringify(body), headers)));
    const failure = ending(await testClient(server.origin).create(IMAGE, going()));
    expect(failure).toMatchObject({
      outcome: "refused",
      retryable: true,
      message: 'The server answered HTTP 429 and said: "Slow down". (weekly_limit_hit)',
    });
    expect("retryAtMs" in failure ? failure.retryAtMs : undefined).toBe(retryAtMs);
  },
);

test("a 409 for media still being prepared may be sent again, other conflicts not", async () => {
  const said = async (message: string) => {
    const body = JSON.stringify({ error: { message, code: "conflict" } });
    const server = await tcpServer(answering(http(409, body, "retry-after: 3\r\n")));
    return ending(await testClient(server.origin).create(IMAGE, going()));
  };
  expect(await said("Media is still being processed")).toMatchObject({
    retryable: true,
    retryAtMs: NOW + 3000,
  });
  expect(await said("Upload not ready")).toMatchObject({ retryable: true });
  expect(await said("This name is taken")).toMatchObject({ outcome: "refused", retryable: false });
});

test("a refusal because an input media is gone says so", async () => {
  const body = JSON.stringify({ error: { message: "Media m1 not found", code: "not_found" } });
  const server = await tcpServer(answering(http(404, body)));
  expect(ending(await testClient(server.origin).create(IMAGE, going()))).toMatchObject({
    outcome: "refused",
    mediaGone: true,
  });
});

test("what a server repeats of a key is taken out, and its words are bounded", async () => {
  const other = `sk_${"f".repeat(64)}`;
  const message = `${"x".repeat(480)} ${KEY} ${other} ${"y".repeat(500)}`;
  const body = JSON.stringify({ error: { message, code: `bad ${KEY}` } });
  const server = await tcpServer(answering(http(400, body)));
  const outcome = await testClient(server.origin).create(IMAGE, going());
  const text = JSON.stringify(outcome);
  expect(text).not.toMatch(/0123456789|ffff/);
  const length = outcome.outcome === "refused" ? said(outcome.failure.message).length : 0;
  expect(length).toBeGreaterThan(450);
  expect(length).toBeLessThanOrEqual(500);
});

test("any answer whatever ends in one of the four ways, and only the API's own 4xx error is a refusal", () => {
  const error = fc.record(
    { message: fc.anything(), code: fc.anything(), deferUntil: fc.anything(), reason: fc.anything() },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ error, deferUntil: fc.anything() }, { requiredKeys: ["error"] })
      .map((it) => String(safeJson(it))),
    fc.record({ message: fc.string(), code: fc.string() }).map((it) => JSON.stringify({ error: it })),
    fc.record({ inferenceJobId: fc.string() }).map((it) => JSON.stringify(it)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), text, fc.string(), (status, body, after) => {
      const outcome = outcomeOf("inference", { status, text: body, headers: { "retry-after": after } }, 0);
      if (outcome.outcome === "accepted") {
        expect(JSON.parse(body).inferenceJobId).toBe(outcome.job.id);
        expect(status).toBeLessThan(300);
      } else if (outcome.outcome === "refused") {
        expect(status >= 400 && status < 500).toBe(true);
        expect(typeof JSON.parse(body).error.code).toBe("string");
        expect(outcome.failure.cost).toBe("none");
      } else {
        expect(outcome.outcome).toBe("inDoubt");
        expect(outcome.failure).toMatchObject({ retryable: false, cost: "unknown" });
        expect(outcome.failure.retryAtMs).toBeUndefined();
      }
    }),
    { numRuns: 500 },
  );
});

/** Some arbitrary values (bigint, cycles) are no JSON. */
function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const packed = (bytes: Buffer, headers = "") =>
  Buffer.concat([Buffer.from(`HTTP/1.1 201 X\r\ncontent-length: ${bytes.length}\r\n${headers}\r\n`), bytes]);
const text = (bytes: string, encoding: BufferEncoding = "utf8") => Buffer.from(bytes, encoding);

test.each([
  ["with a byte order mark", packed(text(`\ufeff${ACCEPTED}`))],
  ["in UTF-16", packed(text(`\ufeff${ACCEPTED}`, "utf16le"))],
  ["after blank lines", packed(text(`\r\n\n ${ACCEPTED}\n`))],
  ["after 100 Continue", text(`HTTP/1.1 100 Continue\r\n\r\n${http(201, ACCEPTED)}`)],
  [
    "after 100 Continue with headers, twice",
    text(`HTTP/1.1 100 \r\nx: y\r\n\r\nHTTP/1.1 100 Go on\r\n\r\n${http(201, ACCEPTED)}`),
  ],
  ["after 103 Early Hints", text(`HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n${http(201, ACCEPTED)}`)],
  ["of HTTP/1.0, until the end of the connection", text(`HTTP/1.0 200 OK\r\n\r\n${ACCEPTED}`)],
  ["packed by gzip, though not asked for", packed(gzipSync(ACCEPTED), "content-encoding: gzip\r\n")],
  ["packed by gzip without a word", packed(gzipSync(ACCEPTED))],
  ["packed by deflate", packed(deflateSync(ACCEPTED), "content-encoding: deflate\r\n")],
  ["packed by Brotli", packed(brotliCompressSync(ACCEPTED), "Content-Encoding: BR\r\n")],
  ["packed by zstd", packed(zstdCompressSync(ACCEPTED), "content-encoding: zstd\r\n")],
  ["said to be packed, and not", packed(Buffer.from(ACCEPTED), "content-encoding: gzip\r\n")],
  ["packed twice", packed(brotliCompressSync(gzipSync(ACCEPTED)), "content-encoding: gzip, br\r\n")],
])("an answer %s is an answer, in one piece and byte by byte", async (_how, bytes) => {
  for (const size of [bytes.length, 1]) {
    const server = await tcpServer(sending(bytes, size));
    expect(await testClient(server.origin).create(IMAGE, going())).toEqual({
      outcome: "accepted",
      job: { kind: "inference", id: "job-1" },
    });
  }
});

/** As `answering`, in pieces of this size, each in a packet of its own. */
function sending(bytes: Buffer, size: number) {
  return (socket: Socket) => {
    socket.setNoDelay(true);
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk;
      if (!seen.includes("attachmentMediaIds") || !seen.endsWith("}")) return;
      const next = (at: number) => {
        if (at >= bytes.length) socket.end();
        else socket.write(bytes.subarray(at, at + size), () => setImmediate(next, at + size));
      };
      next(0);
    });
  };
}

test.each([
  ["7", "7"],
  ["0", "0"],
  ["12345678901234567890123", "12345678901234567890123"],
])("an id that is the number %s is the job's id", async (number, id) => {
  const server = await tcpServer(answering(http(200, `{"inferenceJobId":${number}}`)));
  expect(await testClient(server.origin).create(IMAGE, going())).toEqual({
    outcome: "accepted",
    job: { kind: "inference", id },
  });
});

test.each([
  ["null", http(200, '{"inferenceJobId":null}')],
  ["a fraction", http(200, '{"inferenceJobId":1.5}')],
  ["below nothing", http(200, '{"inferenceJobId":-1}')],
  ["a list", http(200, '{"inferenceJobId":["job-1"]}')],
])("an id that is %s is none, so the create is in doubt", async (_what, answer) => {
  const server = await tcpServer(answering(answer));
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...IN_DOUBT, code: "accepted_without_id" });
});

test.each([
  ["cut off", packed(gzipSync(ACCEPTED).subarray(0, -12), "content-encoding: gzip\r\n"), "body_cut_off"],
  ["packed in a way nobody knows", packed(text("abc"), "content-encoding: x-own\r\n"), "not_the_api"],
  [
    "small, and too large when unpacked",
    packed(gzipSync(Buffer.alloc(17 * 1024 * 1024, " ")), "content-encoding: gzip\r\n"),
    "answer_too_large",
  ],
])("a packed answer that is %s is in doubt", async (_how, bytes, code) => {
  const server = await tcpServer(sending(bytes, bytes.length));
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ ...IN_DOUBT, code });
});

test("a refusal with a byte order mark, packed, is the API's own word all the same", async () => {
  const said = gzipSync(`\ufeff${envelope("forbidden")}`);
  const head = text(`HTTP/1.1 403 X\r\ncontent-length: ${said.length}\r\ncontent-encoding: gzip\r\n\r\n`);
  const server = await tcpServer(sending(Buffer.concat([head, said]), 1000));
  const outcome = await testClient(server.origin).create(IMAGE, going());
  expect(ending(outcome)).toMatchObject({ outcome: "refused", code: "forbidden" });
});

test.each([
  ["a little longer than the answer may take", 200],
  ["for long", 1500],
])(
  "an answer that arrives while the process is stopped %s is read before anything is given up",
  async (_how, moreMs) => {
    const stage = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL("./slow-answers.ts", import.meta.url), { workerData: stage.buffer });
    try {
      const [port] = await once(worker, "message");
      const headersMs = 300;
      const creating = testClient(`http://127.0.0.1:${port}`, {
        timeouts: { headersMs, bodyMs: headersMs },
      }).create(IMAGE, going());
      await expect.poll(() => Atomics.load(stage, 0), { interval: 5 }).toBe(1);
      // What is due by the clock comes right after an immediate, and before the sockets.
      await new Promise(setImmediate);
      // From here on nothing of this thread runs, as if it were stopped, until the answer lies in its socket and its time is up.
      Atomics.store(stage, 0, 2);
      Atomics.notify(stage, 0);
      Atomics.wait(stage, 0, 2);
      Atomics.wait(stage, 0, 3, headersMs + moreMs);
      expect(await creating).toMatchObject({ outcome: "accepted", job: { id: "job-1" } });
    } finally {
      await worker.terminate();
    }
  },
);

test("a server that gives the key back as an id, plainly or in escapes, does not get it into what we keep", async () => {
  const escaped = [...KEY].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join("");
  for (const said of [KEY, escaped]) {
    const server = await httpServer((_request, response) =>
      response.writeHead(200).end(`{"inferenceJobId":"${said}","infoMessage":"${said}"}`),
    );
    const outcome = await testClient(server.origin).create(IMAGE, going());
    expect(outcome).toEqual({ outcome: "accepted", job: { kind: "inference", id: "sk_…" } });
    const asRead = await httpServer((_request, response) =>
      response
        .writeHead(200)
        .end(`{"status":"${said}","outputs":[{"media":{"mediaId":"${said}","url":"https://x/${said}"}}]}`),
    );
    const view = await testClient(asRead.origin).job({ kind: "inference", id: "j" }, going());
    expect(JSON.stringify(view)).not.toContain(KEY);
    const asUpload = await httpServer((request, response) => {
      request.resume().on("end", () => response.end(`{"mediaId":"${said}","url":"https://x/${said}"}`));
    });
    const path = new URL(import.meta.url).pathname;
    const upload = { path, name: "x.png", mimeType: "image/png", sizeBytes: statSync(path).size };
    expect(await testClient(asUpload.origin).upload(upload, going())).toEqual({
      ok: true,
      media: { mediaId: "sk_…", url: "https://x/sk_…" },
    });
  }
});
