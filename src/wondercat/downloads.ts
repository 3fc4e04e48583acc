import { Readable } from "node:stream";
import { exchange, type Incoming } from "./exchange.ts";
import { describeStrayAnswer, failureOf, headerOf, WondercatError } from "./failures.ts";
import { mediaAddress } from "./server-url.ts";
import type { Transport } from "./transport.ts";

export type Download = {
  /** Fails with a WondercatError. Must be read to its end or destroyed. */
  readonly body: Readable;
  readonly mimeType: string;
  readonly sizeBytes?: number;
};

const MAX_REDIRECTS = 3;

/** Opens media wherever a server keeps them, without the key; a body that breaks off goes on where the server can. */
export function createDownloads({ server, clock, timeouts, userAgent, connections, measured }: Transport): {
  /** @throws WondercatError */
  open(url: string, maxBytes: number, until: AbortSignal): Promise<Download>;
} {
  /** Checks every address it is sent to. */
  function checked(url: string, base?: URL): URL {
    const address = mediaAddress(url, server, base);
    if (!address) throw new WondercatError(failureOf("download_insecure"));
    return address;
  }

  async function fetchMedia(
    url: string,
    maxBytes: number,
    until: AbortSignal,
    rest?: Rest,
  ): Promise<Incoming> {
    let address = checked(url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const path = `${address.pathname}${address.search}`;
      const incoming = await exchange(connections.downloads, {
        origin: address.origin,
        path,
        method: "GET",
        headers: {
          "user-agent": userAgent,
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
      address = checked(location, address);
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

  return { open: openDownload };
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
