import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { type Dispatcher, errors } from "undici";
import {
  type AnswerHeaders,
  type FailureCode,
  failureOf,
  headerOf,
  isWholeObject,
  WondercatError,
} from "./failures.ts";
import { ProxyError } from "./proxies.ts";

export type ExchangeRequest = {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal: AbortSignal;
  /** `before-sending`: once a byte may have left, only the answer or the time-outs end the exchange. */
  readonly abortable: "any-time" | "before-sending";
  /** From a byte sent to the next, and from the last to the answer's headers, in milliseconds. */
  answerMs(sentBytes: number): number;
  /** Longest silence within the answer's body, in milliseconds. */
  readonly bodyMs: number;
  readonly maxBytes: number;
  /** Bytes of the body handed to the socket, in total so far. */
  onSent?(sentBytes: number): void;
  onEnd?(summary: ExchangeSummary): void;
};

export type ExchangeSummary = {
  readonly status?: number;
  /** Why there is no whole answer; absent when there is. */
  readonly code?: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
};

export type Incoming = {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Fails with an ExchangeError. Must be read or destroyed. */
  readonly body: Readable;
};

/** An exchange that broke. */
export class ExchangeError extends WondercatError {
  override readonly name = "ExchangeError";
  /** False only when it is certain that no byte of the request was written to the connection. */
  readonly sent: boolean;

  constructor(code: FailureCode, sent: boolean, cause?: unknown, detail = errnoOf(cause)) {
    super(failureOf(code, detail), cause === undefined ? undefined : { cause });
    this.sent = sent;
  }
}

/**
 * One HTTP/1.1 request and its answer, with exact time-outs and the one fact that guards money: whether a byte left.
 *
 * undici calls a handler's `onRequestStart` once the connection (and its TLS) stands, in the same turn and just
 * before it writes the request line; a request aborted in that call is not written (`writeH1` in undici's
 * client-h1.js). So an exchange that ends without it wrote nothing, and after it anything may have arrived. Where
 * we gave up first (abort before the connection stood), the call is still answered with an abort, so that a
 * connection that stands a moment later stays silent. HTTP/2 is switched off by our dispatchers to keep this true.
 *
 * Time-outs are our own timers: undici's are up to a second late. Connecting is bounded by the dispatcher.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Incoming> {
  const { promise, resolve, reject } = Promise.withResolvers<Incoming>();
  const { signal } = request;
  let controller: Dispatcher.DispatchController | undefined;
  let body: Readable | undefined;
  let status: number | undefined;
  let stopTimer = () => {};
  let over = false;
  let sentBytes = 0;
  let receivedBytes = 0;

  const broken = (code: FailureCode, cause?: unknown) =>
    new ExchangeError(code, controller !== undefined, cause);
  const arm = (ms: number) => {
    stopTimer();
    stopTimer = patientTimeout(ms, () => fail(broken("answer_timeout")));
  };
  const end = (code?: string) => {
    over = true;
    stopTimer();
    signal.removeEventListener("abort", onAbort);
    const summary: ExchangeSummary = {
      sentBytes,
      receivedBytes,
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
    };
    // In a turn of its own, so that a faulty listener is loud and cannot hold up the answer.
    queueMicrotask(() => request.onEnd?.(summary));
  };
  const fail = (error: WondercatError) => {
    if (over) return;
    end(error.code);
    if (body) body.destroy(error);
    else reject(error);
    controller?.abort(error);
    if (request.body instanceof Readable) request.body.destroy();
  };
  const onAbort = () => {
    if (request.abortable === "any-time" || !controller) fail(broken("cancelled"));
  };

  if (signal.aborted) {
    fail(broken("cancelled"));
    return promise;
  }
  signal.addEventListener("abort", onAbort);
  dispatcher.dispatch(
    {
      origin: request.origin,
      path: request.path,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
    },
    {
      onRequestStart(started) {
        // A second start would send the request twice; a start after our end would send what was given up.
        if (over || controller) {
          started.abort(new Error("not to be sent"));
          return;
        }
        controller = started;
        arm(request.answerMs(0));
      },
      onBodySent(chunk) {
        if (over || body) return;
        sentBytes += chunk.length;
        arm(request.answerMs(sentBytes));
        request.onSent?.(sentBytes);
      },
      onResponseStart(running, statusCode, headers) {
        if (over || statusCode < 200) return;
        status = statusCode;
        arm(request.bodyMs);
        body = new Readable({
          read() {
            if (over) return;
            arm(request.bodyMs);
            running.resume();
          },
          destroy(error, done) {
            if (!over) end("cancelled");
            running.abort(error ?? new Error("not wanted"));
            done(error);
          },
        });
        // It may fail before its reader looks, who then finds the error on the stream; without this it would crash.
        body.on("error", () => undefined);
        resolve({ status: statusCode, headers, body });
      },
      onResponseData(running, chunk) {
        if (over || !body) return;
        receivedBytes += chunk.length;
        if (receivedBytes > request.maxBytes) {
          fail(broken("answer_too_large"));
        } else if (body.push(chunk)) {
          arm(request.bodyMs);
        } else {
          // The reader is slow, not the server: no clock runs until it asks for more.
          stopTimer();
          running.pause();
        }
      },
      onResponseEnd() {
        if (over) return;
        end();
        body?.push(null);
      },
      onResponseError(_running, error) {
        // The request's own body can fail with a name of its own, e.g. because its file changed.
        if (error instanceof WondercatError) fail(error);
        // The parser's error quotes the server's bytes, so it is not kept as a cause. Without a head it was not HTTP at
        // all; within a body it is how a chunked one ends too early.
        else if (error instanceof errors.HTTPParserError) fail(broken(body ? "body_cut_off" : "not_the_api"));
        else fail(broken(troubleOf(error, controller !== undefined, body !== undefined), error));
      },
    },
  );
  return promise;
}

/** A timer that fires this much too late was slept through: the process was stopped, or the machine. */
const OVERSLEPT_MS = 1000;
/** What may still be on its way then has so long at least to arrive, in milliseconds. */
const SECOND_CHANCE_MS = 10_000;

