import fc from "fast-check";
import { expect, test } from "vitest";
import { platforms } from "../../../src/nodes/publish/platforms/platforms.ts";
import { createWondercatClient } from "../../../src/wondercat/client.ts";
import { parseBody, WondercatError } from "../../../src/wondercat/failures.ts";
import { answers } from "../../../src/wondercat/schemas.ts";
import type { RequestRecord } from "../../../src/wondercat/transport.ts";
import type { JobRef, RemoteFailure } from "../../../src/wondercat/types.ts";
import { deadOrigin, going, httpServer, instantClock, json, KEY, tcpServer, testClient } from "./servers.ts";

const JOB: JobRef = { kind: "inference", id: "j/1" };

async function failureOf(reading: Promise<unknown>): Promise<RemoteFailure> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WondercatError)) throw new Error("not a WondercatError", { cause: error });
  return error.failure;
}

test.each([
  ["https://api.wondercat.ai", "https://api.wondercat.ai"],
  ["https://api.wondercat.ai/api/v1/", "https://api.wondercat.ai"],
  [" http://127.0.0.1:4010 ", "http://127.0.0.1:4010"],
  ["http://localhost:4010/api/v1", "http://localhost:4010"],
  ["http://[::1]:4010", "http://[::1]:4010"],
])("the server address %s is taken", (baseUrl, origin) => {
  expect(testClient(baseUrl).origin).toBe(origin);
});

test.each([
  ["http://api.wondercat.ai", "server_insecure"],
  ["http://localhost.evil.example", "server_insecure"],
  ["http://10.0.0.1", "server_insecure"],
  ["ftp://127.0.0.1", "server_address_invalid"],
  ["api.wondercat.ai", "server_address_invalid"],
  ["https://user:secret@api.wondercat.ai", "server_address_invalid"],
  ["https://api.wondercat.ai/docs", "server_address_invalid"],
  ["https://api.wondercat.ai?key=secret", "server_address_invalid"],
  ["", "server_address_invalid"],
])("the server address %s is refused as %s", (baseUrl, code) => {
  expect(() => testClient(baseUrl)).toThrow(expect.objectContaining({ code }));
  try {
    testClient(baseUrl);
  } catch (error) {
    expect(String(error)).not.toContain("secret");
  }
});

test("a server that repeats the key in any part of an answer does not get it into what we keep", async () => {
  const server = await httpServer((_request, response) =>
    json(response, 200, {
      status: `waiting for ${KEY}`,
      errorCode: `no_${KEY}`,
      errorMessage: `${KEY} is tired`,
      permalink: `https://x/${KEY}`,
      outputs: [{ outputKey: KEY, value: `Dear ${KEY}` }],
    }),
  );
  const view = await testClient(server.origin).job(JOB, going());
  expect(JSON.stringify(view)).not.toContain(KEY.slice(3));
  expect(view).toMatchObject({ errorCode: "no_sk_…", errorMessage: "sk_… is tired" });
});

