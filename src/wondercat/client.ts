import { Readable } from "node:stream";
import { Agent, buildConnector, Client } from "undici";
import type { z } from "zod";
import { type Clock, sleep } from "../base/clock.ts";
import { connectIf, connectWhere, withoutContinue } from "./connectors.ts";
import { type CreateAnswer, outcomeOf } from "./create-outcome.ts";
import {
  ExchangeError,
  type ExchangeRequest,
  type ExchangeSummary,
  exchange,
  type Incoming,
  readText,
} from "./exchange.ts";
import {
  describeStrayAnswer,
  failureOf,
  headerOf,
  noticeOf,
  parseApiError,
  parseBody,
  scrubAnswer,
  scrubFailure,
  scrubText,
  WondercatError,
} from "./failures.ts";
import { openMultipart, type UploadFile } from "./multipart.ts";
import { connectThrough, type FindProxy } from "./proxies.ts";
import { retryDelayMs } from "./retry.ts";
import { answers } from "./schemas.ts";
import { isLoopback, isSafeToFetch, parseServerUrl } from "./server-url.ts";
import type {
  Balance,
  Capabilities,
  CreateOutcome,
  CreateRequest,
  GenerateFamily,
  JobRef,
  JobView,
  MediaPage,
  Pricing,
  PublishPage,
  PublishPlatform,
  RemoteFailure,
  RemoteMedia,
  SocialAccount,
  Whoami,
} from "./types.ts";

export type WondercatOptions = {
  /** The API's origin, with or without `/api/v1`. Plain http only to this machine. */
  readonly baseUrl: string;
  /** Where the server is now, as an origin; asked before each connection to `baseUrl`. Default: there, always. */
  whereNow?(): Promise<string>;
  /** Which proxy a server is reached through; asked before each connection, but for this machine. Default: none. */
  readonly findProxy?: FindProxy | undefined;
  /** Asked before every request, so that a changed key is seen. It goes to `baseUrl`'s origin and nowhere else. */
  apiKey(): string | undefined;
  /** Slug of the organisation whose wallet pays. */
  readonly org?: string;
  /** Name of the project that spending is tagged with. */
  readonly project?: string;
  /** Default `Catwalk`. */
  readonly userAgent?: string;
  readonly timeouts?: Partial<Timeouts>;
  /** How often a read is sent again after a passing trouble. Default 3. */
  readonly retries?: number;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Told once about every HTTP exchange, when it is over. */
  onRequest?(request: RequestRecord): void;
};

/** All in milliseconds. */
type Timeouts = {
  /** To a standing connection, TLS included. Default 10 000; undici rounds it up by as much as a second. */
  readonly connectMs: number;
  /** From the last byte sent to the answer's headers. Default 30 000. */
  readonly headersMs: number;
  /**
   * The same for an upload of which so many bytes of the file have been sent as a whole; 0 while some are left. Servers
   * look into media before they answer: two minutes, ten seconds more for each MB, and half an hour at most.
   */
  uploadAnswerMs(fileBytes: number): number;
  /** A JSON answer's whole body; in a download, the longest silence. Default 30 000. */
  readonly bodyMs: number;
};

/** Holds no query (media links are signed there) and no header. */
export type RequestRecord = ExchangeSummary & {
  readonly method: string;
  readonly origin: string;
  readonly pathname: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
};

type Abortable = { readonly signal: AbortSignal };

type UploadOutcome =
  | { readonly ok: true; readonly media: RemoteMedia }
  | { readonly ok: false; readonly failure: RemoteFailure };

type Download = {
  /** Fails with a WondercatError. Must be read to its end or destroyed. */
  readonly body: Readable;
  readonly mimeType: string;
  readonly sizeBytes?: number;
};

/**
 * One server, one account. Reads reject with a WondercatError after their retries, or with the signal's reason once
 * it is aborted; `create` and `upload` never reject.
 */