/**
 * Gives up after so many milliseconds, but never on what has arrived and was not read: Node fires the timers that are
 * due before it reads its sockets, so after a sleep an answer that lies there would come second.
 *
 * @returns stops it.
 */
function patientTimeout(ms: number, giveUp: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  let dueAt = performance.now() + ms;
  let timer = setTimeout(fire, ms);
  function fire(): void {
    if (performance.now() - dueAt > OVERSLEPT_MS) {
      const again = Math.min(ms, SECOND_CHANCE_MS);
      dueAt = performance.now() + again;
      timer = setTimeout(fire, again);
      return;
    }
    // The sockets are read before the immediates of this turn, and what they brought is handed on before the next.
    immediate = setImmediate(() => {
      immediate = setImmediate(giveUp);
    });
  }
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

/**
 * The whole body as text, within `totalMs` milliseconds; unpacked where it was packed although that was not asked for.
 *
 * A server may promise more bytes than it has. No part of a JSON object is one itself, so a success that holds a whole
 * one is an answer, however its connection ended; a job's id in it is no doubt then.
 */
export async function readText(incoming: Incoming, totalMs: number, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  const stopTimer = patientTimeout(totalMs, () =>
    incoming.body.destroy(new ExchangeError("answer_timeout", true)),
  );
  try {
    for await (const chunk of incoming.body) chunks.push(chunk);
  } catch (error) {
    const isBreak = error instanceof ExchangeError && bodyBreaks.includes(error.code);
    const isSuccess = incoming.status >= 200 && incoming.status < 300;
    if (!isBreak || !isSuccess || !isWholeObject(decode(Buffer.concat(chunks)))) throw error;
  } finally {
    stopTimer();
  }
  const packed = Buffer.concat(chunks);
  const unpacked = await unpack(packed, headerOf(incoming.headers, "content-encoding"), maxBytes);
  return decode(unpacked);
}

const bodyBreaks: readonly string[] = ["body_cut_off", "answer_timeout"];

/** By the names of RFC 9110, 8.4.1, and what is in use beside them. */
const unpackers: {
  readonly [encoding: string]: (
    bytes: Buffer,
    bounds: { readonly maxOutputLength: number },
  ) => Promise<Buffer>;
} = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * An unknown encoding is left as it is: its reader finds no answer in it. So is a whole JSON object that only says it is
 * packed.
 */
async function unpack(bytes: Buffer, encodings: string | undefined, maxBytes: number): Promise<Buffer> {
  const named = (encodings ?? "").toLowerCase().split(",");
  const layers = named.map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
  if (layers.length === 0 && bytes.subarray(0, 2).equals(GZIP_MAGIC)) layers.push("gzip");
  let plain = bytes;
  try {
    for (const layer of layers.reverse()) {
      const unpacker = unpackers[layer];
      if (!unpacker) return bytes;
      plain = await unpacker(plain, { maxOutputLength: maxBytes });
    }
  } catch (error) {
    if (isWholeObject(decode(bytes))) return bytes;
    const isLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new ExchangeError(isLarge ? "answer_too_large" : "body_cut_off", true, error);
  }
  return plain;
}

/** JSON is UTF-8 (RFC 8259, 8.1); what begins with the mark of another order of bytes says so itself. */
function decode(bytes: Buffer): string {
  const marks = { "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff] };
  const [encoding = "utf-8"] =
    Object.entries(marks).find(([, mark]) => bytes.subarray(0, 2).equals(Buffer.from(mark))) ?? [];
  return new TextDecoder(encoding).decode(bytes); // takes the mark off
}

function troubleOf(error: unknown, started: boolean, answering: boolean): FailureCode {
  const errno = errnoOf(error) ?? "";
  if (answering) return "body_cut_off";
  if (started) return "connection_lost";
  if (error instanceof ProxyError) return error.failureCode;
  if (errno === "UND_ERR_INVALID_ARG") return "header_invalid";
  if (errno === "UND_ERR_DESTROYED" || errno === "UND_ERR_CLOSED") return "client_closed";
  if (errno === "ENOTFOUND" || errno.startsWith("EAI_")) return "server_name_unknown";
  if (errno === "UND_ERR_CONNECT_TIMEOUT" || errno === "ETIMEDOUT") return "connect_timeout";
  if (/^ERR_(TLS|SSL)|^EPROTO$|CERT|SIGNED|^UNABLE_TO_|^HOSTNAME_MISMATCH$/.test(errno)) return "tls_failed";
  return "server_unreachable";
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? errnoOf(error.errors[0]) : undefined;
}