test("a job is read with the key, and nested, flat, valued and unusable outputs become one type", async () => {
  const media = {
    mediaId: "m",
    url: "https://x/m.png",
    mimeType: "image/png",
    width: 64,
    height: null,
    durationMs: "?",
  };
  const server = await httpServer((_request, response) =>
    json(
      response,
      200,
      {
        status: "succeeded",
        outputs: [
          { outputKey: "image", outputValue: null, media },
          { outputKey: "text", outputValue: "hello", media: null },
          { outputKey: "nothing", outputValue: null, media: null },
          { mediaId: "flat", url: "https://x/f.mp4" },
          { outputKey: "two", media: { mediaId: "linkless" } },
          { mediaId: "flat-linkless", url: "" },
          { outputKey: "three", media: { url: "https://x/nameless.png" } },
          { outputKey: "four", media: "https://x/text.png" },
          { outputKey: "five", url: "https://x/bare.png" },
          "garbage",
        ],
        infoMessage: "info",
      },
      { warning: '299 - "old endpoint"' },
    ),
  );
  expect(await testClient(server.origin).job(JOB, going())).toEqual({
    job: JOB,
    status: "succeeded",
    ended: "succeeded",
    outputs: [
      {
        type: "media",
        key: "image",
        media: { mediaId: "m", url: "https://x/m.png", mimeType: "image/png", width: 64 },
      },
      { type: "value", key: "text", value: "hello" },
      { type: "media", media: { mediaId: "flat", url: "https://x/f.mp4" } },
      { type: "unusable", key: "two", mediaId: "linkless" },
      { type: "unusable", mediaId: "flat-linkless" },
      { type: "unusable", key: "three" },
      { type: "unusable", key: "four" },
      { type: "unusable", key: "five" },
      { type: "unusable" },
    ],
    notice: "old endpoint",
  });
  expect(server.requests[0]?.url).toBe("/api/v1/jobs/inference/j%2F1");
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test.each(["idle", "queued", "scheduled", "locked", "in_progress", "completed", "toString", "Succeeded"])(
  "the status %s does not end a job",
  async (status) => {
    const server = await httpServer((_request, response) => json(response, 200, { status }));
    const view = await testClient(server.origin).job({ kind: "publish", id: "p" }, going());
    expect(view).toEqual({ job: { kind: "publish", id: "p" }, status, outputs: [] });
  },
);

test("a failed job gives its reason, without keys in it; a published one its link, if it is one", async () => {
  const said = async (body: object) => {
    const server = await httpServer((_request, response) => json(response, 200, body));
    return testClient(server.origin).job({ kind: "publish", id: "p" }, going());
  };
  expect(await said({ status: "failed", errorCode: "nsfw", errorMessage: `no, ${KEY}` })).toMatchObject({
    ended: "failed",
    errorCode: "nsfw",
    errorMessage: "no, sk_…",
  });
  expect(await said({ status: "canceled", errorMessage: null })).not.toHaveProperty("errorMessage");
  expect(await said({ status: "succeeded", permalink: "https://i.g/p/1" })).toMatchObject({
    permalink: "https://i.g/p/1",
  });
  expect(await said({ status: "succeeded", permalink: "javascript:alert(1)" })).not.toHaveProperty(
    "permalink",
  );
});

test("passing troubles are tried again with growing, spread waits, up to 3 times", async () => {
  const clock = instantClock();
  const server = await httpServer((_request, response, count) => {
    if (count === 1) response.destroy();
    else if (count === 2) json(response, 500, { error: { message: "oops", code: "internal_server_error" } });
    else if (count === 3) response.writeHead(503).end("<html>busy</html>");
    else json(response, 200, { accountId: "a", email: "a@b.c", twins: [] });
  });
  const client = testClient(server.origin, { clock });
  expect(await client.whoami(going())).toEqual({ accountId: "a", email: "a@b.c" });
  expect(clock.waits).toEqual([375, 750, 1500]);
});

test("after the last retry the failure says what the server said", async () => {
  const server = await httpServer((_request, response) =>
    json(response, 500, { error: { message: "out of paper", code: "internal_server_error" } }),
  );
  expect(await failureOf(testClient(server.origin).whoami(going()))).toMatchObject({
    code: "internal_server_error",
    message: 'The server answered HTTP 500 and said: "out of paper".',
    status: 500,
    retryable: true,
    cost: "none",
  });
  expect(server.requests.length).toBe(4);
});

test("a 429 is read again at the time given; a time too far is told at once", async () => {
  const clock = instantClock();
  const server = await httpServer((_request, response, count) => {
    const error = { message: "slow", code: "rate_limit_exceeded" };
    if (count === 1) json(response, 429, { error }, { "retry-after": "9" });
    else json(response, 429, { error }, { "retry-after": "3600" });
  });
  const failure = await failureOf(testClient(server.origin, { clock }).balance(going()));
  expect(clock.waits).toEqual([9000]);
  expect(failure).toMatchObject({ code: "rate_limit_exceeded", retryAtMs: clock.now() + 3_600_000 });
});

test("refusals are not tried again", async () => {
  const server = await httpServer((_request, response) =>
    json(response, 401, { error: { message: "Bad key", code: "unauthorized" } }),
  );
  expect(await failureOf(testClient(server.origin).whoami(going()))).toMatchObject({
    code: "unauthorized",
    message: 'The server answered HTTP 401 and said: "Bad key".',
    remedy: expect.stringContaining("API key"),
  });
  expect(server.requests.length).toBe(1);
});

test("an abort ends a running request, a wait and a queued read at once, with the signal's reason", async () => {
  const reason = new Error("enough");
  const control = new AbortController();
  const hanging = await httpServer(() => control.abort(reason));
  await expect(testClient(hanging.origin).whoami({ signal: control.signal })).rejects.toBe(reason);

  const waiting = new AbortController();
  const failing = await httpServer((_request, response) => response.writeHead(503).end());
  const frozen = {
    now: () => 0,
    setTimeout: () => queueMicrotask(() => waiting.abort(reason)),
    clearTimeout: () => undefined,
  };
  const client = testClient(failing.origin, { clock: frozen });
  await expect(client.whoami({ signal: waiting.signal })).rejects.toBe(reason);
  await expect(client.whoami({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

  const silent = await tcpServer(() => undefined);
  const queued = new AbortController();
  const connecting = testClient(silent.origin.replace("http", "https")).whoami({ signal: queued.signal });
  queued.abort(reason);
  await expect(connecting).rejects.toBe(reason);
});

test("a read given up in the queue is never sent", async () => {
  const waiting: (() => void)[] = [];
  const full = Promise.withResolvers<void>();
  const server = await httpServer((_request, response, count) => {
    waiting.push(() => json(response, 200, { accountId: "a" }));
    if (count === 8) full.resolve();
    if (count > 8) for (const answer of waiting.splice(0)) answer();
  });
  const client = testClient(server.origin);
  const first = Array.from({ length: 8 }, () => client.whoami(going()));
  await full.promise;
  const control = new AbortController();
  const given = client.media("given-up", { signal: control.signal });
  control.abort();
  await expect(given).rejects.toMatchObject({ name: "AbortError" });
  const last = client.whoami(going());
  for (const answer of waiting.splice(0)) answer();
  await Promise.all([...first, last]);
  expect(server.requests.map((request) => request.url)).toEqual(Array(9).fill("/api/v1/auth/whoami"));
});

test("close ends reads at once, and later ones say so", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await httpServer(() => arrived.resolve());
  const client = testClient(server.origin);
  const reading = failureOf(client.whoami(going()));
  await arrived.promise;
  await client.close();
  expect(await reading).toMatchObject({ code: "client_closed" });
  expect(await failureOf(client.whoami(going()))).toMatchObject({ code: "client_closed" });
});

test.each<[name: string, status: number, body: string, code: string]>([
  ["HTML", 200, "<!doctype html><html>", "not_the_api"],
  ["HTML with 404", 404, "<html>not here</html>", "not_the_api"],
  ["nothing", 200, "", "not_the_api"],
  ["JSON cut off", 200, '{"accountId":"a', "body_cut_off"],
  ["other JSON", 200, "[1,2]", "unexpected_body"],
  ["a missing field", 200, '{"email":"a@b.c"}', "unexpected_body"],
  ["plain words with 403", 403, "go away", "forbidden"],
  ["a redirect", 302, "", "redirected"],
  ["an odd 4xx", 451, "{}", "client_error"],
])("%s is a named failure", async (_name, status, body, code) => {
  const server = await httpServer((_request, response) => response.writeHead(status).end(body));
  const failure = await failureOf(testClient(server.origin).whoami(going()));
  expect(failure).toMatchObject({ code, status });
  expect(failure.remedy).not.toBe("");
});

test("an answer that lacks a field is told in words of ours", async () => {
  const server = await httpServer((_request, response) => json(response, 200, { inferenceJobId: "j" }));
  expect((await failureOf(testClient(server.origin).job(JOB, going()))).message).toBe(
    'The server\'s answer lacks what Catwalk needs. (no usable "status")',
  );
});

test("an answer in chunks that ends too early was cut off", async () => {
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { connection: "close" }).write('{"accountId":');
    setImmediate(() => response.destroy());
  });
  const client = testClient(server.origin, { retries: 0 });
  expect(await failureOf(client.whoami(going()))).toMatchObject({ code: "body_cut_off" });
});

test("an unreachable server and a missing key are named", async () => {
  expect(await failureOf(testClient(await deadOrigin()).whoami(going()))).toMatchObject({
    code: "server_unreachable",
    remedy: expect.stringContaining("Is the server running"),
  });
  const server = await httpServer(() => undefined);
  expect(await failureOf(testClient(server.origin, { apiKey: () => "" }).whoami(going()))).toMatchObject({
    code: "key_missing",
  });
});

test("an answer that does not come in time is named", async () => {
  const server = await httpServer(() => undefined);
  const client = testClient(server.origin, { timeouts: { headersMs: 60 }, retries: 0 });
  expect(await failureOf(client.whoami(going()))).toMatchObject({ code: "answer_timeout" });
});

test("the key is asked for at each request and never follows a redirect", async () => {
  const elsewhere = await httpServer((_request, response) => json(response, 200, { accountId: "thief" }));
  const server = await httpServer((_request, response, count) => {
    if (count < 3) json(response, 200, { accountId: "a" });
    else response.writeHead(302, { location: `${elsewhere.origin}/api/v1/auth/whoami` }).end();
  });
  const keys = ["sk_first", "sk_second", "sk_third"];
  const client = testClient(server.origin, { apiKey: () => keys.shift() });
  await client.whoami(going());
  await client.whoami(going());
  expect(server.requests.map((request) => request.headers.authorization)).toEqual([
    "Bearer sk_first",
    "Bearer sk_second",
  ]);
  expect(await failureOf(client.whoami(going()))).toMatchObject({ code: "redirected" });
  expect(elsewhere.requests).toEqual([]);
});

test("each exchange is reported once, without query, header or key", async () => {
  const records: RequestRecord[] = [];
  const server = await httpServer((_request, response) => json(response, 200, { publishes: [] }));
  const client = testClient(server.origin, { onRequest: (record) => records.push(record) });
  await client.publishes(platforms.instagram.api, { accountId: "acc", limit: 5 }, going());
  expect(server.requests[0]?.url).toBe("/api/v1/instagram/publishes?limit=5&instagramAccountId=acc");
  expect(records).toEqual([
    {
      method: "GET",
      origin: server.origin,
      pathname: "/api/v1/instagram/publishes",
      status: 200,
      sentBytes: 0,
      receivedBytes: 16,
      startedAtMs: expect.any(Number),
      durationMs: 0,
    },
  ]);
});

test("accounts, media, balance, publishes, pricing and capabilities are read leniently", async () => {
  const bodies: Record<string, unknown> = {
    "/api/v1/instagram/accounts": {
      accounts: [{ instagramAccountId: "i", username: "cat", scopes: [] }, { username: "x" }],
    },
    "/api/v1/tiktok/accounts": { accounts: [{ tiktokAccountId: "t", displayName: "Cat", status: "active" }] },
    "/api/v1/media/m%3F": { media: { mediaId: "m?", url: "https://x/y" } },
    "/api/v1/balance": { balance: 12.5, nextRefillAt: "2026-08-01T00:00:00Z" },
    "/api/v1/tiktok/publishes?": {
      rows: [{ tiktokPublishId: "p", status: "succeeded", permalink: "nope" }, 3],
    },
    "/api/v1/pricing": {
      models: [
        { key: "k", pricing: [{ unit: "per_image", variant: "1K", unitPriceMicrodollars: 4000 }, {}] },
        7,
      ],
    },
    "/api/v1/capabilities": {
      generation: {
        image: [{ key: "k", attachments: ["a", 1], params: { type: "object" } }, { label: "?" }],
        odd: 3,
      },
      editing: { video: [], image: [] },
      publish: [{ operation: "instagramPublish", accepts: { media: { kinds: ["image"], min: 1, max: 1 } } }],
    },
  };
  const server = await httpServer((request, response) => json(response, 200, bodies[request.url ?? ""]));
  const client = testClient(server.origin);
  expect(await client.accounts(platforms.instagram.api, going())).toEqual([
    { accountId: "i", username: "cat", status: "active" },
  ]);
  expect(await client.accounts(platforms.tiktok.api, going())).toEqual([
    { accountId: "t", username: "Cat", displayName: "Cat", status: "active" },
  ]);
  expect(await client.media("m?", going())).toEqual({ mediaId: "m?", url: "https://x/y" });
  expect(await client.balance(going())).toEqual({ credits: 12.5, nextRefillAt: "2026-08-01T00:00:00Z" });
  expect(await client.publishes(platforms.tiktok.api, {}, going())).toMatchObject({
    records: [{ publishId: "p", status: "succeeded" }],
  });
  expect(await client.pricing(going())).toEqual({
    models: [
      { key: "k", label: "k", prices: [{ unit: "per_image", variant: "1K", unitPriceMicrodollars: 4000 }] },
    ],
  });
  expect(await client.capabilities(going())).toEqual({
    generation: {
      image: [{ key: "k", label: "k", description: "", attachments: ["a"], params: { type: "object" } }],
      odd: [],
    },
    editing: { video: [], image: [], audio: [] },
    publish: [
      {
        operation: "instagramPublish",
        label: "instagramPublish",
        description: "",
        accepts: { media: { kinds: ["image"], min: 1, max: 1 } },
        params: {},
      },
    ],
  });
});

test.each([
  ["more than a number counts exactly", 2 ** 53],
  ["far more than any job costs", 1e300],
  ["beyond any number", "1e999"],
  ["below nothing", -1],
  ["a text", '"4000"'],
  ["nothing", "null"],
])("a price that is %s is not known", async (_what, price) => {
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(`{"estimatedCostMicrodollars":${price}}`);
  });
  expect(await testClient(server.origin).estimate({ model: "k" }, going())).toBeUndefined();
});

