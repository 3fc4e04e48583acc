import { z } from "zod";
import { brokenJsonBound } from "../base/json-bounds.ts";
import { saidBy } from "../base/words.ts";
import { type Message, mapTexts, message, type Said } from "../words/message.ts";
import { Told } from "../words/told.ts";
import type { JobKind, RemoteFailure } from "./types.ts";

/**
 * Everything that can go wrong between Catwalk and the API, in words a person can act on.
 *
 * @see docs/wondercat-api.md, section 2, for the API's own codes.
 */

type Advice = {
  /** What happened, where the server does not say it itself. */
  readonly message: Said;
  /** What the person can do. */
  readonly remedy: Said;
  /** Whether the same request may work if it is simply sent again. A create in doubt overrules this with no. */
  readonly retryable: boolean;
};

const CHECK_KEY = message("server.checkKey");
const CHECK_PARAMS = message("server.checkParams");
const CHECK_ADDRESS = message("server.checkAddress");
const TOP_UP = message("server.topUp");
const TRY_LATER = message("server.tryLater");

/** The codes the API documents, then those Catwalk gives to what has no code of the API's. */
const ADVICE = {
  validation_error: {
    message: message("server.validationError"),
    remedy: CHECK_PARAMS,
    retryable: false,
  },
  bad_request: {
    message: message("server.badRequest"),
    remedy: CHECK_PARAMS,
    retryable: false,
  },
  unknown_project: {
    message: message("server.unknownProject"),
    remedy: message("server.unknownProjectRemedy"),
    retryable: false,
  },
  unauthorized: { message: message("server.unauthorized"), remedy: CHECK_KEY, retryable: false },
  insufficient_credits: {
    message: message("server.insufficientCredits"),
    remedy: TOP_UP,
    retryable: false,
  },
  payment_required: { message: message("server.paymentRequired"), remedy: TOP_UP, retryable: false },
  forbidden: {
    message: message("server.forbidden"),
    remedy: message("server.forbiddenRemedy"),
    retryable: false,
  },
  feature_disabled: {
    message: message("server.featureDisabled"),
    remedy: message("server.featureDisabledRemedy"),
    retryable: false,
  },
  paid_plan_required: {
    message: message("server.paidPlanRequired"),
    remedy: message("server.paidPlanRequiredRemedy"),
    retryable: false,
  },
  not_found: {
    message: message("server.notFound"),
    remedy: message("server.notFoundRemedy"),
    retryable: false,
  },
  media_not_found: {
    message: message("server.mediaNotFound"),
    remedy: message("server.mediaNotFoundRemedy"),
    retryable: false,
  },
  conflict: {
    message: message("server.conflict"),
    remedy: message("server.conflictRemedy"),
    retryable: false,
  },
  project_exists: {
    message: message("server.projectExists"),
    remedy: message("server.projectExistsRemedy"),
    retryable: false,
  },
  gone: {
    message: message("server.gone"),
    remedy: message("server.goneRemedy"),
    retryable: false,
  },
  rate_limit_exceeded: { message: message("server.rateLimit"), remedy: TRY_LATER, retryable: true },
  throttled: {
    message: message("server.throttled"),
    remedy: message("server.throttledRemedy"),
    retryable: true,
  },
  internal_server_error: {
    message: message("server.internalServerError"),
    remedy: message("server.tryInMinutes"),
    retryable: true,
  },

  client_error: { message: message("server.clientError"), remedy: CHECK_PARAMS, retryable: false },
  server_error: {
    message: message("server.serverError"),
    remedy: message("server.tryInMinutes"),
    retryable: true,
  },
  server_address_invalid: {
    message: message("server.serverAddressInvalid"),
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  server_insecure: {
    message: message("server.serverInsecure"),
    remedy: message("server.serverInsecureRemedy"),
    retryable: false,
  },
  key_missing: {
    message: message("server.keyMissing"),
    remedy: message("server.keyMissingRemedy"),
    retryable: false,
  },
  header_invalid: {
    message: message("server.headerInvalid"),
    remedy: message("server.headerInvalidRemedy"),
    retryable: false,
  },
  server_unreachable: {
    message: message("server.serverUnreachable"),
    remedy: message("server.serverUnreachableRemedy"),
    retryable: true,
  },
  server_name_unknown: {
    message: message("server.serverNameUnknown"),
    remedy: message("server.serverNameUnknownRemedy"),
    retryable: true,
  },
  connect_timeout: {
    message: message("server.connectTimeout"),
    remedy: message("server.connectTimeoutRemedy"),
    retryable: true,
  },
  proxy_unreachable: {
    message: message("server.proxyUnreachable"),
    remedy: message("server.proxyUnreachableRemedy"),
    retryable: true,
  },
  proxy_refused: {
    message: message("server.proxyRefused"),
    remedy: message("server.proxyRefusedRemedy"),
    retryable: false,
  },
  proxy_login_required: {
    message: message("server.proxyLogin"),
    remedy: message("server.proxyLoginRemedy"),
    retryable: false,
  },
  proxy_cannot_reach: {
    message: message("server.proxyCannotReach"),
    remedy: message("server.proxyCannotReachRemedy"),
    retryable: true,
  },
  proxy_address_invalid: {
    message: message("server.proxyAddressInvalid"),
    remedy: message("server.proxyAddressInvalidRemedy"),
    retryable: false,
  },
  proxy_unsupported: {
    message: message("server.proxyUnsupported"),
    remedy: message("server.proxyUnsupportedRemedy"),
    retryable: false,
  },
  tls_failed: {
    message: message("server.tlsFailed"),
    remedy: message("server.tlsFailedRemedy"),
    retryable: false,
  },
  connection_lost: {
    message: message("server.connectionLost"),
    remedy: message("server.checkNetwork"),
    retryable: true,
  },
  answer_timeout: { message: message("server.answerTimeout"), remedy: TRY_LATER, retryable: true },
  body_cut_off: {
    message: message("server.bodyCutOff"),
    remedy: message("server.checkNetwork"),
    retryable: true,
  },
  not_the_api: {
    message: message("server.notTheApi"),
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  unexpected_body: {
    message: message("server.unexpectedBody"),
    remedy: message("server.unexpectedBodyRemedy"),
    retryable: false,
  },
  answer_too_large: {
    message: message("server.answerTooLarge"),
    remedy: message("server.answerTooLargeRemedy"),
    retryable: false,
  },
  redirected: {
    message: message("server.redirected"),
    remedy: CHECK_ADDRESS,
    retryable: false,
  },
  accepted_without_id: {
    message: message("server.acceptedWithoutId"),
    remedy: message("server.lookWhetherMade"),
    retryable: false,
  },
  upload_rejected: {
    message: message("server.uploadRejected"),
    remedy: message("server.uploadRejectedRemedy"),
    retryable: false,
  },
  upload_unanswered: {
    message: message("server.uploadUnanswered"),
    remedy: message("server.uploadUnansweredRemedy"),
    retryable: false,
  },
  file_unreadable: {
    message: message("server.fileUnreadable"),
    remedy: message("server.fileUnreadableRemedy"),
    retryable: false,
  },
  file_changed: {
    message: message("server.fileChanged"),
    remedy: message("server.fileChangedRemedy"),
    retryable: false,
  },
  download_failed: {
    message: message("server.downloadFailed"),
    remedy: message("server.downloadFailedRemedy"),
    // With a fresh link, that is.
    retryable: true,
  },
  download_insecure: {
    message: message("server.downloadInsecure"),
    remedy: message("server.downloadInsecureRemedy"),
    retryable: false,
  },
  too_many_redirects: {
    message: message("server.tooManyRedirects"),
    remedy: message("server.tooManyRedirectsRemedy"),
    retryable: true,
  },
  cancelled: {
    message: message("server.cancelled"),
    remedy: message("server.cancelledRemedy"),
    retryable: false,
  },
  client_closed: {
    message: message("server.clientClosed"),
    remedy: message("server.clientClosedRemedy"),
    retryable: false,
  },
} as const satisfies Record<string, Advice>;

export type FailureCode = keyof typeof ADVICE;

/** Longest message a failure carries, in characters. */
const MESSAGE_LIMIT = 500;

const DOUBT_REMEDY: { readonly [K in JobKind]: Message } = {
  inference: message("server.doubtGeneration"),
  editor: message("server.doubtEdit"),
  publish: message("server.doubtPost"),
};

/** @param detail what tells this case from others of its code, e.g. an errno; holds no secret. */
export function failureOf(code: FailureCode, detail?: Said): RemoteFailure {
  const { message: said, remedy, retryable } = ADVICE[code];
  return { code, message: withDetail(said, detail), remedy, retryable, cost: "none" };
}

function withDetail(said: Said, detail: Said | undefined): Said {
  return detail ? message("server.withDetail", { said, detail }) : said;
}

/** A read, upload or download that did not do its work. `cause` is the network's own error, where there is one. */
export class WondercatError extends Told {
  override readonly name: string = "WondercatError";
  readonly failure: RemoteFailure;
  readonly code: string;

  constructor(failure: RemoteFailure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
    this.code = failure.code;
  }
}

/** Turns the failure of a create that may have arrived into one that only a person may resolve. */
export function asDoubt(failure: RemoteFailure, kind: JobKind): RemoteFailure {
  const { retryAtMs: _notForResending, ...rest } = failure;
  return { ...rest, retryable: false, cost: "unknown", remedy: DOUBT_REMEDY[kind] };
}

/** Shorter than this is no key; taking it out of an answer would spoil the answer. In characters. */
const SHORTEST_SECRET = 16;

/**
 * An answer without the key. Any part of one may end up in a journal or on a screen, and a server may repeat what it
 * was sent, with any of its letters as an escape.
 */
export function scrubAnswer(text: string, key: string): string {
  if (key.length < SHORTEST_SECRET) return text;
  const plain = text.replaceAll(key, "sk_…");
  const json = plain.includes("\\") ? parseJson(plain) : undefined;
  if (json === undefined) return plain;
  const written = JSON.stringify(json);
  const secret = JSON.stringify(key).slice(1, -1);
  return written.includes(secret) ? written.replaceAll(secret, "sk_…") : plain;
}

/** Takes keys out of text that a person or a log will see, and bounds it. */
export function scrubText(text: string, key: string | undefined, limit = MESSAGE_LIMIT): string {
  const withoutKey = key ? text.replaceAll(key, "sk_…") : text;
  // Whole key-like words first: a cut in the middle of one would leave a piece that no pattern finds.
  const clean = withoutKey.replace(/sk_[0-9a-z]{6,}/gi, "sk_…").replace(/(bearer\s+)[^\s"',;]+/gi, "$1…");
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`;
}

export function scrubFailure(failure: RemoteFailure, key: string | undefined): RemoteFailure {
  // With the words around it in any language, a text stays within the limit.
  const scrubbed = mapTexts(failure.message, (text) => scrubText(text, key, MESSAGE_LIMIT - 50));
  return { ...failure, message: scrubbed, code: scrubText(failure.code, key, 64) };
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

const lenientText = z.string().optional().catch(undefined);
const errorEnvelope = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    code: z.string().min(1),
    deferUntil: lenientText,
    reason: lenientText,
  }),
  // The reference does not say whether these sit inside `error` or beside it.
  deferUntil: lenientText,
  reason: lenientText,
});

/** What the API itself says about a request it refused; undefined when the body is not its error shape. */
export function parseApiError(
  status: number,
  text: string,
  headers: AnswerHeaders,
  nowMs: number,
): RemoteFailure | undefined {
  const parsed = errorEnvelope.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  const reason = error.reason ?? parsed.data.reason;
  const advice = ADVICE[isFailureCode(error.code) ? error.code : codeOfStatus(status)];
  const stillPreparing = status === 409 && isStillPreparing(`${error.code} ${reason ?? ""} ${error.message}`);
  const retryable = status === 429 || status >= 500 || stillPreparing;
  const retryAtMs = retryable
    ? retryTime(error.deferUntil ?? parsed.data.deferUntil, headers, nowMs)
    : undefined;
  const said = error.message.trim();
  const told = said === "" ? advice.message : answeredWords(status, said);
  return {
    code: error.code.replace(/[^\w.-]+/g, "_"),
    message: withDetail(told, reason),
    remedy: stillPreparing ? message("server.stillPreparing") : advice.remedy,
    status,
    retryable,
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
    cost: "none",
    ...(isMediaGone(status, error.code, said) ? { mediaGone: true as const } : {}),
  };
}

/** The best words for an answer that is neither a success nor the API's own error shape. */
export function describeStrayAnswer(
  status: number,
  text: string,
  headers: AnswerHeaders,
  nowMs: number,
): RemoteFailure {
  const detail = `HTTP ${status}`;
  const transient = status === 429 || status >= 500;
  if (status < 400) return { ...failureOf(status >= 300 ? "redirected" : "not_the_api", detail), status };
  // A proxy's page about a passing trouble tells nothing about the address; any other page does.
  if (!transient && looksLikeMarkup(text)) return { ...failureOf("not_the_api", detail), status };
  const failure = failureOf(codeOfStatus(status), detail);
  const words = wordsOf(parseJson(text));
  const retryAtMs = transient ? retryTime(undefined, headers, nowMs) : undefined;
  return {
    ...failure,
    message: words ? answeredWords(status, words) : failure.message,
    status,
    retryable: transient,
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  };
}

function answeredWords(status: number, said: string): Message {
  return message("server.answered", { status, said: saidBy(said) });
}

export type ParsedBody<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RemoteFailure };

/** Reads the text of a 2xx answer; every way in which it can be wrong has a name. */
export function parseBody<T>(schema: z.ZodType<T>, text: string): ParsedBody<T> {
  const json = parseJson(text);
  if (json === undefined) {
    const broken = brokenJsonBound(text, answerBounds);
    if (broken) return { ok: false, failure: failureOf("answer_too_large", wordsOfBound[broken]) };
    const code = /^\s*[{["]/.test(text) ? "body_cut_off" : "not_the_api";
    return {
      ok: false,
      failure: failureOf(code, text.trim() === "" ? message("server.emptyAnswer") : undefined),
    };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  // The path, never the value: it may be anything.
  const place = issue?.path.join(".");
  const detail = place ? message("server.noUsable", { place }) : undefined;
  return { ok: false, failure: failureOf("unexpected_body", detail) };
}

/** The text of deprecation hints: `Warning: 299 - "message"`. */
export function noticeOf(headers: AnswerHeaders, key: string | undefined): string | undefined {
  const warning = headerOf(headers, "warning");
  if (!warning) return undefined;
  const quoted = [...warning.matchAll(/\b299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replace(/\\(.)/g, "$1"),
  );
  const words = quoted.length > 0 ? quoted.join("; ") : /^299\s+\S+\s+(.+)$/.exec(warning)?.[1];
  return words ? scrubText(words, key) : undefined;
}

/** Far above any answer of the API, low enough that none costs more than a look at its characters. */
const answerBounds = { depth: 200, values: 1_000_000 };

const wordsOfBound = {
  depth: message("server.nestedTooDeep"),
  values: message("server.holdsTooMuch"),
} as const;

/** undefined for text that is not JSON, or costs more than an answer may; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  if (brokenJsonBound(text, answerBounds)) return undefined;
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isWholeObject(text: string): boolean {
  const json = parseJson(text);
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** An id that is a number may have more digits than a number keeps: then it stays as it was written. */
function keepDigits(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isCut = name.endsWith("Id") && typeof value === "number" && !Number.isSafeInteger(value);
  return isCut && context?.source !== undefined && /^\d+$/.test(context.source) ? context.source : value;
}

function wordsOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const error = "error" in json ? json.error : json;
  if (typeof error === "string") return error.trim() || undefined;
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  return typeof error.message === "string" ? error.message.trim() || undefined : undefined;
}

function looksLikeMarkup(text: string): boolean {
  return text.trimStart().startsWith("<");
}

function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(ADVICE, code);
}

function codeOfStatus(status: number): FailureCode {
  switch (status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 402:
      return "payment_required";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 410:
      return "gone";
    case 429:
      return "rate_limit_exceeded";
    case 500:
      return "internal_server_error";
    default:
      return status >= 500 ? "server_error" : "client_error";
  }
}

/** An upload is normalised after it arrived, and what uses it meanwhile gets a 409 (reference, 4.1 and 5.10). */
function isStillPreparing(words: string): boolean {
  return (
    /\b(still|currently|not yet|being|until)\b.*\b(process|prepar|normali[sz]|transcod)/i.test(words) ||
    /\bnot (yet )?ready\b|media_(not_ready|processing)/i.test(words)
  );
}

function isMediaGone(status: number, code: string, message: string): boolean {
  if (code === "media_not_found") return true;
  if (status !== 400 && status !== 404 && status !== 410) return false;
  return (
    /\bmedia/i.test(message) &&
    /not (be )?found|no longer|expired|does not exist|doesn't exist|missing/i.test(message)
  );
}

/**
 * ISO time of `deferUntil`, else `Retry-After` as seconds or HTTP date; milliseconds since the epoch by this machine's
 * clock. The server's clock is known by its `Date` header, which tells seconds; where the two are about the same, its
 * times are taken as they are.
 */
function retryTime(
  deferUntil: string | undefined,
  headers: AnswerHeaders,
  nowMs: number,
): number | undefined {
  const serverNow = dateOf(headerOf(headers, "date"));
  const aheadMs = serverNow === undefined ? 0 : serverNow - nowMs;
  const here = (serverMs: number) => serverMs - (Math.abs(aheadMs) < SAME_CLOCK_MS ? 0 : aheadMs);
  // Date.parse reads almost anything as some date, so the forms are checked first.
  const deferred = deferUntil && /^\d{4}-\d\d-\d\dT/.test(deferUntil) ? Date.parse(deferUntil) : Number.NaN;
  if (Number.isFinite(deferred)) return here(deferred);
  const after = headerOf(headers, "retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(after)) return nowMs + Number(after) * 1000;
  const date = dateOf(after);
  return date === undefined ? undefined : here(date);
}

const SAME_CLOCK_MS = 2_000;

function dateOf(httpDate: string | undefined): number | undefined {
  const date = /^[A-Za-z]{3,9}, /.test(httpDate ?? "") ? Date.parse(httpDate ?? "") : Number.NaN;
  return Number.isFinite(date) ? date : undefined;
}