export type WondercatClient = {
  readonly origin: string;
  whoami(options: Abortable): Promise<Whoami>;
  capabilities(options: Abortable): Promise<Capabilities>;
  pricing(options: Abortable): Promise<Pricing>;
  /** Integer microdollars; undefined where the server knows no price for this. */
  estimate(
    request: {
      readonly model: string;
      readonly prompt?: string;
      readonly params?: Readonly<Record<string, unknown>>;
    },
    options: Abortable,
  ): Promise<number | undefined>;
  balance(options: Abortable): Promise<Balance>;
  accounts(platform: PublishPlatform, options: Abortable): Promise<readonly SocialAccount[]>;
  media(mediaId: string, options: Abortable): Promise<RemoteMedia>;
  /** One look at a job. */
  job(ref: JobRef, options: Abortable): Promise<JobView>;
  /** The account's posts, newest first; `limit` defaults to the server's 10. */
  publishes(
    platform: PublishPlatform,
    query: {
      readonly accountId?: string;
      readonly limit?: number;
      readonly cursor?: NonNullable<PublishPage["cursor"]>;
    },
    options: Abortable,
  ): Promise<PublishPage>;
  /** What the account has on the server; `limit` is 1 to 100 and defaults to the server's 20. */
  mediaList(
    query: { readonly source?: "model_generated" | "editor_output"; readonly limit?: number },
    options: Abortable,
  ): Promise<MediaPage>;
  /** Sent once. An upload makes no charge, so a retryable failure may simply be sent again. */
  upload(
    file: UploadFile,
    options: Abortable & { onProgress?(sentBytes: number): void },
  ): Promise<UploadOutcome>;
  /**
   * Sent once. The signal prevents a create of which no byte has left; it never aborts one in flight.
   *
   * `mayLeave` is asked at most once, when the connection stands and before the first byte: if it says no, or fails,
   * nothing is sent. It is not asked once the create has ended.
   */
  create(
    request: CreateRequest,
    options: Abortable & { mayLeave(): Promise<boolean> },
  ): Promise<CreateOutcome>;
  /** Fetches media from wherever the server keeps it, without the key. Up to 3 redirects. */
  download(url: string, options: Abortable & { readonly maxBytes: number }): Promise<Download>;
  /** Ends reads, uploads and downloads at once; waits for creates in flight. */
  close(): Promise<void>;
};

const GENERATE_PATH: { readonly [F in GenerateFamily]: string } = {
  image: "/image/generate",
  video: "/video/generate",
  text: "/text/generate",
  music: "/music/generate",
  speech: "/audio/speech",
};