test("an estimate is whole microdollars, unknown where the server knows no price, and a failure otherwise", async () => {
  const server = await httpServer((_request, response, count) => {
    if (count === 1) json(response, 200, { model: "k", estimatedCostMicrodollars: 1234.2 });
    else if (count === 2) json(response, 404, { error: { message: "no such model", code: "not_found" } });
    else if (count === 3) json(response, 200, { model: "k" });
    else json(response, 401, { error: { message: "no", code: "unauthorized" } });
  });
  const client = testClient(server.origin);
  const ask = () => client.estimate({ model: "k", params: { resolution: "1K" } }, going());
  expect([await ask(), await ask(), await ask()]).toEqual([1235, undefined, undefined]);
  expect(await failureOf(ask())).toMatchObject({ code: "unauthorized" });
});

test("no reader of bodies does anything but give a value or a named failure, whatever the text", () => {
  const schemas = [
    answers.whoami,
    answers.capabilities,
    answers.pricing,
    answers.estimate,
    answers.balance,
    answers.accounts(platforms.instagram.api),
    answers.media,
    answers.upload,
    answers.created("publish"),
    answers.job,
    answers.publishes(platforms.tiktok.api),
    answers.mediaList,
  ];
  // Known field names with any values come nearer to the schemas than arbitrary JSON.
  const names = [
    "status",
    "outputs",
    "media",
    "mediaId",
    "url",
    "uploads",
    "file",
    "errors",
    "accounts",
    "models",
    "key",
    "pricing",
    "generation",
    "editing",
    "publish",
    "accepts",
    "balance",
    "outputKey",
    "outputValue",
    "accountId",
    "nextCursor",
    "createdAt",
    "__proto__",
  ];
  const near = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie("value"), { maxLength: 3 }), tie("object")),
    object: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6 }),
  }));
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    near.object.map((it) => JSON.stringify(it)),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...schemas), (body, schema) => {
      const parsed = parseBody<unknown>(schema, body);
      if (!parsed.ok) {
        expect(["not_the_api", "body_cut_off", "unexpected_body"]).toContain(parsed.failure.code);
        expect(parsed.failure.cost).toBe("none");
      }
    }),
    { numRuns: 2000 },
  );
});

