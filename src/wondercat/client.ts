import type { z } from "zod";
import { doubledMs } from "../base/back-off.ts";
import { sleep } from "../base/clock.ts";
import type { CreateAnswer } from "./create-outcome.ts";
import { createDownloads, type Download } from "./downloads.ts";
import { exchange } from "./exchange.ts";
import { failureOf, headerOf, noticeOf, scrubText, WondercatError } from "./failures.ts";
import type { UploadFile } from "./multipart.ts";
import { parseAnswer } from "./parse-answer.ts";
import { answers } from "./schemas.ts";
import { sendCreate } from "./send-create.ts";
import { sendUpload } from "./send-upload.ts";
import { mediaAddress } from "./server-url.ts";
import { openTransport, type WondercatOptions } from "./transport.ts";
import type {
  Balance,
  Capabilities,
  CreateOutcome,
  CreateRequest,
  JobOutput,
  JobRef,
  JobView,
  MediaPage,
  Pricing,
  PublishApi,
  PublishPage,
  RemoteFailure,
  RemoteMedia,
  SocialAccount,
  Whoami,
} from "./types.ts";

type Abortable = { readonly signal: AbortSignal };

type UploadOutcome =
  | { readonly ok: true; readonly media: RemoteMedia }
  | { readonly ok: false; readonly failure: RemoteFailure };

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
  accounts(api: PublishApi, options: Abortable): Promise<readonly SocialAccount[]>;
  media(mediaId: string, options: Abortable): Promise<RemoteMedia>;
  /** One look at a job. */
  job(ref: JobRef, options: Abortable): Promise<JobView>;
  /** The account's posts, newest first; `limit` defaults to the server's 10. */
  publishes(
    api: PublishApi,
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

/** @throws WondercatError `server_address_invalid` or `server_insecure` */
export function createWondercatClient(options: WondercatOptions): WondercatClient {
  const transport = openTransport(options);
  const { clock, closing } = transport;
  const retries = options.retries ?? 3;
  const downloads = createDownloads(transport);
  const creates = new Set<Promise<CreateOutcome>>();

  /** The one retry policy of reads: passing troubles are tried again, all else and the last of them is thrown. */
  async function withRetries<T>(
    signal: AbortSignal,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const until = AbortSignal.any([signal, closing]);
    for (let count = 0; ; count += 1) {
      try {
        return await transport.once(signal, attempt);
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

  function read<T>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    finish: (value: T, answer: CreateAnswer, key: string) => T = (value) => value,
    body?: string,
  ): Promise<T> {
    return withRetries(signal, async (until) => {
      const key = transport.key();
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const method = body === undefined ? "GET" : "POST";
      const request = transport.request(method, path, until, { ...transport.apiHeaders(key), ...json }, body);
      const answer = await transport.answerOf(await exchange(transport.connections.reads, request));
      return finish(parseAnswer(schema, answer, key, clock.now()), answer, key);
    });
  }

  /** A link that leads nowhere safe is no link, so that what stands beside it goes on. */
  function usable(output: JobOutput): JobOutput {
    if (output.type !== "media" || mediaAddress(output.media.url, transport.server)) return output;
    const { media, ...rest } = output;
    return { ...rest, type: "unusable", mediaId: media.mediaId, isUnsafe: true };
  }

  return {
    origin: transport.server.origin,
    whoami: ({ signal }) => read("/auth/whoami", answers.whoami, signal),
    capabilities: ({ signal }) => read("/capabilities", answers.capabilities, signal),
    pricing: ({ signal }) => read("/pricing", answers.pricing, signal),
    balance: ({ signal }) => read("/balance", answers.balance, signal),
    accounts: (api, { signal }) => read(api.accounts, answers.accounts(api), signal),
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
          outputs: view.outputs.map(usable),
          ...(view.errorMessage === undefined ? {} : { errorMessage: scrubText(view.errorMessage, key) }),
          ...(notice ? { notice } : {}),
        };
      });
      return { job: ref, ...view };
    },

    publishes(api, { accountId, limit, cursor = {} }, { signal }) {
      const query = new URLSearchParams();
      if (limit !== undefined) query.set("limit", String(limit));
      if (accountId !== undefined) query.set(api.accountField, accountId);
      for (const [name, value] of Object.entries(cursor)) query.set(name, value);
      return read(`${api.posts}?${query}`, answers.publishes(api), signal, withServerTime);
    },

    mediaList({ source, limit }, { signal }) {
      const query = new URLSearchParams();
      if (source !== undefined) query.set("source", source);
      if (limit !== undefined) query.set("limit", String(limit));
      return read(`/media?${query}`, answers.mediaList, signal, withServerTime);
    },

    async upload(file, { signal, onProgress }) {
      try {
        return { ok: true, media: await sendUpload(transport, file, signal, onProgress) };
      } catch (error) {
        if (!(error instanceof WondercatError)) throw error;
        const failure = closing.aborted ? failureOf("client_closed") : error.failure;
        return { ok: false, failure };
      }
    },

    async create(request, { signal, mayLeave }) {
      const sending = sendCreate(transport, request, signal, mayLeave);
      creates.add(sending);
      try {
        return await sending;
      } finally {
        creates.delete(sending);
      }
    },

    // Whoever asks again does so with a fresh link, so there are no retries but within the body.
    download: (url, { signal, maxBytes }) =>
      transport.once(signal, (until) => downloads.open(url, maxBytes, until)),

    close: () => transport.close(() => Promise.allSettled(creates)),
  };
}

/** Lists are compared with moments of this machine's clock, which may differ from the server's. */
function withServerTime<Page extends object>(page: Page, { headers }: CreateAnswer): Page {
  const serverTimeMs = Date.parse(headerOf(headers, "date") ?? "");
  return Number.isNaN(serverTimeMs) ? page : { ...page, serverTimeMs };
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before a read is sent again: the time the server gave, else 0.5 s doubled with each attempt and
 * spread by half, so that many readers do not come back at once.
 *
 * @param attempt 0 after the first failure.
 * @param random 0 ≤ x < 1.
 * @returns milliseconds, or undefined when the server asks for more than 30 s: then the caller should know.
 */
function retryDelayMs(
  attempt: number,
  retryAtMs: number | undefined,
  nowMs: number,
  random: number,
): number | undefined {
  if (retryAtMs === undefined)
    return doubledMs(attempt, FIRST_DELAY_MS, LONGEST_DELAY_MS) * (0.5 + random / 2);
  const delayMs = Math.max(0, retryAtMs - nowMs);
  return delayMs <= LONGEST_DELAY_MS ? delayMs : undefined;
}