/** Answers larger than this are not the API's. */
const JSON_MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/** @throws WondercatError `server_address_invalid` or `server_insecure` */
export function createWondercatClient(options: WondercatOptions): WondercatClient {
  const server = parseServerUrl(options.baseUrl);
  const { clock } = options;
  const timeouts: Timeouts = {
    connectMs: 10_000,
    headersMs: 30_000,
    bodyMs: 30_000,
    uploadAnswerMs: (fileBytes) => Math.min(30 * 60_000, 120_000 + fileBytes / 100),
    ...options.timeouts,
  };
  const retries = options.retries ?? 3;
  const closing = new AbortController();
  const creates = new Set<Promise<CreateOutcome>>();

  // Timers of ours replace undici's, and HTTP/1.1 keeps `exchange`'s promise about sent bytes.
  const plain = {
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { timeout: timeouts.connectMs, allowH2: false },
  };
  const { whereNow, findProxy } = options;
  const direct = buildConnector(plain.connect);
  const routed = findProxy ? connectThrough(direct, findProxy, timeouts.connectMs) : direct;
  const connect = withoutContinue(whereNow ? connectWhere(whereNow, plain.connect) : routed);
  const wire = { ...plain, connect };
  const reads = new Agent({ ...wire, connections: 8 });
  // A connection of its own for each upload: a reused one may be closing under it.
  const uploads = new Agent({ ...wire, pipelining: 0 });
  const downloads = new Agent({ ...plain, connect: routed });

  function keyOrThrow(): string {
    const key = options.apiKey();
    if (!key) throw new WondercatError(failureOf("key_missing"));
    return key;
  }

  function apiHeaders(key: string): Record<string, string> {
    return {
      authorization: `Bearer ${key}`,
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": options.userAgent ?? "Catwalk",
      ...(options.org ? { "x-wonda-org": options.org } : {}),
      ...(options.project ? { "x-wonda-project": options.project } : {}),
    };
  }

  function measured(origin: string, path: string, method: "GET" | "POST"): Pick<ExchangeRequest, "onEnd"> {
    const startedAtMs = clock.now();
    const pathname = path.replace(/\?.*$/, "");
    return {
      onEnd: (summary) =>
        options.onRequest?.({
          ...summary,
          method,
          origin,
          pathname,
          startedAtMs,
          durationMs: clock.now() - startedAtMs,
        }),
    };
  }

  function apiRequest(
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
    body?: string | Readable,
  ): ExchangeRequest {
    const fullPath = `${server.basePath}${path}`;
    return {
      origin: server.origin,
      path: fullPath,
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      abortable: "any-time",
      answerMs: () => timeouts.headersMs,
      bodyMs: timeouts.bodyMs,
      maxBytes: JSON_MAX_BYTES,
      ...measured(server.origin, fullPath, method),
    };
  }

  /** One attempt, which ends with the signal or with the client. */
  async function once<T>(signal: AbortSignal, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const until = AbortSignal.any([signal, closing.signal]);
    try {
      signal.throwIfAborted();
      if (closing.signal.aborted) throw new WondercatError(failureOf("client_closed"));
      return await attempt(until);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (closing.signal.aborted) throw new WondercatError(failureOf("client_closed"), { cause: error });
      throw error;
    }
  }

  /** The one retry policy of reads: passing troubles are tried again, all else and the last of them is thrown. */
  async function withRetries<T>(
    signal: AbortSignal,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const until = AbortSignal.any([signal, closing.signal]);
    for (let count = 0; ; count += 1) {
      try {
        return await once(signal, attempt);
      } catch (error) {
        if (!(error instanceof WondercatError) || until.aborted) throw error;
        const { retryable, retryAtMs } = error.failure;
        const delayMs = retryDelayMs(count, retryAtMs, clock.now(), options.random());
        if (!retryable || count >= retries || delayMs === undefined) throw error;
        await sleep(clock, delayMs, until).catch((reason: unknown) => {
          throw signal.aborted ? reason : new WondercatError(failureOf("client_closed"), { cause: error });
        });
      }
    }
  }

  /** @throws WondercatError when the answer is not a 2xx with a body of this schema */
  function judge<T>(schema: z.ZodType<T>, answer: CreateAnswer, key: string): T {
    const { status, headers } = answer;
    const text = scrubAnswer(answer.text, key);
    let failure: RemoteFailure;
    if (status >= 200 && status < 300) {
      const parsed = parseBody(schema, text);
      if (parsed.ok) return parsed.value;
      failure = { ...parsed.failure, status };
    } else {
      failure =
        parseApiError(status, text, headers, clock.now()) ??
        describeStrayAnswer(status, text, headers, clock.now());
    }
    throw new WondercatError(scrubFailure(failure, key));
  }

  function read<T>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    finish: (value: T, answer: CreateAnswer, key: string) => T = (value) => value,
    body?: string,
  ): Promise<T> {
    return withRetries(signal, async (until) => {
      const key = keyOrThrow();
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const method = body === undefined ? "GET" : "POST";
      const request = apiRequest(method, path, until, { ...apiHeaders(key), ...json }, body);
      const answer = await readAnswer(await exchange(reads, request), timeouts.bodyMs);
      return finish(judge(schema, answer, key), answer, key);
    });
  }

  async function sendCreate(
    request: CreateRequest,
    signal: AbortSignal,
    mayLeave: () => Promise<boolean>,
  ): Promise<CreateOutcome> {
    const key = options.apiKey();
    if (!key) return { outcome: "notSent", failure: failureOf("key_missing") };
    if (closing.signal.aborted) return { outcome: "notSent", failure: failureOf("client_closed") };
    const { path, body } = createCall(request);
    const headers = { ...apiHeaders(key), "content-type": "application/json" };
    // A dispatcher for this one create: no reused connection that could close under it, no pipelining, no retries.
    const until = AbortSignal.any([signal, closing.signal]);
    const dispatcher = new Client(server.origin, {
      ...wire,
      pipelining: 0,
      connect: connectIf(connect, async () => !until.aborted && (await mayLeave())),
    });
    let ended: CreateAnswer | ExchangeError;
    try {
      const answer = await readAnswer(
        await exchange(dispatcher, {
          ...apiRequest("POST", path, until, headers, JSON.stringify(body)),
          abortable: "before-sending",
        }),
        timeouts.bodyMs,
      );
      ended = { ...answer, text: scrubAnswer(answer.text, key) };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      ended = error;
    } finally {
      await dispatcher.destroy();
    }
    const outcome = outcomeOf(request.kind, ended, clock.now());
    return outcome.outcome === "accepted"
      ? { ...outcome, ...(outcome.notice ? { notice: scrubText(outcome.notice, key) } : {}) }
      : { ...outcome, failure: scrubFailure(outcome.failure, key) };
  }

  async function sendUpload(
    file: UploadFile,
    signal: AbortSignal,
    onProgress: ((sentBytes: number) => void) | undefined,
  ): Promise<RemoteMedia> {
    const until = AbortSignal.any([signal, closing.signal]);
    const key = keyOrThrow();
    await using multipart = await openMultipart(file);
    const isWhole = (sentBytes: number) => sentBytes >= multipart.lengthBytes;
    let hasLeft = false;
    const request: ExchangeRequest = {
      ...apiRequest(
        "POST",
        "/media/upload",
        until,
        { ...apiHeaders(key), ...multipart.headers },
        multipart.body,
      ),
      answerMs: (sentBytes) => timeouts.uploadAnswerMs(isWhole(sentBytes) ? file.sizeBytes : 0),
      onSent(sentBytes) {
        hasLeft = isWhole(sentBytes);
        onProgress?.(multipart.fileBytes(sentBytes));
      },
    };
    const answer = await exchange(uploads, request).catch((error: unknown) => {
      // The whole file went there and was waited for; another copy of it would fare no better.
      const isSilent = error instanceof ExchangeError && error.code === "answer_timeout" && hasLeft;
      throw isSilent ? new WondercatError(failureOf("upload_unanswered"), { cause: error }) : error;
    });
    const result = judge(answers.upload, await readAnswer(answer, timeouts.bodyMs), key);
    if ("media" in result) return result.media;
    throw new WondercatError(
      scrubFailure({ ...failureOf("upload_rejected"), message: result.rejected }, key),
    );
  }

  /** Checks every address it is sent to: a server elsewhere must not make this machine fetch from itself. */
  function mediaAddress(url: string, base?: URL): URL {
    const address = URL.parse(url, base?.href);
    if (!address || !isSafeToFetch(address) || (isLoopback(address) && !server.isLoopback)) {
      throw new WondercatError(failureOf("download_insecure"));
    }
    return address;
  }

  async function fetchMedia(
    url: string,
    maxBytes: number,
    until: AbortSignal,
    rest?: Rest,
  ): Promise<Incoming> {
    let address = mediaAddress(url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const path = `${address.pathname}${address.search}`;
      const incoming = await exchange(downloads, {
        origin: address.origin,
        path,
        method: "GET",
        headers: {
          "user-agent": options.userAgent ?? "Catwalk",
          "accept-encoding": "identity",
          ...rest?.headers,
        },
        signal: until,
        abortable: "any-time",
        answerMs: () => timeouts.headersMs,
        bodyMs: timeouts.bodyMs,
        maxBytes,
        ...measured(address.origin, path, "GET"),
      });
      const { status } = incoming;
      if (status === 206 ? isFrom(rest, incoming) : status === 200 && !rest) return incoming;
      incoming.body.destroy();
      const location = headerOf(incoming.headers, "location");
      if (![301, 302, 303, 307, 308].includes(status) || !location) {
        const { retryAtMs } = describeStrayAnswer(status, "", incoming.headers, clock.now());
        throw new WondercatError({
          ...failureOf("download_failed", `HTTP ${status}`),
          status,
          ...(retryAtMs === undefined ? {} : { retryAtMs }),
        });
      }
      address = mediaAddress(location, address);
    }
    throw new WondercatError(failureOf("too_many_redirects"));
  }

  async function openDownload(url: string, maxBytes: number, until: AbortSignal): Promise<Download> {
    const incoming = await fetchMedia(url, maxBytes, until);
    const { headers } = incoming;
    const length = headerOf(headers, "content-length");
    const sizeBytes = length && /^\d+$/.test(length) ? Number(length) : undefined;
    if (sizeBytes !== undefined && sizeBytes > maxBytes) {
      incoming.body.destroy();
      throw new WondercatError(failureOf("answer_too_large", `${sizeBytes} of at most ${maxBytes} bytes`));
    }
    const mimeType = headerOf(headers, "content-type")?.split(";")[0]?.trim().toLowerCase();
    const body = Readable.from(
      resumed(incoming, async (rest) => {
        try {
          return await fetchMedia(url, maxBytes, until, rest);
        } catch {
          return undefined; // what broke off says more than a link that is no longer good
        }
      }),
      { objectMode: false },
    );
    // It may fail before its reader looks, who then finds the error on the stream; without this it would crash.
    body.on("error", () => undefined);
    return {
      body,
      mimeType: mimeType || "application/octet-stream",
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    };
  }

  return {
    origin: server.origin,
    whoami: ({ signal }) => read("/auth/whoami", answers.whoami, signal),
    capabilities: ({ signal }) => read("/capabilities", answers.capabilities, signal),
    pricing: ({ signal }) => read("/pricing", answers.pricing, signal),
    balance: ({ signal }) => read("/balance", answers.balance, signal),
    accounts: (platform, { signal }) => read(`/${platform}/accounts`, answers.accounts(platform), signal),
    media: (mediaId, { signal }) => read(`/media/${encodeURIComponent(mediaId)}`, answers.media, signal),

    async estimate({ model, prompt, params }, { signal }) {
      const body = JSON.stringify({ model, prompt, params });
      try {
        // A POST that makes nothing: as safe to repeat as a GET.
        return await read("/pricing/estimate", answers.estimate, signal, undefined, body);
      } catch (error) {
        // An unknown model, a param it cannot price, or a server without this endpoint: no known price.
        const status = error instanceof WondercatError ? error.failure.status : undefined;
        if (status === 400 || status === 404 || status === 405 || status === 410) return undefined;
        throw error;
      }
    },

    async job(ref, { signal }) {
      const path = `/jobs/${ref.kind}/${encodeURIComponent(ref.id)}`;
      const view = await read(path, answers.job, signal, (view, answer, key) => {
        const notice = noticeOf(answer.headers, key) ?? (view.notice && scrubText(view.notice, key));
        return {
          ...view,
          ...(view.errorMessage === undefined ? {} : { errorMessage: scrubText(view.errorMessage, key) }),
          ...(notice ? { notice } : {}),
        };
      });
      return { job: ref, ...view };
    },

    publishes(platform, { accountId, limit, cursor = {} }, { signal }) {
      const query = new URLSearchParams();
      if (limit !== undefined) query.set("limit", String(limit));
      if (accountId !== undefined) query.set(`${platform}AccountId`, accountId);
      for (const [name, value] of Object.entries(cursor)) query.set(name, value);
      return read(`/${platform}/publishes?${query}`, answers.publishes(platform), signal, withServerTime);
    },

    mediaList({ source, limit }, { signal }) {
      const query = new URLSearchParams();
      if (source !== undefined) query.set("source", source);
      if (limit !== undefined) query.set("limit", String(limit));
      return read(`/media?${query}`, answers.mediaList, signal, withServerTime);
    },

    async upload(file, { signal, onProgress }) {
      try {
        return { ok: true, media: await sendUpload(file, signal, onProgress) };
      } catch (error) {
        if (!(error instanceof WondercatError)) throw error;
        const failure = closing.signal.aborted ? failureOf("client_closed") : error.failure;
        return { ok: false, failure };
      }
    },

    async create(request, { signal, mayLeave }) {
      const sending = sendCreate(request, signal, mayLeave);
      creates.add(sending);
      try {
        return await sending;
      } finally {
        creates.delete(sending);
      }
    },

    // Whoever asks again does so with a fresh link, so there are no retries but within the body.
    download: (url, { signal, maxBytes }) => once(signal, (until) => openDownload(url, maxBytes, until)),

    async close() {
      closing.abort(new WondercatError(failureOf("client_closed")));
      await Promise.allSettled(creates);
      await Promise.all([reads.destroy(), uploads.destroy(), downloads.destroy()]);
    },
  };
}