test("a whole job body comes through unchanged in all that Catwalk keeps", () => {
  const media = fc.record(
    {
      mediaId: fc.string({ minLength: 1 }),
      url: fc.string({ minLength: 1 }),
      mimeType: fc.string(),
      width: fc.nat(),
      height: fc.nat(),
      durationMs: fc.nat(),
      fps: fc.nat(),
    },
    { requiredKeys: ["mediaId", "url"] },
  );
  const output = fc.oneof(
    fc.record({ type: fc.constant("media"), key: fc.string(), media }),
    fc.record({
      type: fc.constant("value"),
      key: fc.string(),
      value: fc.jsonValue().filter((it) => it !== null),
    }),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(output), (status, outputs) => {
      const nested = outputs.map((it) =>
        "media" in it
          ? { outputKey: it.key, outputValue: null, media: it.media }
          : { outputKey: it.key, outputValue: it.value, media: null },
      );
      const parsed = parseBody(answers.job, JSON.stringify({ status, outputs: nested, errorMessage: null }));
      // Through JSON once, as the body went: -0 becomes 0.
      const expected = JSON.parse(JSON.stringify({ status, outputs }));
      expect(parsed).toMatchObject({ ok: true, value: expected });
    }),
  );
});

test("a client is made without touching the network", () => {
  const client = createWondercatClient({
    baseUrl: "https://api.wondercat.ai",
    apiKey: () => {
      throw new Error("not to be asked yet");
    },
    clock: instantClock(),
    random: () => 0,
  });
  return expect(client.close()).resolves.toBeUndefined();
});

