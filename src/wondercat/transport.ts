import { Agent, buildConnector, Client, type Dispatcher } from "undici";
import type { Clock } from "../base/clock.ts";
import { connectIf, connectWhere, withoutContinue } from "./connectors.ts";
import type { CreateAnswer } from "./create-outcome.ts";
import { type ExchangeRequest, type ExchangeSummary, type Incoming, readText } from "./exchange.ts";
import { failureOf, WondercatError } from "./failures.ts";
import { connectThrough, type FindProxy } from "./proxies.ts";
import { parseServerUrl, type ServerUrl } from "./server-url.ts";

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

/** Answers larger than this are not the API's. */
const JSON_MAX_BYTES = 16 * 1024 * 1024;

/** What every kind of request needs: connections, headers, limits of time, and an end for all of them. */
export type Transport = {
  readonly server: ServerUrl;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly userAgent: string;
  /** Aborted when the client is closed. */
  readonly closing: AbortSignal;
  /** Connections by what they carry. A create has one of its own (`openCreate`). */
  readonly connections: { readonly [Use in "reads" | "uploads" | "downloads"]: Dispatcher };
  /** A dispatcher for one create: no reused connection that could close under it, no pipelining, no retries. */
  openCreate(mayLeave: () => Promise<boolean>): Dispatcher;
  /** @throws WondercatError `key_missing` */
  key(): string;
  apiHeaders(key: string): Record<string, string>;
  /** A request to the API's own origin. */
  request(
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
    body?: ExchangeRequest["body"],
  ): ExchangeRequest;
  /** Tells `onRequest` of this exchange when it is over. */
  measured(origin: string, path: string, method: "GET" | "POST"): Pick<ExchangeRequest, "onEnd">;
  answerOf(incoming: Incoming): Promise<CreateAnswer>;
  /** One attempt, which ends with the signal or with the client. */
  once<T>(signal: AbortSignal, attempt: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(finish: () => Promise<unknown>): Promise<void>;
};

/** @throws WondercatError `server_address_invalid` or `server_insecure` */
export function openTransport(options: WondercatOptions): Transport {
  const server = parseServerUrl(options.baseUrl);
  const { clock } = options;
  const timeouts: Timeouts = {
    connectMs: 10_000,
    headersMs: 30_000,
    bodyMs: 30_000,
    uploadAnswerMs: (fileBytes) => Math.min(30 * 60_000, 120_000 + fileBytes / 100),
    ...options.timeouts,
  };
  const userAgent = options.userAgent ?? "Catwalk";
  const closing = new AbortController();

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

  return {
    server,
    clock,
    timeouts,
    userAgent,
    closing: closing.signal,
    connections: { reads, uploads, downloads },
    openCreate: (mayLeave) =>
      new Client(server.origin, { ...wire, pipelining: 0, connect: connectIf(connect, mayLeave) }),
    key() {
      const key = options.apiKey();
      if (!key) throw new WondercatError(failureOf("key_missing"));
      return key;
    },
    apiHeaders: (key) => ({
      authorization: `Bearer ${key}`,
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": userAgent,
      ...(options.org ? { "x-wonda-org": options.org } : {}),
      ...(options.project ? { "x-wonda-project": options.project } : {}),
    }),
    request(method, path, signal, headers, body) {
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
    },
    measured,
    answerOf: async (incoming) => ({
      status: incoming.status,
      headers: incoming.headers,
      text: await readText(incoming, timeouts.bodyMs, JSON_MAX_BYTES),
    }),
    async once(signal, attempt) {
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
    },
    async close(finish) {
      closing.abort(new WondercatError(failureOf("client_closed")));
      await finish();
      await Promise.all([reads.destroy(), uploads.destroy(), downloads.destroy()]);
    },
  };

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
}