/** So often a body that breaks off is gone on with, if each time at least a byte of it came. */
const MOST_CONTINUATIONS = 20;

/** What a break in the middle of a body looks like. */
const breaks: readonly string[] = ["body_cut_off", "connection_lost", "answer_timeout"];

/** The bytes of a download, which goes on where it broke off if the server can tell that the rest is of the same bytes. */
async function* resumed(
  first: Incoming,
  goOn: (rest: Rest) => Promise<Incoming | undefined>,
): AsyncGenerator<Buffer> {
  let received = 0;
  let incoming = first;
  for (let left = MOST_CONTINUATIONS; ; left--) {
    const before = received;
    try {
      for await (const chunk of incoming.body) {
        received += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof WondercatError) || !breaks.includes(error.code)) throw error;
      const rest = restFrom(received, first);
      if (!rest || received === before || left === 0) throw error;
      const more = await goOn(rest);
      if (!more) throw error;
      incoming = more;
    }
  }
}

/** What is asked for after a break. */
type Rest = {
  readonly from: number;
  /** Of the whole body, where its server said so. */
  readonly totalBytes: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

/** Undefined where the server does not say how to tell that more bytes are of the same body. */
function restFrom(from: number, { headers }: Incoming): Rest | undefined {
  const length = headerOf(headers, "content-length");
  const tag = headerOf(headers, "etag");
  const validator = tag?.startsWith('"') ? tag : headerOf(headers, "last-modified");
  const isOffered = headerOf(headers, "accept-ranges") === "bytes" && length !== undefined;
  if (from === 0 || (validator === undefined && !isOffered)) return undefined;
  return {
    from,
    totalBytes: length === undefined ? undefined : Number(length),
    headers: { range: `bytes=${from}-`, ...(validator === undefined ? {} : { "if-range": validator }) },
  };
}

/** Whether a 206 has all that was asked for: everything, or the rest to the end. */
function isFrom(rest: Rest | undefined, { headers }: Incoming): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headerOf(headers, "content-range") ?? "");
  const [from, last, total] = (range ?? []).slice(1).map(Number);
  return (
    from === (rest?.from ?? 0) &&
    last !== undefined &&
    last + 1 === total &&
    total === (rest?.totalBytes ?? total)
  );
}

/** Lists are compared with moments of this machine's clock, which may differ from the server's. */
function withServerTime<Page extends object>(page: Page, { headers }: CreateAnswer): Page {
  const serverTimeMs = Date.parse(headerOf(headers, "date") ?? "");
  return Number.isNaN(serverTimeMs) ? page : { ...page, serverTimeMs };
}

async function readAnswer(incoming: Incoming, bodyMs: number): Promise<CreateAnswer> {
  return {
    status: incoming.status,
    headers: incoming.headers,
    text: await readText(incoming, bodyMs, JSON_MAX_BYTES),
  };
}

/** A create as the API takes it. What Catwalk stands for (media, account, caption) wins over free params. */
function createCall(request: CreateRequest): { readonly path: string; readonly body: unknown } {
  switch (request.kind) {
    case "inference":
      return { path: GENERATE_PATH[request.family], body: request.body };
    case "editor":
      return { path: `/${request.endpoint}/edit`, body: request.body };
    case "publish": {
      const { mediaId, accountId, caption, params } = request.body;
      const account = { [`${request.platform}AccountId`]: accountId };
      return { path: `/publish/${request.platform}`, body: { ...params, mediaId, ...account, caption } };
    }
  }
}