test("the publish history is paged by the pair that must travel together, and tells the server's time", async () => {
  const server = await httpServer((request, response) => {
    response.setHeader("date", "Wed, 25 Nov 2026 12:00:00 GMT");
    json(
      response,
      200,
      request.url?.includes("cursor")
        ? { publishes: [{ tiktokPublishId: "2", tiktokAccountId: "acc", mediaId: "m", postMode: "inbox" }] }
        : {
            publishes: [{ tiktokPublishId: "1", createdAt: "2026-11-25T11:00:00Z" }],
            nextCursor: { createdAt: "2026-11-25T11:00:00Z", tiktokPublishId: "1" },
          },
    );
  });
  const client = testClient(server.origin);
  const first = await client.publishes(platforms.tiktok.api, { accountId: "acc" }, going());
  expect(first.serverTimeMs).toBe(Date.parse("2026-11-25T12:00:00Z"));
  expect(first.cursor).toEqual({ cursorCreatedAt: "2026-11-25T11:00:00Z", cursorTiktokPublishId: "1" });
  const second = await client.publishes(platforms.tiktok.api, { cursor: first.cursor ?? {} }, going());
  expect(server.requests[1]?.url).toBe(
    "/api/v1/tiktok/publishes?cursorCreatedAt=2026-11-25T11%3A00%3A00Z&cursorTiktokPublishId=1",
  );
  expect(second.cursor).toBeUndefined();
  expect(second.records).toEqual([{ publishId: "2", mediaId: "m", accountId: "acc", product: "inbox" }]);
});

test("the media list is read whatever its list is called; what has no id is left out", async () => {
  const server = await httpServer((_request, response) =>
    json(response, 200, {
      items: [
        { mediaId: "m", kind: "image", createdAt: "2026-11-25T11:00:00Z", url: 4 },
        { kind: "video" },
        7,
      ],
    }),
  );
  const client = testClient(server.origin);
  const page = await client.mediaList({ source: "model_generated", limit: 100 }, going());
  expect(server.requests[0]?.url).toBe("/api/v1/media?source=model_generated&limit=100");
  expect(page.records).toEqual([{ mediaId: "m", kind: "image", createdAt: "2026-11-25T11:00:00Z" }]);
});

test("a job that names thousands of outputs gives its first thousand, and says so", async () => {
  const outputs = Array.from({ length: 10_000 }, (_, index) => ({
    outputKey: "image",
    media: { mediaId: `m${index}`, url: `https://x/${index}.png`, mimeType: "image/png" },
  }));
  const server = await httpServer((_request, response) =>
    json(response, 200, { status: "succeeded", outputs }),
  );
  const view = await testClient(server.origin).job(JOB, going());
  expect(view.outputs).toHaveLength(1_000);
  expect(view.notice).toBe("The job names 10,000 outputs; the first 1,000 are taken.");
});

test.each([
  ["nothing but brackets", "[".repeat(15_000_000)],
  ["millions of empty lists", `{"status":"succeeded","outputs":[${"[],".repeat(5_000_000)}[]]}`],
  ["a value nested 5,000 deep", `{"status":"succeeded","x":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
])("an answer of %s is more than Catwalk takes, and is not parsed", async (_what, body) => {
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  expect((await failureOf(testClient(server.origin).job(JOB, going()))).code).toBe("answer_too_large");
});
